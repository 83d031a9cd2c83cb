//! The frames of the protocol between console and engine: what anyone can send who reaches a port.

use engine_link::{FrameDecoder, FrameError, MAX_TEXT, Message, Preamble, encode};
use serde_json::Value;

/// The first byte says how the rest is cut into the pieces that arrive.
///
/// # Panics
/// When what comes out depends on the cuts, when a message that was read does not survive being sent and read again,
/// or when a text of it is longer than one line.
pub fn frames(data: &[u8]) {
    let Some((cut, bytes)) = data.split_first() else { return };
    let whole = decode(bytes, bytes.len().max(1));
    assert_eq!(decode(bytes, usize::from(*cut) + 1), whole, "the pieces make a difference");
    for message in &whole.0 {
        again(message);
    }

    // The first frame of a connection is read as something else.
    let mut decoder = FrameDecoder::default();
    decoder.push(bytes);
    if let Ok(Some(preamble)) = decoder.take::<Preamble>()
        && let Ok(frame) = encode(&preamble)
    {
        let mut decoder = FrameDecoder::default();
        decoder.push(&frame);
        assert_eq!(decoder.take(), Ok(Some(preamble)));
    }
}

/// All the messages, the error that ended them, and whether half a frame is left.
fn decode(bytes: &[u8], piece: usize) -> (Vec<Message>, Option<FrameError>, bool) {
    let mut decoder = FrameDecoder::default();
    let mut messages = Vec::new();
    for piece in bytes.chunks(piece) {
        decoder.push(piece);
        loop {
            match decoder.take() {
                Ok(Some(message)) => messages.push(message),
                Ok(None) => break,
                // A connection ends with it, whatever may come behind it.
                Err(error) => return (messages, Some(error), false),
            }
        }
    }
    (messages, None, !decoder.is_empty())
}

fn again(message: &Message) {
    let frame = encode(message).expect("what was read can be sent");
    let mut decoder = FrameDecoder::default();
    decoder.push(&frame);
    assert_eq!(decoder.take().as_ref(), Ok(&Some(message.clone())));
    assert!(decoder.is_empty());
    let value = serde_json::to_value(message).expect("it was JSON");
    lines(&value);
}

/// Texts end up in logs and on terminals.
fn lines(value: &Value) {
    match value {
        Value::String(text) => {
            assert!(text.chars().count() <= MAX_TEXT, "{text}");
            assert!(!text.chars().any(char::is_control), "{text:?}");
        }
        Value::Array(values) => values.iter().for_each(lines),
        Value::Object(values) => values.values().for_each(lines),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
