//! Traded value against equity.

use crate::{EquitySample, finite, moments};

/// Time-weighted mean of equity: each sample holds until the next. Samples at one instant alone give the plain mean; `None`
/// without samples.
///
/// Weighted, because samples are taken at fills too, and a busy minute is not worth more than a quiet one.
pub fn mean_equity(samples: &[EquitySample]) -> Option<f64> {
    let (first, last) = (samples.first()?, samples.last()?);
    let duration = last.time_ns.saturating_sub(first.time_ns);
    if duration <= 0 {
        return finite(samples.iter().map(|sample| sample.equity).sum::<f64>() / samples.len() as f64);
    }
    let weighted: f64 = samples.windows(2).map(|pair| pair[0].equity * pair[1].time_ns.saturating_sub(pair[0].time_ns) as f64).sum();
    finite(weighted / duration as f64)
}

/// Traded value (of all fills, both sides) over [`mean_equity`], not annualised; `None` unless mean equity is positive.
pub fn turnover(traded_value: f64, mean_equity: f64) -> Option<f64> {
    if mean_equity > 0.0 { moments::ratio(traded_value, mean_equity) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_equity_is_weighted_by_time() {
        let at = |time_ns, equity| EquitySample { time_ns, equity };
        assert_eq!(mean_equity(&[]), None);
        assert_eq!(mean_equity(&[at(5, 7.0)]), Some(7.0));
        assert_eq!(mean_equity(&[at(5, 7.0), at(5, 9.0)]), Some(8.0));
        assert_eq!(mean_equity(&[at(0, 100.0), at(30, 200.0), at(40, 999.0)]), Some(125.0));
    }

    #[test]
    fn turnover_by_hand() {
        assert_eq!(turnover(500.0, 125.0), Some(4.0));
        assert_eq!(turnover(0.0, 125.0), Some(0.0));
        assert_eq!(turnover(500.0, 0.0), None);
        assert_eq!(turnover(500.0, -1.0), None);
    }
}
