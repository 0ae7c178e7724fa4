//! How many returns a grid gives for the times of market rows, and which grid to take when none is named.

use crate::Period;

/// A default grid has to give this many returns.
pub const RETURNS_WANTED: usize = 30;

/// The number of returns that rows at these times (exchange time, nanoseconds, in time order) give on a grid, counted no
/// further than `limit`: periods `(boundary before, boundary]` with a row, between the first boundary and the last.
pub fn count_returns(times_ns: impl IntoIterator<Item = i64>, grid: Period, limit: usize) -> usize {
    let mut times = times_ns.into_iter();
    let Some(first) = times.next() else { return 0 };
    // The period of the first row ends at the first boundary, so it is no return.
    let mut end = grid.boundary_at_or_after(first);
    let mut last = first;
    let mut is_first_period = true;
    let mut count = 0;
    for time in times {
        last = time;
        if time > end {
            count += usize::from(!is_first_period);
            if count >= limit {
                return limit;
            }
            is_first_period = false;
            end = grid.boundary_at_or_after(time);
        }
    }
    (count + usize::from(!is_first_period && last == end)).min(limit)
}

/// The largest of a day, an hour, a minute and a second that gives [`RETURNS_WANTED`] returns and is not finer than the data; else
/// the finest that the data allow.
///
/// `times_ns` starts a pass over the exchange times of all market rows, in time order; `first_ns` and `last_ns` are the ends of
/// that pass, and `finest` is the timeframe of bars, a second where there are other rows. A grid is passed over only where the
/// span has room for enough periods, and only until there are enough.
pub fn default_grid<I>(first_ns: i64, last_ns: i64, finest: Period, times_ns: impl Fn() -> I) -> Period
where
    I: IntoIterator<Item = i64>,
{
    let span = i128::from(last_ns) - i128::from(first_ns);
    let gives_enough = |grid: Period| {
        let periods = span / i128::from(grid.nanoseconds());
        periods >= RETURNS_WANTED as i128 && count_returns(times_ns(), grid, RETURNS_WANTED) == RETURNS_WANTED
    };
    let coarser = [Period::DAY, Period::HOUR, Period::MINUTE].into_iter().take_while(|&grid| grid > finest);
    coarser.into_iter().find(|&grid| gives_enough(grid)).unwrap_or(finest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ten() -> Period {
        Period::new(10).expect("ten is positive")
    }

    #[test]
    fn counts_periods_with_rows_between_the_boundaries() {
        // Boundaries 10, 20, .., 50. Rows in (10, 20], none in (20, 40], one in (40, 50], the rest lies outside.
        assert_eq!(count_returns([3, 12, 15, 41, 55], ten(), 99), 2);
        // A row at a boundary closes its period.
        assert_eq!(count_returns([10, 20, 30], ten(), 99), 2);
        assert_eq!(count_returns([10, 20, 30, 31], ten(), 99), 2);
        assert_eq!(count_returns([10, 20, 29], ten(), 99), 1);
        assert_eq!(count_returns([1, 2, 3], ten(), 99), 0);
        assert_eq!(count_returns([], ten(), 99), 0);
        assert_eq!(count_returns([10, 20, 30, 40], ten(), 2), 2);
    }

    fn chosen(times: &[i64], finest: Period) -> Period {
        default_grid(times[0], times[times.len() - 1], finest, || times.iter().copied())
    }

    fn every(step: Period, count: i64) -> Vec<i64> {
        (0..count).map(|i| i * step.nanoseconds()).collect()
    }

    #[test]
    fn takes_the_largest_grid_with_thirty_returns() {
        assert_eq!(chosen(&every(Period::DAY, 31), Period::SECOND), Period::DAY);
        assert_eq!(chosen(&every(Period::DAY, 30), Period::SECOND), Period::SECOND, "29 rows a day apart are 29 returns on every grid");
        assert_eq!(chosen(&every(Period::HOUR, 31), Period::SECOND), Period::HOUR);
        assert_eq!(chosen(&every(Period::SECOND, 185), Period::SECOND), Period::SECOND);
        assert_eq!(chosen(&every(Period::MINUTE, 31), Period::SECOND), Period::MINUTE);
        // 31 days of hourly rows without every second day, and without midnights, which belong to the day before: 15 daily returns.
        let day = Period::DAY.nanoseconds();
        let sparse: Vec<i64> = every(Period::HOUR, 31 * 24).into_iter().filter(|t| (t / day) % 2 == 0 && t % day > 0).collect();
        assert_eq!(chosen(&sparse, Period::SECOND), Period::HOUR);
    }

    #[test]
    fn is_never_finer_than_the_data() {
        let of = |period: Period, times: i64| Period::new(period.nanoseconds() * times).expect("positive");
        for (finest, count, expected) in [
            (Period::DAY, 30, Period::DAY),
            (of(Period::DAY, 7), 157, of(Period::DAY, 7)),
            (of(Period::HOUR, 4), 40, of(Period::HOUR, 4)),
            (of(Period::HOUR, 4), 400, Period::DAY),
            (of(Period::MINUTE, 3), 40, of(Period::MINUTE, 3)),
            (Period::MINUTE, 20, Period::MINUTE),
            (Period::HOUR, 31, Period::HOUR),
        ] {
            assert_eq!(chosen(&every(finest, count), finest), expected, "{count} bars of {finest:?}");
        }
    }
}
