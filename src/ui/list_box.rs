//! Where the arrow keys lead in the list box of a combobox: from one end around to the other.

/// The option below the marked one; the first where none is marked. `count` is at least 1.
pub fn below(at: Option<usize>, count: usize) -> usize {
    at.map_or(0, |at| (at + 1) % count)
}

/// The option above the marked one; the last where none is marked. `count` is at least 1.
pub fn above(at: Option<usize>, count: usize) -> usize {
    at.filter(|at| *at > 0).unwrap_or(count) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arrows_go_around_the_ends() {
        assert_eq!([None, Some(0), Some(2)].map(|at| below(at, 3)), [0, 1, 0]);
        assert_eq!([None, Some(0), Some(2)].map(|at| above(at, 3)), [2, 2, 1]);
    }
}
