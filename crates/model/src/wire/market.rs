//! Market events: prints, quotes, books, candles, liquidations. What barter keeps as doubles is kept here with the digits
//! that were written, and written as a JSON number again where a double holds them all.

use super::tag::{add, count, id, number, read_count, record, side, tagged, text, time, variant};
use super::{Name, OrderBookEvent, OrderBookL1, Translator, Wire};
use crate::read::{Field, join};
use crate::time::Nanos;
use crate::{Decimal, Result, Side};
use serde_json::Value;

/// A print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicTrade {
    /// The venue's id.
    pub id: String,
    /// At which price.
    pub price: Decimal,
    /// How much.
    pub amount: Decimal,
    /// Of the aggressor.
    pub side: Side,
}

/// A candle, told at its close.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candle {
    /// When it opened, where that is known: ours.
    pub open_time: Option<Nanos>,
    /// When it ended.
    pub close_time: Nanos,
    /// First price.
    pub open: Decimal,
    /// Highest price.
    pub high: Decimal,
    /// Lowest price.
    pub low: Decimal,
    /// Last price.
    pub close: Decimal,
    /// Traded quantity.
    pub volume: Decimal,
    /// Number of prints.
    pub trade_count: u64,
}

/// Somebody's position was closed by the venue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Liquidation {
    /// Direction of the closing order.
    pub side: Side,
    /// At which price.
    pub price: Decimal,
    /// How much.
    pub quantity: Decimal,
    /// When.
    pub time: Nanos,
}

/// What happened in a market.
#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MarketEvent {
    /// The connection to the exchange with this name was lost, and is being made anew.
    Reconnecting(String),
    /// Something happened in a market.
    Item {
        /// The venue's stamp.
        time_exchange: Nanos,
        /// When a client had it.
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

    fn json(&self) -> Value {
        match self {
            Self::Trade(trade) => tagged(
                "Trade",
                Value::Object(record([
                    ("id", trade.id.as_str().into()),
                    ("price", number(trade.price)),
                    ("amount", number(trade.amount)),
                    ("side", trade.side.as_str().into()),
                ])),
            ),
            Self::OrderBookL1(quotes) => tagged("OrderBookL1", quotes.json()),
            Self::OrderBook(book) => tagged("OrderBook", book.json()),
            Self::Candle(candle) => {
                let mut map = record([
                    ("close_time", time(candle.close_time)),
                    ("open", number(candle.open)),
                    ("high", number(candle.high)),
                    ("low", number(candle.low)),
                    ("close", number(candle.close)),
                    ("volume", number(candle.volume)),
                    ("trade_count", count(candle.trade_count)),
                ]);
                add(&mut map, "open_time", candle.open_time.map(time));
                tagged("Candle", Value::Object(map))
            }
            Self::Liquidation(liquidation) => tagged(
                "Liquidation",
                Value::Object(record([
                    ("side", liquidation.side.as_str().into()),
                    ("price", number(liquidation.price)),
                    ("quantity", number(liquidation.quantity)),
                    ("time", time(liquidation.time)),
                ])),
            ),
        }
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
    pub(super) fn stream_json(&self) -> Value {
        match self {
            Self::Reconnecting(_) => self.json(),
            Self::Item { .. } => tagged("Item", self.json()),
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

    fn json(&self) -> Value {
        match self {
            Self::Reconnecting(exchange) => tagged("Reconnecting", exchange.as_str().into()),
            Self::Item { time_exchange, time_received, exchange, instrument, kind } => Value::Object(record([
                ("time_exchange", time(*time_exchange)),
                ("time_received", time(*time_received)),
                ("exchange", exchange.as_str().into()),
                ("instrument", instrument.json()),
                ("kind", kind.json()),
            ])),
        }
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
