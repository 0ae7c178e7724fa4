//! Sums over fills: traded value, maker share, fees and slippage.

use crate::moments;

/// Which way a fill went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The account bought.
    Buy,
    /// The account sold.
    Sell,
}

/// Which part the account's order had in the fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Liquidity {
    /// It rested in the book.
    Maker,
    /// It took from the book.
    Taker,
}

/// What the sums need to know of one fill.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FillInput {
    /// Way of the fill.
    pub side: Side,
    /// Maker or taker.
    pub liquidity: Liquidity,
    /// Price of the fill, in the reporting asset.
    pub price: f64,
    /// Quantity of the fill, times the contract size.
    pub quantity: f64,
    /// Fee, in the reporting asset; negative for a rebate.
    pub fee: f64,
    /// Mid of the venue's quotes as the order arrived, in the reporting asset; `None` where there were none. Not read for a maker.
    pub arrival_mid: Option<f64>,
}

/// Sums over fills, in the reporting asset.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FillTotals {
    /// Number of fills.
    pub fills: u64,
    /// Price times quantity of maker fills.
    pub maker_value: f64,
    /// Price times quantity of taker fills.
    pub taker_value: f64,
    /// Fees paid, less rebates.
    pub fees: f64,
    /// Slippage paid: for each taker fill with a known mid, quantity times the distance of its price from the mid on arrival,
    /// positive where the price was the worse one.
    pub slippage_paid: f64,
    /// Value at the mid of the fills that `slippage_paid` is summed over.
    pub slippage_base: f64,
}

impl FillTotals {
    /// Adds one fill.
    pub fn add(&mut self, fill: &FillInput) {
        self.fills += 1;
        self.fees += fill.fee;
        let value = fill.price * fill.quantity;
        match fill.liquidity {
            Liquidity::Maker => self.maker_value += value,
            Liquidity::Taker => {
                self.taker_value += value;
                if let Some(mid) = fill.arrival_mid {
                    let worse_by = match fill.side {
                        Side::Buy => fill.price - mid,
                        Side::Sell => mid - fill.price,
                    };
                    self.slippage_paid += worse_by * fill.quantity;
                    self.slippage_base += mid * fill.quantity;
                }
            }
        }
    }

    /// Value of all fills.
    pub fn traded_value(&self) -> f64 {
        self.maker_value + self.taker_value
    }

    /// Share of the traded value that was filled as maker, from 0 to 1; `None` without fills.
    pub fn maker_share(&self) -> Option<f64> {
        moments::ratio(self.maker_value, self.traded_value())
    }

    /// Slippage as a fraction of the value at the mid (0.0001 is one basis point paid); `None` without a taker fill that had one.
    pub fn slippage(&self) -> Option<f64> {
        moments::ratio(self.slippage_paid, self.slippage_base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn totals(fills: &[FillInput]) -> FillTotals {
        let mut totals = FillTotals::default();
        for fill in fills {
            totals.add(fill);
        }
        totals
    }

    fn fill(side: Side, liquidity: Liquidity, price: f64, quantity: f64, arrival_mid: Option<f64>) -> FillInput {
        FillInput { side, liquidity, price, quantity, fee: 0.5, arrival_mid }
    }

    #[test]
    fn slippage_is_paid_by_takers_on_either_side() {
        let found = totals(&[
            fill(Side::Buy, Liquidity::Taker, 101.0, 2.0, Some(100.0)),
            fill(Side::Sell, Liquidity::Taker, 99.0, 1.0, Some(100.0)),
            fill(Side::Sell, Liquidity::Taker, 50.0, 1.0, None),
            fill(Side::Buy, Liquidity::Maker, 90.0, 1.0, Some(100.0)),
        ]);
        assert_eq!((found.slippage_paid, found.traded_value()), (3.0, 202.0 + 99.0 + 50.0 + 90.0));
        assert_eq!(found.slippage(), Some(0.01));
        assert_eq!(found.maker_share(), Some(90.0 / 441.0));
        assert_eq!((found.fills, found.fees), (4, 2.0));
        let improved = totals(&[fill(Side::Buy, Liquidity::Taker, 99.0, 1.0, Some(100.0))]);
        assert_eq!(improved.slippage(), Some(-0.01));
    }

    #[test]
    fn undefined_without_fills() {
        assert_eq!(FillTotals::default().maker_share(), None);
        assert_eq!(FillTotals::default().slippage(), None);
        assert_eq!(totals(&[fill(Side::Buy, Liquidity::Maker, 90.0, 1.0, None)]).maker_share(), Some(1.0));
    }
}
