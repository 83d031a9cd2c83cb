//! Counting tests from what the test programs print.

use std::ops::AddAssign;

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Count {
    /// Tests that passed.
    pub(crate) passed: u64,
    /// Tests that failed.
    pub(crate) failed: u64,
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// Adds up the lines `test result: ok. 12 passed; 0 failed; …` of cargo's test programs and of wasm-bindgen's.
pub(crate) fn count(output: &str) -> Count {
    let mut sum = Count::default();
    for line in output.lines() {
        let Some((_, numbers)) = line.split_once("test result: ") else { continue };
        // "ok. 12 passed; 0 failed; 1 ignored": after the verdict, pairs of number and word.
        let numbers = numbers.split_once(". ").map_or(numbers, |(_, numbers)| numbers);
        for pair in numbers.split(';') {
            let mut words = pair.split_whitespace();
            match (words.next().and_then(|number| number.parse::<u64>().ok()), words.next()) {
                (Some(number), Some("passed")) => sum.passed += number,
                (Some(number), Some("failed")) => sum.failed += number,
                _ => {}
            }
        }
    }
    sum
}

/// What a stage adds to the total: one that failed without a failed test (it did not compile, a linter found something)
/// counts as one failure.
pub(crate) fn stage_count(output: &str, succeeded: bool) -> Count {
    let mut sum = count(output);
    if !succeeded && sum.failed == 0 {
        sum.failed = 1;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO_CRATES: &str = "
running 3 tests
test a ... ok
test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s

test result: FAILED. 7 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s
";

    #[test]
    fn results_of_all_test_programs_are_added_up() {
        assert_eq!(count(TWO_CRATES), Count { passed: 9, failed: 2 });
    }

    #[test]
    fn the_browser_runner_prints_the_same_line() {
        assert_eq!(
            count("\rtest result: ok. 2 passed; 0 failed; 0 ignored; 0 filtered out; finished in 0.12s\n"),
            Count { passed: 2, failed: 0 }
        );
    }

    #[test]
    fn a_stage_that_fails_without_tests_is_one_failure() {
        assert_eq!(stage_count("error: could not compile", false), Count { passed: 0, failed: 1 });
        assert_eq!(stage_count(TWO_CRATES, false), Count { passed: 9, failed: 2 });
        assert_eq!(stage_count("", true), Count { passed: 0, failed: 0 });
        // The tests passed, and then the program died.
        assert_eq!(stage_count("test result: ok. 4 passed; 0 failed", false), Count { passed: 4, failed: 1 });
    }

    #[test]
    fn other_words_about_results_count_nothing() {
        assert_eq!(count("the test result: unknown\npassed; failed; 3\n12 passed"), Count::default());
    }
}
