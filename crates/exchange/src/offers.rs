//! What a taking order finds displayed, and at which price it fills.

use crate::exchange::Exchange;
use haggle_model::{Decimal, Depth, Error, Result, Side, Slippage, whole};
use smallvec::SmallVec;

/// Lots at one price, for a taker, slippage included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What the taker pays or gets, ticks.
    pub price: i64,
    /// The venue's price there.
    pub level: i64,
    /// How many lots.
    pub quantity: i64,
    /// Whether it is there once, and has to be remembered as taken.
    pub is_remembered: bool,
}

/// Mostly one, so that an order needs no memory of its own for them.
pub type Offers = SmallVec<[Offer; 4]>;

/// `size x share`, rounded down.
fn part(size: i64, share: Decimal) -> i64 {
    Decimal::from(size).checked_mul(share).and_then(whole).unwrap_or(size)
}

impl Exchange {
    /// What own orders may have of `size` lots: the configured share, rounded down.
    #[inline]
    pub(crate) fn part(&self, size: i64) -> i64 {
        self.volume_share.map_or(size, |share| part(size, share))
    }

    /// `price` made worse by the configured slippage, never past `limit`.
    pub(crate) fn slipped(&self, side: Side, price: i64, limit: Option<i64>) -> Result<i64> {
        let ticks = match self.execution.fills.slippage {
            Slippage::Ticks(ticks) => ticks,
            Slippage::Fraction(fraction) => {
                let exact = Decimal::from(price).checked_mul(fraction).map(|exact| exact.ceil());
                exact.and_then(whole).ok_or_else(|| Error::overflow("slippage"))?
            }
        };
        let worse = price.checked_add(side.sign() * ticks).ok_or_else(|| Error::overflow("slippage"))?.max(1);
        Ok(match limit {
            Some(limit) if side.better(limit, worse) => limit,
            _ => worse,
        })
    }

    /// What a taker on `side` finds at prices `limit` allows, best first, up to `want` lots. Empty where there is no book.
    pub(crate) fn offers(&self, market: usize, side: Side, limit: Option<i64>, want: i64) -> Result<Offers> {
        let rules = &self.execution.fills;
        let at = market;
        let market = &self.markets[at];
        let opposite = side.opposite();
        if let Some(book) = &market.book {
            return self.offers_of_book(at, book, side, limit, want);
        }
        let Some((best, size)) = market.quote.side(opposite).filter(|(best, _)| limit.is_none_or(|limit| !side.better(limit, *best)))
        else {
            return Ok(Offers::new());
        };
        let mut offers = Offers::new();
        if rules.depth == Depth::AllAtBest {
            offers.push(Offer { price: self.slipped(side, best, limit)?, level: best, quantity: want, is_remembered: false });
            return Ok(offers);
        }
        // Every taker starts at the best, so what was taken is the front of the ladder.
        let mut taken = market.taken[opposite as usize];
        let mut left = want;
        let mut offer = |price: i64, size: i64, offers: &mut Offers| -> Result<()> {
            let quantity = (size - taken).clamp(0, left);
            taken = (taken - size).max(0);
            if quantity > 0 {
                offers.push(Offer { price: self.slipped(side, price, limit)?, level: price, quantity, is_remembered: true });
                left -= quantity;
            }
            Ok(())
        };
        offer(best, self.part(size), &mut offers)?;
        if let Depth::Walk { ticks, share, levels } = rules.depth {
            let behind = self.part(part(size, share));
            for level in 1..=i64::from(levels) {
                let step = level.checked_mul(ticks).and_then(|step| best.checked_add(side.sign() * step));
                let Some(price) = step.filter(|price| *price > 0 && limit.is_none_or(|limit| !side.better(limit, *price))) else { break };
                offer(price, behind, &mut offers)?;
            }
        }
        Ok(offers)
    }

    /// The best opposite price, by which a market order's value is judged: best quote, else last trade or close.
    pub(crate) fn reference(&self, market: usize, side: Side) -> Option<i64> {
        let market = &self.markets[market];
        market.quote.side(side.opposite()).map(|(price, _)| price).or(market.last)
    }
}
