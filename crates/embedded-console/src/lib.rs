//! A Security Console for trying out.
