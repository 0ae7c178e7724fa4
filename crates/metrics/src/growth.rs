//! Total return, its annual rate, and that rate against the worst loss on the way.

use crate::{Period, finite, moments};

/// `last / first - 1`; `None` if the run started at or below zero.
pub fn total_return(first_equity: f64, last_equity: f64) -> Option<f64> {
    if first_equity > 0.0 { finite(last_equity / first_equity - 1.0) } else { None }
}

/// Compound annual growth rate `(1 + total)^(1 / years) - 1` of a total return over `duration_ns`, in years of 365 days.
///
/// `None` for runs shorter than a day, and for those that end at or below zero (`total <= -1`).
pub fn cagr(total_return: f64, duration_ns: i64) -> Option<f64> {
    let years = duration_ns as f64 / Period::YEAR.nanoseconds() as f64;
    if duration_ns < Period::DAY.nanoseconds() { None } else { compound(total_return, 1.0 / years) }
}

/// Annual return `(1 + total)^(n/N) - 1` of a total return over `returns` (N) periods, `returns_per_year` (n) of which make a year:
/// what empyrical and quantstats call CAGR.
///
/// `None` below two returns, for runs shorter than a day, and for those that end at or below zero (`total <= -1`).
pub fn annual_return(total_return: f64, returns: usize, returns_per_year: f64, duration_ns: i64) -> Option<f64> {
    if returns < 2 || duration_ns < Period::DAY.nanoseconds() {
        return None;
    }
    compound(total_return, returns_per_year / returns as f64)
}

fn compound(total_return: f64, power: f64) -> Option<f64> {
    if total_return <= -1.0 { None } else { finite(libm::expm1(libm::log1p(total_return) * power)) }
}

/// `CAGR / abs(max drawdown)`; `None` where either is, and without a drawdown. Young (1991), "Calmar Ratio: A Smoother Tool".
pub fn calmar_ratio(cagr: Option<f64>, max_drawdown: Option<f64>) -> Option<f64> {
    moments::ratio(cagr?, max_drawdown?.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = Period::DAY.nanoseconds();

    #[test]
    fn total_return_needs_something_to_start_from() {
        assert_eq!(total_return(100.0, 150.0), Some(0.5));
        assert_eq!(total_return(100.0, 0.0), Some(-1.0));
        assert_eq!(total_return(100.0, -50.0), Some(-1.5));
        assert_eq!(total_return(0.0, 50.0), None);
        assert_eq!(total_return(-10.0, 50.0), None);
    }

    #[test]
    fn annual_rates_by_hand() {
        // 21 % in two years are 10 % a year, by the calendar as by twenty periods, ten of them a year.
        assert!(cagr(0.21, 730 * DAY).is_some_and(|rate| (rate - 0.1).abs() < 1e-14));
        assert!(annual_return(0.21, 20, 10.0, 730 * DAY).is_some_and(|rate| (rate - 0.1).abs() < 1e-14));
        assert_eq!((cagr(0.0, 730 * DAY), annual_return(0.0, 20, 10.0, 730 * DAY)), (Some(0.0), Some(0.0)));
    }

    #[test]
    fn annual_rates_are_undefined_for_short_runs_and_ruined_ones() {
        assert!(cagr(0.01, DAY).is_some() && annual_return(0.01, 2, 365.0, DAY).is_some());
        assert_eq!((cagr(0.01, DAY - 1), annual_return(0.01, 2, 365.0, DAY - 1)), (None, None));
        assert_eq!(annual_return(0.01, 1, 365.0, DAY), None);
        for total in [-1.0, -1.5] {
            assert_eq!((cagr(total, 20 * DAY), annual_return(total, 20, 365.0, 20 * DAY)), (None, None));
        }
        // 1e300 in a day is beyond a number in a year.
        assert_eq!((cagr(1e300, DAY), annual_return(1e300, 2, 31_536_000.0, DAY)), (None, None));
    }

    #[test]
    fn calmar_needs_a_drawdown() {
        assert_eq!(calmar_ratio(Some(0.3), Some(-0.15)), Some(2.0));
        assert_eq!(calmar_ratio(Some(0.3), Some(0.0)), None);
        assert_eq!(calmar_ratio(None, Some(-0.15)), None);
        assert_eq!(calmar_ratio(Some(0.3), None), None);
    }
}
