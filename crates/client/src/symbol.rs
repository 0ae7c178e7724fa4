//! An instrument of the client: what its data consist of, and the book of the accounts' orders while there are none.

use haggle_book::{FastBook, SelfTradeRule};
use haggle_model::{Feed, Quote};
use serde::{Deserialize, Serialize};

/// An instrument.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Symbol {
    /// What its data consist of; [`Feed::Orders`] before the first row.
    pub feed: Feed,
    /// Whether trading is halted.
    pub is_halted: bool,
    /// Whether requests take no time: its data are bars longer than the latency.
    pub is_free: bool,
    /// The best quote that the venue last told of.
    pub quote: Option<Quote>,
    /// Resting orders of all accounts. Who meets whom is decided outside, so that it has no rule of its own.
    #[serde(with = "orders")]
    pub book: FastBook,
}

impl Symbol {
    /// One without market data.
    pub fn new() -> Self {
        Self { feed: Feed::Orders, is_halted: false, is_free: false, quote: None, book: empty() }
    }

    /// Whether the orders are the market.
    pub fn is_own(&self) -> bool {
        self.feed == Feed::Orders
    }
}

/// A book without orders.
pub fn empty() -> FastBook {
    FastBook::with_capacity(SelfTradeRule::None, 16)
}

/// A book as its orders by priority.
mod orders {
    use haggle_book::{Command, FastBook, OrderBook, TimeInForce};
    use haggle_model::Side;
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    /// Id, account, side, price, lots.
    type Entry = (u64, u32, Side, i64, i64);

    pub fn serialize<S: Serializer>(book: &FastBook, to: S) -> Result<S::Ok, S::Error> {
        let mut entries: Vec<Entry> = Vec::with_capacity(book.len());
        for side in [Side::Buy, Side::Sell] {
            book.visit(side, &mut |order| entries.push((order.id, order.account, side, order.price, order.left())));
        }
        entries.serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<FastBook, D::Error> {
        let mut book = super::empty();
        let mut events = Vec::new();
        for (id, account, side, price, quantity) in Vec::<Entry>::deserialize(from)? {
            let time_in_force = TimeInForce::GoodUntilCancelled;
            let command = Command::Limit { id, account, side, price, quantity, time_in_force, post_only: false };
            book.apply(&command, &mut events).map_err(D::Error::custom)?;
        }
        Ok(book)
    }
}
