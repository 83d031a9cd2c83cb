//! The whole system in Chromium and Firefox: one module a subject.

mod sign_in;
