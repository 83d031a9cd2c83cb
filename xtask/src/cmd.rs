//! Starting other programs, and saying plainly when they fail.

use std::io::{self, Read, Write as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

use crate::failure::{Failure, Outcome, fail};

/// Cargo, without the variables of the package that runs now: build scripts that watch those would run again and again.
pub(crate) fn cargo() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    without_own_variables(&mut command);
    command
}

/// Takes out what `cargo run` set for this program.
pub(crate) fn without_own_variables(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let Some(text) = name.to_str() else { continue };
        let own = text.starts_with("CARGO_PKG_")
            || ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "CARGO_BIN_NAME", "CARGO_CRATE_NAME", "OUT_DIR"]
                .contains(&text);
        if own {
            command.env_remove(text);
        }
    }
}

/// The command line as a person would type it.
pub(crate) fn words(command: &Command) -> String {
    let mut line = std::path::Path::new(command.get_program())
        .file_name()
        .unwrap_or(command.get_program())
        .to_string_lossy()
        .into_owned();
    for arg in command.get_args() {
        line.push(' ');
        line.push_str(&arg.to_string_lossy());
    }
    line
}

fn could_not_start(command: &Command, error: &io::Error) -> Failure {
    let advice = if error.kind() == io::ErrorKind::NotFound { ": is it installed?" } else { "" };
    Failure::new(format!("`{}` could not be started: {error}{advice}", words(command)))
}

/// How a program ended, in words.
pub(crate) fn ending(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => {
            let name =
                Signal::try_from(signal).map_or_else(|_| signal.to_string(), |known| known.to_string());
            format!("ended by {name}")
        }
        (None, None) => "ended".to_owned(),
    }
}

/// Runs a program that shows its own progress.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let status = command.stdin(Stdio::null()).status().map_err(|error| could_not_start(command, &error))?;
    if status.success() {
        return Ok(());
    }
    fail(format!("`{}` failed ({}): its output is above", words(command), ending(status)))
}

/// Runs a program for its output; on failure the last lines of what it said are in the failure.
pub(crate) fn output(command: &mut Command) -> Outcome<String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| could_not_start(command, &error))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let mut said = String::from_utf8_lossy(&output.stderr).into_owned();
    said.push_str(&String::from_utf8_lossy(&output.stdout));
    fail(format!("`{}` failed ({}): {}", words(command), ending(output.status), last_line(&said)))
}

/// The last line with something on it.
pub(crate) fn last_line(text: &str) -> &str {
    text.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it printed nothing")
}

/// The group of the program that [`run_bounded`] waits for, so that Ctrl-C reaches all of it. 0: none.
static GROUP: AtomicI32 = AtomicI32::new(0);

/// How long programs that are told to end may take for it: the files of hundreds of engines are many.
const TIDY_UP: Duration = Duration::from_secs(20);

/// Makes Ctrl-C and SIGTERM end the program that is under way with all its children, then this one.
pub(crate) fn end_children_on_interrupt() -> Outcome {
    ctrlc::set_handler(|| {
        let group = GROUP.load(Ordering::SeqCst);
        if group != 0 {
            // Nothing to do about a group that has just gone.
            let _ = killpg(Pid::from_raw(group), Signal::SIGTERM);
            let end = Instant::now() + TIDY_UP;
            while killpg(Pid::from_raw(group), None).is_ok() && Instant::now() < end {
                thread::sleep(Duration::from_millis(20));
            }
            let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
        }
        std::process::exit(130);
    })
    .map_err(|error| Failure::new(format!("cannot listen for ctrl-c: {error}")))
}

/// Runs a program in a group of its own, copies what it prints and returns that too. When it takes longer than `bound`,
/// the whole group is ended: browsers and drivers that a test started don't outlive it.
pub(crate) fn run_bounded(command: &mut Command, bound: Duration) -> (Outcome, String) {
    in_group(command, bound, true)
}

/// The same without copying: for what is not meant for people as it is.
pub(crate) fn read_bounded(command: &mut Command, bound: Duration) -> (Outcome, String) {
    in_group(command, bound, false)
}

fn in_group(command: &mut Command, bound: Duration, show: bool) -> (Outcome, String) {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).process_group(0).spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => return (Err(could_not_start(command, &error)), String::new()),
    };
    let group = i32::try_from(child.id()).unwrap_or(0);
    GROUP.store(group, Ordering::SeqCst);
    let printed = Arc::new(Mutex::new(Vec::new()));
    let copy = child.stdout.take().map(|stdout| {
        let printed = Arc::clone(&printed);
        thread::spawn(move || copy_output(stdout, &printed, show))
    });
    let outcome = wait_bounded(command, &mut child, group, bound);
    // What the program left running holds the pipe open: it must not hold this one up.
    let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
    GROUP.store(0, Ordering::SeqCst);
    if let Some(copy) = copy {
        let _ = copy.join();
    }
    let printed = printed.lock().unwrap_or_else(PoisonError::into_inner);
    (outcome, String::from_utf8_lossy(&printed).into_owned())
}

/// Runs programs at the same time, in one group, and gives how each of them ended. After `bound` those that are left
/// are ended together.
pub(crate) fn run_together(commands: &mut [Command], bound: Duration) -> Vec<Outcome> {
    let mut group = 0;
    let mut spawned: Vec<Outcome<Child>> = Vec::new();
    for command in commands.iter_mut() {
        // The first one leads the group. It is not reaped before the last one was started, so that the group lasts.
        let child = command.stdin(Stdio::null()).process_group(group).spawn();
        if let Ok(leader) = &child
            && group == 0
        {
            group = i32::try_from(leader.id()).unwrap_or(0);
            GROUP.store(group, Ordering::SeqCst);
        }
        spawned.push(child.map_err(|error| could_not_start(command, &error)));
    }
    let deadline = Instant::now() + bound;
    let mut outcomes = Vec::new();
    for (command, child) in commands.iter().zip(spawned) {
        let left = deadline.saturating_duration_since(Instant::now());
        outcomes.push(child.and_then(|mut child| wait_bounded(command, &mut child, group, left)));
    }
    GROUP.store(0, Ordering::SeqCst);
    outcomes
}

fn copy_output(mut from: impl Read, printed: &Mutex<Vec<u8>>, show: bool) {
    let mut buffer = [0; 8192];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return,
            Ok(count) => {
                if show {
                    let mut stdout = io::stdout().lock();
                    let _ = stdout.write_all(&buffer[..count]).and_then(|()| stdout.flush());
                }
                printed.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&buffer[..count]);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}

fn wait_bounded(command: &Command, child: &mut Child, group: i32, bound: Duration) -> Outcome {
    let started = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return fail(format!("`{}` failed ({})", words(command), ending(status))),
            Ok(None) if started.elapsed() > bound => {
                let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
                let _ = child.wait();
                return fail(format!(
                    "`{}` was ended because it took longer than {} minutes",
                    words(command),
                    bound.as_secs() / 60
                ));
            }
            Ok(None) => thread::sleep(Duration::from_millis(50)),
            Err(error) => return fail(format!("lost sight of `{}`: {error}", words(command))),
        }
    }
}

/// Sends a signal to one process; one that is already gone is fine.
pub(crate) fn signal(pid: u32, signal: Signal) {
    if let Ok(pid) = i32::try_from(pid) {
        let sent = kill(Pid::from_raw(pid), signal);
        if let Err(error) = sent
            && error != Errno::ESRCH
        {
            crate::steps::say(&format!("process {pid} could not be sent {signal}: {error}"));
        }
    }
}

/// The search path with these folders in front.
pub(crate) fn path_with(folders: &[&std::path::Path]) -> Outcome<std::ffi::OsString> {
    let old = std::env::var_os("PATH").unwrap_or_default();
    let all = folders.iter().map(|folder| folder.to_path_buf()).chain(std::env::split_paths(&old));
    std::env::join_paths(all)
        .map_err(|error| Failure::new(format!("the search path can't be extended: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_program_is_named_with_its_last_words() {
        let words = output(Command::new("sh").args(["-c", "echo no such thing >&2; exit 3"]))
            .unwrap_err()
            .to_string();
        assert!(words.contains("(exit code 3): no such thing"), "{words}");
        let words = output(&mut Command::new("engine-console-no-such-program")).unwrap_err().to_string();
        assert!(words.contains("is it installed?"), "{words}");
    }

    #[test]
    fn programs_that_run_together_are_each_told_of_and_ended_together() {
        let mut commands: Vec<Command> = ["exit 3", "true", "sleep 600", "sleep 601"]
            .map(|script| {
                let mut command = Command::new("sh");
                command.args(["-c", script]);
                command
            })
            .into();
        commands.push(Command::new("/nowhere/at/all"));
        let started = Instant::now();
        let outcomes = run_together(&mut commands, Duration::from_millis(300));
        assert!(started.elapsed() < Duration::from_secs(60));
        let words: Vec<String> = outcomes
            .iter()
            .map(|outcome| outcome.as_ref().map_or_else(ToString::to_string, |()| String::new()))
            .collect();
        assert!(words[0].contains("exit code 3"), "{words:?}");
        assert_eq!(words[1], "");
        assert!(
            words[2].contains("took longer")
                && !words[3].is_empty()
                && words[4].contains("could not be started"),
            "{words:?}"
        );
    }

    #[test]
    fn a_program_that_hangs_is_ended_with_all_it_started() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo started; sleep 600 & sleep 600"]);
        let begun = Instant::now();
        let (outcome, printed) = run_bounded(&mut command, Duration::from_millis(200));
        assert!(outcome.unwrap_err().to_string().contains("took longer than"));
        assert_eq!(printed, "started\n");
        assert!(begun.elapsed() < Duration::from_secs(60));
    }
}
