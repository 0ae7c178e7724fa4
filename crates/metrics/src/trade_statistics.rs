//! All trade statistics of a run, an instrument or a strategy at once.

use crate::{FillTotals, finite, mean, trades};

/// What the statistics need to know of one closed trade.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TradeInput {
    /// PnL after all fees of the round trip, in the reporting asset.
    pub pnl: f64,
    /// PnL / (average entry x largest quantity), as a fraction.
    pub pnl_return: f64,
    /// Nanoseconds from the first fill to the last.
    pub holding_ns: i64,
}

/// Statistics of closed trades. Money is in the reporting asset; shares and returns are fractions; `None` is undefined.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TradeStatistics {
    /// Number of closed trades.
    pub closed_trades: usize,
    /// Those with a positive PnL.
    pub winning_trades: usize,
    /// Those with a negative PnL.
    pub losing_trades: usize,
    /// Winning trades / closed trades.
    pub win_rate: Option<f64>,
    /// Sum of the positive PnLs.
    pub gross_profit: f64,
    /// Sum of the negative PnLs, as a positive number.
    pub gross_loss: f64,
    /// Gross profit / gross loss.
    pub profit_factor: Option<f64>,
    /// Mean PnL.
    pub expectancy: Option<f64>,
    /// Mean of the positive PnLs.
    pub average_win: Option<f64>,
    /// Mean of the negative PnLs, negative.
    pub average_loss: Option<f64>,
    /// Largest PnL.
    pub best_trade: Option<f64>,
    /// Smallest PnL.
    pub worst_trade: Option<f64>,
    /// Arithmetic mean of the trades' returns.
    pub average_trade_return: Option<f64>,
    /// Largest return.
    pub best_trade_return: Option<f64>,
    /// Smallest return.
    pub worst_trade_return: Option<f64>,
    /// Mean time in a trade, nanoseconds.
    pub mean_holding_ns: Option<f64>,
    /// Longest time in a trade, nanoseconds.
    pub max_holding_ns: Option<i64>,
    /// `sqrt(trades) x mean / std` of PnL.
    pub system_quality_number: Option<f64>,
    /// Kelly's fraction, from PnL.
    pub kelly_fraction: Option<f64>,
    /// Fees paid by all fills, less rebates.
    pub fees: f64,
    /// Slippage paid by taker fills, in money.
    pub slippage_paid: f64,
    /// Share of the traded value that was filled as maker.
    pub maker_share: Option<f64>,
}

impl TradeStatistics {
    /// Statistics of closed trades in the order they closed, and of all fills, those of trades still open included.
    pub fn compute(closed: &[TradeInput], fills: &FillTotals) -> Self {
        let pnl: Vec<f64> = closed.iter().map(|trade| trade.pnl).collect();
        let returns: Vec<f64> = closed.iter().map(|trade| trade.pnl_return).collect();
        let holding: Vec<f64> = closed.iter().map(|trade| trade.holding_ns as f64).collect();
        Self {
            closed_trades: closed.len(),
            winning_trades: pnl.iter().filter(|&&x| x > 0.0).count(),
            losing_trades: pnl.iter().filter(|&&x| x < 0.0).count(),
            win_rate: trades::win_rate(&pnl),
            gross_profit: trades::gross_profit(&pnl),
            gross_loss: trades::gross_loss(&pnl),
            profit_factor: trades::profit_factor(&pnl),
            expectancy: trades::expectancy(&pnl),
            average_win: trades::average_win(&pnl),
            average_loss: trades::average_loss(&pnl),
            best_trade: largest(&pnl),
            worst_trade: smallest(&pnl),
            average_trade_return: mean(&returns),
            best_trade_return: largest(&returns),
            worst_trade_return: smallest(&returns),
            mean_holding_ns: mean(&holding),
            max_holding_ns: closed.iter().map(|trade| trade.holding_ns).max(),
            system_quality_number: trades::system_quality_number(&pnl),
            kelly_fraction: trades::kelly_fraction(&pnl),
            fees: fills.fees,
            slippage_paid: fills.slippage_paid,
            maker_share: fills.maker_share(),
        }
    }
}

fn largest(values: &[f64]) -> Option<f64> {
    values.iter().copied().reduce(f64::max).and_then(finite)
}

fn smallest(values: &[f64]) -> Option<f64> {
    values.iter().copied().reduce(f64::min).and_then(finite)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FillInput, Liquidity, Side};

    #[test]
    fn no_trades_are_no_numbers() {
        assert_eq!(TradeStatistics::compute(&[], &FillTotals::default()), TradeStatistics::default());
    }

    #[test]
    fn every_field() {
        let trade = |pnl, pnl_return, holding_ns| TradeInput { pnl, pnl_return, holding_ns };
        let closed = [trade(30.0, 0.3, 10), trade(-10.0, -0.2, 40), trade(0.0, 0.0, 10), trade(40.0, 0.1, 20)];
        let mut fills = FillTotals::default();
        let maker = FillInput { side: Side::Buy, liquidity: Liquidity::Maker, price: 10.0, quantity: 1.0, fee: 0.25, arrival_mid: None };
        fills.add(&maker);
        fills.add(&FillInput { liquidity: Liquidity::Taker, price: 30.0, arrival_mid: Some(29.0), ..maker });
        let found = TradeStatistics::compute(&closed, &fills);
        let expected = TradeStatistics {
            closed_trades: 4,
            winning_trades: 2,
            losing_trades: 1,
            win_rate: Some(0.5),
            gross_profit: 70.0,
            gross_loss: 10.0,
            profit_factor: Some(7.0),
            expectancy: Some(15.0),
            average_win: Some(35.0),
            average_loss: Some(-10.0),
            best_trade: Some(40.0),
            worst_trade: Some(-10.0),
            average_trade_return: Some((0.3 - 0.2 + 0.0 + 0.1) / 4.0),
            best_trade_return: Some(0.3),
            worst_trade_return: Some(-0.2),
            mean_holding_ns: Some(20.0),
            max_holding_ns: Some(40),
            system_quality_number: trades::system_quality_number(&[30.0, -10.0, 0.0, 40.0]),
            // 0.5 - 0.5 / 3.5
            kelly_fraction: Some((0.5 * 3.5 - 0.5) / 3.5),
            fees: 0.5,
            slippage_paid: 1.0,
            maker_share: Some(0.25),
        };
        assert_eq!(found, expected);
        // Mean 15, variance (225 + 625 + 225 + 625) / 3.
        assert!(found.system_quality_number.is_some_and(|sqn| (sqn - 2.0 * 15.0 / (1700.0_f64 / 3.0).sqrt()).abs() < 1e-12));
    }
}
