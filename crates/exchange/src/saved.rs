//! A saved exchange: all that changes while it works. What it was set up with is taken from an exchange that was set up alike.

use crate::exchange::Exchange;
use haggle_model::{Error, Result};

impl Exchange {
    /// An exchange in the state of `saved`, set up as this one.
    ///
    /// Errors: `INVALID_ARGUMENT` where it was saved by an exchange with other assets or markets.
    pub fn restored(&self, mut saved: Self) -> Result<Self> {
        let other = |what: &str| Error::argument("", format!("it was saved by an exchange with other {what}"));
        if saved.ledger.len() != self.ledger.len() {
            return Err(other("assets"));
        }
        if saved.markets.len() != self.markets.len() {
            return Err(other("markets"));
        }
        for (saved, own) in saved.markets.iter_mut().zip(&self.markets) {
            saved.spec.limits = own.spec.limits.clone();
            if (saved.spec.tick, saved.spec.lot) != (own.spec.tick, own.spec.lot) {
                return Err(other("ticks or lots"));
            }
        }
        saved.execution = self.execution.clone();
        saved.assets.clone_from(&self.assets);
        saved.fee_asset = self.fee_asset;
        saved.volume_share = self.volume_share;
        Ok(saved)
    }
}

/// A book of levels as its levels, best first: how it lays them out in memory is no part of its state.
pub mod book {
    use haggle_book::LevelBook;
    use haggle_model::{BookLevel, Side};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    /// Whether the book is known, and price and size by side.
    type Levels = (bool, [Vec<(i64, i64)>; 2]);

    #[allow(clippy::ref_option, reason = "serde hands over the field")]
    pub fn serialize<S: Serializer>(book: &Option<Box<LevelBook>>, to: S) -> Result<S::Ok, S::Error> {
        let levels = |book: &LevelBook| (book.is_known(), [Side::Buy, Side::Sell].map(|side| book.levels(side).collect()));
        book.as_ref().map(|book| -> Levels { levels(book) }).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Box<LevelBook>>, D::Error> {
        let levels = |side: Vec<(i64, i64)>| side.into_iter().map(|(price, size)| BookLevel { price, size }).collect::<Vec<_>>();
        Ok(Option::<Levels>::deserialize(from)?.map(|(is_known, [bids, asks])| {
            let mut book = Box::<LevelBook>::default();
            if is_known {
                book.apply(&levels(bids), &levels(asks), true);
            }
            book
        }))
    }
}
