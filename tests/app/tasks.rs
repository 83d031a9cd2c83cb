//! Every page is left while something that it began is under way. The answer comes, and the app continues.
//!
//! The list has each file of a page or a feature that waits for an answer, unless `forms.rs` or `questions.rs` has it;
//! `xtask/src/lists.rs` finds one that is missing.

use engine_console::browser::timer::breathe;
use futures::channel::oneshot;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    console::{Console, Fault, Pool},
    person::{Screen, at_work_on, until},
};

/// Something that takes a while: the files that wait for it, address and heading of the page, what is clicked, by role and name, one
/// after the other, and how the call ends that is waited for.
struct Task {
    files: &'static [&'static str],
    page: (&'static str, &'static str),
    clicks: &'static [(&'static str, &'static str)],
    call: &'static str,
}

const PANEL: &str = "Scan Engine Configuration";

const TASKS: [Task; 16] = [
    Task {
        files: &["src/features/refresh.rs"],
        page: ("/engines", "Scan Engines"),
        clicks: &[("button", "Refresh berlin")],
        call: "administration/commands",
    },
    Task {
        files: &["src/features/refresh.rs"],
        page: ("/engines", "Scan Engines"),
        clicks: &[("button", "Refresh displayed engines")],
        call: "administration/commands",
    },
    Task {
        files: &["src/features/update_engine.rs"],
        page: ("/engines", "Scan Engines"),
        clicks: &[("button", "Update aachen")],
        call: "scans?active=true&page=0&size=500",
    },
    Task {
        files: &["src/pages/engines/bulk.rs"],
        page: ("/engines", "Scan Engines"),
        clicks: &[("checkbox", "Select aachen"), ("button", "Delete")],
        call: "scans?active=true&page=0&size=500",
    },
    Task {
        files: &["src/pages/engines/stages.rs"],
        page: ("/engines", "Scan Engines"),
        clicks: &[("checkbox", "Select aachen"), ("button", "Update"), ("button", "In stages…")],
        call: "scans?active=true&page=0&size=500",
    },
    Task {
        files: &["src/pages/engines.rs"],
        page: ("/engines", "Scan Engines"),
        clicks: &[("button", "Try again")],
        call: "api/3/scan_engines",
    },
    Task {
        files: &["src/pages/engine/panel.rs", "src/pages/engine/pools.rs"],
        page: ("/engines/1?tab=pools", PANEL),
        clicks: &[("combobox", "Engine pool"), ("option", "South"), ("button", "Add to pool")],
        call: "scan_engine_pools/901/engines/1",
    },
    Task {
        files: &["src/features/delete_engine.rs"],
        page: ("/engines/2", PANEL),
        clicks: &[("button", "Delete")],
        call: "scans?active=true&page=0&size=500",
    },
    Task {
        files: &["src/features/replace_engine.rs"],
        page: ("/engines/1", PANEL),
        clicks: &[("button", "Replace engine")],
        call: "scans?active=true&page=0&size=500",
    },
    Task {
        files: &["src/features/pool_scans.rs", "src/pages/pools.rs"],
        page: ("/pools/900", "Scan Engine Pool"),
        clicks: &[("button", "Show scans")],
        call: "sites/1/scans?active=true&page=0&size=100&sort=startTime,DESC",
    },
    Task {
        files: &["src/pages/shared_secret.rs"],
        page: ("/shared-secret", "Generate Scan Engine Shared Secret"),
        clicks: &[("button", "Generate")],
        call: "scan_engines/shared_secret",
    },
    Task {
        files: &[
            "src/pages/health/problems.rs",
            "src/pages/health/watch.rs",
            "src/features/watching/notify.rs",
            "src/features/watching/record.rs",
            "src/features/watching/settings.rs",
            "src/browser/alone.rs",
            "src/browser/kept.rs",
        ],
        page: ("/health", "Engine Health"),
        clicks: &[],
        call: "api/3/scan_engine_pools",
    },
    Task {
        files: &["src/pages/health/pictures.rs", "src/pages/health/over_time.rs"],
        page: ("/health?tab=fleet", "Engine Health"),
        clicks: &[],
        call: "api/3/scan_engine_pools",
    },
    Task {
        files: &["src/pages/health/audit.rs", "src/pages/health/audit/output.rs"],
        page: ("/health?tab=audit", "Engine Health"),
        clicks: &[],
        call: "sites?page=0&size=500&sort=id,ASC",
    },
    Task {
        files: &["src/pages/site.rs"],
        page: ("/sites/1", "Site Configuration"),
        clicks: &[("radio", "aachen"), ("button", "Save")],
        call: "sites/1/scan_engine",
    },
    Task {
        files: &["src/pages/engines/dialogs.rs", "src/ui/copy.rs", "src/ui/later.rs", "src/pages/sign_in.rs"],
        page: ("/engines", "Scan Engines"),
        clicks: &[("button", "Update all engines"), ("button", "Update all engines")],
        call: "administration/commands",
    },
];

fn console() -> Console {
    let console =
        Console::with(&[(1, "berlin", "10.0.0.10", "active"), (2, "aachen", "10.0.0.9", "unknown")])
            .with_sites(1)
            .with_pools(&[Pool::new(900, "North", &[1, 2], &[]), Pool::new(901, "South", &[2], &[])]);
    console.move_site(1, 900);
    console
}

/// The page with the task under way at a console that holds the answer.
async fn under_way(task: &Task) -> (Screen, oneshot::Sender<()>) {
    let console = console();
    let mut release = None;
    match task.clicks.last() {
        None => release = Some(console.hold(task.call)),
        Some((_, "Try again")) => console.fault(task.call, Fault::Unreachable),
        Some(_) => {}
    }
    let screen = at_work_on(&console, task.page.0, task.page.1).await;
    let Some(((role, name), before)) = task.clicks.split_last() else {
        until(&format!("{} of {:?}", task.call, task.files), || (console.calls(task.call) > 0).then_some(()))
            .await;
        return (screen, release.unwrap());
    };
    for (role, name) in before {
        screen.click(role, name).await;
        match *role {
            "button" => _ = screen.see("dialog", "").await,
            "checkbox" => screen.read("1 selected").await,
            _ => {}
        }
    }
    let last = until(name, || {
        let is_it = |it: &web_sys::HtmlElement| {
            let says = it.get_attribute("aria-label").or_else(|| it.text_content()).unwrap_or_default();
            says.trim() == *name && it.get_attribute("aria-disabled").is_none()
        };
        screen.all(role, name).into_iter().rfind(is_it)
    })
    .await;
    console.heal();
    let (calls, release) = (console.calls(task.call), console.hold(task.call));
    last.click();
    until(&format!("{} of {:?}", task.call, task.files), || (console.calls(task.call) > calls).then_some(()))
        .await;
    (screen, release)
}

#[wasm_bindgen_test]
async fn a_page_can_be_left_while_anything_that_it_began_is_under_way() {
    for task in &TASKS {
        let (screen, release) = under_way(task).await;
        screen.click("link", "Administration").await;
        breathe().await;
        if !screen.all("dialog", "Leave without saving?").is_empty() {
            screen.click("button", "Leave").await;
        }
        screen.see("heading", "Administration").await;
        drop(release);
        // What the answer leads to has been done before these.
        breathe().await;
        screen.click("link", "Pools").await;
        screen.see("heading", "Scan Engine Pools").await;
        screen.see("rowheader", "South").await;
        assert!(!screen.text().contains("because of a defect"), "{:?}", task.files);
    }
}
