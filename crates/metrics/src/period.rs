//! A positive span of time, and its multiples since the epoch.

/// A positive number of nanoseconds: the step of a grid, or a summary interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period(i64);

impl Period {
    /// One second.
    pub const SECOND: Self = Self(1_000_000_000);
    /// One minute.
    pub const MINUTE: Self = Self(60 * Self::SECOND.0);
    /// One hour.
    pub const HOUR: Self = Self(60 * Self::MINUTE.0);
    /// One day of 24 hours.
    pub const DAY: Self = Self(24 * Self::HOUR.0);
    /// 365 days: the year of every annual figure but those per 252 trading days.
    pub const YEAR: Self = Self(365 * Self::DAY.0);

    /// A period of that many nanoseconds, `None` unless it is positive.
    pub const fn new(nanoseconds: i64) -> Option<Self> {
        if nanoseconds > 0 { Some(Self(nanoseconds)) } else { None }
    }

    /// Length in nanoseconds.
    pub const fn nanoseconds(self) -> i64 {
        self.0
    }

    /// The least multiple of the period since the epoch at or after `time_ns`.
    ///
    /// A multiple beyond the last representable time (in the year 2262) is given as that time, which data do not reach.
    pub const fn boundary_at_or_after(self, time_ns: i64) -> i64 {
        let rest = time_ns.rem_euclid(self.0);
        if rest == 0 { time_ns } else { time_ns.saturating_add(self.0 - rest) }
    }

    /// This period as a multiple of another.
    pub fn ratio(self, other: Self) -> f64 {
        self.0 as f64 / other.0 as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_positive_lengths() {
        assert_eq!(Period::new(0), None);
        assert_eq!(Period::new(-1), None);
        assert_eq!(Period::new(86_400_000_000_000), Some(Period::DAY));
    }

    #[test]
    fn boundaries_are_multiples_since_the_epoch() {
        let ten = Period::new(10).expect("ten is positive");
        let cases = [(0, 0), (1, 10), (9, 10), (10, 10), (11, 20), (-1, 0), (-10, -10), (-11, -10)];
        for (time, boundary) in cases {
            assert_eq!(ten.boundary_at_or_after(time), boundary, "at {time}");
        }
        assert_eq!(ten.boundary_at_or_after(i64::MAX), i64::MAX);
    }
}
