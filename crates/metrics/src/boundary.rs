//! Equity at the boundaries of a grid, and the returns between them.

use crate::Period;

/// What is known of a run's value at some moment, in the reporting asset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// Value of all balances.
    pub equity: f64,
    /// Value of the benchmark (any multiple of its price does), if there is one.
    pub benchmark: Option<f64>,
}

/// The last mark at or before a boundary of the grid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Boundary {
    /// The boundary, nanoseconds since the epoch: a multiple of the grid.
    pub time_ns: i64,
    /// The last mark at or before it.
    pub mark: Mark,
    /// Whether a market row lies after the boundary before this one and not after this one. Not read for the first boundary.
    pub has_row: bool,
}

/// The boundaries of a finished run.
#[derive(Clone, Debug, PartialEq)]
pub struct GridSamples {
    /// Distance of two boundaries.
    pub grid: Period,
    /// Boundaries in time order; those without a row may be left out.
    pub boundaries: Vec<Boundary>,
    /// Days UTC, `(midnight, midnight]`, with a market row between the first boundary and the last.
    pub days_with_data: u32,
}

/// Returns on a grid, as fractions, in time order.
#[derive(Clone, Debug, PartialEq)]
pub struct GridReturns {
    /// Length of a period.
    pub grid: Period,
    /// One return for each period with a market row.
    pub returns: Vec<f64>,
    /// The benchmark's return for each of the same periods; `None` without a benchmark at all of their boundaries.
    pub benchmark: Option<Vec<f64>>,
    /// As in [`GridSamples`].
    pub days_with_data: u32,
}

/// Returns between boundaries that close a period with a market row: `equity / equity at the last such boundary - 1`.
///
/// What happens in a period without a row (a fill of a request that arrived late) falls into the next return, so nothing is lost.
/// A period that starts at or below zero has no return.
pub fn grid_returns(samples: &GridSamples) -> GridReturns {
    let mut returns = Vec::with_capacity(samples.boundaries.len());
    let mut benchmark = Some(Vec::with_capacity(samples.boundaries.len()));
    let mut previous: Option<Mark> = None;
    for boundary in &samples.boundaries {
        let Some(from) = previous else {
            previous = Some(boundary.mark);
            continue;
        };
        if !boundary.has_row {
            continue;
        }
        if from.equity > 0.0 {
            returns.push(boundary.mark.equity / from.equity - 1.0);
            let step = match (from.benchmark, boundary.mark.benchmark) {
                (Some(before), Some(after)) if before > 0.0 => Some(after / before - 1.0),
                _ => None,
            };
            benchmark = benchmark.zip(step).map(|(mut list, step)| {
                list.push(step);
                list
            });
        }
        previous = Some(boundary.mark);
    }
    GridReturns { grid: samples.grid, returns, benchmark, days_with_data: samples.days_with_data }
}

/// Samples a run at the boundaries of a grid while it goes.
///
/// Before anything changes a mark at some time, tell the recorder: [`row`](Self::row) for a market row,
/// [`advance`](Self::advance) for anything else, each with the mark from before the change. Both are cheap, and may be left out
/// while [`is_due`](Self::is_due) is false.
#[derive(Clone, Debug)]
pub struct BoundaryRecorder {
    grid: Period,
    /// End of the period that the run is in; `None` before the first row.
    next_ns: Option<i64>,
    /// End of the last day that was counted; `i64::MIN` where the next row's day is to be counted in any case.
    day_end_ns: i64,
    /// Nothing is to be done for rows up to here.
    due_ns: i64,
    has_row: bool,
    boundaries: Vec<Boundary>,
    days_with_data: u32,
    /// Days counted since the last boundary: rows after the last one of all are part of no return.
    days_pending: u32,
}

impl BoundaryRecorder {
    /// A recorder that has seen nothing.
    pub const fn new(grid: Period) -> Self {
        Self {
            grid,
            next_ns: None,
            day_end_ns: i64::MIN,
            due_ns: i64::MIN,
            has_row: false,
            boundaries: Vec::new(),
            days_with_data: 0,
            days_pending: 0,
        }
    }

    /// Whether a row or another event at this time has to be reported. One comparison.
    #[inline]
    pub const fn is_due(&self, time_ns: i64) -> bool {
        time_ns > self.due_ns
    }

    /// A market row is about to be applied at `time_ns`; `before` is the mark without it. Times do not go back.
    pub fn row(&mut self, time_ns: i64, before: Mark) {
        self.advance(time_ns, before);
        self.has_row = true;
        let next_ns = *self.next_ns.get_or_insert(self.grid.boundary_at_or_after(time_ns));
        if time_ns > self.day_end_ns {
            self.day_end_ns = Period::DAY.boundary_at_or_after(time_ns);
            // A day before the first boundary is part of no return.
            self.days_pending += u32::from(!self.boundaries.is_empty());
        }
        self.due_ns = next_ns.min(self.day_end_ns);
    }

    /// Something else (a fill between two rows) is about to change the mark at `time_ns`. Before the first row this does nothing.
    pub fn advance(&mut self, time_ns: i64, before: Mark) {
        if let Some(next_ns) = self.next_ns
            && time_ns > next_ns
        {
            self.close_period(next_ns, before);
            self.next_ns = Some(self.grid.boundary_at_or_after(time_ns));
        }
    }

    fn close_period(&mut self, time_ns: i64, mark: Mark) {
        if self.boundaries.is_empty() {
            self.day_end_ns = i64::MIN;
        }
        self.boundaries.push(Boundary { time_ns, mark, has_row: self.has_row });
        self.days_with_data += self.days_pending;
        self.days_pending = 0;
        self.has_row = false;
        // The next row has to be reported even in the same period: it gives the period its return.
        self.due_ns = i64::MIN;
    }

    /// Ends the run at the time of its last market row, with the mark after everything that happened then.
    pub fn finish(mut self, last_row_ns: i64, mark: Mark) -> GridSamples {
        if let Some(next_ns) = self.next_ns
            && last_row_ns >= next_ns
        {
            self.close_period(next_ns, mark);
        }
        GridSamples { grid: self.grid, boundaries: self.boundaries, days_with_data: self.days_with_data }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(equity: f64) -> Mark {
        Mark { equity, benchmark: Some(2.0 * equity) }
    }

    /// Runs rows (time, equity after the row) through a recorder, asking `is_due` first as a back-test does.
    fn record(grid: Period, rows: &[(i64, f64)]) -> GridSamples {
        let mut recorder = BoundaryRecorder::new(grid);
        let mut equity = 100.0;
        for &(time, after) in rows {
            if recorder.is_due(time) {
                recorder.row(time, mark(equity));
            }
            equity = after;
        }
        recorder.finish(rows.last().map_or(0, |row| row.0), mark(equity))
    }

    fn ten() -> Period {
        Period::new(10).expect("ten is positive")
    }

    #[test]
    fn equity_at_a_boundary_is_the_last_mark_at_or_before_it() {
        let samples = record(ten(), &[(3, 101.0), (10, 102.0), (11, 103.0), (19, 104.0), (42, 105.0), (50, 106.0), (51, 107.0)]);
        let seen: Vec<(i64, f64)> = samples.boundaries.iter().map(|b| (b.time_ns, b.mark.equity)).collect();
        assert_eq!(seen, [(10, 102.0), (20, 104.0), (50, 106.0)]);
        let returns = grid_returns(&samples);
        assert_eq!(returns.returns, [104.0 / 102.0 - 1.0, 106.0 / 104.0 - 1.0]);
        assert_eq!(returns.benchmark, Some(returns.returns.clone()));
        assert_eq!(samples.days_with_data, 1);
    }

    #[test]
    fn a_fill_between_rows_closes_the_period_and_its_gain_falls_into_the_next_return() {
        let mut recorder = BoundaryRecorder::new(ten());
        recorder.row(10, mark(100.0));
        recorder.row(12, mark(100.0));
        recorder.advance(23, mark(110.0)); // a late fill in the period up to 30, which has no row
        recorder.row(35, mark(99.0));
        let samples = recorder.finish(40, mark(121.0));
        let seen: Vec<(i64, f64, bool)> = samples.boundaries.iter().map(|b| (b.time_ns, b.mark.equity, b.has_row)).collect();
        assert_eq!(seen, [(10, 100.0, true), (20, 110.0, true), (30, 99.0, false), (40, 121.0, true)]);
        assert_eq!(grid_returns(&samples).returns, [110.0 / 100.0 - 1.0, 121.0 / 110.0 - 1.0]);
    }

    #[test]
    fn a_row_after_a_late_fill_in_the_same_period_counts() {
        let mut recorder = BoundaryRecorder::new(ten());
        recorder.row(10, mark(100.0));
        recorder.row(12, mark(100.0));
        recorder.advance(21, mark(100.0));
        assert!(recorder.is_due(22));
        recorder.row(22, mark(100.0));
        assert!(!recorder.is_due(23));
        let samples = recorder.finish(30, mark(130.0));
        assert!(samples.boundaries[2].has_row);
    }

    #[test]
    fn days_are_those_of_the_returns() {
        let day = Period::DAY.nanoseconds();
        // Daily bars known at their close: five days, a weekend, one more.
        let closes: Vec<(i64, f64)> = [1, 2, 3, 4, 5, 8].iter().map(|d| (d * day, 100.0)).collect();
        let samples = record(Period::DAY, &closes);
        assert_eq!((samples.boundaries.len(), samples.days_with_data), (6, 5));
        // By the hour, the last row lies in a day without a boundary of its own.
        let rows = [(day / 2, 1.0), (day / 2 + 1, 1.0), (day - 1, 1.0), (day + 1, 1.0)];
        assert_eq!(record(Period::HOUR, &rows).days_with_data, 1);
        // A week's grid: days are counted, not periods.
        let week = Period::new(7 * day).expect("a week is positive");
        let rows: Vec<(i64, f64)> = (0..=14).filter(|d| d % 7 < 6).map(|d| (d * day, 100.0)).collect();
        let samples = record(week, &rows);
        assert_eq!((samples.boundaries.len(), samples.days_with_data), (3, 12));
    }

    #[test]
    fn no_rows_no_boundaries() {
        let mut recorder = BoundaryRecorder::new(ten());
        recorder.advance(100, mark(1.0));
        let samples = recorder.finish(100, mark(1.0));
        assert!(samples.boundaries.is_empty());
        assert!(grid_returns(&samples).returns.is_empty());
    }

    #[test]
    fn no_return_from_equity_at_or_below_zero() {
        let boundary = |time_ns, equity| Boundary { time_ns, mark: Mark { equity, benchmark: None }, has_row: true };
        let boundaries = vec![boundary(0, 100.0), boundary(10, 50.0), boundary(20, -10.0), boundary(30, 40.0), boundary(40, 44.0)];
        let returns = grid_returns(&GridSamples { grid: ten(), boundaries, days_with_data: 1 });
        assert_eq!(returns.returns, [-0.5, -1.2, 44.0 / 40.0 - 1.0]);
        assert_eq!(returns.benchmark, None);
    }
}
