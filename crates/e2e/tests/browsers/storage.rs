//! Browsers that store nothing, or have no more room: the app works without, and says so where it matters.

use e2e::{
    Key, Kind, Page, Stack, Storage, any, button, dialog, field, has, heading, in_browser, link, role, row,
    starts, tests, text,
};
use serde_json::json;

use crate::{activity::two_moved_sites, fleet::LOCAL};

const NOT_STORED: &str = "This browser can't store it";

async fn write_note(page: &Page, note: &str) {
    page.click(button("Edit notes and tags")).await;
    page.fill("Tags", "prod").await;
    page.fill("Note", note).await;
    page.click(button("Save note")).await;
    page.see_no(any("dialog")).await;
    page.see(text(note.to_owned())).await;
}

/// Whatever the app keeps works until one signs out, and the app says why no longer.
async fn works_without(page: &Page, stack: &Stack, why: &str) {
    two_moved_sites(page, stack).await;
    page.click(button("Activity")).await;
    page.click(link("Show all activity")).await;
    page.see(heading("Activity")).await;
    page.see(text(starts(NOT_STORED))).await;
    page.see(text(starts(why))).await;
    page.see(row("Moving sites")).await;
    page.click(button("Moving sites")).await;
    page.click(button("Undo")).await;
    page.click(button("Undo 2 changes").within(dialog("Undo 2 changes"))).await;
    page.see(text("2 undone.")).await;
    page.click(button("Done")).await;
    page.check_accessibility("activity that is not stored").await;

    page.click(link("Engines")).await;
    page.click(link("Oslo data centre")).await;
    write_note(page, "Behind the old firewall").await;
    page.see(text(starts(NOT_STORED))).await;
    page.click(role("tab", "History")).await;
    page.see(row(has("Unknown"))).await;
    page.click(link("Engines")).await;
    page.fill("Filter engines", "tag:prod").await;
    page.see(row("Oslo data centre")).await;
    page.see_no(row(LOCAL)).await;
    page.click(text("Views")).await;
    page.see(text(starts(NOT_STORED))).await;
    // As by hand: the driver takes the focus away from what has it before it types.
    page.click(field("Name of the view")).await;
    page.fill("Name of the view", "Production").await;
    page.click(button("Save view")).await;
    page.click(button(starts("Start view"))).await;
    page.press(Key::Escape).await;
    page.choose("Theme", "Dark").await;
    page.see_value(role("combobox", "Theme"), "dark").await;
}

tests! {
    without_a_browser: async fn where_storage_is_forbidden_the_app_works_and_says_so() {
        for kind in [Kind::Chromium, Kind::Firefox] {
            in_browser(kind, Storage::Forbidden, "forbidden storage", async |page: Page| {
                let stack = Stack::start().await;
                works_without(&page, &stack, "Its settings don't allow").await;
            })
            .await;
        }
    }

    without_a_browser: async fn where_storage_is_full_the_app_works_and_says_so() {
        in_browser(Kind::Firefox, Storage::Full, "full storage", async |page: Page| {
            let stack = Stack::start().await;
            works_without(&page, &stack, "Its storage is full").await;
        })
        .await;
        in_browser(Kind::Chromium, Storage::Free, "full storage", async |page: Page| {
            let stack = Stack::start().await;
            let leave_room = async |bytes: Option<u32>| {
                let mut room = json!({ "origin": stack.url("") });
                if let Some(bytes) = bytes {
                    room["quotaSize"] = json!(bytes);
                }
                page.devtools("Storage.overrideQuotaForOrigin", room).await;
            };
            leave_room(Some(1)).await;
            works_without(&page, &stack, "Its storage is full").await;

            // With room again it is stored, and can be read when there is no more.
            leave_room(None).await;
            page.click(link("Oslo data centre")).await;
            write_note(&page, "In rack 4").await;
            page.see_no(text(starts(NOT_STORED))).await;
            leave_room(Some(1)).await;
            page.reload().await;
            page.sign_in("admin", &stack.password()).await;
            page.see(text("In rack 4")).await;
        })
        .await;
    }
}
