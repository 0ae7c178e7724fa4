//! A naive book, kept beside the exchange's: what is shown, and how much of it may have been taken.

use haggle_exchange::Market;
use haggle_model::{BookLevel, Fill, Quote, Side};
use proptest::prelude::*;
use std::collections::BTreeMap;

type Checked = Result<(), TestCaseError>;

/// Levels by side and price.
#[derive(Default)]
pub struct Shown {
    sides: [BTreeMap<i64, i64>; 2],
    is_known: bool,
}

impl Shown {
    fn best(&self, side: Side) -> Option<i64> {
        let prices = self.sides[side as usize].keys();
        if side == Side::Buy { prices.max() } else { prices.min() }.copied()
    }

    pub fn lose(&mut self) {
        *self = Self::default();
    }

    pub fn size(&self, side: Side, price: i64) -> i64 {
        self.sides[side as usize].get(&price).copied().unwrap_or(0)
    }

    pub fn apply(&mut self, bids: &[BookLevel], asks: &[BookLevel], is_snapshot: bool) {
        if is_snapshot {
            *self = Self { is_known: true, ..Self::default() };
        }
        if !self.is_known {
            return;
        }
        for (side, levels) in self.sides.iter_mut().zip([bids, asks]) {
            side.extend(levels.iter().map(|level| (level.price, level.size)));
            side.retain(|_, size| *size > 0);
        }
        while let (Some(bid), Some(ask)) = (self.best(Side::Buy), self.best(Side::Sell)) {
            if bid <= ask {
                return;
            }
            let new = [bids.iter().any(|level| level.price == bid), asks.iter().any(|level| level.price == ask)];
            if new != [true, false] {
                self.sides[0].remove(&bid);
            }
            if new != [false, true] {
                self.sides[1].remove(&ask);
            }
        }
    }

    pub fn quote(&mut self, quote: Quote) {
        if !self.is_known {
            return;
        }
        for side in [Side::Buy, Side::Sell] {
            let levels = &mut self.sides[side as usize];
            let best = quote.side(side);
            levels.retain(|price, _| best.is_some_and(|(best, _)| *price == best || side.better(*price, best)));
            levels.extend(best.iter().copied());
        }
    }

    /// A taker's fill: no better than its level, and with what it took before within all that it passed.
    pub fn take(&self, side: Side, fill: &Fill, spent: i64, part: impl Fn(i64) -> i64) -> Checked {
        let passed = self.sides[side as usize].iter().filter(|(price, _)| !side.opposite().better(fill.price, **price));
        let there: i64 = passed.map(|(_, size)| part(*size)).sum();
        prop_assert!(spent <= there, "{} taken of {} shown: {:?}", spent, there, fill);
        Ok(())
    }

    /// A maker's fill by levels of the other side: they reach its limit, and show what it gets.
    pub fn reach(&self, side: Side, limit: i64, spent: i64, part: impl Fn(i64) -> i64) -> Checked {
        let reaching = self.sides[side as usize].iter().filter(|(price, _)| !side.opposite().better(limit, **price));
        let there: i64 = reaching.map(|(_, size)| part(*size)).sum();
        // What other orders got in this step is in `spent`; that no level gave more than it shows is looked at below.
        let most: i64 = self.sides.iter().flat_map(BTreeMap::values).map(|size| part(*size)).sum();
        prop_assert!(there > 0 && spent <= most, "{} filled of {}, {} of which reach {}", spent, most, there, limit);
        Ok(())
    }

    /// The exchange's book is this one, and is not crossed.
    pub fn judge(&self, market: &Market) -> Checked {
        let Some(book) = &market.book else { return Ok(()) };
        prop_assert_eq!(book.is_known(), self.is_known);
        for side in [Side::Buy, Side::Sell] {
            let mut levels: Vec<(i64, i64)> = self.sides[side as usize].iter().map(|(price, size)| (*price, *size)).collect();
            if side == Side::Buy {
                levels.reverse();
            }
            prop_assert_eq!(book.levels(side).collect::<Vec<_>>(), levels);
            prop_assert_eq!(market.quote.side(side), book.best(side));
            for (price, size) in book.levels(side) {
                prop_assert!(market.consumed.taken(side, price) <= size, "more taken than shown at {}", price);
            }
        }
        if let (Some((bid, _)), Some((ask, _))) = (book.best(Side::Buy), book.best(Side::Sell)) {
            prop_assert!(bid <= ask, "crossed: {} {}", bid, ask);
        }
        Ok(())
    }
}
