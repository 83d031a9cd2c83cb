//! `trunk build --release` and `trunk serve`, as a developer calls them. `cargo xtask test trunk` says where trunk is.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use e2e::{Kind, Page, Stack, Storage, heading, http, in_browser, settings, until};
use tokio::process::{Child, Command};

/// How long a build of the whole app may take, for development or for release, on a busy machine.
const BUILD: Duration = Duration::from_secs(600);
/// How long a page may take to be new after an edit, on a busy machine. On a quiet one it is 8 s after an edit of a style
/// and 12 s after one of Rust.
const RELOAD: Duration = Duration::from_secs(90);

/// What the app is built from. The other crates belong to the workspace, so cargo wants their manifests too.
const SOURCES: [&str; 12] = [
    ".cargo",
    "Cargo.lock",
    "Cargo.toml",
    "Trunk.toml",
    "build.rs",
    "crates",
    "index.html",
    "src",
    "style",
    "tests",
    "web",
    "xtask",
];

fn variable(name: &str) -> OsString {
    std::env::var_os(name)
        .unwrap_or_else(|| panic!("{name} is not set: start this with `cargo xtask test trunk`"))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the project has a root").to_path_buf()
}

/// Trunk in this folder. It ends when the test does.
fn trunk(folder: &Path, args: &[&str]) -> Command {
    let mut trunk = Command::new(variable("ENGINE_CONSOLE_TRUNK"));
    trunk.args(args).current_dir(folder).kill_on_drop(true).stdin(Stdio::null());
    trunk.env("PATH", variable("ENGINE_CONSOLE_TRUNK_PATH")).env("NO_COLOR", "true");
    trunk.env("CARGO_TARGET_DIR", variable("ENGINE_CONSOLE_TARGET"));
    // What `cargo test` has set is about the package with the tests.
    for (name, _) in std::env::vars_os() {
        if name
            .to_str()
            .is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"))
        {
            trunk.env_remove(name);
        }
    }
    trunk
}

/// All files of a folder with what is in them.
fn contents(folder: &Path) -> BTreeMap<OsString, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let file = |entry: std::io::Result<fs::DirEntry>| {
        let entry = entry.expect("an entry");
        (entry.file_name(), fs::read(entry.path()).expect("a file"))
    };
    entries.map(file).collect()
}

/// Alone, without xtask around it, trunk makes the same app as the build that the other tests run on, byte for byte.
#[tokio::test]
async fn a_release_is_the_same_app_again() {
    let dist = tempfile::tempdir().expect("a folder");
    let folder = dist.path().join("dist");
    let built = trunk(&root(), &["build", "--release", "--dist"]).arg(&folder).status();
    let status = tokio::time::timeout(BUILD, built).await.expect("in time").expect("trunk starts");
    assert!(status.success(), "trunk: {status}");
    let (mine, known) = (contents(&folder), contents(&settings().dist));
    assert_eq!(mine.keys().collect::<Vec<_>>(), known.keys().collect::<Vec<_>>());
    for (name, content) in &mine {
        assert!(known.get(name) == Some(content), "{name:?} is not the same");
        let name = name.to_str().expect("a plain name");
        let packed = [".br", ".gz"].map(|end| mine.contains_key(&OsString::from(format!("{name}{end}"))));
        assert!(
            name.ends_with(".br") || name.ends_with(".gz") || packed == [true; 2],
            "{name} is not compressed"
        );
    }
}

/// A copy of the sources that may be edited, which leads to this console.
fn copy_of_the_sources(console: SocketAddr) -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("a folder");
    for source in SOURCES {
        copy_all(&root().join(source), &copy.path().join(source));
    }
    edit(&copy.path().join("Trunk.toml"), "127.0.0.1:3780", &console.to_string());
    copy
}

fn copy_all(from: &Path, to: &Path) {
    if from.is_file() {
        fs::copy(from, to).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
        return;
    }
    fs::create_dir(to).unwrap_or_else(|error| panic!("{}: {error}", to.display()));
    for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())) {
        let name = entry.expect("an entry").file_name();
        copy_all(&from.join(&name), &to.join(&name));
    }
}

fn edit(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(text.contains(from), "{} has no {from}", path.display());
    fs::write(path, text.replace(from, to)).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// Waits until trunk serves the app.
async fn ready(serving: &mut Child, address: SocketAddr) {
    let served = until(BUILD, async || {
        if let Some(status) = serving.try_wait().expect("trunk is known") {
            panic!("trunk ended: {status}");
        }
        match http::get(address, "/", &[]).await {
            Ok(answer) if answer.word(1) == "200" => Ok(()),
            Ok(answer) => Err(answer.start),
            Err(error) => Err(error.to_string()),
        }
    });
    served.await.unwrap_or_else(|problem| panic!("trunk does not serve the app: {problem}"));
}

/// The seconds that an edit takes until the page shows it, by itself.
async fn after_edit(page: &Page, what: &str, goal: u64, shows: &'static str) {
    let started = Instant::now();
    let new = until(RELOAD, async || {
        let found = page.run(shows, vec![]).await;
        if found == true { Ok(()) } else { Err(format!("{found}")) }
    });
    new.await.unwrap_or_else(|problem| panic!("the page is not new after an edit of {what}: {problem}"));
    let line = format!("after an edit of {what}: {:.1} s (goal {goal} s)\n", started.elapsed().as_secs_f64());
    // Past the test runner, which keeps what passing tests print.
    std::io::stderr().write_all(line.as_bytes()).expect("the line can be printed");
}

#[tokio::test]
async fn serve_shows_the_app_with_the_consoles_data_and_each_edit() {
    let stack = Stack::start().await;
    let sources = copy_of_the_sources(stack.console_address());
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = free.local_addr().expect("its address");
    drop(free);
    let port = address.port().to_string();
    let mut serving = trunk(sources.path(), &["serve", "--port", &port]).spawn().expect("trunk starts");
    ready(&mut serving, address).await;

    let index = http::get(address, "/engines", &[]).await.expect("trunk answers");
    let policy = index.header("content-security-policy").unwrap_or_default();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe-inline"), "{policy}");

    in_browser(Kind::Chromium, Storage::Free, "trunk serve", async |page: Page| {
        page.open(format!("http://{address}/")).await;
        page.sign_in("admin", &stack.password()).await;
        // The list came through trunk from the console.
        page.see(heading("Scan Engines")).await;

        let style = sources.path().join("style/base.css");
        let text = fs::read_to_string(&style).expect("the style");
        fs::write(&style, format!("{text}\nh1 {{ text-indent: 7px; }}\n")).expect("an edit");
        let shows = "const h1 = document.querySelector('h1'); return !!h1 && getComputedStyle(h1).textIndent === '7px'";
        after_edit(&page, "a style", 8, shows).await;

        edit(&sources.path().join("src/pages/sign_in.rs"), "<h1>\"Sign in\"</h1>", "<h1>\"Sign in here\"</h1>");
        after_edit(&page, "Rust", 12, "return document.querySelector('h1')?.textContent === 'Sign in here'").await;
        // Reloading breaks off what was under way.
        page.forgive_problems().await;
    })
    .await;
    serving.kill().await.expect("trunk ends");
}
