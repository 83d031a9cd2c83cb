//! **Sign in**, as a page of its own and as the dialog that goes on with a session.

use console_api::Error;
use leptos::{ev, html, prelude::*, task::spawn_local};

use crate::{
    browser::title::Title,
    session::{Account, Ended, Session, SignInError, State},
    ui::{
        dialog::unique_id,
        field::{Problem, TextField},
        icon::{Icon, glyph},
        live::{follow, live, live_attribute},
    },
};

/// The page that stands before every other while nobody is signed in. The address stays, so that signing in leads to
/// the page that was asked for.
#[component]
pub fn SignInPage(
    /// Why nobody is signed in.
    why: Option<Ended>,
) -> impl IntoView {
    Title::here().set("Sign in");
    let notice = match why {
        Some(Ended::Idle) => {
            let minutes = untrack(|| Session::here().idle());
            let time =
                if minutes <= 60 { format!("{minutes} minutes") } else { format!("{} hours", minutes / 60) };
            Some(format!(
                "You were signed out after {time} without activity. Sign in to continue where you left off."
            ))
        }
        Some(Ended::SignedOut) => Some("You are signed out.".to_owned()),
        None => None,
    };
    view! {
        <SignInCard>
            <h1>"Sign in"</h1>
            <p class="secondary">{format!("Security Console {}", window().location().host().unwrap_or_default())}</p>
            {notice.map(|notice| view! { <p class="notice" role="status">{notice}</p> })}
            <SignInForm again=None />
        </SignInCard>
    }
}

/// The page with nothing but a card in its middle, for all that comes before the app's own frame is there.
#[component]
pub fn SignInCard(
    /// What stands on it, below the app's name.
    children: Children,
) -> impl IntoView {
    view! {
        <main class="sign-in">
            <div class="sign-in-card">
                <p class="brand">
                    {glyph(Icon::Engine, "")}
                    "Engine console"
                </p>
                {children()}
            </div>
        </main>
    }
}

/// Asks again when the console no longer takes the credentials, above the page that stays as it is.
#[component]
pub fn SignInAgain() -> impl IntoView {
    let session = Session::here();
    let element = NodeRef::<html::Dialog>::new();
    let over = Memo::new(move |_| match session.state().get() {
        State::Over(account) => Some(account),
        _ => None,
    });
    let show = move || {
        if let Some(dialog) = element.get_untracked().filter(|dialog| !dialog.open())
            && over.with_untracked(Option::is_some)
        {
            // Fails only where the element has left the document.
            _ = dialog.show_modal();
        }
    };
    follow(move || {
        let Some(dialog) = element.get() else { return };
        match over.get() {
            Some(_) => show(),
            None => dialog.close(),
        }
    });
    view! {
        // Escape would leave a page that can't be used: the way out is Sign out. Browsers let a page refuse to close a dialog only
        // once without a click or a key in between, so the key is refused too, and what closes all the same opens again.
        <dialog
            class="dialog on-top"
            node_ref=element
            aria-labelledby="sign-in-again"
            on:cancel=move |event: ev::Event| event.prevent_default()
            on:keydown=move |event: ev::KeyboardEvent| {
                if event.key() == "Escape" {
                    event.prevent_default();
                }
            }
            on:close=move |_| show()
        >
            {live(move || {
                over.get()
                    .map(|account| {
                        view! {
                            <div class="dialog-body">
                                <h2 id="sign-in-again">"Sign in again"</h2>
                                <p>
                                    {if account.two_factor {
                                        "The token has expired. What is on screen stays, and work in progress continues."
                                    } else {
                                        "The console no longer accepts these credentials. What is on screen stays, and work in progress continues."
                                    }}
                                </p>
                                <SignInForm again=Some(account) />
                            </div>
                        }
                    })
            })}
        </dialog>
    }
}

#[component]
fn SignInForm(
    /// Who was signed in, if the session is to go on.
    again: Option<Account>,
) -> impl IntoView {
    let session = Session::here();
    let token_only = again.as_ref().is_some_and(|account| account.two_factor);
    let in_dialog = again.is_some();
    let [username, password, token] = [NodeRef::<html::Input>::new(), NodeRef::new(), NodeRef::new()];
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<SignInError>);

    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let text = |field: NodeRef<html::Input>| {
            field.get_untracked().map(|input| input.value()).unwrap_or_default()
        };
        let (name, secret, code) = (text(username), text(password), text(token));
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            let result = if token_only {
                session.renew_token(&code).await
            } else {
                session.sign_in(&name, &secret, Some(&code)).await
            };
            // After a success the form is gone with its signals.
            busy.try_set(false);
            if let Err(error) = result {
                failed.try_set(Some(error));
                // What was typed stays; the field to look at has the focus.
                let field = if token_only { token } else { password };
                if let Some(input) = field.try_get_untracked().flatten() {
                    // Fails only where the element can't take the focus.
                    _ = input.focus();
                }
            }
        });
    };
    // The user name is known when the session goes on, so that only the password has to be typed.
    let first = if token_only {
        token
    } else if in_dialog {
        password
    } else {
        username
    };
    follow(move || {
        if let Some(input) = first.get() {
            // Fails only where the element can't take the focus.
            _ = input.focus();
        }
    });
    let problem_id = unique_id("sign-in-problem");
    let problem = {
        let id = problem_id.clone();
        Signal::derive(move || failed.with(Option::is_some).then(|| id.clone()))
    };
    let refused = Signal::derive(move || {
        failed.with(|failed| {
            matches!(failed, Some(SignInError::Input(_) | SignInError::Console(Error::Unauthorized)))
        })
    });
    let words = Signal::derive(move || {
        failed.with(|failed| failed.as_ref().map(|error| words_for(error, token_only)))
    });
    let before = again.map(|account| account.username);

    view! {
        <form class="sign-in-form" on:submit=submit novalidate>
            {(!token_only)
                .then(|| {
                    view! {
                        <TextField
                            label="Username"
                            name="username"
                            input=username
                            value=before.unwrap_or_default()
                            autocomplete="username"
                            refused
                            problem
                        />
                        <TextField
                            label="Password"
                            name="password"
                            kind="password"
                            input=password
                            autocomplete="current-password"
                            refused
                            problem
                        />
                    }
                })}
            <TextField
                label="Token"
                name="token"
                input=token
                autocomplete="one-time-code"
                help="Only for accounts with two-factor authentication."
                refused
                problem
            />
            <Problem id=problem_id text=words />
            <div class="form-actions">
                {in_dialog
                    .then(|| {
                        view! {
                            <button type="button" class="button" on:click=move |_| session.sign_out(Ended::SignedOut)>
                                "Sign out"
                            </button>
                        }
                    })}
                <button
                    type="submit"
                    class="button primary"
                    aria-disabled=live_attribute(move || busy.get().then_some("true"))
                >
                    {live(move || if busy.get() { "Signing in…" } else { "Sign in" })}
                </button>
            </div>
        </form>
    }
}

/// What happened, and what to do. The console does not tell which of user name, password and token is wrong.
fn words_for(error: &SignInError, token_only: bool) -> (String, String) {
    match error {
        SignInError::Input(error) => (error.to_string(), String::new()),
        SignInError::Console(error @ Error::Unauthorized) if token_only => {
            (error.to_string(), "Enter the token that your device shows now.".to_owned())
        }
        SignInError::Console(error) => (error.to_string(), error.what_helps().to_owned()),
    }
}
