//! What own orders took of a book's levels, and what trades took there since the venue last spoke of them. Both lists are short:
//! they hold prices that something happened at, until the venue's next word about them.

use haggle_book::LevelBook;
use haggle_model::{BookLevel, Side};
use serde::{Deserialize, Serialize};

/// Lots at one price of one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Touched {
    side: Side,
    price: i64,
    lots: i64,
    /// The size that was displayed then.
    shown: i64,
}

/// Lots taken and traded by side and price.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Consumed {
    taken: Vec<Touched>,
    traded: Vec<Touched>,
    /// Whether trades are counted.
    pub counts_trades: bool,
}

fn find(list: &[Touched], side: Side, price: i64) -> Option<usize> {
    list.iter().position(|lots| lots.price == price && lots.side == side)
}

fn add(list: &mut Vec<Touched>, new: Touched) {
    match find(list, new.side, new.price) {
        Some(at) => list[at].lots = list[at].lots.saturating_add(new.lots),
        None => list.push(new),
    }
}

impl Consumed {
    /// Own orders took lots of a level that shows `shown`.
    pub fn take(&mut self, side: Side, price: i64, lots: i64, shown: i64) {
        if lots > 0 {
            add(&mut self.taken, Touched { side, price, lots, shown });
        }
    }

    /// What own orders took of a level.
    #[inline]
    pub fn taken(&self, side: Side, price: i64) -> i64 {
        find(&self.taken, side, price).map_or(0, |at| self.taken[at].lots)
    }

    /// A trade hit a level.
    #[inline]
    pub fn trade(&mut self, side: Side, price: i64, lots: i64) {
        if self.counts_trades {
            add(&mut self.traded, Touched { side, price, lots, shown: 0 });
        }
    }

    /// What trades took of a level since the venue last spoke of it.
    pub fn traded(&self, side: Side, price: i64) -> i64 {
        find(&self.traded, side, price).map_or(0, |at| self.traded[at].lots)
    }

    /// After a message: what was taken is forgotten where the venue shows another size, or no level, now.
    #[inline]
    pub fn forget_taken(&mut self, book: &LevelBook) {
        if !self.taken.is_empty() {
            self.taken.retain(|lots| book.size(lots.side, lots.price) == lots.shown);
        }
    }

    /// After a message of levels: trades are forgotten where it speaks of their price.
    #[inline]
    pub fn forget_traded(&mut self, bids: &[BookLevel], asks: &[BookLevel], is_snapshot: bool) {
        if !self.traded.is_empty() {
            let speaks = |lots: &Touched| [bids, asks][lots.side as usize].iter().any(|level| level.price == lots.price);
            self.traded.retain(|lots| !is_snapshot && !speaks(lots));
        }
    }

    /// After a best quote: it speaks of its own price and of all beyond.
    pub fn forget_traded_at(&mut self, side: Side, best: Option<(i64, i64)>) {
        let is_silent = |price: i64| best.is_some_and(|(best, _)| side.better(price, best));
        self.traded.retain(|lots| lots.side != side || is_silent(lots.price));
    }

    /// The book is lost.
    pub fn clear(&mut self) {
        self.taken.clear();
        self.traded.clear();
    }
}
