//! A program under test: started, read, spoken to, and gone at the latest when it is dropped.

use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, Command};

use crate::wait::until;

/// A running program. Dropping it kills it.
#[derive(Debug)]
pub(crate) struct Process {
    name: String,
    child: Child,
    input: Option<ChildStdin>,
    lines: Lines,
    output: Lines,
}

/// Lines that were printed so far.
type Lines = Arc<Mutex<Vec<String>>>;

impl Process {
    /// Starts a program and reads what it prints. `name` is for messages.
    ///
    /// # Panics
    /// If it can't be started.
    pub(crate) fn start(name: impl Into<String>, command: &mut Command) -> Self {
        let name = name.into();
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("{name} can't be started ({command:?}): {error}"));
        let (lines, output) = (Lines::default(), Lines::default());
        if let Some(stdout) = child.stdout.take() {
            collect(stdout, &[&lines, &output]);
        }
        if let Some(stderr) = child.stderr.take() {
            collect(stderr, &[&lines]);
        }
        Self { name, input: child.stdin.take(), child, lines, output }
    }

    /// Waits for a line that contains `marker` and gives what follows it, up to the next white space.
    ///
    /// # Panics
    /// If the program ends before, or does not say it in time.
    pub(crate) async fn word_after(&mut self, marker: &str, bound: Duration) -> String {
        match self.try_word_after(marker, bound).await {
            Ok(word) => word,
            Err(problem) => panic!("{problem}"),
        }
    }

    /// The same, where a program that ends or stays silent is not a failure of the test.
    ///
    /// # Errors
    /// What it did instead, with all that it said.
    pub(crate) async fn try_word_after(&mut self, marker: &str, bound: Duration) -> Result<String, String> {
        let found = until(bound, async || {
            let said = self.lines();
            let word = said.iter().find_map(|line| line.split_once(marker)?.1.split_whitespace().next());
            match (word, self.child.try_wait()) {
                (Some(word), _) => Ok(Ok(word.trim_end_matches('.').to_owned())),
                (None, Ok(Some(status))) => Ok(Err(format!("ended ({status})"))),
                (None, _) => Err(format!("did not say “{marker}” within {bound:?}")),
            }
        })
        .await;
        match found {
            Ok(Ok(word)) => Ok(word),
            Ok(Err(problem)) | Err(problem) => {
                Err(format!("{} {problem}; it said:\n{}", self.name, self.lines().join("\n")))
            }
        }
    }

    /// Types a line into the program's standard input.
    ///
    /// # Panics
    /// If the program no longer reads.
    pub(crate) async fn type_line(&mut self, line: &str) {
        let Some(input) = &mut self.input else { panic!("{} has no standard input", self.name) };
        let typed = async {
            input.write_all(format!("{line}\n").as_bytes()).await?;
            input.flush().await
        };
        if let Err(error) = typed.await {
            panic!("{} does not take “{line}”: {error}", self.name);
        }
    }

    /// Ends it with SIGKILL and waits until it is gone.
    ///
    /// # Panics
    /// If the operating system refuses.
    pub(crate) async fn kill(&mut self) {
        if let Err(error) = self.child.kill().await {
            panic!("{} can't be killed: {error}", self.name);
        }
    }

    /// Everything it has printed so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What it has printed to its standard output so far: answers, without the log.
    pub(crate) fn output(&self) -> Vec<String> {
        self.output.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // In a failing test the program's own words are half of the explanation.
        if std::thread::panicking() {
            let lines = self.lines();
            let last = lines.len().saturating_sub(40);
            eprintln!("--- {} said ---\n{}", self.name, lines[last..].join("\n"));
        }
    }
}

fn collect(output: impl AsyncRead + Send + Unpin + 'static, into: &[&Lines]) {
    let into: Vec<_> = into.iter().map(|&lines| Arc::clone(lines)).collect();
    tokio::spawn(async move {
        let mut reader = BufReader::new(output).lines();
        // The end of the output, or bytes that are no text: there is nothing more to read.
        while let Ok(Some(line)) = reader.next_line().await {
            for lines in &into {
                lines.lock().unwrap_or_else(PoisonError::into_inner).push(line.clone());
            }
        }
    });
}
