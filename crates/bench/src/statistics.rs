//! Medians and percentiles.

/// Measured values, in any unit.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sample(Vec<f64>);

impl Sample {
    /// Takes the values in any order.
    ///
    /// # Panics
    /// If there is none: nothing was measured then.
    pub(crate) fn new(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        assert!(!values.is_empty(), "nothing was measured");
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The one in the middle, or the mean of the two there.
    pub(crate) fn median(&self) -> f64 {
        let middle = self.0.len() / 2;
        if self.0.len() % 2 == 1 { self.0[middle] } else { f64::midpoint(self.0[middle - 1], self.0[middle]) }
    }

    /// The smallest value that at least so many percent do not exceed (nearest rank).
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let rank = (self.0.len() * percent).div_ceil(100).clamp(1, self.0.len());
        self.0[rank - 1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_stands_in_the_middle_whatever_the_order() {
        assert_eq!(Sample::new([9.0, 1.0, 5.0]).median(), 5.0);
        assert_eq!(Sample::new([4.0, 1.0, 100.0, 2.0]).median(), 3.0);
        assert_eq!(Sample::new([7.0]).median(), 7.0);
    }

    #[test]
    fn a_percentile_is_a_value_that_was_measured() {
        let hundred = Sample::new((1..=100).rev().map(f64::from));
        assert_eq!(hundred.percentile(95), 95.0);
        assert_eq!(hundred.percentile(100), 100.0);
        // Of few values it is one of the largest.
        assert_eq!(Sample::new((1..=10).map(f64::from)).percentile(95), 10.0);
        assert_eq!(Sample::new((1..=40).map(f64::from)).percentile(95), 38.0);
        assert_eq!(Sample::new([3.0]).percentile(1), 3.0);
    }

    #[test]
    #[should_panic(expected = "nothing was measured")]
    fn nothing_measured_is_no_result() {
        Sample::new([]);
    }
}
