//! The program itself: what it prints, how it fails, and what a kill leaves behind.

use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use engine_link::{PairError, PairRefusal};
use http::StatusCode;
use serde_json::json;

use crate::fleet_through_api::{RunningEngine, comes, stored};
use crate::lab::{first_line, http, send};
use crate::small_engine::SmallEngine;

/// For many consoles at a time.
const ANY_PORTS: [&str; 4] = ["--listen", "127.0.0.1:0", "--engine-listener", "127.0.0.1:0"];

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_embedded-console"));
    command.env_remove("RUST_LOG").stdin(Stdio::null());
    command
}

/// A running program. It is killed when the test ends.
pub(crate) struct Program {
    child: Child,
    url: String,
    engines: String,
}

impl Program {
    fn start(data: &Path, app: &Path) -> Self {
        Self::run(program(), data, app, Stdio::null())
    }

    /// A program with all that it needs below this directory.
    pub(crate) fn for_test(directory: &Path) -> Self {
        Self::start(&directory.join("data"), &app(directory))
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.url.strip_prefix("http://").unwrap().trim_end_matches('/').parse().unwrap()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// A program whose files can't grow beyond so many bytes: for it, the disk is full then.
    fn start_with_room(bytes: u32, data: &Path, app: &Path) -> Self {
        let mut command = Command::new("prlimit");
        command.arg(format!("--fsize={bytes}:")).arg(env!("CARGO_BIN_EXE_embedded-console"));
        command.env_remove("RUST_LOG").stdin(Stdio::null());
        Self::run(command, data, app, Stdio::null())
    }

    /// There is room again.
    fn make_room(&self) {
        let pid = self.child.id().to_string();
        let made = Command::new("prlimit").args(["--pid", &pid, "--fsize=100000000:"]).status().unwrap();
        assert!(made.success());
    }

    fn run(mut command: Command, data: &Path, app: &Path, log: Stdio) -> Self {
        let mut child = command
            .args(ANY_PORTS)
            .arg("--data-dir")
            .arg(data)
            .arg("--app-dir")
            .arg(app)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut after = |words: &str| {
            let line = lines.next().unwrap().unwrap();
            line.strip_prefix(words).unwrap_or_else(|| panic!("{line:?}")).to_owned()
        };
        let url = after("listening on ");
        let engines = after("engines connect to ");
        Self { child, url, engines }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may be dead already, which is the point of one of the tests.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn app(directory: &Path) -> std::path::PathBuf {
    let app = directory.join("dist");
    std::fs::create_dir_all(&app).unwrap();
    std::fs::write(app.join("index.html"), "<!doctype html>").unwrap();
    app
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let directory = tempfile::tempdir().unwrap();
    let (data, app) = (directory.path().join("data"), app(directory.path()));
    let mut acknowledged = Vec::new();
    for round in 0..3_u32 {
        let mut program = Program::start(&data, &app);
        let password = first_line(&data.join("admin-password"));
        let client = http();
        for number in 0..10 {
            let name = format!("engine {round} {number}");
            let body = json!({"name": name, "address": "192.0.2.1", "port": 1000 + round * 100 + number});
            let request = client
                .post(format!("{}api/3/scan_engines", program.url))
                .basic_auth("admin", Some(&password));
            let answer =
                send(request.header("content-type", "application/json").body(body.to_string())).await;
            assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
            acknowledged.push(name);
        }
        // SIGKILL right after the answer: nothing can be tidied up.
        program.child.kill().unwrap();
        program.child.wait().unwrap();
    }
    let program = Program::start(&data, &app);
    let password = first_line(&data.join("admin-password"));
    let request =
        http().get(format!("{}api/3/scan_engines", program.url)).basic_auth("admin", Some(&password));
    let engines = send(request).await.json();
    let names: Vec<&str> = engines["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|engine| engine["name"].as_str().unwrap())
        .collect();
    for name in &acknowledged {
        assert!(names.contains(&name.as_str()), "{name} is lost");
    }
}

#[tokio::test]
async fn on_a_full_disk_nothing_that_was_acknowledged_is_lost_and_the_console_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let (data, app) = (directory.path().join("data"), app(directory.path()));
    let (first, second) = (RunningEngine::start("6.6.1").await, RunningEngine::start("6.6.1").await);
    let mut program = Program::start_with_room(500_000, &data, &app);
    let password = first_line(&data.join("admin-password"));
    let (client, url) = (http(), program.url.clone());
    let post = async |path: &str, body: String| {
        let request = client.post(format!("{url}api/3/{path}")).basic_auth("admin", Some(&password));
        send(request.header("content-type", "application/json").body(body)).await
    };
    let mut engines = Vec::new();
    for (name, engine) in [("first", &first), ("second", &second)] {
        let body = json!({"name": name, "address": "127.0.0.1", "port": engine.address.port()});
        engines.push(post("scan_engines", body.to_string()).await.id());
    }

    // Until it is full.
    let site =
        |number: u32| json!({"name": format!("site {number}"), "description": "x".repeat(4000)}).to_string();
    let mut acknowledged = 0;
    let refused = loop {
        let answer = post("sites", site(acknowledged)).await;
        if answer.status != StatusCode::CREATED {
            break answer;
        }
        acknowledged += 1;
        assert!(acknowledged < 1000, "it never gets full");
    };
    assert!(refused.error(500).contains("disk is full"), "{refused:?}");
    assert!(post("sites", site(acknowledged)).await.error(500).contains("disk is full"));
    // What the engines tell is shown, and kept for later. (A change as small as this may still find room.)
    let asked = post("administration/commands", "version engines".to_owned()).await;
    assert!(asked.text.contains("Pending-Auth"), "{asked:?}");

    program.make_room();
    assert_eq!(post("sites", site(acknowledged)).await.status, StatusCode::CREATED);
    acknowledged += 1;
    second.enable();
    comes("one engine's news is stored", || stored(&data, engines[1]).0 == "active").await;
    comes("what had no room is stored as well", || stored(&data, engines[0]).0 == "pending-authorization")
        .await;

    program.child.kill().unwrap();
    program.child.wait().unwrap();
    let program = Program::start(&data, &app);
    let request =
        client.get(format!("{}api/3/sites?size=1", program.url)).basic_auth("admin", Some(&password));
    assert_eq!(send(request).await.json()["page"]["totalResources"], acknowledged);
}

#[tokio::test]
async fn a_pairing_that_finds_no_room_on_the_disk_is_refused_and_can_be_made_later() {
    let directory = tempfile::tempdir().unwrap();
    let (data, app) = (directory.path().join("data"), app(directory.path()));
    let program = Program::start_with_room(400_000, &data, &app);
    let password = first_line(&data.join("admin-password"));
    let request = http().post(format!("{}api/3/scan_engines/shared_secret", program.url));
    let secret = send(request.basic_auth("admin", Some(&password))).await.text;
    let console = program.engines.parse().unwrap();
    // Until it is full: each needs a place of its own.
    let mut port = 1000;
    let (engine, refusal) = loop {
        port += 1;
        let engine = SmallEngine::new(&format!("engine {port}"), Ipv4Addr::LOCALHOST, port);
        match engine.pair_at(console, &secret).await {
            Ok(_) => assert!(port < 3000, "it never gets full"),
            Err(PairError::Refused(refusal)) => break (engine, refusal),
            Err(error) => panic!("{error}"),
        }
    };
    assert!(
        matches!(&refusal, PairRefusal::Failed { reason } if reason.contains("disk is full")),
        "{refusal:?}"
    );
    assert!(engine.connect(console).await.is_err(), "it is not one of the console's engines");
    program.make_room();
    engine.pair_at(console, &secret).await.unwrap();
    engine.connect(console).await.unwrap();
}

#[test]
fn a_disk_that_is_full_at_the_start_is_one_line_with_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let app = app(directory.path());
    for (bytes, file) in [("100", "data"), ("50000", "console.db")] {
        let data = directory.path().join(bytes).join("data");
        let mut command = Command::new("prlimit");
        command.arg(format!("--fsize={bytes}:")).arg(env!("CARGO_BIN_EXE_embedded-console"));
        let command = command.args(ANY_PORTS).arg("--data-dir").arg(data).arg("--app-dir").arg(&app);
        let text = failure(command.env_remove("RUST_LOG").stdin(Stdio::null()));
        assert!(text.contains(file) && text.contains("; make room"), "{text}");
    }
}

fn fails(arguments: &[&str]) -> String {
    failure(program().args(arguments))
}

fn failure(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(1), "{text}");
    assert!(stdout.is_empty(), "{stdout:?}");
    assert_eq!(text.lines().count(), 1, "one line: {text}");
    assert!(text.starts_with("embedded-console: "), "{text}");
    text
}

#[test]
fn each_failure_is_one_line_with_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let app = app(directory.path());
    let (app, data) = (app.to_str().unwrap(), directory.path().join("data"));
    let data = data.to_str().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let base = ["--data-dir", data, "--app-dir", app];
    let with = |more: &[&str]| fails(&[&base, more].concat());
    let with_any_ports = |more: &[&str]| with(&[&ANY_PORTS, more].concat());

    let text = with(&["--listen", &taken]);
    assert!(text.contains(&taken) && text.contains("stop the program that uses it"), "{text}");
    let text = with(&["--listen", "127.0.0.1:0", "--engine-listener", &taken]);
    assert!(text.contains(&taken) && text.contains("or give another --engine-listener"), "{text}");
    let text = with(&["--listen", "127.0.0.1:0", "--engine-listener", "192.0.2.1:0"]);
    assert!(text.contains("not an address of this machine: give another --engine-listener"), "{text}");
    for seconds in ["0", "3601", "an hour"] {
        let text = with(&["--shared-secret-lifetime", seconds]);
        assert!(text.contains("--shared-secret-lifetime"), "{text}");
    }
    let text = with(&["--listen", "0.0.0.0:0"]);
    assert!(text.contains("--tls-cert"), "{text}");
    let text = with(&["--engine-network", "10.0.0.0/40"]);
    assert!(text.contains("\"10.0.0.0/40\" is not a network"), "{text}");
    let text = with(&["--seed", "huge"]);
    assert!(text.contains("use demo, empty or large:ENGINES,SITES"), "{text}");
    for path in ["x", "/x", "//", "/api/", "/a b/"] {
        let text = with_any_ports(&["--public-path", path]);
        assert!(text.contains(path) && text.contains("give one like /x/"), "{text}");
    }
    let text = fails(&["--data-dir", data]);
    assert!(text.contains("--app-dir"), "{text}");
    let text = fails(&["--data-dir", data, "--app-dir", "/nonexistent"]);
    assert!(text.contains("no app in /nonexistent: build it first"), "{text}");
    // A file where the directory should be: root is stopped by it as well.
    let file = format!("{app}/index.html");
    let nowhere = format!("{file}/data");
    let text = fails(&[&ANY_PORTS[..], &["--data-dir", &nowhere, "--app-dir", app]].concat());
    assert!(text.contains("cannot write to the data directory"), "{text}");
    let text = with_any_ports(&["--admin-password-file", &format!("{file}/password")]);
    assert!(text.contains("cannot read or write"), "{text}");
}

#[test]
fn what_others_may_change_or_read_is_refused_and_so_are_short_passwords() {
    let directory = tempfile::tempdir().unwrap();
    let (data, app) = (directory.path().join("data"), app(directory.path()));
    let fails = |more: &[&str]| {
        let paths =
            [&ANY_PORTS[..], &["--data-dir", data.to_str().unwrap(), "--app-dir", app.to_str().unwrap()]];
        fails(&[paths.concat(), more.to_vec()].concat())
    };
    let chmod = |path: &Path, mode: u32| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    drop(Program::start(&data, &app));
    assert_eq!(mode(&data), 0o700, "what it makes is its owner's alone");

    for loose in [0o777, 0o770, 0o702] {
        chmod(&data, loose);
        let text = fails(&[]);
        assert!(text.contains(&format!("(mode {loose:03o})")) && text.contains("chmod 700"), "{text}");
    }
    // Readable for others it may be: what is secret in it is not.
    chmod(&data, 0o755);
    for secret in ["console.db", "identity.key"] {
        chmod(&data.join(secret), 0o640);
        let text = fails(&[]);
        assert!(text.contains(secret) && text.contains("chmod 600"), "{text}");
        chmod(&data.join(secret), 0o600);
    }
    let log = directory.path().join("audit.log");
    std::fs::write(&log, "").unwrap();
    chmod(&log, 0o644);
    let text = fails(&["--audit-log", log.to_str().unwrap()]);
    assert!(text.contains("audit.log") && text.contains("chmod 600"), "{text}");

    std::fs::write(data.join("admin-password"), "elevenchars\n").unwrap();
    let text = fails(&[]);
    assert!(text.contains("has fewer than 12 characters: put another one there"), "{text}");
    std::fs::write(data.join("admin-password"), "twelve-chars\n").unwrap();
    drop(Program::start(&data, &app));
    for (option, value, words) in
        [("--host", "a:1", "\"a:1\" is not a host"), ("--trusted-proxy", "10.0.0.0/8", "--behind-proxy")]
    {
        let text = fails(&[option, value]);
        assert!(text.contains(words), "{text}");
    }
}

#[tokio::test]
async fn the_security_log_is_on_the_standard_error_too() {
    let directory = tempfile::tempdir().unwrap();
    let (data, app) = (directory.path().join("data"), app(directory.path()));
    let path = directory.path().join("console.log");
    let program = Program::run(program(), &data, &app, std::fs::File::create(&path).unwrap().into());
    let ask = |password: &str| {
        http().get(format!("{}api/3", program.url)).basic_auth("admin", Some(password.to_owned()))
    };
    let password = first_line(&data.join("admin-password"));
    assert_eq!(send(ask("hunter2\nhunter2")).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(send(ask(&password)).await.status, StatusCode::OK);
    let log = std::fs::read_to_string(&path).unwrap();
    for event in ["console-started", "sign-in-refused", "sign-in"] {
        let is_told = |line: &&str| line.contains(&format!("\"event\":\"{event}\""));
        let told: Vec<&str> = log.lines().filter(is_told).collect();
        let [line] = told[..] else { panic!("{event}: {log}") };
        let json = line.split_once(" audit ").unwrap().1;
        assert!(serde_json::from_str::<serde_json::Value>(json).unwrap()["time"].is_string(), "{line}");
    }
    assert!(!log.contains(&password) && !log.contains("hunter2"), "{log}");
}

#[tokio::test]
async fn an_answer_of_500_says_why_in_the_log() {
    let directory = tempfile::tempdir().unwrap();
    let (data, app) = (directory.path().join("data"), app(directory.path()));
    let path = directory.path().join("console.log");
    let program = Program::run(program(), &data, &app, std::fs::File::create(&path).unwrap().into());
    let change = http().put(format!("{}api/3/scan_engine_pools/2", program.url));
    let change = change.basic_auth("admin", Some(first_line(&data.join("admin-password"))));
    let answer = send(change.header("content-type", "application/json").body("{\"name\":\"North\"}")).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{answer:?}");
    let log = std::fs::read_to_string(&path).unwrap();
    let line =
        log.lines().find(|line| line.contains("a request failed: ")).unwrap_or_else(|| panic!("{log}"));
    assert!(
        line.contains("without an id in the body") && line.contains("docs/api-quirks.md, \"Changing\""),
        "{line}"
    );
}

#[test]
fn the_quirks_can_be_read_by_a_script() {
    let output = program().arg("--print-quirks").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let lines = String::from_utf8(output.stdout).unwrap();
    let row = lines.lines().find(|line| line.starts_with("no-shared-secret\t")).unwrap();
    assert!(row.starts_with("no-shared-secret\t2018 awkward\tv3 has no shared secret: 404\t"), "{row}");
    assert!(fails(&["--quirk", "none"]).contains("use one of no-extras, "));
}

#[test]
fn a_closed_standard_output_ends_the_program_quietly() {
    let directory = tempfile::tempdir().unwrap();
    let (data, app) = (directory.path().join("data"), app(directory.path()));
    let start = ["--data-dir", data.to_str().unwrap(), "--app-dir", app.to_str().unwrap()];
    for arguments in [&["--print-demo-fleet"][..], &["--help"], &[&ANY_PORTS[..], &start].concat()] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = program().args(arguments).env("RUST_LOG", "error").stdout(writer).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && said.is_empty(), "{arguments:?}: {:?} {said}", output.status);
    }
    // Nobody hears why it fails: it ends all the same, and does not panic.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = program().arg("--no-such-option").stderr(writer).status().unwrap();
    assert_eq!(status.code(), Some(1));
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let (data, app) = (directory.path().join("data"), app(directory.path()));
    std::fs::create_dir_all(&data).unwrap();
    let text = "a letter, not a database\n".repeat(100);
    std::fs::write(data.join("console.db"), &text).unwrap();
    std::fs::set_permissions(data.join("console.db"), std::fs::Permissions::from_mode(0o600)).unwrap();
    let said = failure(program().args(ANY_PORTS).arg("--data-dir").arg(&data).arg("--app-dir").arg(&app));
    assert!(said.contains("file is not a database; restore the file from a copy, or move it away"), "{said}");
    assert_eq!(std::fs::read_to_string(data.join("console.db")).unwrap(), text);
}

#[test]
fn two_consoles_do_not_share_a_directory() {
    let directory = tempfile::tempdir().unwrap();
    let (data, app) = (directory.path().join("data"), app(directory.path()));
    let _first = Program::start(&data, &app);
    let (data, app) = (data.to_str().unwrap(), app.to_str().unwrap());
    let text = fails(&[&ANY_PORTS[..], &["--data-dir", data, "--app-dir", app]].concat());
    assert!(text.contains("in use by another console"), "{text}");
}

#[test]
fn the_demo_fleet_can_be_read_by_a_script() {
    let output = program().arg("--print-demo-fleet").output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().count(), 9);
    assert!(text.lines().all(|line| line.split('\t').count() == 5), "{text}");
}
