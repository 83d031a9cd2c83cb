//! How the list behaves with many engines: filter, sort, scroll, memory.

use e2e::{Key, Page};
use serde_json::{Value, json};

use crate::report::{Table, longest_task, megabytes, ms, say, verdict};
use crate::statistics::Sample;
use crate::subject::{Console, Fleet, Subject, ask, number};

/// Typed one after the other, and taken away again key by key: parts of a name, of a status, of an address.
const WORDS: [&str; 4] = ["paris", "dc-00", "active", "192.0"];
/// So many of the first keys find code that has not run yet.
const COLD: usize = 5;
/// How often it is scrolled by each distance.
const JUMPS: usize = 30;
/// The page may have this much memory with many engines, script and program together, in bytes.
const MEMORY_GOAL: f64 = 20e6;

/// Something that is done, how it is called, and how many times as long as the hand-written page the app may take for it: in the
/// median, and in the 95th percentile.
struct Action {
    name: &'static str,
    median: Option<f64>,
    high: Option<f64>,
    sample: fn(&Measured) -> &Sample,
}

const ACTIONS: [Action; 5] = [
    Action {
        name: "first keys in the filter",
        median: None,
        high: None,
        sample: |measured| &measured.cold_keys,
    },
    Action {
        name: "key in the filter",
        median: Some(1.0),
        high: Some(1.3),
        sample: |measured| &measured.keys,
    },
    Action { name: "click on a head", median: Some(1.3), high: None, sample: |measured| &measured.sort },
    Action {
        name: "scroll by a page",
        median: Some(1.2),
        high: None,
        sample: |measured| &measured.one_page.times,
    },
    Action {
        name: "by ten pages",
        median: Some(1.2),
        high: None,
        sample: |measured| &measured.ten_pages.times,
    },
];

/// What was measured of one page.
#[derive(Debug)]
struct Measured {
    cold_keys: Sample,
    keys: Sample,
    sort: Sample,
    one_page: Scrolled,
    ten_pages: Scrolled,
    /// The longest task of all that, in milliseconds; nothing up to 50.
    task: f64,
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

/// The tables, which grow with each console.
#[derive(Debug)]
pub(crate) struct List {
    times: Table,
    tasks: Table,
    memory: Table,
}

impl List {
    /// Nothing measured yet.
    pub(crate) fn new() -> Self {
        let times = [
            "engines",
            "processor",
            "what",
            "times",
            "median",
            "by hand",
            "ratio",
            "goal",
            "result",
            "95th percentile",
            "by hand",
            "ratio",
            "goal",
            "result",
        ];
        let tasks = ["engines", "processor", "page", "longest task", "frames without rows"];
        let memory =
            ["engines", "when", "page", "JavaScript", "program", "together", "goal", "result", "nodes"];
        Self {
            times: Table::new("The list", &times),
            tasks: Table::new("Tasks and frames of the list", &tasks),
            memory: Table::new("Memory of the page", &memory),
        }
    }

    /// Measures both pages, one after the other.
    pub(crate) async fn measure(&mut self, console: &Console, fleet: Fleet) {
        let measured = async |subject: Subject| {
            say(&format!("Filter, sort and scroll, {fleet}: {subject} …"));
            console.open(subject, fleet, async |page| use_list(page).await).await.1
        };
        let measured = [measured(Subject::App).await, measured(Subject::HandWritten).await];
        let [app, by_hand] = &measured;
        let (engines, processor) = (fleet.engines(), fleet.processor());
        for action in ACTIONS {
            let samples = [app, by_hand].map(action.sample);
            let compared = |figure: &dyn Fn(&Sample) -> f64, goal: Option<f64>| {
                let [app, by_hand] = samples.map(figure);
                let ratio = app / by_hand;
                let goal = goal.filter(|_| fleet.has_goals());
                let result = goal.map_or("", |goal| verdict(ratio, goal));
                let goal = goal.map(|goal| format!("at most {goal}")).unwrap_or_default();
                [ms(app), ms(by_hand), format!("{ratio:.2}"), goal, result.to_owned()]
            };
            let median = compared(&Sample::median, action.median);
            let high = compared(&|sample| sample.percentile(95), action.high);
            let times = samples[0].len();
            let mut cells: Vec<&dyn std::fmt::Display> = vec![&engines, &processor, &action.name, &times];
            cells.extend(median.iter().chain(&high).map(|cell| cell as &dyn std::fmt::Display));
            self.times.row(&cells);
        }
        for (subject, of_it) in Subject::ALL.into_iter().zip(&measured) {
            let longest = longest_task(of_it.task);
            let blank = of_it.one_page.blank + of_it.ten_pages.blank;
            self.tasks.row(&[&engines, &processor, &subject, &longest, &blank]);
            if !fleet.has_goals() {
                continue;
            }
            for (when, taken) in [("loaded", of_it.loaded), ("after all that", of_it.used)] {
                let together = taken.script + taken.program;
                let [goal, result] = match subject {
                    Subject::App => [
                        format!("at most {}", megabytes(MEMORY_GOAL)),
                        verdict(together, MEMORY_GOAL).to_owned(),
                    ],
                    Subject::HandWritten => [String::new(), String::new()],
                };
                let [script, program, together] = [taken.script, taken.program, together].map(megabytes);
                self.memory.row(&[
                    &engines,
                    &when,
                    &subject,
                    &script,
                    &program,
                    &together,
                    &goal,
                    &result,
                    &taken.nodes,
                ]);
            }
        }
    }

    /// Prints them.
    pub(crate) fn print(mut self) {
        self.times.note(
            "From the key, click or jump to the paint of the next frame, in Chromium. The driver types the keys; the clock \
             starts when the browser receives them. Each time it is checked that no other rows appear after that frame. \
             The times include the wait for the next frame, up to 16.7 ms.",
        );
        self.times.print();
        self.tasks.note(
            "The longest task of all keys, clicks and jumps; the browser tells of tasks above 50 ms alone.",
        );
        self.tasks.print();
        self.memory.note(
            "JavaScript: the heap in use after garbage collection (`Performance.getMetrics`). Program: the entire linear \
             memory of the WebAssembly program, which never shrinks. Nodes: everything the browser holds, including text \
             nodes.",
        );
        self.memory.print();
    }
}

async fn use_list(page: &Page) -> Measured {
    page.devtools("Performance.enable", json!({})).await;
    let loaded = memory_of(page).await;
    let since = ask(page, "now", &[]).await;
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
    let one_page = scrolled(&ask(page, "scroll", &[json!(1), json!(JUMPS)]).await);
    let ten_pages = scrolled(&ask(page, "scroll", &[json!(10), json!(JUMPS)]).await);
    let task = number(&ask(page, "longest", &[since]).await);
    let used = memory_of(page).await;
    let warm = keys.split_off(COLD);
    Measured {
        cold_keys: Sample::new(keys),
        keys: Sample::new(warm),
        sort: Sample::new(list(&sort).iter().map(|click| number(&click["took"]))),
        one_page,
        ten_pages,
        task,
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
