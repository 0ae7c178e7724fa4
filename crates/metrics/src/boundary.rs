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
    /// What was known when the run began.
    pub start: Option<Mark>,
    /// What was known when it ended.
    pub end: Option<Mark>,
}

/// Returns on a grid, as fractions, in time order.
#[derive(Clone, Debug, PartialEq)]
pub struct GridReturns {
    /// Length of a period.
    pub grid: Period,
    /// One return for each period with a market row, and one each for the parts of a period before the first boundary and after the
    /// last one if equity changed there.
    pub returns: Vec<f64>,
    /// How many of the returns are those of whole periods.
    pub whole: usize,
    /// Nanoseconds from the first boundary to the last.
    pub span_ns: i64,
    /// The benchmark's return for each of the same periods; `None` without a benchmark at all of their boundaries.
    pub benchmark: Option<Vec<f64>>,
    /// As in [`GridSamples`].
    pub days_with_data: u32,
}

/// Collects returns from mark to mark.
struct Steps {
    returns: Vec<f64>,
    benchmark: Option<Vec<f64>>,
}

impl Steps {
    /// Adds the return of a period; one that starts at or below zero has none. Returns whether there was one.
    fn add(&mut self, from: Mark, to: Mark) -> bool {
        if from.equity <= 0.0 {
            return false;
        }
        self.returns.push(to.equity / from.equity - 1.0);
        let step = match (from.benchmark, to.benchmark) {
            (Some(before), Some(after)) if before > 0.0 => Some(after / before - 1.0),
            _ => None,
        };
        self.benchmark = self.benchmark.take().zip(step).map(|(mut list, step)| {
            list.push(step);
            list
        });
        true
    }

    /// Adds the return of a part of a period, so that nothing lost or won there is left out. Where the benchmark had no mark yet, it
    /// was not bought, and did nothing.
    fn add_part(&mut self, from: Option<Mark>, to: Option<Mark>) {
        if let Some((from, to)) = from.zip(to).filter(|(from, to)| from.equity != to.equity) {
            self.add(Mark { benchmark: from.benchmark.or(to.benchmark), ..from }, to);
        }
    }
}

/// Returns between boundaries that close a period with a market row: `equity / equity at the last such boundary - 1`. The part of a
/// period before the first boundary, and that after the last one, is a return of its own if equity changed in it.
///
/// What happens in a period without a row (a fill of a request that arrived late) falls into the next return, so nothing is lost.
/// A period that starts at or below zero has no return.
pub fn grid_returns(samples: &GridSamples) -> GridReturns {
    let room = samples.boundaries.len() + 1;
    let mut steps = Steps { returns: Vec::with_capacity(room), benchmark: Some(Vec::with_capacity(room)) };
    let ends = samples.boundaries.first().zip(samples.boundaries.last());
    steps.add_part(samples.start, ends.map_or(samples.end, |(first, _)| Some(first.mark)));
    let mut whole = 0;
    let mut previous: Option<Mark> = None;
    for boundary in &samples.boundaries {
        let Some(from) = previous else {
            previous = Some(boundary.mark);
            continue;
        };
        if !boundary.has_row {
            continue;
        }
        whole += usize::from(steps.add(from, boundary.mark));
        previous = Some(boundary.mark);
    }
    if ends.is_some() {
        steps.add_part(previous, samples.end);
    }
    GridReturns {
        grid: samples.grid,
        returns: steps.returns,
        whole,
        span_ns: ends.map_or(0, |(first, last)| last.time_ns.saturating_sub(first.time_ns)),
        benchmark: steps.benchmark,
        days_with_data: samples.days_with_data,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boundary(time_ns: i64, equity: f64, benchmark: Option<f64>) -> Boundary {
        Boundary { time_ns, mark: Mark { equity, benchmark }, has_row: true }
    }

    fn returns(boundaries: Vec<Boundary>) -> GridReturns {
        let grid = Period::new(10).expect("ten is positive");
        grid_returns(&GridSamples { grid, boundaries, days_with_data: 1, start: None, end: None })
    }

    #[test]
    fn one_return_for_each_boundary_after_the_first() {
        let found = returns(vec![boundary(10, 102.0, Some(51.0)), boundary(20, 104.0, Some(52.0)), boundary(50, 106.0, Some(53.0))]);
        assert_eq!(found.returns, [104.0 / 102.0 - 1.0, 106.0 / 104.0 - 1.0]);
        assert_eq!(found.benchmark, Some(found.returns.clone()));
        assert!(returns(vec![boundary(10, 102.0, None)]).returns.is_empty());
        assert!(returns(vec![]).returns.is_empty());
    }

    #[test]
    fn the_gain_of_a_period_without_a_row_falls_into_the_next_return() {
        let empty = Boundary { has_row: false, ..boundary(30, 99.0, None) };
        let found = returns(vec![boundary(10, 100.0, None), boundary(20, 110.0, None), empty, boundary(40, 121.0, None)]);
        assert_eq!(found.returns, [110.0 / 100.0 - 1.0, 121.0 / 110.0 - 1.0]);
    }

    #[test]
    fn what_changed_before_the_first_boundary_and_after_the_last_is_a_return_of_its_own() {
        let grid = Period::new(10).expect("ten is positive");
        let mark = |equity: f64, benchmark: Option<f64>| Some(Mark { equity, benchmark });
        let boundaries = || vec![boundary(10, 58.0, Some(50.0)), boundary(20, 58.0, Some(51.0)), boundary(40, 60.0, Some(52.0))];
        let found = grid_returns(&GridSamples {
            grid,
            boundaries: boundaries(),
            days_with_data: 1,
            start: mark(100.0, None),
            end: mark(45.0, Some(26.0)),
        });
        assert_eq!(found.returns, [58.0 / 100.0 - 1.0, 0.0, 60.0 / 58.0 - 1.0, 45.0 / 60.0 - 1.0]);
        assert_eq!(found.benchmark, Some(vec![0.0, 51.0 / 50.0 - 1.0, 52.0 / 51.0 - 1.0, 26.0 / 52.0 - 1.0]));
        assert_eq!((found.whole, found.span_ns), (2, 30), "the parts are no whole periods");
        // Where nothing changed, there is nothing to count.
        let quiet = GridSamples { grid, boundaries: boundaries(), days_with_data: 1, start: mark(58.0, None), end: mark(60.0, None) };
        assert_eq!(grid_returns(&quiet).returns.len(), 2);
        // A run between two boundaries is one part.
        let short = GridSamples { grid, boundaries: vec![], days_with_data: 0, start: mark(100.0, None), end: mark(90.0, None) };
        let found = grid_returns(&short);
        assert_eq!((found.returns.as_slice(), found.whole, found.span_ns), (&[90.0 / 100.0 - 1.0][..], 0, 0));
    }

    #[test]
    fn no_return_from_equity_at_or_below_zero() {
        let equity = [100.0, 50.0, -10.0, 40.0, 44.0];
        let found = returns(equity.iter().zip(0..).map(|(&equity, at)| boundary(10 * at, equity, None)).collect());
        assert_eq!(found.returns, [-0.5, -1.2, 44.0 / 40.0 - 1.0]);
        assert_eq!(found.benchmark, None);
    }
}
