//! "Configuring distributed Scan Engines", acted out from its first sentence to its last: the console dials the engine.

use e2e::{Engine, Page, Stack, any, button, cell, dialog, has, heading, link, news, role, row, tests, text};

use crate::fleet::{add_engine, sign_in};

const OSLO: &str = "Oslo data centre";

/// Administration → Scan Options, Engines **Manage** → Scan Engines.
pub(crate) async fn manage_engines(page: &Page) {
    page.click(link("Administration")).await;
    page.see(heading("Administration")).await;
    page.click(link("Manage").within(role("region", "Scan Options"))).await;
    page.see(heading("Scan Engines")).await;
}

/// Adds this engine, which leads to its page.
async fn engine_added(page: &Page, engine: &Engine) {
    add_engine(page, engine).await;
    page.see(heading("Scan Engine Configuration")).await;
    page.see_words(news(), &format!("{} is added.", engine.name())).await;
}

/// Locate the engine, and click its **Refresh** icon.
async fn refresh(page: &Page) {
    page.click(button(format!("Refresh {OSLO}"))).await;
}

/// The commands and words of the steps that are shown for this host, of both directions.
async fn steps(page: &Page, host: &'static str) -> Vec<String> {
    page.texts(any("listitem").within(role("tabpanel", host))).await
}

fn assert_step(steps: &[String], words: &str) {
    assert!(steps.iter().any(|step| step.contains(words)), "no step has “{words}”:\n{}", steps.join("\n"));
}

tests! {
    in_chromium: async fn the_document_on_linux_word_by_word(page: Page) {
        let stack = Stack::start().await;
        // "Before you configure": the engine is installed and runs.
        let mut engine = stack.unknown_engine(OSLO).await;
        assert_eq!(engine.consoles_xml().matches("<console ").count(), 0);

        // "Adding an engine".
        sign_in(&page, &stack).await;
        manage_engines(&page).await;
        page.click(link("New engine")).await;
        page.see_address("/engines/new").await;
        page.see(text(has("Port 40814 is open"))).await;
        page.see(text(has("installed on its host, and running"))).await;
        page.back().await;
        engine_added(&page, &engine).await;

        // The app shows how to go on, with the values of this engine and this console.
        let id = stack.id_of(OSLO).await;
        page.see_address(&format!("/engines/{id}?tab=pairing")).await;
        page.see_attribute(role("tab", "Pairing"), "aria-selected", Some("true")).await;
        page.see_words(role("region", "Summary"), "Unknown").await;
        let shown = steps(&page, "Linux").await;
        for words in ["ssh <user>@127.0.0.1", "sudo -i", "screen -x nexpose", "show consoles", "enable console <ID>", "ctrl-c"] {
            assert_step(&shown, words);
        }
        // "It will generate a consoles.xml file on the Engine."
        let file = engine.consoles_xml();
        for words in ["id=\"1\"", "enabled=\"0\"", "lastAddress=\"127.0.0.1\""] {
            assert!(file.contains(words), "{words} is missing:\n{file}");
        }

        // "Pairing", Linux: show consoles, enable console, show console. No restart.
        let console = engine.show_console().await;
        assert_eq!((console.id, console.address.as_str()), (1, "127.0.0.1"));
        assert!(!console.enabled && !console.connect_to, "{console:?}");
        engine.answer("enable console 1").await;
        let answer = engine.answer("show console").await;
        assert!(answer.contains("enabled=1"), "{answer}");
        assert!(engine.consoles_xml().contains("enabled=\"1\""));

        // "Verify that the console and engine are now paired".
        manage_engines(&page).await;
        page.see_words(cell(OSLO, "Status"), "Unknown").await;
        refresh(&page).await;
        page.see_words(cell(OSLO, "Status"), "Active").await;
        page.see_words(cell(OSLO, "Status"), "Console connects to engine").await;
        page.see_words(news(), &format!("{OSLO}: Active.")).await;
    }

    in_chromium: async fn the_document_on_windows_word_by_word(page: Page) {
        let stack = Stack::start().await;
        let mut engine = stack.unknown_engine(OSLO).await;
        sign_in(&page, &stack).await;
        manage_engines(&page).await;
        engine_added(&page, &engine).await;
        page.click(role("tab", "Windows").within(details(true))).await;
        let shown = steps(&page, "Windows").await;
        for words in ["administrative permissions", "[installation_directory]/nse/conf/consoles.xml", "the address 127.0.0.1", "from 0 to 1", "Restart"] {
            assert_step(&shown, words);
        }

        // "Change the value for the Enabled attribute from 0 to 1. Save and close the file."
        engine.edit_consoles_xml(|file| file.replace("enabled=\"0\"", "enabled=\"1\""));
        manage_engines(&page).await;
        refresh(&page).await;
        // Not before the restart.
        page.see_words(cell(OSLO, "Status"), "Pending authorization").await;
        page.see_words(news(), &format!("Cannot refresh scan engine ({OSLO}): Unauthorized console connection from: 127.0.0.1")).await;
        engine.restart().await;
        refresh(&page).await;
        page.see_words(cell(OSLO, "Status"), "Active").await;
        assert!(engine.consoles_xml().contains("enabled=\"1\""), "the edit was lost");
    }

    in_chromium: async fn before_it_is_paired_each_place_says_why_not_and_what_to_do(page: Page) {
        let stack = Stack::start().await;
        let mut engine = stack.engine(OSLO).await;
        let (own, console) = (engine.fingerprint().await, engine.show_console().await.fingerprint);
        assert_ne!(own, console);
        sign_in(&page, &stack).await;
        refresh(&page).await;
        let why = format!("Cannot refresh scan engine ({OSLO}): Unauthorized console connection from: 127.0.0.1");
        page.see_words(news(), &why).await;
        page.click(button(e2e::ends(&format!("({OSLO})")))).await;
        page.see(dialog(format!("What to do: {OSLO}"))).await;
        page.see(text(has(&why))).await;
        page.click(link("Pairing steps")).await;
        page.see_address(&format!("/engines/{}?tab=pairing", engine.id())).await;
        page.see_words(role("region", "Summary"), "Pending authorization").await;
        page.see_words(role("region", "Summary"), &why).await;
        assert_step(&steps(&page, "Linux").await, "the address 127.0.0.1.");
        // The fingerprints are those that the engine shows.
        for fingerprint in [own, console] {
            page.see(text(fingerprint.as_str()).within(role("region", "Certificates"))).await;
        }
        let output = stack.api().run_command("version engines").await.expect("the console answers").output;
        assert!(output.contains(&why), "{output}");
    }

    in_chromium: async fn at_another_address_or_rebuilt_it_is_refused_until_it_is_paired_again(page: Page) {
        let stack = Stack::start().await;
        let mut engine = stack.engine(OSLO).await;
        engine.enable_console().await;
        sign_in(&page, &stack).await;
        refresh(&page).await;
        page.see_words(cell(OSLO, "Status"), "Active").await;

        page.click(link(format!("Edit {OSLO}"))).await;
        page.fill("Address", "localhost").await;
        page.see(text("The engine must be paired again")).await;
        page.click(button("Save")).await;
        page.see_words(news(), &format!("{OSLO} is saved.")).await;
        page.see_address(&format!("/engines/{}?tab=pairing", engine.id())).await;
        page.see_words(role("region", "Summary"), "Unknown").await;
        assert!(!engine.show_console().await.enabled, "the engine still trusts the console");
        page.click(button("Refresh")).await;
        page.see_words(role("region", "Summary"), "Pending authorization").await;
        engine.answer("enable console 1").await;
        page.click(button("Refresh")).await;
        page.see_words(role("region", "Summary"), "Active").await;

        engine.rebuild().await;
        manage_engines(&page).await;
        refresh(&page).await;
        page.see_words(cell(OSLO, "Status"), "Not responding").await;
        page.see_words(news(), "certificate").await;
        page.click(button(e2e::ends(&format!("({OSLO})")))).await;
        page.see(text(has("delete it here, add it again and pair it"))).await;
        page.click(button("Close")).await;
        page.click(button(format!("Delete {OSLO}"))).await;
        page.click(button(format!("Delete {OSLO}")).within(dialog(format!("Delete {OSLO}")))).await;
        page.see_words(news(), &format!("{OSLO} is deleted.")).await;
        page.see_no(row(OSLO)).await;
        engine_added(&page, &engine).await;
        engine.enable_console().await;
        page.click(button("Refresh")).await;
        page.see_words(role("region", "Summary"), "Active").await;
    }
}

/// The direction whose steps are open, or closed.
fn details(open: bool) -> e2e::Locator {
    let group = any("group");
    if open { group.attribute("open", "") } else { group }
}
