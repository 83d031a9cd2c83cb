//! The program as a script has it: its standard input and output, its files, and signals.

use std::fs;
use std::io::Write as _;
use std::process::Command;

use engine_link::{Identity, Message, UpdateAnswer};
use tokio::time::timeout;

use crate::support::{BOUND, Console, Engine, consoles_xml, refused};

#[tokio::test]
async fn a_console_is_shown_enabled_and_disabled_while_it_is_connected() {
    let dir = tempfile::tempdir().unwrap();
    let mut engine = Engine::start(dir.path());
    assert_eq!(
        engine.consoles(),
        ["no consoles yet: add this engine on a Security Console, and its entry appears here; or type \
             \"add console <address>\" for one that this engine should dial"]
    );

    let identity = Identity::ephemeral("console").unwrap();
    let mut console = Console::contact(&identity, engine.address, true).await;
    assert!(!console.enabled);
    engine.logs("enable console 1 lets it use this engine");
    let line = |enabled| {
        format!(
            "ID=1  IP=127.0.0.1  enabled={enabled}  connectTo=0  port=40815  name=\"Head \"office\"\"  fingerprint={}",
            identity.fingerprint()
        )
    };
    assert_eq!(engine.consoles(), [line(0)]);
    assert!(matches!(
        console.ask(Message::VersionQuestion).await,
        Message::Authorization { enabled: false, .. }
    ));

    assert_eq!(engine.ask("enable console 1"), "console 1 is enabled now");
    assert!(matches!(console.recv().await, Message::Authorization { enabled: true, .. }));
    assert_eq!(engine.consoles(), [line(1)]);
    let Message::Versions(versions) = console.ask(Message::VersionQuestion).await else { panic!() };
    assert_eq!(versions.product, "6.6.200");
    assert_eq!(engine.ask("enable console 1"), "console 1 is already enabled");

    assert_eq!(engine.ask("Disable  Console 1"), "console 1 is disabled now");
    assert!(matches!(console.recv().await, Message::Authorization { enabled: false, .. }));
    let xml = fs::read_to_string(consoles_xml(dir.path())).unwrap();
    assert!(xml.contains("<console id=\"1\" enabled=\"0\" connectTo=\"0\""), "{xml}");
    assert!(xml.contains("lastAddress=\"console.example\" port=\"40815\""), "{xml}");
}

#[tokio::test]
async fn the_file_is_obeyed_when_it_was_edited_while_the_engine_was_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let identity = Identity::ephemeral("console").unwrap();
    let mut engine = Engine::start(dir.path());
    assert!(!Console::contact(&identity, engine.address, true).await.enabled);
    assert_eq!(engine.ask("quit"), "stopping the Scan Engine");
    assert!(engine.ends().success());

    let path = consoles_xml(dir.path());
    let xml = fs::read_to_string(&path).unwrap();
    let edited = xml.replace("enabled=\"0\"", "enabled=\"1\" note=\"by hand\"");
    fs::write(&path, &edited).unwrap();
    let engine = Engine::start(dir.path());
    assert!(Console::contact(&identity, engine.address, false).await.enabled);
    // Another console with the same name and address is another one.
    let stranger = Identity::ephemeral("console").unwrap();
    assert!(!Console::contact(&stranger, engine.address, false).await.enabled);
    let xml = fs::read_to_string(&path).unwrap();
    assert!(
        xml.contains("enabled=\"1\" note=\"by hand\"") && xml.contains("<console id=\"2\" enabled=\"0\""),
        "{xml}"
    );
}

#[tokio::test]
async fn an_update_is_applied_and_kept() {
    let dir = tempfile::tempdir().unwrap();
    let identity = Identity::ephemeral("console").unwrap();
    let mut engine = Engine::start(dir.path());
    let mut console = Console::contact(&identity, engine.address, true).await;
    let update = Message::Update { product: "6.6.300".to_owned(), content: "9".to_owned() };
    let answer = |answer| Message::UpdateAnswer { answer };
    assert_eq!(console.ask(update.clone()).await, answer(UpdateAnswer::Unauthorized));
    engine.ask("enable console 1");
    assert!(matches!(console.recv().await, Message::Authorization { enabled: true, .. }));
    assert_eq!(console.ask(update.clone()).await, answer(UpdateAnswer::Applying));
    assert_eq!(console.ask(update.clone()).await, answer(UpdateAnswer::Busy));
    assert!(timeout(BOUND, console.connection.recv()).await.unwrap().is_err(), "the engine restarts");
    engine.logs("update applied");

    engine.signal("-KILL");
    engine.ends();
    let engine = Engine::start(dir.path());
    let mut console = Console::contact(&identity, engine.address, false).await;
    let Message::Versions(versions) = console.ask(Message::VersionQuestion).await else { panic!() };
    assert_eq!(versions.product, "6.6.300");
    assert_eq!(console.ask(update).await, answer(UpdateAnswer::UpToDate));
}

#[test]
fn mistakes_on_the_command_line_say_what_to_type() {
    let dir = tempfile::tempdir().unwrap();
    let mut engine = Engine::start(dir.path());
    let nobody = "no console with ID 4: show consoles lists them";
    for (line, answer) in [
        ("enable console 4", nobody),
        ("disable console 4", nobody),
        ("connect to console 4", nobody),
        ("disconnect from console 4", nobody),
        ("add shared secret 4", nobody),
        ("delete console 4", nobody),
        (
            "enable console",
            "enable console needs the ID of one console, as in \"enable console 1\": show consoles lists them",
        ),
        (
            "shwo consoles",
            "unknown command \"shwo consoles\": did you mean \"show consoles\"? help lists the commands",
        ),
        ("reboot", "unknown command \"reboot\": help lists the commands"),
        (
            "99DB-B9F0-CD8B-5997-06BF-607B-BA21-0A81",
            "this looks like a shared secret, which was not asked for: type \"add shared secret <ID>\" alone, and the \
             secret when it is asked for. show consoles lists the IDs",
        ),
        (
            "help add console",
            "add console <address>[:port]: add a console for this engine to dial (port 40815 unless given).",
        ),
    ] {
        assert_eq!(engine.ask(line), answer);
        while !engine.ask("enable console 99").starts_with("no console with ID 99") {}
    }
}

#[test]
fn a_script_gets_its_answers_in_order_and_without_prompts() {
    let dir = tempfile::tempdir().unwrap();
    let mut engine = Engine::start(dir.path());
    // Nothing listens at port 9, the last line has no end, and the secret is the line after its command.
    let script = "add console 127.0.0.1:9\r\n\nconnect to console 1\nadd shared secret 1\n\
                  99DB-B9F0-CD8B-5997-06BF-607B-BA21-0A81\nenable console 1\nadd shared secret 1\nno secret\n\
                  delete console 1\nshow consoles\nquit";
    engine.input.as_mut().unwrap().write_all(script.as_bytes()).unwrap();
    drop(engine.input.take());
    let output: Vec<String> = engine.output.iter().collect();
    let begins = [
        "console 1 is added: 127.0.0.1:9. Next: connect to console 1",
        "console 1 has connectTo=1 now: this engine dials it. Next: add shared secret 1",
        "console 1 can't be reached: nothing listens there (127.0.0.1:9). Check the address, start the Security \
         Console, and open port 9 on its firewall; then type \"add shared secret 1\" again",
        "console 1 is enabled now; it is not paired yet: add shared secret 1",
        "a shared secret has eight groups of four hexadecimal digits",
        "console 1 is deleted",
        "no consoles yet",
        "This engine's fingerprint: ",
        "stopping the Scan Engine",
    ];
    assert_eq!(output.len(), begins.len(), "{output:#?}");
    for (line, begin) in output.iter().zip(begins) {
        assert!(line.starts_with(begin), "{line}");
    }
    assert!(engine.ends().success());
    assert!(!(output.concat() + &engine.logged()).contains("99DB"), "the secret is nowhere");
}

#[test]
fn help_lists_every_command() {
    let dir = tempfile::tempdir().unwrap();
    let mut engine = Engine::start(dir.path());
    engine.type_line("help\nquit");
    let output: Vec<String> = engine.output.iter().collect();
    for command in [
        "show consoles ",
        "enable console <ID> ",
        "disable console <ID> ",
        "add console <address>[:port] ",
        "connect to console <ID> ",
        "disconnect from console <ID> ",
        "add shared secret <ID> ",
        "delete console <ID> ",
        "help [command] ",
        "quit ",
    ] {
        assert!(output.iter().any(|line| line.starts_with(command)), "{command}: {output:#?}");
    }
}

#[test]
fn the_end_of_the_input_stops_nothing_and_sigterm_stops_at_once() {
    for (signal, dir) in [("-TERM", tempfile::tempdir().unwrap()), ("-INT", tempfile::tempdir().unwrap())] {
        let mut engine = Engine::start(dir.path());
        // A last line without its end is a line all the same.
        write!(engine.input.as_mut().unwrap(), "enable console 9").unwrap();
        drop(engine.input.take());
        assert_eq!(
            engine.output.recv_timeout(BOUND).unwrap(),
            "no console with ID 9: show consoles lists them"
        );
        assert!(engine.child.try_wait().unwrap().is_none());
        // Nobody sits at a pipe who could be asked: ctrl-c ends it as well.
        engine.signal(signal);
        assert!(engine.ends().success());
    }
}

#[test]
fn a_broken_file_is_told_with_its_line_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = consoles_xml(dir.path());
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let broken = "<Consoles>\n<console id=\"1\" enabled=\"maybe\"/>\n</Consoles>\n";
    fs::write(&path, broken).unwrap();
    let error = refused(dir.path(), "127.0.0.1:0");
    assert!(error.contains("consoles.xml: line 2: enabled=\"maybe\": must be 0 or 1"), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), broken);
}

#[test]
fn a_full_disk_is_told_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut engine = Engine::start(dir.path());
    let path = consoles_xml(dir.path());
    engine.signal("-KILL");
    engine.ends();
    let file =
        "<Consoles><console id=\"1\" enabled=\"0\"/><!--".to_owned() + &"x".repeat(2000) + "--></Consoles>";
    fs::write(&path, &file).unwrap();

    let mut engine = Engine::start(dir.path());
    // The engine's files can't grow beyond this any more: as on a full disk, but with a signal.
    let pid = engine.child.id().to_string();
    assert!(Command::new("prlimit").args(["--pid", &pid, "--fsize=1000:"]).status().unwrap().success());
    let answer = engine.ask("enable console 1");
    assert!(answer.contains("consoles.xml") && answer.contains("File too large"), "{answer}");
    assert_eq!(fs::read_to_string(&path).unwrap(), file);
    assert!(engine.consoles()[0].contains("enabled=0"));
    assert!(Command::new("prlimit").args(["--pid", &pid, "--fsize=1000000:"]).status().unwrap().success());
    assert!(engine.ask("enable console 1").starts_with("console 1 is enabled now"));
}

#[test]
fn a_port_or_a_directory_that_is_in_use_is_one_clear_line() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let engine = Engine::start(dir.path());
    let error = refused(other.path(), &engine.address.to_string());
    assert_eq!(
        error.trim_end(),
        format!(
            "scan-engine: can't listen on {}: the port is used by another program: stop that one, or give another \
             --listen",
            engine.address
        )
    );
    let error = refused(dir.path(), "127.0.0.1:0");
    assert!(error.contains("another Scan Engine runs in this directory"), "{error}");
}
