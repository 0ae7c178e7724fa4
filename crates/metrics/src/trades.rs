//! Statistics of closed trades (round trips) over a slice of their PnL after fees, in money.
//!
//! They hold for a slice of trade returns as well; which of the two a library means is what its figures differ in.

use crate::{mean, moments, standard_deviation};

fn wins(pnl: &[f64]) -> Vec<f64> {
    pnl.iter().copied().filter(|&x| x > 0.0).collect()
}

fn losses(pnl: &[f64]) -> Vec<f64> {
    pnl.iter().copied().filter(|&x| x < 0.0).collect()
}

/// Trades with a positive PnL as a share of all, from 0 to 1; a PnL of zero is no win. `None` without trades.
pub fn win_rate(pnl: &[f64]) -> Option<f64> {
    moments::ratio(wins(pnl).len() as f64, pnl.len() as f64)
}

/// Sum of the positive PnLs; zero without any.
pub fn gross_profit(pnl: &[f64]) -> f64 {
    wins(pnl).iter().fold(0.0, |sum, x| sum + x)
}

/// Sum of the negative PnLs, as a positive number; zero without any.
pub fn gross_loss(pnl: &[f64]) -> f64 {
    losses(pnl).iter().fold(0.0, |sum, x| sum - x)
}

/// Gross profit / gross loss; `None` without a loss.
pub fn profit_factor(pnl: &[f64]) -> Option<f64> {
    moments::ratio(gross_profit(pnl), gross_loss(pnl))
}

/// Mean of the positive PnLs; `None` without any.
pub fn average_win(pnl: &[f64]) -> Option<f64> {
    mean(&wins(pnl))
}

/// Mean of the negative PnLs, negative; `None` without any.
pub fn average_loss(pnl: &[f64]) -> Option<f64> {
    mean(&losses(pnl))
}

/// Mean PnL of a trade: `win rate x average win + loss rate x average loss`. `None` without trades.
pub fn expectancy(pnl: &[f64]) -> Option<f64> {
    mean(pnl)
}

/// System quality number `sqrt(trades) x mean / std(ddof 1)` of PnL, after Van Tharp, uncapped; `None` below two trades and
/// where all are equal.
pub fn system_quality_number(pnl: &[f64]) -> Option<f64> {
    moments::ratio((pnl.len() as f64).sqrt() * mean(pnl)?, standard_deviation(pnl)?)
}

/// Kelly's fraction `w - (1 - w) / (average win / abs(average loss))`, `w` the win rate; may be negative. `None` without a win
/// or without a loss. Kelly (1956), "A New Interpretation of Information Rate", for two outcomes.
pub fn kelly_fraction(pnl: &[f64]) -> Option<f64> {
    let rate = win_rate(pnl)?;
    let payoff = moments::ratio(average_win(pnl)?, -average_loss(pnl)?)?;
    moments::ratio(rate * payoff - (1.0 - rate), payoff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let pnl = [30.0, -10.0, 0.0, -20.0, 60.0];
        assert_eq!(win_rate(&pnl), Some(0.4));
        assert_eq!((gross_profit(&pnl), gross_loss(&pnl)), (90.0, 30.0));
        assert_eq!(profit_factor(&pnl), Some(3.0));
        assert_eq!((average_win(&pnl), average_loss(&pnl)), (Some(45.0), Some(-15.0)));
        assert_eq!(expectancy(&pnl), Some(12.0));
        // Variance (18^2 + 22^2 + 12^2 + 32^2 + 48^2) / 4 = 1070.
        assert!(system_quality_number(&pnl).is_some_and(|sqn| (sqn - 12.0 * (5.0_f64 / 1070.0).sqrt()).abs() < 1e-12));
        assert!(kelly_fraction(&pnl).is_some_and(|kelly| (kelly - 0.2).abs() < 1e-12));
    }

    #[test]
    fn no_trades() {
        assert_eq!(win_rate(&[]), None);
        assert_eq!((gross_profit(&[]), gross_loss(&[])), (0.0, 0.0));
        assert_eq!(profit_factor(&[]), None);
        assert_eq!(expectancy(&[]), None);
        assert_eq!(system_quality_number(&[]), None);
        assert_eq!(kelly_fraction(&[]), None);
    }

    #[test]
    fn all_wins() {
        let pnl = [1.0, 2.0, 3.0];
        assert_eq!(win_rate(&pnl), Some(1.0));
        assert_eq!(profit_factor(&pnl), None);
        assert_eq!(average_loss(&pnl), None);
        assert_eq!(kelly_fraction(&pnl), None);
        assert_eq!(system_quality_number(&pnl), Some(3.0_f64.sqrt() * 2.0));
    }

    #[test]
    fn all_losses() {
        let pnl = [-1.0, -2.0];
        assert_eq!(win_rate(&pnl), Some(0.0));
        assert_eq!(profit_factor(&pnl), Some(0.0));
        assert_eq!(average_win(&pnl), None);
        assert_eq!(kelly_fraction(&pnl), None);
    }

    #[test]
    fn equal_trades_have_no_quality() {
        assert_eq!(system_quality_number(&[0.1; 10]), None);
        assert_eq!(system_quality_number(&[5.0]), None);
        assert_eq!(profit_factor(&[0.0, 0.0]), None);
    }
}
