//! Holds hundreds of engine links to one embedded console, half of them reverse, kills, freezes and starts the engines
//! at random, and checks that every status is right ten seconds after the engine's last change.
//!
//! `cargo xtask soak` builds what it needs and starts it. Console and engines are real processes, paired as their
//! administrators do it; all of them are gone when this one is.

mod board;
mod hostile;
mod plan;
mod programs;
mod report;
mod usage;

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use board::{BOUND, Board, Said, Side};
use clap::Parser;
use console_api::{Client, NativeTransport};
use futures::StreamExt as _;
use hostile::{Tally, Targets};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use plan::Step;
use programs::{Console, Engine, MOST_ENGINES};
use report::{Counted, Report, mebibytes, seconds};
use tempfile::TempDir;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

/// How often the statuses are read.
const POLL: Duration = Duration::from_millis(500);
/// How often a line tells how it goes.
const PROGRESS: Duration = Duration::from_secs(20);
/// How many engines are started and paired at a time.
const PAIRED_AT_A_TIME: usize = 16;

/// Holds engine links to one console, kills and starts engines at random, and checks every status.
#[derive(Debug, Parser)]
struct Arguments {
    /// The folder with embedded-console and scan-engine.
    #[arg(long, value_name = "DIR")]
    programs: PathBuf,
    /// How many engines; every second one dials the console itself.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=MOST_ENGINES as i64))]
    engines: u32,
    /// How long engines are killed and started.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    seconds: u64,
    /// Repeats the changes of a run that has printed this.
    #[arg(long)]
    seed: Option<u64>,
    /// Has neighbours who mean no good, and three people at work, who must have no error.
    #[arg(long)]
    hostile: bool,
}

fn main() -> ExitCode {
    match start(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            say(&format!("soak: {problem}"));
            ExitCode::FAILURE
        }
    }
}

/// False: a status was wrong, or someone interrupted it, and that was told.
fn start(arguments: &Arguments) -> Result<bool, String> {
    allow_many_files();
    let mut dir = TempDir::with_prefix("engine-console-soak-")
        .map_err(|error| format!("no folder for the data: {error}"))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("no runtime: {error}"))?;
    let outcome = runtime.block_on(async {
        let (mut interrupt, mut terminate) = signal(SignalKind::interrupt())
            .and_then(|interrupt| Ok((interrupt, signal(SignalKind::terminate())?)))
            .map_err(|error| format!("can't wait for signals: {error}"))?;
        // Whoever loses is dropped, and with it every process.
        tokio::select! {
            // The engines may have had the same signal: that they are gone is not a failure then.
            biased;
            _ = interrupt.recv() => Ok(None),
            _ = terminate.recv() => Ok(None),
            outcome = soak(arguments, dir.path()) => outcome.map(Some),
        }
    });
    let report = match outcome {
        Ok(Some(report)) => report,
        Ok(None) => {
            say("==> Interrupted: all are ended, and their files are removed …");
            return Ok(false);
        }
        Err(problem) => {
            dir.disable_cleanup(true);
            return Err(format!("{problem}. The logs are kept in {}", dir.path().display()));
        }
    };
    let mut lines = report.lines();
    if !report.is_good() {
        dir.disable_cleanup(true);
        lines.push(format!("The logs are kept in {}", dir.path().display()));
    }
    for line in lines {
        // A reader that went away is not an error.
        let _ = writeln!(io::stdout().lock(), "{line}");
    }
    Ok(report.is_good())
}

/// Each engine takes a few descriptors here and one in the console, and 1024 is what many machines give unasked.
fn allow_many_files() {
    if let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE)
        && soft < hard
        && let Err(error) = setrlimit(Resource::RLIMIT_NOFILE, hard, hard)
    {
        say(&format!("no more than {soft} files can be open: {error}"));
    }
}

async fn soak(arguments: &Arguments, dir: &Path) -> Result<Report, String> {
    let seed = arguments.seed.unwrap_or_else(|| fastrand::u64(..));
    let count = arguments.engines as usize;
    let length = Duration::from_secs(arguments.seconds);
    say(&format!("==> {count} engines for {} s, seed {seed}", arguments.seconds));
    let set_up = Instant::now();
    let console = Console::start(&arguments.programs, dir).await?;
    let api = console.api()?;
    let mut fleet = pair_all(arguments, dir, &console, &api).await?;
    api.version_engines()
        .await
        .map_err(|error| format!("the console does not take the command version engines: {error}"))?;
    let set_up = set_up.elapsed();
    say(&format!("==> All are paired after {}", seconds(set_up)));

    let steps = plan::draw(seed, count, length);
    let names: HashSet<String> = fleet.iter().map(|engine| engine.name().to_owned()).collect();
    let run = Run::new(&console, &api, &fleet, arguments.hostile)?;
    run.until_all_are_active().await?;
    let console_pid = console.pid().ok_or_else(|| "the console has ended".to_owned())?;
    let memory_before = usage::memory(console_pid)?;
    let engines_before = memory_of(&fleet)?;
    let processor_before = usage::processor_time(console_pid)?;
    let begun = Instant::now();
    // They end with this.
    let hostile = match &run.hostile {
        Some(tally) => {
            let list =
                api.engines().await.map_err(|error| format!("the console lists no engines: {error}"))?;
            let targets = Targets {
                console: console.address()?,
                engine_listener: console.engine_listener(),
                engines: fleet.iter().map(Engine::address).collect(),
                // Its own engine is none of the fleet, and can't be in a pool.
                ids: list
                    .items
                    .iter()
                    .filter(|it| names.contains(it.name.as_str()))
                    .map(|it| it.id)
                    .collect(),
                password: console.password().to_owned(),
            };
            Some(hostile::start(&targets, tally)?)
        }
        None => None,
    };
    let outcome = tokio::try_join!(run.change_all(&steps, &mut fleet), run.watch());
    if let Err(problem) = outcome {
        return Err(format!("{problem} (the console's log: {})", console.log().display()));
    }
    // Before the console does: its end is nobody's error.
    drop(hostile);
    let measured = begun.elapsed();
    let processor = usage::processor_time(console_pid)?.saturating_sub(processor_before);
    let memory = usage::memory(console_pid)?;
    let engines = memory_of(&fleet)?;
    let load = usage::load();
    for engine in &mut fleet {
        engine.check()?;
    }
    let report = Report {
        seed,
        length,
        set_up,
        counted: run.counted.into_inner(),
        hostile: run.hostile,
        memory_before,
        memory,
        processor,
        measured,
        engines_before,
        engines,
        load,
        processors: std::thread::available_parallelism().map_or(1, usize::from),
    };
    console.end().await;
    futures::future::join_all(fleet.into_iter().map(Engine::end)).await;
    Ok(report)
}

/// Starts all engines and pairs them, some at a time.
async fn pair_all(
    arguments: &Arguments,
    dir: &Path,
    console: &Console,
    api: &Client<NativeTransport>,
) -> Result<Vec<Engine>, String> {
    let secret = api
        .generate_shared_secret()
        .await
        .map_err(|error| format!("the console makes no shared secret: {error}"))?
        .secret;
    let engines = (0..arguments.engines as usize)
        .map(|number| Engine::new(&arguments.programs, dir, number, Side::ALL[number % 2]));
    let engines = engines.collect::<Result<Vec<_>, _>>()?;
    let (count, secret) = (engines.len(), &secret);
    let paired = engines.into_iter().map(async |mut engine: Engine| {
        engine.pair(console, api, secret).await?;
        Ok::<_, String>(engine)
    });
    let mut paired = futures::stream::iter(paired).buffered(PAIRED_AT_A_TIME);
    let mut fleet = Vec::with_capacity(count);
    while let Some(engine) = paired.next().await {
        fleet.push(engine?);
        if fleet.len().is_multiple_of(100) {
            say(&format!("    {} of {count} engines are paired", fleet.len()));
        }
    }
    Ok(fleet)
}

/// How many engines have a process, and the memory of all of these.
fn memory_of(fleet: &[Engine]) -> Result<(usize, u64), String> {
    let pids: Vec<u32> = fleet.iter().filter_map(Engine::pid).collect();
    let memory = pids.iter().map(|pid| usage::memory(*pid).map(|memory| memory.now));
    Ok((pids.len(), memory.sum::<Result<u64, String>>()?))
}

/// One run, from the moment when all engines are paired. Changing and watching take turns in one thread.
struct Run<'a> {
    api: &'a Client<NativeTransport>,
    console_pid: u32,
    begun: Instant,
    counted: RefCell<Counted>,
    /// When the last change was made, once it was.
    done: Cell<Option<Instant>>,
    /// What becomes of neighbours and people, if there are any.
    hostile: Option<Arc<Tally>>,
}

impl<'a> Run<'a> {
    fn new(
        console: &Console,
        api: &'a Client<NativeTransport>,
        fleet: &[Engine],
        hostile: bool,
    ) -> Result<Self, String> {
        let engines = fleet.iter().map(|engine| (engine.name().to_owned(), engine.side()));
        Ok(Self {
            api,
            console_pid: console.pid().ok_or_else(|| "the console has ended".to_owned())?,
            begun: Instant::now(),
            counted: RefCell::new(Counted::new(Board::new(engines, Duration::ZERO))),
            done: Cell::new(None),
            hostile: hostile.then(Arc::default),
        })
    }

    /// Reads the statuses once and judges them. Gives the moment of the question.
    async fn look(&self) -> Result<Instant, String> {
        let asked = Instant::now();
        let list = self.api.engines().await;
        let answered = Instant::now();
        if let Some(tally) = &self.hostile {
            tally.worked("lists of engines, of this harness", answered - asked, &list);
        }
        let list = match list {
            Ok(list) => list,
            // It is in the table.
            Err(_) if self.hostile.is_some() => return Ok(asked),
            Err(error) => return Err(format!("the console does not list its engines: {error}")),
        };
        let by_name: HashMap<&str, _> =
            list.items.iter().map(|engine| (engine.name.as_str(), engine)).collect();
        let mut counted = self.counted.borrow_mut();
        counted.lists += 1;
        counted.slowest_list = counted.slowest_list.max(answered - asked);
        counted.board.seen(asked - self.begun, answered - self.begun, |name| {
            by_name
                .get(name)
                .map(|engine| Said { status: engine.status.clone(), message: engine.status_message.clone() })
        });
        Ok(asked)
    }

    /// Before anything is changed. What is not active in time is wrong, and the run continues.
    async fn until_all_are_active(&self) -> Result<(), String> {
        let mut ticks = ticks();
        loop {
            ticks.tick().await;
            let asked = self.look().await?;
            let all = self.counted.borrow().board.all_right();
            if all {
                say(&format!("==> All are active after {}", seconds(self.begun.elapsed())));
            }
            if all || asked - self.begun > BOUND {
                return Ok(());
            }
        }
    }

    /// Makes all changes, each at its time.
    async fn change_all(&self, steps: &[Step], fleet: &mut [Engine]) -> Result<(), String> {
        let begun = Instant::now();
        for step in steps {
            let due = begun + step.at;
            sleep_until(due).await;
            self.counted.borrow_mut().board.begins(step.engine);
            let at = fleet[step.engine].apply(step.change).await?;
            let mut counted = self.counted.borrow_mut();
            counted.board.changed(step.engine, step.change, at - self.begun);
            *counted.changes.entry(step.change).or_default() += 1;
            counted.latest = counted.latest.max(at.saturating_duration_since(due));
            counted.most_down = counted.most_down.max(counted.board.down());
        }
        self.done.set(Some(Instant::now()));
        Ok(())
    }

    /// Reads and judges the statuses until all of them have to be right.
    async fn watch(&self) -> Result<(), String> {
        let mut ticks = ticks();
        let begun = Instant::now();
        let mut next = begun + PROGRESS;
        loop {
            ticks.tick().await;
            let asked = self.look().await?;
            if self.done.get().is_some_and(|done| asked.saturating_duration_since(done) >= BOUND) {
                self.counted.borrow_mut().board.finish();
                return Ok(());
            }
            if asked > next {
                next += PROGRESS;
                let counted = self.counted.borrow();
                let board = &counted.board;
                say(&format!(
                    "    {:>3} s: {} changes, {} down, {} checks, {} wrong; the console has {}",
                    begun.elapsed().as_secs(),
                    counted.changes.values().sum::<usize>(),
                    board.down(),
                    board.checks(),
                    board.wrong().len(),
                    mebibytes(usage::memory(self.console_pid)?.now)
                ));
            }
        }
    }
}

fn ticks() -> tokio::time::Interval {
    let mut ticks = interval(POLL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// A line of progress.
fn say(line: &str) {
    // A reader that went away is not an error.
    let _ = writeln!(io::stderr().lock(), "{line}");
}
