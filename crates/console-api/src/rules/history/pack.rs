//! Numbers and texts as bytes: small numbers take one byte.

/// Adds a number in groups of seven bits, the lowest first.
pub(super) fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// A number that may be negative, so that those near zero stay small.
pub(super) const fn folded(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

const fn unfolded(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

/// Adds a text with its length.
pub(super) fn put_bytes(bytes: &mut Vec<u8>, text: &[u8]) {
    put(bytes, text.len() as u64);
    bytes.extend_from_slice(text);
}

/// Reads what was put. Every read gives `None` where the bytes end too early or make no sense.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (first, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(first & 0x7f) << shift;
            if first & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    pub(super) fn small(&mut self) -> Option<u32> {
        self.number()?.try_into().ok()
    }

    pub(super) fn signed(&mut self) -> Option<i64> {
        self.number().map(unfolded)
    }

    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(text)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_put_is_read(numbers in prop::collection::vec(any::<u64>(), 0..8), signed: i64, text: Vec<u8>) {
            let mut bytes = Vec::new();
            for number in &numbers {
                put(&mut bytes, *number);
            }
            put(&mut bytes, folded(signed));
            put_bytes(&mut bytes, &text);
            let mut reader = Reader(&bytes);
            for number in &numbers {
                prop_assert_eq!(reader.number(), Some(*number));
            }
            prop_assert_eq!(reader.signed(), Some(signed));
            prop_assert_eq!(reader.bytes(), Some(&text[..]));
            prop_assert!(reader.0.is_empty());
        }

        #[test]
        fn no_bytes_are_too_odd(bytes: Vec<u8>) {
            let mut reader = Reader(&bytes);
            while reader.bytes().is_some() || reader.number().is_some() {}
        }
    }
}
