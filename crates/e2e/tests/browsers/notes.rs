//! What a person writes about engines and how one wants to see them: notes, tags and views, kept in the browser and carried to
//! another one.

use e2e::{
    Key, Page, Stack, any, beside, button, column, dialog, field, has, heading, link, news, role, row,
    starts, tests, text,
};

use crate::fleet::{LOCAL, sign_in};

const FRANKFURT: &str = "Frankfurt DMZ";

/// Opens **Views** above the list.
async fn open_views(page: &Page) {
    page.click(text("Views")).await;
    page.see(field("Name of the view")).await;
}

/// The list is as the view **Production** has it.
async fn see_production(page: &Page) {
    page.see_value(role("combobox", "Filter engines"), "tag:prod").await;
    page.see_value(role("combobox", has("Group by")), "tag").await;
    page.see(row(FRANKFURT)).await;
    page.see_no(row(LOCAL)).await;
}

tests! {
    in_chromium: async fn notes_tags_and_views_are_kept_and_go_to_another_browser(page: Page) {
        let stack = Stack::start().await;
        stack.add(FRANKFURT, "192.0.2.1", 40814).await;
        stack.add("Oslo data centre", "192.0.2.2", 40814).await;
        sign_in(&page, &stack).await;
        page.click(link(FRANKFURT)).await;
        page.click(button("Edit notes and tags")).await;
        page.fill("Tags", "prod, rack 4").await;
        page.fill("Note", "Behind the old firewall").await;
        page.check_screen("note").await;
        page.click(button("Save note")).await;
        page.see_no(any("dialog")).await;
        page.reload().await;
        page.sign_in("admin", &stack.password()).await;
        page.see(text("Behind the old firewall")).await;
        page.see_texts(any("listitem").within(role("list", "Tags")), &["prod", "rack 4"]).await;
        page.check_screen("engine-note").await;

        page.click(link("Engines")).await;
        page.see(row(LOCAL)).await;
        page.fill("Filter engines", "-tag:prod").await;
        page.see_no(row(FRANKFURT)).await;
        page.fill("Filter engines", "tag:prod").await;
        page.see_texts(column("Name"), &[FRANKFURT]).await;
        page.choose("Group by", "Tag").await;
        page.choose("Density", "Compact").await;
        open_views(&page).await;
        page.click(field("Name of the view")).await;
        page.fill("Name of the view", "Production").await;
        page.click(button("Save view")).await;
        page.click(button(starts("Start view"))).await;
        page.check_screen("views").await;
        page.press(Key::Escape).await;
        page.pretend(390, 844).await;
        page.click(button("View")).await;
        open_views(&page).await;
        page.check_phone("views-sheet").await;
        page.fill("Filter engines", "").await;
        page.choose("Group by", "Nothing").await;
        page.choose("Density", "Comfortable").await;
        page.see_address("/engines").await;
        page.see(row(LOCAL)).await;

        // What was saved is there at the next visit, and is what that begins with.
        page.reload().await;
        page.sign_in("admin", &stack.password()).await;
        page.see(row(LOCAL)).await;
        open_views(&page).await;
        page.click(button("Production")).await;
        see_production(&page).await;
        page.see_value(role("combobox", has("Density")), "compact").await;
        let address = page.address().await;
        page.click(button("Sign out")).await;
        page.open(stack.url("/")).await;
        page.sign_in("admin", &stack.password()).await;
        see_production(&page).await;

        page.click(button("Activity")).await;
        page.click(link("Show all activity")).await;
        page.catch_files().await;
        page.click(button("Stored data")).await;
        page.check_screen("stored-data").await;
        page.click(button("Export")).await;
        let saved = page.saved_file().await;

        // The link carries the filter to a colleague, and the file the notes and the view.
        beside(&page, async |theirs: Page| {
            theirs.open(stack.url(&address)).await;
            theirs.sign_in("admin", &stack.password()).await;
            theirs.see(heading("No engine matches the filter")).await;
            theirs.see_value(role("combobox", "Filter engines"), "tag:prod").await;
            theirs.click(button("Activity")).await;
            theirs.click(link("Show all activity")).await;
            theirs.see(heading("Activity")).await;
            let file = theirs.choose_file(field("File with stored data"), &saved).await;
            theirs.see_words(news(), "1 note and 1 view.").await;
            drop(file);
            theirs.click(link("Engines")).await;
            theirs.see(row(LOCAL)).await;
            open_views(&theirs).await;
            theirs.click(button("Production")).await;
            see_production(&theirs).await;
            theirs.reload().await;
            theirs.sign_in("admin", &stack.password()).await;
            theirs.click(link(FRANKFURT)).await;
            theirs.see(text("Behind the old firewall")).await;
        })
        .await;
        page.see_no(dialog("Notes")).await;
    }
}
