//! Names that somebody else has lead here (DNS rebinding): a browser that follows one finds nothing of the console.
//!
//! The names are led by the browser itself, which takes them for its pages' origins as any others.

use std::time::Duration;

use e2e::{Stack, settings, tests};
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::timeout;

/// How long the browser may take for a page.
const BOUND: Duration = Duration::from_secs(60);

/// The document that Chromium has at that address, when every name of `example` leads to this machine.
async fn document_at(url: &str) -> String {
    let profile = TempDir::with_prefix("engine-console-hosts-").expect("a folder for the profile");
    let mut command = Command::new(&settings().chromium);
    command
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .arg("--host-resolver-rules=MAP *.example 127.0.0.1")
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(["--dump-dom", url])
        .kill_on_drop(true);
    let output = timeout(BOUND, command.output()).await.expect("the browser ends in time");
    let output = output.unwrap_or_else(|error| panic!("Chromium does not start: {error}"));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

tests! {
    without_a_browser: async fn a_browser_finds_the_console_by_its_own_names_alone() {
        let stack = Stack::with(&["--seed", "empty", "--host", "console.example"]).await;
        let port = stack.console_address().port();
        for name in ["127.0.0.1", "localhost", "console.example"] {
            let document = document_at(&format!("http://{name}:{port}/")).await;
            assert!(document.contains("modulepreload"), "{name}: {document}");
        }
        for name in ["evil.example", "console.example.evil.example", "127.0.0.1.example"] {
            for path in ["/", "/engines", "/api/3", "/login.jsp"] {
                let document = document_at(&format!("http://{name}:{port}{path}")).await;
                assert!(document.contains("does not answer to that name"), "{name}{path}: {document}");
                assert!(!document.contains("modulepreload"), "{name}{path}: {document}");
            }
        }
    }
}
