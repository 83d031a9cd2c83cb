//! A cached read: which of two answers counts.

use std::pin::pin;

use console_api::Error;
use engine_console::data::query::Query;
use futures::{channel::oneshot, poll};
use leptos::prelude::Owner;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn an_answer_to_an_earlier_question_does_not_take_back_a_later_change() {
    let owner = Owner::new();
    let query = owner.with(Query::<Vec<u32>>::new);
    query.set(vec![1, 2, 3]);
    let (answer, question) = oneshot::channel();
    let mut reading = pin!(query.read_now(async { Ok(question.await.unwrap()) }));
    assert!(poll!(&mut reading).is_pending(), "it is under way");
    query.patch(|list| list.retain(|it| *it != 2));
    answer.send(vec![1, 2, 3, 4]).unwrap();
    reading.await.unwrap();
    assert_eq!(
        *query.value().unwrap(),
        [1, 3, 4],
        "what is new in the answer is there, what was taken away is not"
    );

    let (answer, question) = oneshot::channel();
    let mut reading = pin!(query.read_now(async { Ok(question.await.unwrap()) }));
    assert!(poll!(&mut reading).is_pending(), "it is under way");
    query.set(vec![7]);
    assert!(!query.is_reading());
    // Nobody waits for it any more.
    _ = answer.send(vec![1]);
    assert_eq!(reading.await, Err(Error::Cancelled));
    assert_eq!(*query.value().unwrap(), [7]);

    // Another question is about what there is now.
    query.read_now(async { Ok(vec![8]) }).await.unwrap();
    assert_eq!(*query.value().unwrap(), [8]);
}
