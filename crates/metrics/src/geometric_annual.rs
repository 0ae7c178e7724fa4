//! Annual figures from the geometric mean of returns, as backtesting.py 0.6.6 prints them.
//!
//! They differ from the crate's own (volatility 37.4 % against 29.9 % on the same run), which follow the usual definitions;
//! these serve to reproduce that library's published tables. `periods` is the number of returns a year, there 252 for daily
//! bars of a stock; the risk-free return is zero.

use crate::{finite, mean, moments, sortino::downside_deviation, standard_deviation};

/// Annual figures of one run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GeometricAnnual {
    /// [`annual_return`].
    pub annual_return: Option<f64>,
    /// [`annual_volatility`].
    pub annual_volatility: Option<f64>,
    /// Annual return / annual volatility.
    pub sharpe_ratio: Option<f64>,
    /// Annual return / (downside deviation about zero x sqrt(periods)).
    pub sortino_ratio: Option<f64>,
    /// Annual return / abs(max drawdown).
    pub calmar_ratio: Option<f64>,
}

impl GeometricAnnual {
    /// All figures, from the returns and the maximum drawdown (a fraction, of either sign) of a run.
    pub fn compute(returns: &[f64], periods: f64, max_drawdown: f64) -> Self {
        let annual_return = annual_return(returns, periods);
        let annual_volatility = annual_volatility(returns, periods);
        let downside = downside_deviation(returns, 0.0).map(|deviation| deviation * periods.sqrt());
        let over = |denominator: Option<f64>| annual_return.zip(denominator).and_then(|(rate, by)| moments::ratio(rate, by));
        Self {
            annual_return,
            annual_volatility,
            sharpe_ratio: over(annual_volatility),
            sortino_ratio: over(downside),
            calmar_ratio: over(Some(max_drawdown.abs())),
        }
    }
}

/// `(product of (1 + r))^(1/N) - 1`; `None` without returns, and if one of them loses everything (backtesting.py: 0).
pub fn geometric_mean(returns: &[f64]) -> Option<f64> {
    if returns.iter().any(|&r| r <= -1.0) {
        return None;
    }
    let logarithms: Vec<f64> = returns.iter().map(|&r| libm::log1p(r)).collect();
    finite(libm::expm1(mean(&logarithms)?))
}

/// `(1 + g)^periods - 1`, with the geometric mean `g`; `None` where that is.
pub fn annual_return(returns: &[f64], periods: f64) -> Option<f64> {
    finite(libm::pow(1.0 + geometric_mean(returns)?, periods) - 1.0)
}

/// `sqrt((var + (1 + g)^2)^periods - (1 + g)^(2 periods))`, with the variance (ddof 1) and the geometric mean `g` of returns:
/// the deviation of a product of independent returns, <https://quant.stackexchange.com/a/15589>. `None` below two returns.
pub fn annual_volatility(returns: &[f64], periods: f64) -> Option<f64> {
    let growth = 1.0 + geometric_mean(returns)?;
    let deviation = standard_deviation(returns)?;
    let squared = libm::pow(deviation * deviation + growth * growth, periods) - libm::pow(growth, 2.0 * periods);
    // Without spread the two powers are equal but for their last digits.
    finite(squared.max(0.0).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        // 2 x 0.5 = 1: nothing gained.
        assert!(geometric_mean(&[1.0, -0.5]).is_some_and(|g| g.abs() < 1e-15));
        assert!(geometric_mean(&[0.21, 0.0]).is_some_and(|g| (g - 0.1).abs() < 1e-15));
        assert!(annual_return(&[0.21, 0.0], 2.0).is_some_and(|rate| (rate - 0.21).abs() < 1e-15));
        // One period a year: the deviation itself.
        let deviation = standard_deviation(&[0.21, 0.0]).expect("two returns have one");
        assert!(annual_volatility(&[0.21, 0.0], 1.0).is_some_and(|vol| (vol - deviation).abs() < 1e-14));
    }

    #[test]
    fn undefined() {
        assert_eq!(geometric_mean(&[]), None);
        assert_eq!(geometric_mean(&[0.1, -1.0]), None);
        assert_eq!(annual_volatility(&[0.1], 252.0), None);
        let none = GeometricAnnual::compute(&[], 252.0, 0.0);
        assert_eq!((none.annual_return, none.sharpe_ratio, none.calmar_ratio), (None, None, None));
        let steady = GeometricAnnual::compute(&[0.0; 5], 252.0, 0.0);
        assert_eq!((steady.annual_return, steady.annual_volatility, steady.sharpe_ratio), (Some(0.0), Some(0.0), None));
        assert_eq!((steady.sortino_ratio, steady.calmar_ratio), (None, None));
    }
}
