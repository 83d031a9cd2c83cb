//! [`fuzz::frames`] under libFuzzer.

#![cfg_attr(feature = "libfuzzer", no_main)]

#[cfg(feature = "libfuzzer")]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::frames(data));

#[cfg(not(feature = "libfuzzer"))]
fn main() -> std::process::ExitCode {
    fuzz::not_watched()
}
