//! axe-core over every screen, in both themes.

use e2e::{
    Fault, Key, Page, Stack, alert, any, button, dialog, ends, has, heading, in_both_browsers, news, role,
    row, text,
};

use crate::fleet::{LOCAL, every_status, sign_in};

async fn in_both_themes(page: &Page, screen: &str) {
    for theme in ["Light", "Dark"] {
        page.choose("Theme", theme).await;
        page.check_accessibility(&format!("{screen}, {theme}")).await;
    }
}

in_both_browsers! {
    async fn the_engines_with_every_status_follow_the_rules(page: Page) {
        let stack = Stack::start().await;
        let fleet = every_status(&stack).await;
        sign_in(&page, &stack).await;
        page.see(row("Rome office")).await;
        page.click(button("Refresh Frankfurt DMZ")).await;
        page.see_words(news(), "Frankfurt DMZ: Active.").await;
        in_both_themes(&page, "engines").await;
        page.resize(600, 900).await;
        in_both_themes(&page, "engines as cards").await;
        page.click(button("Menu")).await;
        page.check_accessibility("the drawer").await;
        page.press(Key::Escape).await;
        page.resize(1440, 900).await;
        for theme in ["Light", "Dark"] {
            page.choose("Theme", theme).await;
            page.click(button(ends("(Madrid branch)"))).await;
            page.see(dialog("What to do: Madrid branch")).await;
            page.check_accessibility(&format!("what to do, {theme}")).await;
            page.press(Key::Escape).await;
            page.see_no(any("dialog")).await;
            page.press("?").await;
            page.see(dialog("Keyboard shortcuts")).await;
            page.check_accessibility(&format!("keyboard shortcuts, {theme}")).await;
            page.press(Key::Escape).await;
            page.see_no(any("dialog")).await;
        }
        drop(fleet);
    }

    async fn the_states_of_the_list_follow_the_rules(page: Page) {
        let stack = Stack::start().await;
        let answer = stack.proxy().hold("/api/3/scan_engines");
        sign_in(&page, &stack).await;
        in_both_themes(&page, "loading").await;
        answer.end();
        page.see(row(LOCAL)).await;
        let portal = stack.proxy().fail("/api/3/scan_engines", Fault::Html);
        page.click(button("Refresh displayed engines")).await;
        page.see(text(has("could not be read again"))).await;
        in_both_themes(&page, "stale").await;
        page.click(button("Sign out")).await;
        page.sign_in("admin", &stack.password()).await;
        page.see(text(has("The engines could not be read."))).await;
        in_both_themes(&page, "failed").await;
        portal.end();
        page.click(button("Try again")).await;
        page.see(row(LOCAL)).await;
        page.fill("Filter engines", "nothing like it").await;
        page.see(heading("No engine matches the filter")).await;
        in_both_themes(&page, "no match").await;
        page.open(stack.url("/engines/4711")).await;
        page.sign_in("admin", &stack.password()).await;
        page.see(heading("Nothing here")).await;
        in_both_themes(&page, "not found").await;
    }

    async fn signing_in_follows_the_rules(page: Page) {
        let mut stack = Stack::start().await;
        page.open(stack.url("/")).await;
        page.see(heading("Sign in")).await;
        for theme in ["Light", "Dark"] {
            page.sign_in("admin", &stack.password()).await;
            page.see(row(LOCAL)).await;
            page.choose("Theme", theme).await;
            page.click(button("Sign out")).await;
            page.see(heading("Sign in")).await;
            page.check_accessibility(&format!("sign in, {theme}")).await;
            page.sign_in("admin", "wrong").await;
            page.see_words(alert(), "did not accept").await;
            page.check_accessibility(&format!("sign in refused, {theme}")).await;
        }
        page.fill("Password", &stack.password()).await;
        page.click(button("Sign in")).await;
        page.see(row(LOCAL)).await;
        stack.change_password("quite-another-password").await;
        page.click(button("Refresh displayed engines")).await;
        page.see(dialog("Sign in again")).await;
        page.see(role("button", "Sign out")).await;
        page.check_accessibility("sign in again").await;
    }
}
