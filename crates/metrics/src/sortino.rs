//! The Sortino ratio and the downside deviation below it.

use crate::{finite, mean, moments};

/// `sqrt(mean(min(r - f, 0)^2))`: the root mean square of the shortfall below the risk-free return `f` of one period, over all
/// periods. Zero without a shortfall or where it is rounding noise; `None` below two returns.
pub fn downside_deviation(returns: &[f64], risk_free: f64) -> Option<f64> {
    if returns.len() < 2 {
        return None;
    }
    let sum: f64 = returns
        .iter()
        .map(|r| {
            let shortfall = (r - risk_free).min(0.0);
            shortfall * shortfall
        })
        .sum();
    finite(moments::without_noise((sum / returns.len() as f64).sqrt(), returns))
}

/// `scale x mean(r - f) / downside deviation about f`, arguments as for [`crate::sharpe_ratio`]. `None` below two returns and
/// without a shortfall.
///
/// Sortino and Price (1994), "Performance Measurement in a Downside Risk Framework"; as empyrical and quantstats.
pub fn sortino_ratio(returns: &[f64], risk_free: f64, scale: f64) -> Option<f64> {
    let excess: Vec<f64> = returns.iter().map(|r| r - risk_free).collect();
    moments::ratio(mean(&excess)? * scale, downside_deviation(returns, risk_free)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undefined_without_two_returns_or_without_a_shortfall() {
        assert_eq!(sortino_ratio(&[], 0.0, 1.0), None);
        assert_eq!(sortino_ratio(&[-0.1], 0.0, 1.0), None);
        assert_eq!(sortino_ratio(&[0.1, 0.2, 0.0], 0.0, 1.0), None);
        assert_eq!(sortino_ratio(&[0.0; 10], 0.0, 1.0), None);
        assert_eq!(sortino_ratio(&[0.3, 0.3 - 1e-16], 0.3, 1.0), None);
    }

    #[test]
    fn by_hand() {
        // Shortfalls 3 and 4 in four periods: sqrt(25 / 4) = 2.5; mean excess 1.
        let returns = [-3.0, -4.0, 5.0, 6.0];
        assert_eq!(downside_deviation(&returns, 0.0), Some(2.5));
        assert_eq!(sortino_ratio(&returns, 0.0, 5.0), Some(2.0));
        // About 1: shortfalls 4 and 5, mean excess 0.
        assert_eq!(sortino_ratio(&returns, 1.0, 1.0), Some(0.0));
    }
}
