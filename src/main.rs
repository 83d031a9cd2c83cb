//! Starts the app; everything else is in the library.

fn main() {
    engine_console::start();
}
