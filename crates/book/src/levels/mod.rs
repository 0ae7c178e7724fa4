//! A venue's book as its feed tells of it: sizes by price, without orders.
//!
//! Snapshots, updates and best quotes are applied as whole messages, and none of them leaves the book crossed (bid above
//! ask; a locked book, bid at ask, is kept, as a locked quote is).

mod ladder;

use haggle_model::{BookLevel, Quote, Side};
use ladder::Ladder;

/// Displayed sizes by price, in lots and ticks. Empty, and not known, until the first snapshot.
#[derive(Clone, Debug, Default)]
pub struct LevelBook {
    /// Bids count prices downward, so that the best level has the least key on both sides.
    sides: [Ladder; 2],
    is_known: bool,
}

const fn key(side: Side, price: i64) -> i64 {
    match side {
        Side::Buy => -price,
        Side::Sell => price,
    }
}

impl LevelBook {
    /// Whether there was a snapshot since the start, or since the book was lost.
    #[inline]
    pub const fn is_known(&self) -> bool {
        self.is_known
    }

    /// Nothing is known any more, until the next snapshot.
    pub fn lose(&mut self) {
        self.is_known = false;
        self.sides.iter_mut().for_each(Ladder::clear);
    }

    /// Applies a message: a snapshot says all that there is, an update what has changed (a size of 0 removes its level; of
    /// two lines about one price the later one holds). An update before a snapshot says nothing.
    ///
    /// Where the message crosses the book, the side that it does not speak of is older, and loses its crossing levels; a
    /// message that crosses itself loses those of both sides. True if that happened.
    pub fn apply(&mut self, bids: &[BookLevel], asks: &[BookLevel], is_snapshot: bool) -> bool {
        if is_snapshot {
            self.lose();
            self.is_known = true;
        } else if !self.is_known {
            return false;
        }
        for level in bids {
            self.sides[0].set(-level.price, level.size);
        }
        for level in asks {
            self.sides[1].set(level.price, level.size);
        }
        match (self.sides[0].best(), self.sides[1].best()) {
            (Some(bid), Some(ask)) if -bid > ask => {
                self.uncross(-bid, ask, bids, asks);
                true
            }
            _ => false,
        }
    }

    #[cold]
    fn uncross(&mut self, mut bid: i64, mut ask: i64, bids: &[BookLevel], asks: &[BookLevel]) {
        let spoke = |levels: &[BookLevel], price: i64| levels.iter().any(|level| level.price == price);
        // Older levels may lie among newer ones: each turn removes at least one.
        loop {
            let (is_bid_new, is_ask_new) = (spoke(bids, bid), spoke(asks, ask));
            if is_bid_new >= is_ask_new {
                self.sides[1].set(ask, 0);
            }
            if is_ask_new >= is_bid_new {
                self.sides[0].set(-bid, 0);
            }
            match (self.sides[0].best(), self.sides[1].best()) {
                (Some(next_bid), Some(next_ask)) if -next_bid > next_ask => (bid, ask) = (-next_bid, next_ask),
                _ => return,
            }
        }
    }

    /// Applies a best quote: levels beyond it go, its own size is set; a side without a size is gone. Before a snapshot it says nothing.
    #[inline]
    pub fn set_best(&mut self, quote: &Quote) {
        if !self.is_known {
            return;
        }
        for side in [Side::Buy, Side::Sell] {
            let ladder = &mut self.sides[side as usize];
            match quote.side(side) {
                Some((price, size)) => {
                    ladder.remove_before(key(side, price));
                    ladder.set(key(side, price), size);
                }
                None => ladder.clear(),
            }
        }
    }

    /// The best levels, as a quote.
    #[inline]
    pub fn quote(&self) -> Quote {
        let (bid, bid_size) = self.best(Side::Buy).unwrap_or_default();
        let (ask, ask_size) = self.best(Side::Sell).unwrap_or_default();
        Quote { bid, bid_size, ask, ask_size }
    }

    /// The queue that a new order at this price would find: what its level shows, nothing where there is no level; `None`, unknown, beyond
    /// the last level that the feed told of.
    pub fn queue(&self, side: Side, price: i64) -> Option<i64> {
        match self.size(side, price) {
            0 if !self.is_known || self.deepest(side).is_some_and(|last| side.better(price, last)) => None,
            size => Some(size),
        }
    }

    /// Price and size of the best level.
    #[inline]
    pub fn best(&self, side: Side) -> Option<(i64, i64)> {
        let ladder = &self.sides[side as usize];
        ladder.best().map(|best| (key(side, best), ladder.size(best)))
    }

    /// The size displayed at a price; 0 where there is no level.
    #[inline]
    pub fn size(&self, side: Side, price: i64) -> i64 {
        self.sides[side as usize].size(key(side, price))
    }

    /// Price and size of every level, best first.
    pub fn levels(&self, side: Side) -> impl Iterator<Item = (i64, i64)> {
        self.sides[side as usize].iter().map(move |(at, size)| (key(side, at), size))
    }

    /// Price and size of a level, counted from the best, which is 0.
    pub fn level(&self, side: Side, place: usize) -> Option<(i64, i64)> {
        self.levels(side).nth(place)
    }

    /// The level farthest from the touch: what lies beyond is not known.
    pub fn deepest(&self, side: Side) -> Option<i64> {
        self.sides[side as usize].last().map(|last| key(side, last))
    }
}
