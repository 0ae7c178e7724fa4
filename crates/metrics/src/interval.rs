//! Returns a year, and the period that ratios are expressed in.

use crate::{GridReturns, Period, finite};

/// Trading days of a year under [`SummaryInterval::Annual252`].
const TRADING_DAYS: f64 = 252.0;

/// The period that Sharpe and Sortino ratios are expressed in (barter's `TimeInterval`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SummaryInterval {
    /// A day of a year of 365.
    Daily,
    /// A year of 252 days with data, for markets that close.
    Annual252,
    /// A year of 365 days, for markets that do not.
    Annual365,
    /// Any other length of time, of a year of 365 days.
    Duration(Period),
}

impl SummaryInterval {
    /// `n`, the number of returns in a year, as the data had them: whole periods with a return over the years from the first
    /// boundary to the last, so that weekdays give about 261, and data without gaps exactly `365 d / grid`. Under `Annual252` 252 on
    /// a grid of a day, and `252 x returns / days with data` on a finer one.
    ///
    /// `None` without a whole period.
    pub fn returns_per_year(self, returns: &GridReturns) -> Option<f64> {
        if returns.whole == 0 || returns.span_ns <= 0 {
            return None;
        }
        let whole = returns.whole as f64;
        match self {
            Self::Annual252 if returns.grid == Period::DAY => Some(TRADING_DAYS),
            Self::Annual252 if returns.grid < Period::DAY => {
                (returns.days_with_data > 0).then(|| TRADING_DAYS * whole / f64::from(returns.days_with_data))
            }
            // A year of the grid, times the share of its periods that had a return: of data without gaps, exactly one.
            _ => Some(Period::YEAR.ratio(returns.grid) * (whole / (returns.span_ns / returns.grid.nanoseconds()) as f64)),
        }
    }

    /// The factor that takes a ratio from one return to this interval: the square root of the returns in it.
    pub fn ratio_scale(self, returns_per_year: f64) -> f64 {
        match self {
            Self::Annual252 | Self::Annual365 => returns_per_year.sqrt(),
            Self::Daily => (returns_per_year / 365.0).sqrt(),
            Self::Duration(interval) => (returns_per_year * interval.ratio(Period::YEAR)).sqrt(),
        }
    }
}

/// `(1 + annual)^(1/n) - 1`: the risk-free return of one period, from the annual one (0.03 is 3 % a year).
///
/// `None` below -1. Through logarithms, because at a grid of a second the power loses half of the digits to the 1.
pub fn risk_free_per_return(annual: f64, returns_per_year: f64) -> Option<f64> {
    finite(libm::expm1(libm::log1p(annual) / returns_per_year))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `count` returns in `periods` periods.
    fn returns(grid: Period, count: usize, periods: i64, days_with_data: u32) -> GridReturns {
        let span_ns = periods * grid.nanoseconds();
        GridReturns { grid, returns: vec![0.0; count], whole: count, span_ns, benchmark: None, days_with_data }
    }

    #[test]
    fn returns_a_year_are_those_that_the_data_had() {
        let daily = returns(Period::DAY, 100, 100, 100);
        assert_eq!(SummaryInterval::Annual365.returns_per_year(&daily), Some(365.0));
        assert_eq!(SummaryInterval::Daily.returns_per_year(&daily), Some(365.0));
        assert_eq!(SummaryInterval::Annual252.returns_per_year(&daily), Some(252.0));
        let weekdays = returns(Period::DAY, 5 * 52, 7 * 52, 5 * 52);
        let a_year = SummaryInterval::Annual365.returns_per_year(&weekdays).expect("returns");
        assert!((a_year - 365.0 * 5.0 / 7.0).abs() < 1e-9, "{a_year}");
        assert_eq!(SummaryInterval::Annual252.returns_per_year(&weekdays), Some(252.0));
        let minutes = returns(Period::MINUTE, 3_900, 3_900, 10);
        assert_eq!(SummaryInterval::Annual365.returns_per_year(&minutes), Some(525_600.0));
        assert_eq!(SummaryInterval::Annual252.returns_per_year(&minutes), Some(252.0 * 390.0));
        let week = Period::new(7 * Period::DAY.nanoseconds()).expect("positive");
        let weekly = returns(week, 156, 156, 156);
        for interval in [SummaryInterval::Annual365, SummaryInterval::Annual252, SummaryInterval::Daily] {
            assert_eq!(interval.returns_per_year(&weekly), Some(365.0 / 7.0), "a grid of weeks has 52 a year, for every interval");
        }
        for interval in [SummaryInterval::Annual365, SummaryInterval::Annual252] {
            assert_eq!(interval.returns_per_year(&returns(Period::DAY, 0, 0, 0)), None);
        }
    }

    #[test]
    fn scales() {
        assert!((SummaryInterval::Annual365.ratio_scale(365.0) - 365.0_f64.sqrt()).abs() < 1e-12);
        assert!((SummaryInterval::Annual252.ratio_scale(252.0) - 252.0_f64.sqrt()).abs() < 1e-12);
        assert!((SummaryInterval::Daily.ratio_scale(365.0) - 1.0).abs() < 1e-12);
        let hours_a_year = 8_760.0;
        assert!((SummaryInterval::Daily.ratio_scale(hours_a_year) - 24.0_f64.sqrt()).abs() < 1e-12);
        let as_duration = SummaryInterval::Duration(Period::DAY).ratio_scale(hours_a_year);
        assert!((as_duration - SummaryInterval::Daily.ratio_scale(hours_a_year)).abs() < 1e-12);
        assert!((SummaryInterval::Duration(Period::HOUR).ratio_scale(hours_a_year) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn risk_free_return_of_a_period_compounds_to_the_annual_one() {
        let period = risk_free_per_return(0.05, 12.0).expect("five per cent has a monthly root");
        let mut year = 1.0;
        for _ in 0..12 {
            year *= 1.0 + period;
        }
        assert!((year - 1.05).abs() < 1e-14);
        assert_eq!(risk_free_per_return(0.0, 31_536_000.0), Some(0.0));
        // exp(ln(1.05) / 31536000) - 1, worked out to forty digits.
        let second = risk_free_per_return(0.05, 31_536_000.0).expect("and a root by the second");
        assert!((second / 1.547_125_957_863_212_4e-9 - 1.0).abs() < 1e-14, "{second:e}");
        assert_eq!(risk_free_per_return(-1.5, 365.0), None);
    }
}
