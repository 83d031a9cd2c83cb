//! The standard input and output: a line editor where a person sits there, plain lines where a script does.

use std::borrow::Cow;
use std::env;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc as blocking};
use std::thread;

use rustyline::completion::Completer;
use rustyline::config::Behavior;
use rustyline::error::{ReadlineError, Signal};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::history::MemHistory;
use rustyline::validate::Validator;
use rustyline::{
    Cmd, ColorMode, ConditionalEventHandler, Config, Context, Editor, Event, EventContext, EventHandler,
    ExternalPrinter as _, Helper, KeyCode, KeyEvent, Modifiers, RepeatCount,
};
use scan_engine::{Log, Phrase, holds_secret};
use tokio::sync::{Notify, mpsc};
use zeroize::Zeroizing;

/// Terminals on which the line editor can't move, as it has them.
const UNABLE: [&str; 3] = ["dumb", "cons25", "emacs"];

/// What is wanted of the person, or of the script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ask {
    /// The next command.
    Command,
    /// The shared secret for this console.
    Secret(u32),
    /// Whether to stop the engine.
    Stop,
}

impl Ask {
    fn prompt(&self) -> String {
        match self {
            Self::Command => "> ".to_owned(),
            Self::Secret(id) => format!("Shared secret for console {id} (it is not shown): "),
            Self::Stop => {
                "This stops the Scan Engine service. Stop it? (yes, or anything else to continue): "
                    .to_owned()
            }
        }
    }
}

/// The outcome. Any line may turn out to hold a secret, so each is wiped.
#[derive(Debug)]
pub(crate) enum Typed {
    /// A line, without its end.
    Line(Zeroizing<String>),
    /// ctrl-c.
    Interrupt,
    /// ctrl-d on an empty line.
    Leave,
}

/// What the thread that reads has to say.
enum Read {
    Typed(Typed),
    /// The input has ended, or the terminal is gone.
    Ended,
}

/// The standard input and output.
pub(crate) struct Terminal {
    asks: blocking::Sender<Ask>,
    typed: mpsc::UnboundedReceiver<Read>,
    /// ctrl-c came as a signal, which it does while no line is being edited.
    interrupted: Arc<Notify>,
    interactive: bool,
    /// Someone was asked, and has not answered yet.
    waiting: bool,
    ended: bool,
    _echo: Option<Echo>,
}

impl Terminal {
    /// Takes the standard input. On a terminal the log is handed to the line editor, so that a line of it does not tear
    /// what is being typed.
    ///
    /// # Errors
    /// When the terminal can't be used.
    pub(crate) fn start(log: &Log) -> io::Result<Self> {
        let (asks, asked) = blocking::channel();
        let (sender, typed) = mpsc::unbounded_channel();
        let interactive = io::stdin().is_terminal();
        let mut echo = None;
        if interactive {
            let mut keys = Keys::new()?;
            if keys.edits {
                // The line editor shows what is typed. What is typed ahead of a question must not be shown: it may be
                // the secret.
                echo = Some(Echo::off(true)?);
                if io::stderr().is_terminal() {
                    let mut printer = keys.editor.create_external_printer().map_err(io::Error::other)?;
                    log.redirect(move |line| drop(printer.print(format!("{line}\n"))));
                }
            }
            start(asked, sender, move |ask| keys.read(ask));
        } else {
            start(asked, sender, |_| read_line());
        }
        let interrupted = Arc::new(Notify::new());
        Ok(Self { asks, typed, interrupted, interactive, waiting: false, ended: false, _echo: echo })
    }

    /// What is to be told of a ctrl-c that came as a signal; `None` where nobody can be asked whether to stop.
    pub(crate) fn interrupts(&self) -> Option<Arc<Notify>> {
        self.interactive.then(|| Arc::clone(&self.interrupted))
    }

    /// Asks, and waits for what is typed. After the end of the input this never ends, and the engine runs on.
    pub(crate) async fn read(&mut self, ask: Ask) -> Typed {
        if self.ended {
            return std::future::pending().await;
        }
        if self.waiting {
            // The one who reads is still at the last question, and can't be called off.
            print(&format!("\n{}", ask.prompt()));
        } else if self.asks.send(ask).is_ok() {
            self.waiting = true;
        }
        tokio::select! {
            read = self.typed.recv() => {
                self.waiting = false;
                match read {
                    Some(Read::Typed(typed)) => typed,
                    Some(Read::Ended) | None => {
                        self.ended = true;
                        std::future::pending().await
                    }
                }
            }
            () = self.interrupted.notified() => Typed::Interrupt,
        }
    }

    /// Waits for a ctrl-c while a command is being carried out.
    pub(crate) async fn interrupted(&self) {
        self.interrupted.notified().await;
    }
}

/// A thread of its own, that nobody waits for: reading the standard input can't be given up. It reads when it is asked
/// to, so that every answer is complete before the next line is read.
fn start(
    asked: blocking::Receiver<Ask>,
    sender: mpsc::UnboundedSender<Read>,
    mut read: impl FnMut(&Ask) -> Read + Send + 'static,
) {
    thread::spawn(move || {
        while let Ok(ask) = asked.recv() {
            if sender.send(read(&ask)).is_err() {
                return;
            }
        }
    });
}

/// One line of a script. Bytes that are no UTF-8 make an unknown command, and don't end the reading.
fn read_line() -> Read {
    let mut line = Zeroizing::new(Vec::new());
    match io::stdin().lock().read_until(b'\n', &mut line) {
        Ok(1..) => Read::Typed(Typed::Line(Zeroizing::new(String::from_utf8_lossy(&line).into_owned()))),
        Ok(0) | Err(_) => Read::Ended,
    }
}

/// A terminal with someone at it.
struct Keys {
    editor: Editor<Assistant, MemHistory>,
    hidden: Arc<AtomicBool>,
    /// The terminal can do what the line editor needs.
    edits: bool,
}

impl Keys {
    fn new() -> io::Result<Self> {
        // Where the output goes elsewhere, the questions still go to the terminal.
        let behavior = if io::stdout().is_terminal() { Behavior::Stdio } else { Behavior::PreferTerm };
        let config = Config::builder()
            .behavior(behavior)
            .auto_add_history(false)
            // Hiding is a kind of colouring: it must not be switched off by the environment.
            .color_mode(ColorMode::Forced)
            .build();
        let history = MemHistory::with_config(&config);
        let mut editor = Editor::with_history(config, history).map_err(io::Error::other)?;
        let hidden = Arc::new(AtomicBool::new(false));
        editor.set_helper(Some(Assistant { hidden: Arc::clone(&hidden) }));
        for key in KILLING {
            let handler = Box::new(Forget { hidden: Arc::clone(&hidden) });
            editor.bind_sequence(Event::from(key), EventHandler::Conditional(handler));
        }
        let edits = env::var("TERM").is_ok_and(|term| !term.is_empty() && !UNABLE.contains(&term.as_str()));
        Ok(Self { editor, hidden, edits })
    }

    fn read(&mut self, ask: &Ask) -> Read {
        let secret = matches!(ask, Ask::Secret(_));
        self.hidden.store(secret, Ordering::Release);
        // Where the terminal itself shows what is typed, it has to stop doing so.
        let _echo = (secret && !self.edits).then(|| Echo::off(false));
        let result = loop {
            match self.editor.readline(&ask.prompt()) {
                // The window was resized at a bad moment.
                Err(ReadlineError::Signal(Signal::Resize)) => {}
                other => break other,
            }
        };
        self.hidden.store(false, Ordering::Release);
        Read::Typed(match result {
            Ok(line) => {
                let line = Zeroizing::new(line);
                if *ask == Ask::Command && !holds_secret(&line) {
                    // It is in memory: this can't fail.
                    drop(self.editor.add_history_entry(line.trim()));
                }
                Typed::Line(line)
            }
            Err(ReadlineError::Interrupted | ReadlineError::Signal(_)) => Typed::Interrupt,
            // A terminal that is gone looks like the end of the input as well.
            Err(ReadlineError::Eof) if io::stdin().is_terminal() => Typed::Leave,
            Err(_) => return Read::Ended,
        })
    }
}

/// Hides a secret, and completes commands.
struct Assistant {
    hidden: Arc<AtomicBool>,
}

impl Helper for Assistant {}
impl Hinter for Assistant {
    type Hint = String;
}
impl Validator for Assistant {}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        if self.hidden.load(Ordering::Acquire) {
            // As wide as the line, for the editor moves the cursor by it. A secret has no wide characters.
            Cow::Owned(" ".repeat(line.chars().count()))
        } else {
            Cow::Borrowed(line)
        }
    }

    fn highlight_char(&self, _: &str, _: usize, _: CmdKind) -> bool {
        self.hidden.load(Ordering::Acquire)
    }
}

impl Completer for Assistant {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let typed = line.get(..position).unwrap_or_default().to_lowercase();
        if self.hidden.load(Ordering::Acquire) {
            return Ok((0, Vec::new()));
        }
        let commands = Phrase::ALL.into_iter().map(Phrase::words);
        let begun = commands.filter(|words| words.starts_with(&typed));
        Ok((0, begun.map(|words| format!("{words} ")).collect()))
    }
}

/// The keys that take text away and keep it, to be put back by ctrl-y.
const KILLING: [KeyEvent; 6] = [
    KeyEvent(KeyCode::Char('U'), Modifiers::CTRL),
    KeyEvent(KeyCode::Char('W'), Modifiers::CTRL),
    KeyEvent(KeyCode::Char('K'), Modifiers::CTRL),
    KeyEvent(KeyCode::Char('d'), Modifiers::ALT),
    KeyEvent(KeyCode::Char('D'), Modifiers::ALT),
    KeyEvent(KeyCode::Backspace, Modifiers::ALT),
];

/// While a secret is typed, those keys begin again instead: nothing of it must be put back into a command.
struct Forget {
    hidden: Arc<AtomicBool>,
}

impl ConditionalEventHandler for Forget {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, _: &EventContext<'_>) -> Option<Cmd> {
        self.hidden.load(Ordering::Acquire).then_some(Cmd::Undo(RepeatCount::MAX))
    }
}

/// The terminal does not show what is typed, until this is dropped.
struct Echo {
    #[cfg(unix)]
    before: nix::sys::termios::Termios,
}

impl Echo {
    /// With `by_key` the terminal also hands on each key as it is. Else a ctrl-d that is typed while a command is being
    /// carried out would be gone.
    #[cfg(unix)]
    fn off(by_key: bool) -> io::Result<Self> {
        use nix::sys::termios::{LocalFlags, SetArg, tcgetattr, tcsetattr};
        let before = tcgetattr(io::stdin())?;
        let mut without = before.clone();
        without.local_flags.remove(LocalFlags::ECHO);
        if by_key {
            without.local_flags.remove(LocalFlags::ICANON);
        }
        tcsetattr(io::stdin(), SetArg::TCSANOW, &without)?;
        Ok(Self { before })
    }

    #[cfg(not(unix))]
    fn off(_: bool) -> io::Result<Self> {
        Ok(Self {})
    }
}

#[cfg(unix)]
impl Drop for Echo {
    fn drop(&mut self) {
        use nix::sys::termios::{SetArg, tcsetattr};
        // The terminal may be gone.
        let _ = tcsetattr(io::stdin(), SetArg::TCSANOW, &self.before);
    }
}

/// Writes at once. Nobody may be reading any more: that must not end the engine.
pub(crate) fn print(text: &str) {
    let mut output = io::stdout().lock();
    drop(output.write_all(text.as_bytes()).and_then(|()| output.flush()));
}
