//! What one sees when the console can't be read, and that nothing is lost by it.

use e2e::{Fault, Stack, any, button, column, field, has, heading, http, row, tests, text};

use crate::fleet::{LOCAL, sign_in};

const ENGINES: &str = "/api/3/scan_engines";

tests! {
    in_both_browsers: async fn no_answer_half_an_answer_and_a_wrong_one_are_told_and_take_nothing_away(page: Page) {
        let stack = Stack::start().await;
        let nothing = stack.proxy().fail(ENGINES, Fault::NoAnswer);
        sign_in(&page, &stack).await;
        page.see(text(has("The engines could not be read."))).await;
        page.see(heading("Scan Engines")).await;
        nothing.end();
        page.click(button("Try again")).await;
        page.see(row(LOCAL)).await;
        page.see_no(button("Try again")).await;

        for (fault, words) in [
            (Fault::CutOff, "was cut off"),
            (Fault::CutShort, "was cut off"),
            (Fault::Html, "Check that this address belongs to a Security Console"),
        ] {
            let broken = stack.proxy().fail(ENGINES, fault);
            page.click(button("Refresh displayed engines")).await;
            page.see(text(has("The engines could not be reloaded."))).await;
            page.see(text(has(words)).within(any("main"))).await;
            // What came is quoted, and does not become part of the page.
            page.see_no(heading("Please accept our terms")).await;
            page.see(row(LOCAL)).await;
            broken.end();
            page.click(button("Try again")).await;
            page.see_no(button("Try again")).await;
        }
        page.see(row(LOCAL)).await;
    }

    in_chromium: async fn the_list_stays_while_the_console_is_down_and_comes_back_with_it(page: Page) {
        let mut stack = Stack::start().await;
        stack.add("Frankfurt DMZ", "192.0.2.1", 40814).await;
        sign_in(&page, &stack).await;
        page.fill("Filter engines", "frank").await;
        page.see_texts(column("Name"), &["Frankfurt DMZ"]).await;

        stack.stop_console().await;
        page.click(button("Refresh displayed engines")).await;
        page.see(text(has("The engines could not be reloaded."))).await;
        page.see(text(has("The console could not be reached. Check that the console is running"))).await;
        page.see_texts(column("Name"), &["Frankfurt DMZ"]).await;
        page.see_value(field("Filter engines"), "frank").await;

        stack.start_console().await;
        page.click(button("Try again")).await;
        page.see_no(text(has("could not be reloaded"))).await;
        page.see_no(button("Try again")).await;
        page.see_texts(column("Name"), &["Frankfurt DMZ"]).await;
        page.see_address("/engines?filter=frank").await;
    }

    in_both_browsers: async fn a_program_that_breaks_off_on_its_way_says_so(page: Page) {
        let stack = Stack::start().await;
        let index = http::get(stack.console_address(), "/engines", &[]).await.expect("the console answers");
        let index = String::from_utf8_lossy(&index.body).into_owned();
        let program = index.split(['"', '=', ' ', '>']).find(|part| part.ends_with(".wasm")).expect("the page names its program");
        let broken = stack.proxy().fail(program, Fault::CutOff);
        page.open(stack.url("/engines")).await;
        page.see(heading("The app could not start")).await;
        page.forgive_problems().await;
        broken.end();
        page.reload().await;
        page.see(heading("Sign in")).await;
    }
}
