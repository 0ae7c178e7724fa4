//! Market events: prints, quotes, books, candles, liquidations. What barter keeps as doubles is kept here with the digits
//! that were written, and written as a JSON number again where a double holds them all.

use super::tag::{add, count, id, read_count, record, side, text, time, variant};
use super::{Name, OrderBookEvent, OrderBookL1, Translator, Wire, write};
use crate::read::{Field, join};
use crate::time::Nanos;
use crate::{Decimal, Result, Side};
use serde::{Serialize, Serializer};
use serde_json::Value;

/// A print.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PublicTrade {
    /// The venue's id.
    pub id: String,
    /// At which price.
    #[serde(serialize_with = "write::double")]
    pub price: Decimal,
    /// How much.
    #[serde(serialize_with = "write::double")]
    pub amount: Decimal,
    /// Of the aggressor.
    pub side: Side,
}

/// A candle, told at its close.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Candle {
    /// When it ended.
    #[serde(serialize_with = "write::time")]
    pub close_time: Nanos,
    /// First price.
    #[serde(serialize_with = "write::double")]
    pub open: Decimal,
    /// Highest price.
    #[serde(serialize_with = "write::double")]
    pub high: Decimal,
    /// Lowest price.
    #[serde(serialize_with = "write::double")]
    pub low: Decimal,
    /// Last price.
    #[serde(serialize_with = "write::double")]
    pub close: Decimal,
    /// Traded quantity.
    #[serde(serialize_with = "write::double")]
    pub volume: Decimal,
    /// Number of prints.
    #[serde(serialize_with = "write::count")]
    pub trade_count: u64,
    /// When it opened, where that is known: ours.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "write::some_time")]
    pub open_time: Option<Nanos>,
}

/// A trader's position was closed by the venue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Liquidation {
    /// Direction of the closing order.
    pub side: Side,
    /// At which price.
    #[serde(serialize_with = "write::double")]
    pub price: Decimal,
    /// How much.
    #[serde(serialize_with = "write::double")]
    pub quantity: Decimal,
    /// When.
    #[serde(serialize_with = "write::time")]
    pub time: Nanos,
}

/// What happened in a market.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum MarketEventKind {
    /// A print.
    Trade(PublicTrade),
    /// The best quotes.
    OrderBookL1(OrderBookL1),
    /// A book.
    OrderBook(OrderBookEvent),
    /// A candle.
    Candle(Candle),
    /// A liquidation.
    Liquidation(Liquidation),
}

/// What arrives from a venue's market streams.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum MarketEvent {
    /// The connection to the exchange with this name was lost, and is being made anew.
    #[serde(serialize_with = "write::reconnecting")]
    Reconnecting(String),
    /// Something happened in a market.
    Item {
        /// The venue's stamp.
        #[serde(serialize_with = "write::time")]
        time_exchange: Nanos,
        /// When a client had it.
        #[serde(serialize_with = "write::time")]
        time_received: Nanos,
        /// Barter has a name here, and an index in account events.
        exchange: String,
        /// Which instrument.
        instrument: Name,
        /// What happened.
        kind: MarketEventKind,
    },
}

impl MarketEventKind {
    fn read(field: &Field<'_>) -> Result<Self> {
        let (name, value) = variant(field, "market event", &["Trade", "OrderBookL1", "OrderBook", "Candle", "Liquidation"])?;
        match name {
            "OrderBookL1" => return OrderBookL1::read(&value).map(Self::OrderBookL1),
            "OrderBook" => return OrderBookEvent::read(&value).map(Self::OrderBook),
            _ => {}
        }
        let object = value.object()?;
        let price = |name| object.need(name)?.positive();
        Ok(match name {
            "Trade" => Self::Trade(PublicTrade {
                id: id(&object, "id")?,
                price: price("price")?,
                amount: object.need("amount")?.not_negative()?,
                side: side(&object.need("side")?)?,
            }),
            "Candle" => Self::Candle(Candle {
                open_time: object.get("open_time").map(|time| time.time()).transpose()?,
                close_time: object.need("close_time")?.time()?,
                open: price("open")?,
                high: price("high")?,
                low: price("low")?,
                close: price("close")?,
                volume: object.need("volume")?.not_negative()?,
                trade_count: read_count(&object.need("trade_count")?)?,
            }),
            _ => Self::Liquidation(Liquidation {
                side: side(&object.need("side")?)?,
                price: price("price")?,
                quantity: object.need("quantity")?.not_negative()?,
                time: object.need("time")?.time()?,
            }),
        })
    }

    /// Kind, name of the field, and what stands in it.
    fn view(&self) -> (&'static str, &'static str, Value) {
        match self {
            Self::Trade(trade) => (
                "Trade",
                "trade",
                Value::Object(record([
                    ("id", trade.id.as_str().into()),
                    ("price", text(trade.price)),
                    ("quantity", text(trade.amount)),
                    ("side", trade.side.as_str().into()),
                ])),
            ),
            Self::OrderBookL1(quotes) => ("OrderBookL1", "quotes", quotes.view()),
            Self::OrderBook(book) => ("OrderBook", "book", book.view()),
            Self::Candle(candle) => {
                let mut map = record([
                    ("closeTime", time(candle.close_time)),
                    ("open", text(candle.open)),
                    ("high", text(candle.high)),
                    ("low", text(candle.low)),
                    ("close", text(candle.close)),
                    ("volume", text(candle.volume)),
                    ("tradeCount", count(candle.trade_count)),
                ]);
                add(&mut map, "openTime", candle.open_time.map(time));
                ("Candle", "candle", Value::Object(map))
            }
            Self::Liquidation(liquidation) => (
                "Liquidation",
                "liquidation",
                Value::Object(record([
                    ("side", liquidation.side.as_str().into()),
                    ("price", text(liquidation.price)),
                    ("quantity", text(liquidation.quantity)),
                    ("time", time(liquidation.time)),
                ])),
            ),
        }
    }
}

impl MarketEvent {
    /// Barter's stream event around it.
    pub(super) fn write_stream<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::Reconnecting(_) => self.serialize(to),
            Self::Item { .. } => to.serialize_newtype_variant("Event", 0, "Item", self),
        }
    }
}

impl Wire for MarketEvent {
    /// Reads the event itself, the stream event around it, and the `Ok` that some of barter's files have in between.
    fn read(field: &Field<'_>) -> Result<Self> {
        if field.object()?.get("kind").is_none() {
            let (name, value) = variant(field, "market event", &["Item", "Ok", "Reconnecting"])?;
            return if name == "Reconnecting" { value.text().map(|name| Self::Reconnecting(name.to_owned())) } else { Self::read(&value) };
        }
        let object = field.object()?;
        Ok(Self::Item {
            time_exchange: object.need("time_exchange")?.time()?,
            time_received: object.need("time_received")?.time()?,
            exchange: id(&object, "exchange")?,
            instrument: Name::of(&object, "instrument")?,
            kind: MarketEventKind::read(&object.need("kind")?)?,
        })
    }

    fn view(&self) -> Value {
        match self {
            Self::Reconnecting(exchange) => {
                Value::Object(record([("kind", "Reconnecting".into()), ("exchange", exchange.as_str().into())]))
            }
            Self::Item { time_exchange, time_received, exchange, instrument, kind } => {
                let (name, field, value) = kind.view();
                Value::Object(record([
                    ("kind", name.into()),
                    ("exchange", exchange.as_str().into()),
                    ("instrument", instrument.json()),
                    ("timeExchange", time(*time_exchange)),
                    ("timeReceived", time(*time_received)),
                    (field, value),
                ]))
            }
        }
    }

    fn translate(&mut self, names: &Translator, path: &str) -> Result<()> {
        match self {
            Self::Reconnecting(_) => Ok(()),
            Self::Item { exchange, instrument, .. } => {
                names.instrument(instrument, Some(&Name::Text(exchange.clone())), &join(path, "instrument"))
            }
        }
    }
}
