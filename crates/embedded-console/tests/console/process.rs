//! The program itself: what it prints, how it fails, and what a kill leaves behind.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use http::StatusCode;
use serde_json::json;

use crate::lab::{first_line, http, send};

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_embedded-console"));
    command.env_remove("RUST_LOG").stdin(Stdio::null());
    command
}

/// A running program. It is killed when the test ends.
struct Program {
    child: Child,
    url: String,
}

impl Program {
    fn start(data: &Path, app: &Path) -> Self {
        let mut child = program()
            .args(["--listen", "127.0.0.1:0", "--data-dir"])
            .arg(data)
            .arg("--app-dir")
            .arg(app)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("{line:?}")).to_owned();
        Self { child, url }
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

fn fails(arguments: &[&str]) -> String {
    let Output { status, stdout, stderr } = program().args(arguments).output().unwrap();
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

    let text = with(&["--listen", &taken]);
    assert!(text.contains(&taken) && text.contains("stop the program that uses it"), "{text}");
    let text = with(&["--listen", "0.0.0.0:0"]);
    assert!(text.contains("--tls-cert"), "{text}");
    let text = with(&["--engine-network", "10.0.0.0/40"]);
    assert!(text.contains("\"10.0.0.0/40\" is not a network"), "{text}");
    let text = with(&["--seed", "huge"]);
    assert!(text.contains("use demo, empty or large:ENGINES,SITES"), "{text}");
    let text = fails(&["--data-dir", data]);
    assert!(text.contains("--app-dir"), "{text}");
    let text = fails(&["--data-dir", data, "--app-dir", "/nonexistent"]);
    assert!(text.contains("no app in /nonexistent: build it first"), "{text}");
    // A file where the directory should be: root is stopped by it as well.
    let file = format!("{app}/index.html");
    let text = fails(&["--listen", "127.0.0.1:0", "--data-dir", &format!("{file}/data"), "--app-dir", app]);
    assert!(text.contains("cannot write to the data directory"), "{text}");
    let text = with(&["--listen", "127.0.0.1:0", "--admin-password-file", &format!("{file}/password")]);
    assert!(text.contains("cannot read or write"), "{text}");
}

#[test]
fn two_consoles_do_not_share_a_directory() {
    let directory = tempfile::tempdir().unwrap();
    let (data, app) = (directory.path().join("data"), app(directory.path()));
    let _first = Program::start(&data, &app);
    let text = fails(&[
        "--listen",
        "127.0.0.1:0",
        "--data-dir",
        data.to_str().unwrap(),
        "--app-dir",
        app.to_str().unwrap(),
    ]);
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
