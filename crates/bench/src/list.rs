//! How the list behaves with many engines: filter, sort, scroll, memory.

use e2e::{Key, Page};
use serde_json::{Value, json};

use crate::report::{Table, megabytes, ms, say, verdict};
use crate::statistics::Sample;
use crate::subject::{Console, Subject, ask, number};

/// Typed one after the other, and taken away again key by key: parts of a name, of a status, of an address.
const WORDS: [&str; 4] = ["paris", "dc-00", "active", "192.0"];
/// From the key to the paint, in milliseconds.
const MEDIAN_GOAL: f64 = 33.0;
const PERCENTILE_GOAL: f64 = 50.0;
/// How often it is scrolled by each distance.
const JUMPS: usize = 30;

/// What was measured of one page.
#[derive(Debug)]
struct Measured {
    keys: Sample,
    sort: Sample,
    /// The head whose click took longest.
    slowest_head: String,
    one_page: Scrolled,
    ten_pages: Scrolled,
    loaded: Memory,
    used: Memory,
}

/// Jumps of one length.
#[derive(Debug)]
struct Scrolled {
    times: Sample,
    blank: usize,
}

/// In bytes.
#[derive(Clone, Copy, Debug)]
struct Memory {
    script: f64,
    program: f64,
    nodes: f64,
}

/// Measures both pages, one after the other, and prints the tables.
pub(crate) async fn measure(console: &Console, engines: u32) {
    let mut times = Table::new(
        &format!("The list at {engines} engines"),
        &["what", "page", "times", "median", "95th percentile", "longest", "goal", "result"],
    );
    let mut memory = Table::new(
        &format!("Memory of the page at {engines} engines"),
        &["when", "page", "JavaScript", "program", "together", "nodes"],
    );
    for subject in Subject::ALL {
        say(&format!("Filter, sort and scroll at {engines} engines: {subject} …"));
        let (_, measured) = console.open(subject, async |page| use_list(page).await).await;
        let goals = |sample: &Sample| {
            let good = sample.median() <= MEDIAN_GOAL;
            let result = if good { verdict(sample.percentile(95), PERCENTILE_GOAL) } else { "missed" };
            (format!("median {MEDIAN_GOAL} ms, 95th percentile {PERCENTILE_GOAL} ms"), result)
        };
        let mut row = |what: &str, sample: &Sample, (goal, result): (String, &str)| {
            let (median, high, longest) = (ms(sample.median()), ms(sample.percentile(95)), ms(sample.max()));
            times.row(&[&what, &subject, &sample.len(), &median, &high, &longest, &goal, &result]);
        };
        let none = || (String::new(), "");
        let keys_goal = if subject == Subject::App { goals(&measured.keys) } else { none() };
        row("key in the filter", &measured.keys, keys_goal);
        let slowest = format!("longest: {}", measured.slowest_head);
        row("click on a head", &measured.sort, (String::new(), &slowest));
        for (scrolled, what) in
            [(&measured.one_page, "scroll by a page"), (&measured.ten_pages, "by ten pages")]
        {
            let blank = (scrolled.blank > 0).then(|| format!("{} frames without rows", scrolled.blank));
            row(what, &scrolled.times, (String::new(), blank.as_deref().unwrap_or("never blank")));
        }
        for (when, taken) in [("loaded", measured.loaded), ("after all that", measured.used)] {
            let [script, program] = [taken.script, taken.program].map(megabytes);
            let together = megabytes(taken.script + taken.program);
            memory.row(&[&when, &subject, &script, &program, &together, &taken.nodes]);
        }
    }
    times.note(
        "From the key, click or jump to the paint of the next frame, in Chromium without throttling. The driver types \
         the keys; the clock starts when the browser receives them. Each time it is checked that no other rows appear \
         after that frame. The times include the wait for the next frame, up to 16.7 ms.",
    );
    times.print();
    memory.note(
        "JavaScript: the heap in use after garbage collection (`Performance.getMetrics`). Program: the entire linear \
         memory of the WebAssembly program, which never shrinks. Nodes: everything the browser holds, including text \
         nodes.",
    );
    memory.print();
}

async fn use_list(page: &Page) -> Measured {
    page.devtools("Performance.enable", json!({})).await;
    let loaded = memory_of(page).await;
    ask(page, "listen", &[]).await;
    let mut keys = Vec::new();
    for word in WORDS {
        for letter in word.chars() {
            page.press(letter.to_string()).await;
            keys.push(number(&ask(page, "key", &[json!(keys.len() + 1)]).await));
        }
        for _ in word.chars() {
            page.press(Key::Backspace).await;
            keys.push(number(&ask(page, "key", &[json!(keys.len() + 1)]).await));
        }
    }
    let sort = ask(page, "sort", &[]).await;
    let took = |click: &&Value| number(&click["took"]);
    let slowest_head = list(&sort).iter().max_by(|a, b| took(a).total_cmp(&took(b)));
    let slowest_head = slowest_head.and_then(|click| click["head"].as_str()).unwrap_or_default().to_owned();
    let one_page = scrolled(&ask(page, "scroll", &[json!(1), json!(JUMPS)]).await);
    let ten_pages = scrolled(&ask(page, "scroll", &[json!(10), json!(JUMPS)]).await);
    let used = memory_of(page).await;
    Measured {
        keys: Sample::new(keys),
        sort: Sample::new(list(&sort).iter().map(|click| took(&click))),
        slowest_head,
        one_page,
        ten_pages,
        loaded,
        used,
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or_else(|| panic!("{value} is no list"), Vec::as_slice)
}

fn scrolled(jumps: &Value) -> Scrolled {
    Scrolled {
        times: Sample::new(list(jumps).iter().map(|jump| number(&jump["took"]))),
        blank: list(jumps).iter().filter(|jump| jump["blank"] == true).count(),
    }
}

async fn memory_of(page: &Page) -> Memory {
    // Twice: what is freed by finalizers goes with the second.
    for _ in 0..2 {
        page.devtools("HeapProfiler.collectGarbage", json!({})).await;
    }
    let metrics = page.devtools("Performance.getMetrics", json!({})).await;
    let metric = |name: &str| {
        let found = list(&metrics["metrics"]).iter().find(|metric| metric["name"] == name);
        number(&found.unwrap_or_else(|| panic!("the browser does not tell {name}"))["value"])
    };
    Memory {
        script: metric("JSHeapUsedSize"),
        nodes: metric("Nodes"),
        program: number(&ask(page, "memory", &[]).await),
    }
}
