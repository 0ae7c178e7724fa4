//! Books and best quotes in market events. Barter writes a book's sides without a marker that it needs to read them; we write
//! the marker, so that a book survives the way through both.

use super::tag::{add, count, read_count, record, text, time, variant};
use super::write;
use crate::read::{Field, Object};
use crate::time::Nanos;
use crate::{Decimal, Result};
use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};
use serde_json::{Map, Value};

/// A price and what is offered at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Level {
    /// In quote.
    #[serde(serialize_with = "write::decimal")]
    pub price: Decimal,
    /// In base; 0 in an update takes the level away.
    #[serde(serialize_with = "write::decimal")]
    pub amount: Decimal,
}

impl Level {
    fn read(field: &Field<'_>) -> Result<Self> {
        let object = field.object()?;
        Ok(Self { price: object.need("price")?.positive()?, amount: object.need("amount")?.not_negative()? })
    }

    fn view(&self) -> Value {
        Value::Array(vec![text(self.price), text(self.amount)])
    }
}

/// The best quotes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OrderBookL1 {
    /// When the venue changed them.
    #[serde(serialize_with = "write::time")]
    pub last_update_time: Nanos,
    /// Best bid, if there is one.
    pub best_bid: Option<Level>,
    /// Best ask, if there is one.
    pub best_ask: Option<Level>,
}

impl OrderBookL1 {
    pub(super) fn read(field: &Field<'_>) -> Result<Self> {
        let object = field.object()?;
        let level = |name| object.get(name).map(|level| Level::read(&level)).transpose();
        Ok(Self { last_update_time: object.need("last_update_time")?.time()?, best_bid: level("best_bid")?, best_ask: level("best_ask")? })
    }

    pub(super) fn view(&self) -> Value {
        let mut map = record([("timeExchange", time(self.last_update_time))]);
        add(&mut map, "bid", self.best_bid.map(|level| text(level.price)));
        add(&mut map, "bidSize", self.best_bid.map(|level| text(level.amount)));
        add(&mut map, "ask", self.best_ask.map(|level| text(level.price)));
        add(&mut map, "askSize", self.best_ask.map(|level| text(level.amount)));
        Value::Object(map)
    }
}

/// Levels of a book, best first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OrderBook {
    /// The venue's number of it.
    #[serde(serialize_with = "write::count")]
    pub sequence: u64,
    /// When the venue's engine made it.
    #[serde(serialize_with = "write::some_time")]
    pub time_engine: Option<Nanos>,
    /// Bids.
    #[serde(serialize_with = "write_side")]
    pub bids: Vec<Level>,
    /// Asks.
    #[serde(serialize_with = "write_side")]
    pub asks: Vec<Level>,
}

/// A side with the marker that barter needs to read it.
fn write_side<S: Serializer>(levels: &[Level], to: S) -> std::result::Result<S::Ok, S::Error> {
    let mut fields = to.serialize_struct("OrderBookSide", 2)?;
    fields.serialize_field("side", &())?;
    fields.serialize_field("levels", levels)?;
    fields.end()
}

impl OrderBook {
    fn read(field: &Field<'_>) -> Result<Self> {
        let object = field.object()?;
        let levels = |name| -> Result<Vec<Level>> {
            let side: Object<'_> = object.need(name)?.object()?;
            side.need("levels")?.list()?.iter().map(Level::read).collect()
        };
        Ok(Self {
            sequence: read_count(&object.need("sequence")?)?,
            time_engine: object.get("time_engine").map(|time| time.time()).transpose()?,
            bids: levels("bids")?,
            asks: levels("asks")?,
        })
    }

    fn view(&self) -> Map<String, Value> {
        let mut map = record([("sequence", count(self.sequence))]);
        add(&mut map, "timeEngine", self.time_engine.map(time));
        map.extend(record([("bids", self.bids.iter().map(Level::view).collect()), ("asks", self.asks.iter().map(Level::view).collect())]));
        map
    }
}

/// A whole book, or what changed in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum OrderBookEvent {
    /// All of it.
    Snapshot(OrderBook),
    /// The levels that changed.
    Update(OrderBook),
}

impl OrderBookEvent {
    pub(super) fn read(field: &Field<'_>) -> Result<Self> {
        match variant(field, "order book event", &["Snapshot", "Update"])? {
            ("Snapshot", book) => OrderBook::read(&book).map(Self::Snapshot),
            (_, book) => OrderBook::read(&book).map(Self::Update),
        }
    }

    pub(super) fn view(&self) -> Value {
        let (kind, book) = match self {
            Self::Snapshot(book) => ("Snapshot", book),
            Self::Update(book) => ("Update", book),
        };
        Value::Object(super::tag::with_kind(kind, book.view()))
    }
}
