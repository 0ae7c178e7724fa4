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

#[cfg(test)]
mod tests {
    use super::*;

    fn boundary(time_ns: i64, equity: f64, benchmark: Option<f64>) -> Boundary {
        Boundary { time_ns, mark: Mark { equity, benchmark }, has_row: true }
    }

    fn returns(boundaries: Vec<Boundary>) -> GridReturns {
        let grid = Period::new(10).expect("ten is positive");
        grid_returns(&GridSamples { grid, boundaries, days_with_data: 1 })
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
    fn no_return_from_equity_at_or_below_zero() {
        let equity = [100.0, 50.0, -10.0, 40.0, 44.0];
        let found = returns(equity.iter().zip(0..).map(|(&equity, at)| boundary(10 * at, equity, None)).collect());
        assert_eq!(found.returns, [-0.5, -1.2, 44.0 / 40.0 - 1.0]);
        assert_eq!(found.benchmark, None);
    }
}
