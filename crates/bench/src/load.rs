//! How long it takes until the first row is there.

use serde_json::Value;

use crate::report::{Table, kilobytes, ms, say, verdict};
use crate::statistics::Sample;
use crate::subject::{Console, Subject, number};

/// How often each page is loaded.
const RUNS: usize = 5;
/// The app may take so many times as long as the page written by hand.
const GOAL: f64 = 1.5;

/// What was seen of one page.
#[derive(Debug, Default)]
struct Loads {
    usable: Vec<f64>,
    list: Vec<f64>,
    row: Vec<f64>,
    requests: f64,
    transfer: f64,
}

impl Loads {
    fn add(&mut self, loaded: &Value) {
        self.usable.push(number(&loaded["usable"]));
        self.list.push(number(&loaded["list"]));
        self.row.push(number(&loaded["row"]));
        // The most that was seen: what comes when the browser is idle may be early in one run.
        self.requests = self.requests.max(number(&loaded["requests"]));
        self.transfer = self.transfer.max(number(&loaded["transfer"]));
    }

    /// The medians: the form can be used, the list has come, the first row is there.
    fn medians(&self) -> [f64; 3] {
        [&self.usable, &self.list, &self.row].map(|times| Sample::new(times.iter().copied()).median())
    }
}

/// The table of the times, which grows with each console.
#[derive(Debug)]
pub(crate) struct Load(Table);

impl Load {
    /// Nothing measured yet.
    pub(crate) fn new() -> Self {
        let heads = [
            "engines",
            "page",
            "requests",
            "transfer",
            "form usable",
            "list arrived",
            "first row",
            "ratio",
            "goal",
            "result",
        ];
        Self(Table::new("Time to the first row", &heads))
    }

    /// Loads both pages in turn, each time in a new browser.
    pub(crate) async fn measure(&mut self, console: &Console, engines: u32) {
        let mut loads = [Loads::default(), Loads::default()];
        for run in 1..=RUNS {
            say(&format!("Time to the first row at {engines} engines: run {run} of {RUNS} …"));
            for (loads, subject) in loads.iter_mut().zip(Subject::ALL) {
                let (loaded, ()) = console.open(subject, async |_| ()).await;
                loads.add(&loaded);
            }
        }
        let [app, by_hand] = &loads;
        let ratio = app.medians()[2] / by_hand.medians()[2];
        for (loads, subject) in loads.iter().zip(Subject::ALL) {
            let [ratio, goal, result] = match subject {
                Subject::App => {
                    [format!("{ratio:.2}"), format!("at most {GOAL}"), verdict(ratio, GOAL).to_owned()]
                }
                Subject::HandWritten => ["1".to_owned(), String::new(), String::new()],
            };
            let transfer = kilobytes(loads.transfer);
            let [usable, list, row] = loads.medians().map(ms);
            self.0.row(&[
                &engines,
                &subject,
                &loads.requests,
                &transfer,
                &usable,
                &list,
                &row,
                &ratio,
                &goal,
                &result,
            ]);
        }
    }

    /// Prints it.
    pub(crate) fn print(mut self) {
        self.0.note(&format!(
            "From the start of the navigation, in a new browser with an empty cache, to the frame that shows a row; \
             medians of {RUNS} runs, alternating between app and page. A script fills in the sign-in form and submits \
             it as soon as possible, so the times include no human delay, and the app has no idle time. The list has \
             arrived when its last byte has. Requests and transfer are what the browser counted until the form was \
             usable, the maximum of all runs, bodies as sent: compressed for the app, uncompressed for the \
             hand-written page."
        ));
        self.0.print();
    }
}
