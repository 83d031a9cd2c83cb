//! What the browser has: its address bar, clock, storage, downloads and requests. Everybody may use it; it knows nothing of
//! the app.

pub mod address;
pub mod alone;
pub mod clock;
pub mod download;
pub mod effect;
pub mod file;
pub mod kept;
pub mod keyboard;
pub mod language;
pub mod number;
pub mod preference;
pub mod theme;
pub mod timer;
pub mod title;
pub mod transport;
