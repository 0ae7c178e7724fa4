//! The mark of a market, by one rule for exchange, engine, equity and survey: the mid of the quotes as recorded, else the last
//! trade, else the last open or close of a bar.

use crate::{Decimal, Increment, Quote, normal};
use serde::{Deserialize, Serialize};

/// What a unit of an instrument is worth now. Before the first price there is none.
///
/// The mid of the last quote with both sides stays the mark when a side goes missing, and when the data break off. Once there was a mid,
/// trades do not move the mark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Twice the mark in ticks, so that a mid stays whole; 0 before the first.
    twice: i64,
    has_mid: bool,
}

impl Mark {
    /// A best quote, or the best levels of a book.
    #[inline]
    pub const fn quote(&mut self, quote: &Quote) {
        if quote.bid_size > 0 && quote.ask_size > 0 {
            self.twice = quote.bid + quote.ask;
            self.has_mid = true;
        }
    }

    /// The price of a trade, of an open or of a close, ticks.
    #[inline]
    pub const fn last(&mut self, price: i64) {
        if !self.has_mid {
            self.twice = 2 * price;
        }
    }

    /// The kind of the market's data changes: the mark stands until the first price of the new kind, of which kind it may be.
    pub const fn restart(&mut self) {
        self.has_mid = false;
    }

    /// Twice the mark in ticks; `None` before the first.
    #[inline]
    pub const fn twice(self) -> Option<i64> {
        if self.twice == 0 { None } else { Some(self.twice) }
    }

    /// The same; 0 before the first.
    #[inline]
    pub const fn twice_or_zero(self) -> i64 {
        self.twice
    }

    /// The mark, exactly.
    pub fn decimal(self, tick: Increment) -> Option<Decimal> {
        // A mid may lie half a tick off the grid: five times the double count at one more decimal is exact.
        self.twice().map(|twice| {
            let mantissa = i128::from(twice) * i128::from(tick.mantissa()) * 5;
            normal(Decimal::from_i128_with_scale(mantissa, tick.scale() + 1))
        })
    }

    /// The mark as the nearest f64; NaN before the first.
    #[inline]
    pub fn f64(self, tick: Increment) -> f64 {
        if self.twice == 0 { f64::NAN } else { tick.f64(self.twice) / 2.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mid_goes_before_trades() {
        let mut mark = Mark::default();
        assert_eq!(mark.twice(), None);
        mark.last(100);
        assert_eq!(mark.twice(), Some(200));
        mark.quote(&Quote { bid: 101, bid_size: 1, ask: 104, ask_size: 1 });
        mark.last(90);
        assert_eq!(mark.twice(), Some(205), "a trade does not move a mid");
        mark.quote(&Quote { bid: 50, bid_size: 1, ask: 0, ask_size: 0 });
        assert_eq!(mark.twice(), Some(205), "half a quote has no mid");
        let tick = Increment::power_of_ten(2).expect("0.01");
        assert_eq!(mark.decimal(tick).map(|mark| mark.to_string()).as_deref(), Some("1.025"));
        mark.restart();
        mark.last(90);
        assert_eq!(mark.twice(), Some(180));
    }
}
