//! The contract with a Security Console.
