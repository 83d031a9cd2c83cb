//! How long it takes until one can sign in, and from there until the first row is there.

use serde_json::Value;

use crate::report::{Table, kilobytes, longest_task, ms, say, verdict};
use crate::statistics::Sample;
use crate::subject::{Console, Fleet, Subject, number};

/// How often each page is loaded.
const RUNS: usize = 5;
/// From nothing to a usable form, the app may take so many times as long as the page written by hand.
const USABLE_GOAL: f64 = 1.5;
/// No task may take longer than this, in milliseconds.
const TASK_GOAL: f64 = 50.0;

/// What was seen of one page.
#[derive(Debug, Default)]
struct Loads {
    usable: Vec<f64>,
    row: Vec<f64>,
    network: Vec<f64>,
    task: Vec<f64>,
    requests: f64,
    transfer: f64,
}

impl Loads {
    fn add(&mut self, loaded: &Value) {
        self.usable.push(number(&loaded["usable"]));
        self.row.push(number(&loaded["row"]));
        self.network.push(number(&loaded["network"]));
        self.task.push(number(&loaded["task"]));
        // The most that was seen: what comes when the browser is idle may be early in one run.
        self.requests = self.requests.max(number(&loaded["requests"]));
        self.transfer = self.transfer.max(number(&loaded["transfer"]));
    }

    /// The medians: the form can be used, the first row is there, what of that was the network's, the longest task.
    fn medians(&self) -> [f64; 4] {
        [&self.usable, &self.row, &self.network, &self.task]
            .map(|times| Sample::new(times.iter().copied()).median())
    }
}

/// The tables of the times, which grow with each console.
#[derive(Debug)]
pub(crate) struct Load {
    form: Table,
    row: Table,
}

impl Load {
    /// Nothing measured yet.
    pub(crate) fn new() -> Self {
        let form = [
            "engines",
            "processor",
            "page",
            "requests",
            "transfer",
            "form usable",
            "ratio",
            "goal",
            "result",
        ];
        let row = [
            "engines",
            "processor",
            "page",
            "first row",
            "network",
            "the rest",
            "goal",
            "result",
            "longest task",
            "goal",
            "result",
        ];
        Self {
            form: Table::new("From nothing to a usable sign-in form", &form),
            row: Table::new("From Sign in to the first row", &row),
        }
    }

    /// Loads both pages in turn, each time in a new browser.
    pub(crate) async fn measure(&mut self, console: &Console, fleet: Fleet) {
        let mut loads = [Loads::default(), Loads::default()];
        for run in 1..=RUNS {
            say(&format!("From nothing to the first row, {fleet}: run {run} of {RUNS} …"));
            for (loads, subject) in loads.iter_mut().zip(Subject::ALL) {
                let (loaded, ()) = console.open(subject, fleet, async |_| ()).await;
                loads.add(&loaded);
            }
        }
        let [app, by_hand] = &loads;
        let ratio = app.medians()[0] / by_hand.medians()[0];
        let processor = fleet.processor();
        for (loads, subject) in loads.iter().zip(Subject::ALL) {
            let [usable, row, network, task] = loads.medians();
            let rest = row - network;
            let judged = subject == Subject::App && fleet.has_goals();
            let judge = |value: f64, goal: f64, words: String| {
                if judged { [words, verdict(value, goal).to_owned()] } else { [String::new(), String::new()] }
            };
            let [goal, result] = judge(ratio, USABLE_GOAL, format!("at most {USABLE_GOAL}"));
            let ratio = if subject == Subject::App { format!("{ratio:.2}") } else { "1".to_owned() };
            let transfer = kilobytes(loads.transfer);
            let engines = fleet.engines();
            self.form.row(&[
                &engines,
                &processor,
                &subject,
                &loads.requests,
                &transfer,
                &ms(usable),
                &ratio,
                &goal,
                &result,
            ]);
            let [goal, result] = judge(rest, fleet.row_goal(), format!("at most {}", ms(fleet.row_goal())));
            let [task_goal, task_result] = judge(task, TASK_GOAL, format!("at most {}", ms(TASK_GOAL)));
            self.row.row(&[
                &engines,
                &processor,
                &subject,
                &ms(row),
                &ms(network),
                &ms(rest),
                &goal,
                &result,
                &longest_task(task),
                &task_goal,
                &task_result,
            ]);
        }
    }

    /// Prints them.
    pub(crate) fn print(mut self) {
        self.form.note(&format!(
            "From the start of the navigation, in a new browser with an empty cache, to the frame with a form that can \
             be sent; medians of {RUNS} runs, alternating between app and page. Requests and transfer are what the \
             browser counted until then, the maximum of all runs, bodies as sent: compressed for the app, uncompressed \
             for the hand-written page.",
        ));
        self.form.print();
        self.row.note(
            "The same runs: a script sends the form three seconds after it can be used, as a person who types a password \
             would. Network is how long the two answers took that a list of engines has to wait for, one after the \
             other: the sign-in and the engines. The longest task is that between the click and 80 ms after the first \
             row, decoding included; the browser tells of tasks above 50 ms alone.",
        );
        self.row.print();
    }
}
