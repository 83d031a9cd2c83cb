//! What one sees when the console can't be read, and that nothing is lost by it.

use e2e::{
    Fault, Stack, any, button, column, field, has, heading, http, in_both_browsers, news, role, row, text,
};

use crate::fleet::{LOCAL, sign_in};

const ENGINES: &str = "/api/3/scan_engines";

in_both_browsers! {
    async fn a_list_on_its_way_shows_a_skeleton(page: Page) {
        let stack = Stack::start().await;
        let answer = stack.proxy().hold(ENGINES);
        sign_in(&page, &stack).await;
        page.see(role("table", "Scan Engines")).await;
        page.see_count(column("Name"), 0).await;
        page.see_no(heading("No scan engines")).await;
        answer.end();
        page.see(row(LOCAL)).await;
    }

    async fn the_list_stays_while_the_console_is_down_and_comes_back_with_it(page: Page) {
        let mut stack = Stack::start().await;
        stack.add("Frankfurt DMZ", "192.0.2.1", 40814).await;
        sign_in(&page, &stack).await;
        page.fill("Filter engines", "frank").await;
        page.see_texts(column("Name"), &["Frankfurt DMZ"]).await;

        stack.stop_console().await;
        page.click(button("Refresh displayed engines")).await;
        page.see(text(has("The engines could not be read again."))).await;
        page.see(text(has("The console could not be reached. Check that the console is running"))).await;
        page.see_texts(column("Name"), &["Frankfurt DMZ"]).await;
        page.see_value(field("Filter engines"), "frank").await;

        stack.start_console().await;
        page.click(button("Try again")).await;
        page.see_no(text(has("could not be read again"))).await;
        page.see_no(button("Try again")).await;
        page.see_texts(column("Name"), &["Frankfurt DMZ"]).await;
        page.see_address("/engines?filter=frank").await;
    }

    async fn a_first_reading_that_fails_says_why_and_can_be_tried_again(page: Page) {
        let stack = Stack::start().await;
        let nothing = stack.proxy().fail(ENGINES, Fault::NoAnswer);
        sign_in(&page, &stack).await;
        page.see(text(has("The engines could not be read."))).await;
        page.see(heading("Scan Engines")).await;
        nothing.end();
        page.click(button("Try again")).await;
        page.see(row(LOCAL)).await;
        page.see_no(button("Try again")).await;
    }

    async fn a_page_instead_of_the_list_is_told_and_takes_nothing_away(page: Page) {
        let stack = Stack::start().await;
        sign_in(&page, &stack).await;
        page.see(row(LOCAL)).await;
        let portal = stack.proxy().fail(ENGINES, Fault::Html);
        page.click(button("Refresh displayed engines")).await;
        page.see(text(has("The engines could not be read again."))).await;
        page.see(text(has("Check that this address belongs to a Security Console")).within(any("main"))).await;
        // What came is quoted, and does not become part of the page.
        page.see_no(heading("Please accept our terms")).await;
        page.see(row(LOCAL)).await;
        portal.end();
        page.click(button("Try again")).await;
        page.see_no(button("Try again")).await;
        page.see(row(LOCAL)).await;
    }

    async fn an_answer_that_breaks_off_is_told_and_takes_nothing_away(page: Page) {
        let stack = Stack::start().await;
        sign_in(&page, &stack).await;
        page.see(row(LOCAL)).await;
        for fault in [Fault::CutOff, Fault::CutShort] {
            let broken = stack.proxy().fail(ENGINES, fault);
            page.click(button("Refresh displayed engines")).await;
            page.see(text(has("The engines could not be read again."))).await;
            page.see(text(has("was cut off")).within(any("main"))).await;
            page.see(row(LOCAL)).await;
            broken.end();
            page.click(button("Try again")).await;
            page.see_no(button("Try again")).await;
        }
        page.see(row(LOCAL)).await;
    }

    async fn a_question_that_fails_is_news_about_that_engine(page: Page) {
        let stack = Stack::start().await;
        sign_in(&page, &stack).await;
        page.see(row(LOCAL)).await;
        let portal = stack.proxy().fail("/api/3/administration/commands", Fault::Html);
        page.click(button(format!("Refresh {LOCAL}"))).await;
        page.see_words(news(), &format!("{LOCAL} was only read again")).await;
        page.see_words(news(), "is not what a console gives here").await;
        page.click(button("Close this message")).await;
        page.see_no(button("Close this message")).await;
        portal.end();
        page.click(button(format!("Refresh {LOCAL}"))).await;
        page.see_words(news(), &format!("{LOCAL}: ")).await;
    }

    async fn a_program_that_breaks_off_on_its_way_says_so(page: Page) {
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
