//! The protocol between the embedded console and its scan engines.
