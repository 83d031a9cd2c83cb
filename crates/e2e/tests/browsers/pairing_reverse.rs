//! "Post-Installation Engine-to-Console Pairing", acted out from its first sentence to its last: the engine dials the
//! console.

use e2e::{
    Engine, PATIENCE, Page, Stack, any, button, cell, dialog, heading, link, news, role, row, starts, tests,
    text, until,
};

use crate::fleet::sign_in;
use crate::pairing_standard::manage_engines;

const OSLO: &str = "Oslo data centre";

/// Administration → Generate Scan Engine Shared Secret → **Generate** → **Show**. The secret.
async fn generate(page: &Page) -> String {
    page.click(link("Administration")).await;
    page.click(link("Generate Scan Engine Shared Secret").within(role("region", "Scan Options"))).await;
    page.see(heading("Generate Scan Engine Shared Secret")).await;
    page.click(button("Generate")).await;
    page.see_words(news(), "A new shared secret was generated.").await;
    show(page).await
}

/// **Show**, and what is shown then.
pub(crate) async fn show(page: &Page) -> String {
    page.click(button("Show")).await;
    let secret = any("code").within(role("region", "Shared secret"));
    page.see_text_that(secret, |text| text.len() == 39 && text.matches('-').count() == 7).await
}

/// The command whose **Copy** begins like this.
async fn command(page: &Page, start: &str) -> String {
    let name = page.attribute(button(starts(&format!("Copy {start}"))), "aria-label").await;
    name.unwrap_or_default().trim_start_matches("Copy ").to_owned()
}

async fn see_paired(page: &Page, name: &'static str) {
    manage_engines(page).await;
    page.click(button("Refresh displayed engines")).await;
    page.see_words(cell(name, "Status"), "Active").await;
    page.see_words(cell(name, "Status"), "Engine connects to console").await;
}

/// The secret that the console has just made.
async fn secret_of(stack: &Stack) -> String {
    let made = stack.api().generate_shared_secret().await.expect("the console makes a secret");
    made.secret.reveal().to_owned()
}

/// The engine was refused, and nothing of the console is kept but what its administrator has typed.
async fn assert_refused(engine: &mut Engine, verdict: &str, why: &str) {
    assert!(verdict.contains(why), "not “{why}”:\n{verdict}");
    assert_eq!(
        engine.show_console().await.fingerprint,
        "none",
        "a console is pinned that has proved nothing"
    );
}

tests! {
    in_chromium: async fn the_document_word_by_word(page: Page) {
        let stack = Stack::start().await;
        // "A Scan Engine you have already installed": the console does not know it.
        let mut engine = stack.unknown_engine(OSLO).await;
        sign_in(&page, &stack).await;

        // "Generate a Scan Engine Shared Secret".
        let secret = generate(&page).await;
        // "Scan Engine Commands", as the page has them.
        let add = command(&page, "add console ").await;
        assert_eq!(add, format!("add console {}", stack.engine_listener()));
        engine.answer(&add).await;
        let console = engine.show_console().await;
        assert_eq!((console.address.as_str(), console.port), ("127.0.0.1", stack.engine_listener().port()));
        assert!(!console.connect_to && !console.enabled, "{console:?}");
        assert_eq!(console.fingerprint, "none");
        let with_id = |command: &str| command.replace("<ID>", &console.id.to_string());
        engine.answer(&with_id(&command(&page, "connect to console ").await)).await;
        assert!(engine.show_console().await.connect_to);
        assert_eq!(with_id(&command(&page, "add shared secret ").await), format!("add shared secret {}", console.id));
        let verdict = engine.add_shared_secret(console.id, &secret).await;
        assert_ne!(engine.show_console().await.fingerprint, "none", "not paired:\n{verdict}");
        assert!(!verdict.contains(&secret) && !engine.said().join("\n").contains(&secret), "the secret is printed");
        engine.answer(&with_id("enable console <ID>")).await;
        let console = engine.show_console().await;
        assert!(console.enabled && console.connect_to, "{console:?}");
        let file = engine.consoles_xml();
        assert!(file.contains("connectTo=\"1\"") && file.contains("<cert>"), "{file}");
        assert!(!file.contains(&secret), "the secret is stored:\n{file}");

        // "Refresh your Scan Engine status".
        see_paired(&page, OSLO).await;
        page.see_words(cell(OSLO, "Address"), "127.0.0.1").await;
        page.see_words(cell(OSLO, "Port"), &engine.address().port().to_string()).await;
        page.click(link(OSLO)).await;
        page.see_words(role("region", "Summary"), "Engine connects to console").await;
    }

    in_chromium: async fn a_pair_outlives_restarts_of_both_sides(page: Page) {
        let mut stack = Stack::start().await;
        let mut engine = stack.unknown_engine(OSLO).await;
        engine.pair_with(&stack, &secret_of(&stack).await).await;
        sign_in(&page, &stack).await;
        see_paired(&page, OSLO).await;

        engine.kill().await;
        page.click(button(format!("Refresh {OSLO}"))).await;
        page.see_words(cell(OSLO, "Status"), "Not responding").await;
        page.click(button(e2e::ends(&format!("({OSLO})")))).await;
        page.see(text(e2e::has("make sure that it can reach this console"))).await;
        page.click(button("Close")).await;
        engine.start_again().await;
        see_active_again(&page).await;

        stack.stop_console().await;
        stack.start_console().await;
        see_active_again(&page).await;
        assert_eq!(stack.api().shared_secret().await, Ok(None), "a restart revokes the secret");
    }

    in_chromium: async fn who_is_refused_is_told_why_and_takes_nothing_over(page: Page) {
        let stack = Stack::start().await;
        let known = stack.engine(OSLO).await;
        let mut namesake = stack.unknown_engine(OSLO).await;
        let mut bergen = stack.unknown_engine("Bergen").await;
        sign_in(&page, &stack).await;
        let secret = generate(&page).await;
        // The name is another engine's.
        let verdict = namesake.pair_with(&stack, &secret).await;
        assert_refused(&mut namesake, &verdict, OSLO).await;
        // A mistake, of which no more is said.
        let last = if secret.ends_with('0') { "1" } else { "0" };
        let wrong = format!("{}{last}", &secret[..secret.len() - 1]);
        let verdict = bergen.pair_with(&stack, &wrong).await;
        assert_refused(&mut bergen, &verdict, "does not accept this shared secret").await;
        page.click(button("Revoke")).await;
        page.click(button("Revoke the shared secret").within(dialog("Revoke the shared secret"))).await;
        page.see_words(news(), "The shared secret is revoked.").await;
        page.see(text("There is no valid shared secret. Generate makes one.")).await;
        page.see_no(text(secret.as_str())).await;
        let id = bergen.show_console().await.id;
        let verdict = bergen.add_shared_secret(id, &secret).await;
        assert_refused(&mut bergen, &verdict, "revoked").await;
        manage_engines(&page).await;
        page.click(button("Refresh displayed engines")).await;
        page.see_words(cell(OSLO, "Status"), "Console connects to engine").await;
        page.see_words(cell(OSLO, "Port"), &known.address().port().to_string()).await;
        page.see_no(row("Bergen")).await;
        // A mistake can be made good, in any way of writing it.
        let secret = generate(&page).await;
        bergen.add_shared_secret(id, &secret.replace('-', "").to_lowercase()).await;
        see_paired(&page, "Bergen").await;
    }

    in_chromium: async fn an_engine_that_was_deleted_stays_out_until_it_is_paired_again(page: Page) {
        let stack = Stack::start().await;
        let mut engine = stack.unknown_engine(OSLO).await;
        sign_in(&page, &stack).await;
        let secret = generate(&page).await;
        engine.pair_with(&stack, &secret).await;
        see_paired(&page, OSLO).await;

        page.click(button(format!("Delete {OSLO}"))).await;
        page.click(button(format!("Delete {OSLO}")).within(dialog(format!("Delete {OSLO}")))).await;
        page.see_no(row(OSLO)).await;
        // It dials again, by itself and after a restart, and is told why not.
        engine.restart().await;
        let told = until(PATIENCE, async || {
            let said = engine.said().join("\n");
            if said.contains("pair it again") { Ok(()) } else { Err(said) }
        });
        told.await.expect("the engine's log says why it is refused");
        page.click(button("Refresh displayed engines")).await;
        page.see_words(news(), "Refreshed").await;
        page.see_no(row(OSLO)).await;

        let id = engine.show_console().await.id;
        engine.add_shared_secret(id, &secret).await;
        see_paired(&page, OSLO).await;
    }
}

/// The engine dials by itself; that it is there again the console has to be asked.
async fn see_active_again(page: &Page) {
    let back = until(PATIENCE, async || {
        page.click(button(format!("Refresh {OSLO}"))).await;
        page.see_attribute(button(format!("Refresh {OSLO}")), "aria-disabled", None).await;
        let texts = page.texts(cell(OSLO, "Status")).await;
        if texts.iter().any(|text| text.contains("Active")) { Ok(()) } else { Err(format!("{texts:?}")) }
    });
    back.await.expect("the engine is active again");
}
