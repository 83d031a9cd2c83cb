//! Frames: a length of four bytes, big endian, and that many bytes of JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The longest frame, without its length: 64 KiB.
pub const MAX_FRAME: usize = 64 * 1024;

const LENGTH_BYTES: usize = 4;

/// A frame that is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The frame says, or would have, more bytes than [`MAX_FRAME`].
    #[error("a message of {length} bytes is longer than the {MAX_FRAME} that are allowed")]
    TooLong {
        /// The frame's length in bytes.
        length: usize,
    },
    /// The bytes are not JSON, or not the JSON of what was expected.
    #[error("a message that can't be read: {0}")]
    Json(String),
}

/// The bytes of one frame, length included.
///
/// # Errors
/// [`FrameError`] when the JSON is too long or the value has none.
pub fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, FrameError> {
    let mut frame = vec![0; LENGTH_BYTES];
    serde_json::to_writer(&mut frame, value).map_err(|error| FrameError::Json(error.to_string()))?;
    let length = frame.len() - LENGTH_BYTES;
    match u32::try_from(length) {
        Ok(short) if length <= MAX_FRAME => {
            frame[..LENGTH_BYTES].copy_from_slice(&short.to_be_bytes());
            Ok(frame)
        }
        _ => Err(FrameError::TooLong { length }),
    }
}

/// Takes bytes as they arrive and gives frames as they are whole. It does no input of its own.
///
/// It never holds more than one frame of [`MAX_FRAME`] and what came behind it in the same read: a length that is too
/// great is refused as soon as its four bytes are there. After an error it is of no more use.
#[derive(Debug, Default)]
pub struct FrameDecoder {
    bytes: Vec<u8>,
}

impl FrameDecoder {
    /// Adds bytes behind those that are there.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Takes the next whole frame out and reads its JSON; `None` when more bytes are needed.
    ///
    /// # Errors
    /// [`FrameError`] when the frame is too long or can't be read as `T`.
    pub fn take<T: DeserializeOwned>(&mut self) -> Result<Option<T>, FrameError> {
        let Some(length) = self.bytes.first_chunk::<LENGTH_BYTES>() else { return Ok(None) };
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        if length > MAX_FRAME {
            return Err(FrameError::TooLong { length });
        }
        let end = LENGTH_BYTES + length;
        let Some(payload) = self.bytes.get(LENGTH_BYTES..end) else { return Ok(None) };
        let value = serde_json::from_slice(payload).map_err(|error| FrameError::Json(error.to_string()));
        self.bytes.drain(..end);
        value.map(Some)
    }

    /// Whether no half frame is left over: where a connection may end in order.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::Message;

    #[test]
    fn a_frame_is_its_length_and_its_json() {
        assert_eq!(encode(&[1, 2]).unwrap(), b"\0\0\0\x05[1,2]");
    }

    #[test]
    fn a_frame_over_the_limit_is_neither_sent_nor_waited_for() {
        let too_long = "x".repeat(MAX_FRAME);
        assert_eq!(encode(&too_long), Err(FrameError::TooLong { length: MAX_FRAME + 2 }));

        let mut decoder = FrameDecoder::default();
        decoder.push(&65_537_u32.to_be_bytes());
        assert_eq!(decoder.take::<Value>(), Err(FrameError::TooLong { length: 65_537 }));
    }

    #[test]
    fn the_longest_frame_passes() {
        let longest = "x".repeat(MAX_FRAME - 2);
        let mut decoder = FrameDecoder::default();
        decoder.push(&encode(&longest).unwrap());
        assert_eq!(decoder.take(), Ok(Some(longest)));
        assert!(decoder.is_empty());
    }

    #[test]
    fn an_empty_frame_is_no_message() {
        let mut decoder = FrameDecoder::default();
        decoder.push(&[0; 4]);
        assert!(matches!(decoder.take::<Message>(), Err(FrameError::Json(_))));
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..64), 0..16)) {
            let mut decoder = FrameDecoder::default();
            'chunks: for chunk in chunks {
                decoder.push(&chunk);
                loop {
                    match decoder.take::<Message>() {
                        Ok(Some(_)) => {}
                        Ok(None) => break,
                        Err(_) => break 'chunks,
                    }
                }
            }
        }

        #[test]
        fn arbitrary_json_in_a_frame_never_panics(text in r#"[{\["a-z:,0-9\]} ]{0,80}"#) {
            let mut decoder = FrameDecoder::default();
            decoder.push(&u32::try_from(text.len()).unwrap().to_be_bytes());
            decoder.push(text.as_bytes());
            drop(decoder.take::<Message>());
        }

        #[test]
        fn frames_come_out_whole_however_they_are_cut(texts in prop::collection::vec(".{0,40}", 1..6), cut in 1_usize..9) {
            let sent: Vec<u8> = texts.iter().flat_map(|text| encode(text).unwrap()).collect();
            let mut decoder = FrameDecoder::default();
            let mut received = Vec::new();
            for chunk in sent.chunks(cut) {
                decoder.push(chunk);
                while let Some(text) = decoder.take::<String>().unwrap() {
                    received.push(text);
                }
            }
            prop_assert_eq!(received, texts);
            prop_assert!(decoder.is_empty());
        }
    }
}
