//! Getting in, and not getting in.

use e2e::{Stack, heading, in_both_browsers};

in_both_browsers! {
    async fn the_right_password_leads_to_the_engines(page: Page) {
        let stack = Stack::start().await;
        page.open(stack.url("/")).await;
        page.see(heading("Sign in")).await;
        page.sign_in("admin", &stack.password()).await;
        page.see(heading("Scan Engines")).await;
        page.see_address("/engines").await;
    }
}
