//! A Scan Engine stand-in.
