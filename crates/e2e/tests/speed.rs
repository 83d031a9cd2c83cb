//! How the app bears ten thousand engines and a hundred thousand sites: no task keeps the page from answering for longer than
//! the browser itself finds bearable. It runs when the other tests are over: what is measured here needs the processor.

use std::time::Duration;

use e2e::{Page, Stack, button, dialog, ends, has, heading, role, tests, text};

/// How long a task may keep the page from answering, in milliseconds: the browser itself calls 50 a long
/// task, which is the goal; what is measured here has other programs beside it.
const LONGEST: f64 = 80.0;
/// The same for the decoding of an answer. The goal is 45; what is measured has other programs beside it.
const LONGEST_DECODING: f64 = 100.0;
/// How long Health may take to show after its data have arrived, in milliseconds.
const SHOWN_WITHIN: f64 = 1000.0;
/// Another program may take the processor in the middle of a task, so that the best of so many tries counts.
const TRIES: usize = 5;

/// Does one step by the events that a person's hand would make, waits until the page has come to rest, and gives the
/// longest task of it in milliseconds: of those that decode an answer, and of the others. It looks at the document by itself, because
/// looking by roles is a long task of its own.
const STEP: &str = r"
    const [step] = arguments;
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const until = async (what, look) => {
        for (const end = performance.now() + 120000; performance.now() < end; await frame()) {
            const found = look();
            if (found) return found;
        }
        throw new Error(`waited in vain for ${what}`);
    };
    const dialog = () => document.querySelector('dialog[open]');
    const pressable = (root, name) => [...root.querySelectorAll('button')].find((button) => button.textContent.trim() === name);
    const table = () => dialog().querySelector('.table-frame');
    const row = (index) => table()?.querySelector(`tr[aria-rowindex='${index}']`);
    const type = async (text) => {
        const input = dialog().querySelector('input[type=search]');
        input.value = text;
        input.dispatchEvent(new Event('input', { bubbles: true }));
        await frame();
    };
    const tasks = [];
    const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries()));
    performance.clearResourceTimings();
    await frame();
    observer.observe({ type: 'longtask' });
    const tab = (name) => [...document.querySelectorAll('[role=tab]')].find((it) => it.textContent.trim() === name);
    const words = (text) => document.querySelector('main').textContent.includes(text);
    const search = async (text) => {
        const input = document.querySelector('main input[type=search]');
        input.value = text;
        input.dispatchEvent(new Event('input', { bubbles: true }));
        await frame();
    };
    const steps = {
        async audit() {
            tab('Audit').click();
            await until('the engines', () => words('10,001 engines'));
        },
        async audited() {
            pressable(document, 'By site').click();
            await until('the sites', () => words('100,000 sites'));
            for (const text of ['o', 'os', 'osl', 'oslo', '']) await search(text);
            pressable(document, 'By engine').click();
            await until('the engines', () => words('10,001 engines'));
        },
        async open() {
            pressable(document, 'Select Sites').click();
            await until('the sites', () => dialog() && row(2));
        },
        async again() {
            pressable(dialog(), 'Reload').click();
            await until('the reading', () => dialog().textContent.includes('Reading again'));
            await until('its end', () => !dialog().textContent.includes('Reading again'));
        },
        async scroll() {
            const last = Number(table().querySelector('table').ariaRowCount ?? table().querySelector('table').getAttribute('aria-rowcount'));
            for (let part = 1; part <= 20; part += 1) {
                table().scrollTop = (table().scrollHeight * part) / 20;
                await frame();
            }
            await until('the last row', () => row(last));
            table().scrollTop = 0;
            await until('the first row', () => row(2));
        },
        async filter() {
            for (const text of ['o', 'os', 'osl', 'oslo', 'oslo d', 'oslo dm', 'oslo dmz', 'oslo', 'o', '']) await type(text);
            await until('all rows', () => Number(table().querySelector('table').getAttribute('aria-rowcount')) > 100000);
        },
        async sort() {
            for (const name of ['Current engine', 'Current engine', 'Name', 'Name']) {
                [...table().querySelectorAll('.sort')].find((head) => head.textContent.trim() === name).click();
                await frame();
            }
        },
        async choose() {
            const box = (index) => row(index).querySelector('input');
            const press = async (index, shiftKey) => {
                box(index).dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, shiftKey }));
                await frame();
            };
            const range = async () => {
                table().scrollTop = 0;
                await until('the first row', () => row(2));
                await press(2, false);
                table().scrollTop = 999 * row(2).getBoundingClientRect().height;
                await until('row 1,000', () => row(1001));
                await press(1001, true);
            };
            // All of them, none, and all again.
            for (let turn = 0; turn < 3; turn += 1) await range();
            if (!box(1001).checked) await range();
            await until('the number, not ' + dialog().textContent.slice(0, 90), () => /1,0\d\d of 100,0/.test(dialog().textContent));
        },
        async save() {
            pressable(dialog(), 'Save').click();
            await until('the moves', () => !dialog() && document.querySelector('.assigned .col-change'));
        },
    };
    await steps[step]();
    await frame();
    await frame();
    observer.takeRecords().forEach((entry) => tasks.push(entry));
    observer.disconnect();
    const ends = performance.getEntriesByType('resource')
        .filter(({ name }) => name.includes('/api/3/'))
        .map(({ responseEnd }) => responseEnd);
    // The task that decodes an answer begins as it ends, or once the browser has done what came before.
    const decodes = ({ startTime, duration }) => ends.some((end) => startTime - 60 <= end && end <= startTime + duration);
    const longest = (which) => Math.max(0, ...tasks.filter(which).map(({ duration }) => duration));
    return [longest(decodes), longest((task) => !decodes(task))];
";

async fn longest_tasks(page: &Page, step: &'static str) -> (f64, f64) {
    let tasks = page.run(STEP, vec![step.into()]).await;
    let at = |index: usize| tasks.get(index).and_then(serde_json::Value::as_f64);
    match (at(0), at(1)) {
        (Some(decoding), Some(other)) => (decoding, other),
        _ => panic!("{step}: {tasks}"),
    }
}

/// Notes long tasks, and when the first problem is there, from now on.
const WATCH: &str = r"
    window.__tasks = [];
    window.__watch = new PerformanceObserver((list) => window.__tasks.push(...list.getEntries()));
    window.__watch.observe({ type: 'longtask' });
    performance.setResourceTimingBufferSize(2000);
    const look = () => {
        if (document.querySelector('.problems-table tr[data-key]')) window.__shown = performance.now();
        else requestAnimationFrame(look);
    };
    look();
";

/// The longest task that decodes and the longest of the others since the first answer with data has come, and how long
/// after the last one the problems were there.
const WATCHED: &str = r"
    const done = new Promise((done) => requestAnimationFrame(() => setTimeout(done, 200)));
    return done.then(() => {
        window.__watch.disconnect();
        const ends = performance.getEntriesByType('resource')
            .filter(({ name }) => /api\/3\/scan_engine/.test(name))
            .map(({ responseEnd }) => responseEnd);
        const tasks = window.__tasks.filter(({ startTime }) => startTime + 60 >= Math.min(...ends));
        const decodes = ({ startTime, duration }) => ends.some((end) => startTime - 60 <= end && end <= startTime + duration);
        const longest = (which) => Math.max(0, ...tasks.filter(which).map(({ duration }) => duration));
        return [longest(decodes), longest((task) => !decodes(task)), window.__shown - Math.max(...ends)];
    });
";

/// Opens Health again, and gives what [`WATCHED`] says.
async fn open_health(page: &Page, stack: &Stack) -> [f64; 3] {
    page.open(stack.url("/health")).await;
    page.see(heading("Sign in")).await;
    page.run(WATCH, vec![]).await;
    page.sign_in("admin", &stack.password()).await;
    page.see_within(Duration::from_secs(60), heading(ends("the worst first"))).await;
    let watched = page.run(WATCHED, vec![]).await;
    let at = |index: usize| watched.get(index).and_then(serde_json::Value::as_f64);
    match [at(0), at(1), at(2)] {
        [Some(decoding), Some(other), Some(shown)] => [decoding, other, shown],
        _ => panic!("Health: {watched}"),
    }
}

async fn is_quick(page: &Page, steps: &[(&'static str, &'static str)]) {
    for (step, again) in steps {
        let mut best = longest_tasks(page, step).await;
        println!("{step}: {best:.0?} ms");
        for _ in 1..TRIES {
            if best.0 <= LONGEST_DECODING && best.1 <= LONGEST {
                break;
            }
            let (decoding, other) = longest_tasks(page, again).await;
            println!("{again}: ({decoding:.0}, {other:.0}) ms");
            best = (best.0.min(decoding), best.1.min(other));
        }
        assert!(best.0 <= LONGEST_DECODING, "{step}: an answer takes {:.0} ms to decode", best.0);
        assert!(best.1 <= LONGEST, "{step}: a task takes {:.0} ms", best.1);
    }
}

tests! {
    in_chromium: async fn a_large_fleet_never_keeps_the_page_from_answering(page: Page) {
        let stack = Stack::with(&["--seed", "large:10000,100000"]).await;
        let mut best = open_health(&page, &stack).await;
        println!("health: {best:.0?} ms");
        for _ in 1..TRIES {
            if best[0] <= LONGEST_DECODING && best[1] <= LONGEST && best[2] <= SHOWN_WITHIN {
                break;
            }
            let again = open_health(&page, &stack).await;
            println!("health again: {again:.0?} ms");
            best = std::array::from_fn(|at| best[at].min(again[at]));
        }
        assert!(best[0] <= LONGEST_DECODING, "Health: an answer takes {:.0} ms to decode", best[0]);
        assert!(best[1] <= LONGEST, "Health: a task takes {:.0} ms", best[1]);
        assert!(best[2] <= SHOWN_WITHIN, "Health comes {:.0} ms after its data", best[2]);
        is_quick(&page, &[("audit", "audited"), ("audited", "audited")]).await;

        page.open(stack.url("/engines/3?tab=sites")).await;
        page.sign_in("admin", &stack.password()).await;
        page.see(heading("Scan Engine Configuration")).await;
        page.see(button("Select Sites")).await;
        page.see(role("table", "Assigned sites")).await;
        page.see(text(has(" directly, "))).await;
        let steps = [
            ("open", "again"),
            ("scroll", "scroll"),
            ("filter", "filter"),
            ("sort", "sort"),
            ("choose", "choose"),
        ];
        is_quick(&page, &steps).await;
        // Saved once only: that closes the dialog.
        let (_, saved) = longest_tasks(&page, "save").await;
        println!("save: {saved:.0} ms");
        page.see_no(dialog("Select Sites")).await;
        page.see(role("region", "Moves when you save")).await;
    }
}

fn main() -> std::process::ExitCode {
    e2e::suite::run([tests()])
}
