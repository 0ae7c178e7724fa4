//! The Sharpe ratio.

use crate::{mean, moments};

/// `scale x mean(r - f) / std(r - f, ddof 1)`, with `f` the risk-free return of one period ([`crate::risk_free_per_return`]) and
/// the scale of the summary interval ([`crate::SummaryInterval::ratio_scale`]). `None` below two returns and without spread.
///
/// Sharpe (1994), "The Sharpe Ratio", Journal of Portfolio Management 21; as empyrical `sharpe_ratio`, quantstats `sharpe`.
pub fn sharpe_ratio(returns: &[f64], risk_free: f64, scale: f64) -> Option<f64> {
    let excess: Vec<f64> = returns.iter().map(|r| r - risk_free).collect();
    // Noise is measured against the returns as they are: their excess may be nothing but noise itself.
    let spread = moments::without_noise(crate::standard_deviation(&excess)?, returns);
    moments::ratio(mean(&excess)? * scale, spread)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undefined_without_two_returns_or_without_spread() {
        assert_eq!(sharpe_ratio(&[], 0.0, 1.0), None);
        assert_eq!(sharpe_ratio(&[0.1], 0.0, 1.0), None);
        assert_eq!(sharpe_ratio(&[0.1; 10], 0.0, 1.0), None);
        assert_eq!(sharpe_ratio(&[0.0; 10], 0.0, 1.0), None);
        assert_eq!(sharpe_ratio(&[0.1, 0.1, 0.1 + 1e-16], 0.1, 1.0), None);
    }

    #[test]
    fn by_hand() {
        assert_eq!(sharpe_ratio(&[1.0, 2.0, 3.0], 0.0, 1.0), Some(2.0));
        assert_eq!(sharpe_ratio(&[1.0, 2.0, 3.0], 1.0, 4.0), Some(4.0));
        assert_eq!(sharpe_ratio(&[1.0, 2.0, 3.0], 3.0, 1.0), Some(-1.0));
    }
}
