//! Getting in, not getting in, and leaving.

use e2e::{
    Fault, Key, Kind, Stack, alert, any, button, cell, dialog, field, has, heading, link, role, row, tests,
    text,
};
use serde_json::json;

use crate::fleet::{LOCAL, sign_in};

tests! {
    in_both_browsers: async fn a_wrong_password_says_so_and_the_right_one_leads_to_the_engines(page: Page) {
        let stack = Stack::start().await;
        page.open(stack.url("/")).await;
        page.see(heading("Sign in")).await;
        page.see_focus_on(field("Username")).await;
        page.sign_in("admin", "not-the-password").await;
        page.see_words(alert(), "The console did not accept the credentials.").await;
        page.see_value(field("Username"), "admin").await;
        page.see_value(field("Password"), "not-the-password").await;
        page.see_focus_on(field("Password")).await;

        page.fill("Password", &stack.password()).await;
        page.click(button("Sign in")).await;
        page.see(heading("Scan Engines")).await;
        page.see_address("/engines").await;
        page.see(row(LOCAL)).await;
        // The navigation shows what exists, and says where one is.
        page.see_texts(any("link").within(role("navigation", "Main")), &["Engines", "Pools", "Shared Secret", "Sites", "Health", "Administration"]).await;
        page.see_attribute(link("Engines"), "aria-current", Some("page")).await;
        assert!(stack.proxy().seen().iter().all(|seen| !seen.cookie), "the app sent a cookie");
    }

    in_both_browsers: async fn a_password_manager_signs_in_at_once_on_a_slow_machine_and_the_first_key_counts(page: Page) {
        let stack = Stack::start().await;
        if page.kind() == Kind::Chromium {
            page.devtools("Emulation.setCPUThrottlingRate", json!({ "rate": 6 })).await;
        }
        page.open(stack.url("/engines")).await;
        page.see(heading("Sign in")).await;
        // Before a person could type a letter, and before the list has come or was rehearsed.
        page.run(
            "const [form] = document.forms;
             for (const [name, value] of Object.entries(arguments[0])) {
                 form.elements[name].value = value;
                 form.elements[name].dispatchEvent(new InputEvent('input', { bubbles: true }));
             }
             form.requestSubmit();",
            vec![json!({ "username": "admin", "password": stack.password() })],
        )
        .await;
        page.see(row(LOCAL)).await;
        page.press("/").await;
        page.press("loc").await;
        page.see_value(role("combobox", "Filter engines"), "loc").await;
        page.see_focus_on(role("combobox", "Filter engines")).await;
        page.see(row(LOCAL)).await;
        page.see_address("/engines?filter=loc").await;
    }

    in_chromium: async fn no_console_and_a_portal_are_told_from_a_wrong_password_and_the_link_is_kept(page: Page) {
        let mut stack = Stack::start().await;
        page.open(stack.url("/engines?filter=local&sort=-name")).await;
        page.see(heading("Sign in")).await;
        stack.stop_console().await;
        page.sign_in("admin", &stack.password()).await;
        page.see_words(alert(), "The console could not be reached.").await;
        page.see_value(field("Password"), &stack.password()).await;
        stack.start_console().await;
        let portal = stack.proxy().fail("/api/3", Fault::Html);
        page.click(button("Sign in")).await;
        page.see_words(alert(), "is not what a console sends here").await;
        portal.end();
        page.click(button("Sign in")).await;
        page.see_value(role("combobox", "Filter engines"), "local").await;
        page.see_attribute(role("columnheader", "Name"), "aria-sort", Some("descending")).await;
        page.see(row(LOCAL)).await;
        page.see_address("/engines?filter=local&sort=-name").await;
    }

    in_chromium: async fn two_factor_users_need_their_token(page: Page) {
        let stack = Stack::demo().await;
        let user = stack.demo_user("twofactor");
        page.open(stack.url("/")).await;
        page.sign_in(&user.name, &user.password).await;
        page.see_words(alert(), "did not accept").await;
        page.fill("Token", &user.token()).await;
        page.click(button("Sign in")).await;
        page.see(heading("Scan Engines")).await;
        page.see(text(has(&user.name))).await;
    }

    in_both_browsers: async fn signing_out_leaves_nothing_behind(page: Page) {
        let stack = Stack::start().await;
        stack.add("Frankfurt DMZ", "192.0.2.1", 40814).await;
        sign_in(&page, &stack).await;
        page.see(row("Frankfurt DMZ")).await;
        // So that the back button stays in the app.
        page.click(link("Administration")).await;
        page.see(heading("Administration")).await;
        page.click(link("Engines")).await;
        page.see(row("Frankfurt DMZ")).await;
        page.click(button("Sign out")).await;
        page.see(heading("Sign in")).await;
        page.see_words(role("status", ""), "You are signed out.").await;

        let password = stack.password();
        let document = page.run("return document.documentElement.outerHTML", vec![]).await.to_string();
        assert!(!document.contains("Frankfurt DMZ"), "the list is still in the document");
        let kept = page
            .run(
                "const fields = [...document.querySelectorAll('input')].map((input) => input.value);
                 return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href, history.state, fields])",
                vec![],
            )
            .await
            .to_string();
        assert!(!kept.contains(&password), "the password is kept: {kept}");
        assert!(!document.contains(&password), "the password is in the document");

        page.back().await;
        page.see(heading("Sign in")).await;
        page.see_no(row("Frankfurt DMZ")).await;
        page.see_no(text("Frankfurt DMZ")).await;
    }

    in_both_browsers: async fn a_session_that_ended_in_the_middle_goes_on_after_signing_in_again(page: Page) {
        let mut stack = Stack::start().await;
        let engine = stack.engine("Frankfurt DMZ").await;
        sign_in(&page, &stack).await;
        page.fill("Filter engines", "frank").await;
        page.see(row("Frankfurt DMZ")).await;
        stack.change_password("quite-another-password").await;

        page.click(button("Refresh Frankfurt DMZ")).await;
        page.see(dialog("Sign in again")).await;
        page.see(row("Frankfurt DMZ").behind_dialog()).await;
        page.see_value(field("Username"), "admin").await;
        page.see_focus_on(field("Password")).await;
        for _ in 0..3 {
            page.press(Key::Escape).await;
        }
        page.see(dialog("Sign in again")).await;
        page.see_focus_on(field("Password")).await;
        page.fill("Password", "wrong-once-more").await;
        page.click(button("Sign in")).await;
        page.see_words(alert(), "did not accept").await;
        page.fill("Password", "quite-another-password").await;
        page.click(button("Sign in")).await;

        page.see_no(any("dialog")).await;
        page.see_words(cell("Frankfurt DMZ", "Status"), "Pending authorization").await;
        page.see_value(role("combobox", "Filter engines"), "frank").await;
        drop(engine);
    }
}
