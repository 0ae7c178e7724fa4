//! barter's market-event files: JSON Lines of `{"Item":{..}}`, or one array of `{"Item":{"Ok":{..}}}`.

use crate::builder::{BuildOptions, Builder};
use crate::cell;
use crate::num::Num;
use crate::options::{DataKind, Decimals, ReadOptions, Stamp};
use crate::source::{at_line, unpack};
use crate::staged::Stamps;
use crate::store::Store;
use crate::times::{self, Written};
use haggle_model::{Code, Error, Result, Side, time::Nanos};
use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Reads market events of barter 0.14, plain or gzipped. Instruments are named by `options.instruments`, in the order
/// of their indices, or by name in the event itself. Numbers are read as decimal text.
///
/// Kinds: `Trade`, `OrderBookL1`, `OrderBook` (each event is a message), `Candle` (needs a timeframe; its `close_time` is the close) and `Reconnecting`.
/// Errors: `INVALID_DATA` with the line (or the element, in an array).
pub fn read_json_lines(bytes: &[u8], options: &ReadOptions) -> Result<Store> {
    if let Some(stamp) = options.stamp.filter(|stamp| *stamp == Stamp::Open) {
        return Err(Error::argument("stamp", format!("candles of market events name their close, not their {stamp:?}").to_lowercase()));
    }
    let size = bytes.len() as u64;
    options.watch.expect(size);
    let bytes = unpack(bytes, options.limits)?;
    let build = BuildOptions { timeframe: options.timeframe, source: size, ..BuildOptions::from(options) };
    let mut load = Load { builder: Builder::new(build), options, known: Vec::new() };
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
        let elements: Vec<&RawValue> = serde_json::from_slice(&bytes).map_err(|error| Error::data(format!("not a JSON array: {error}")))?;
        for (at, element) in elements.iter().enumerate() {
            load.event(element.get().as_bytes()).or_else(|mut error| {
                error.message = format!("element {at}: {}", error.message);
                load.builder.bad(error, options.bad_rows)
            })?;
            if at % WATCH_EVERY == 0 {
                options.watch.check()?;
            }
        }
    } else {
        for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            if !line.iter().all(u8::is_ascii_whitespace) {
                load.event(line).or_else(|error| load.builder.bad(at_line(error, at + 1), options.bad_rows))?;
            }
            if at % WATCH_EVERY == 0 {
                options.watch.check()?;
            }
        }
    }
    options.watch.done(size)?;
    load.builder.finish()
}

/// Events between two looks at the watch.
const WATCH_EVERY: usize = 4_096;

/// One line, or one element of the array.
#[derive(Deserialize)]
enum Event<'a> {
    #[serde(borrow)]
    Item(Item<'a>),
    #[serde(borrow)]
    Reconnecting(Cow<'a, str>),
}

/// A market event, bare or as the `Ok` of a result.
enum Item<'a> {
    Event(Market<'a>),
    Failed,
}

impl<'de: 'a, 'a> Deserialize<'de> for Item<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Either<'a> {
            #[serde(borrow, rename = "Ok")]
            ok: Option<Market<'a>>,
            #[serde(rename = "Err")]
            err: Option<de::IgnoredAny>,
            #[serde(borrow)]
            time_exchange: Option<Cow<'a, str>>,
            #[serde(borrow)]
            time_received: Option<Cow<'a, str>>,
            #[serde(borrow)]
            exchange: Option<Cow<'a, str>>,
            #[serde(borrow)]
            instrument: Option<&'a RawValue>,
            #[serde(borrow)]
            kind: Option<Kind<'a>>,
        }
        let either = Either::deserialize(deserializer)?;
        if either.err.is_some() {
            return Ok(Self::Failed);
        }
        if let Some(market) = either.ok {
            return Ok(Self::Event(market));
        }
        let missing = de::Error::missing_field;
        Ok(Self::Event(Market {
            time_exchange: either.time_exchange.ok_or_else(|| missing("time_exchange"))?,
            time_received: either.time_received,
            exchange: either.exchange,
            instrument: either.instrument.ok_or_else(|| missing("instrument"))?,
            kind: either.kind.ok_or_else(|| missing("kind"))?,
        }))
    }
}

#[derive(Deserialize)]
struct Market<'a> {
    #[serde(borrow)]
    time_exchange: Cow<'a, str>,
    #[serde(borrow, default)]
    time_received: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    exchange: Option<Cow<'a, str>>,
    #[serde(borrow)]
    instrument: &'a RawValue,
    #[serde(borrow)]
    kind: Kind<'a>,
}

#[derive(Deserialize)]
enum Kind<'a> {
    #[serde(borrow)]
    Trade(Trade<'a>),
    #[serde(borrow)]
    OrderBookL1(Quote<'a>),
    #[serde(borrow)]
    OrderBook(Book<'a>),
    #[serde(borrow)]
    Candle(Candle<'a>),
}

#[derive(Deserialize)]
struct Trade<'a> {
    #[serde(borrow)]
    price: &'a RawValue,
    #[serde(borrow)]
    amount: &'a RawValue,
    #[serde(borrow, default)]
    side: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Quote<'a> {
    #[serde(borrow)]
    best_bid: Option<Level<'a>>,
    #[serde(borrow)]
    best_ask: Option<Level<'a>>,
}

#[derive(Deserialize)]
enum Book<'a> {
    #[serde(borrow)]
    Snapshot(Sides<'a>),
    #[serde(borrow)]
    Update(Sides<'a>),
}

#[derive(Deserialize)]
struct Sides<'a> {
    #[serde(borrow)]
    bids: Levels<'a>,
    #[serde(borrow)]
    asks: Levels<'a>,
}

#[derive(Deserialize)]
struct Levels<'a> {
    #[serde(borrow)]
    levels: Vec<Level<'a>>,
}

#[derive(Deserialize)]
struct Level<'a> {
    #[serde(borrow)]
    price: &'a RawValue,
    #[serde(borrow)]
    amount: &'a RawValue,
}

#[derive(Deserialize)]
struct Candle<'a> {
    #[serde(borrow)]
    close_time: Cow<'a, str>,
    #[serde(borrow)]
    open: &'a RawValue,
    #[serde(borrow)]
    high: &'a RawValue,
    #[serde(borrow)]
    low: &'a RawValue,
    #[serde(borrow)]
    close: &'a RawValue,
    #[serde(borrow)]
    volume: &'a RawValue,
}

/// A load under way.
struct Load<'o> {
    builder: Builder,
    options: &'o ReadOptions,
    /// Instruments met so far: the event's own text for it, its exchange, its place.
    known: Vec<(String, Option<String>, u16)>,
}

impl Load<'_> {
    /// A number without noise.
    fn num(&mut self, raw: &RawValue, path: &str) -> Result<Num> {
        let number = num(raw, path, self.options.decimals)?;
        let clean = self.options.decimals.clean(number);
        self.builder.report.rounded += u64::from(clean.is_some());
        Ok(clean.unwrap_or(number))
    }

    fn event(&mut self, json: &[u8]) -> Result<()> {
        let event: Event = serde_json::from_slice(json).map_err(|error| Error::data(position(&error)))?;
        match event {
            Event::Reconnecting(exchange) => self.builder.reconnect(Some(&exchange)),
            Event::Item(Item::Failed) => {}
            Event::Item(Item::Event(market)) => self.market(&market)?,
        }
        Ok(())
    }

    fn market(&mut self, market: &Market) -> Result<()> {
        let kind = match market.kind {
            Kind::Trade(_) => DataKind::Trades,
            Kind::OrderBookL1(_) => DataKind::Quotes,
            Kind::OrderBook(_) => DataKind::Book,
            Kind::Candle(_) => DataKind::Bars,
        };
        // Best quotes are a part of a book.
        let is_wanted = |wanted: DataKind| wanted == kind || (wanted, kind) == (DataKind::Book, DataKind::Quotes);
        if !self.options.kind.is_none_or(is_wanted) {
            return Ok(());
        }
        let instrument = self.instrument(market.instrument.get(), market.exchange.as_deref())?;
        let stamps = Stamps {
            exchange: Some(time(&market.time_exchange, "time_exchange")?),
            received: market.time_received.as_deref().map(|text| time(text, "time_received")).transpose()?,
        };
        match &market.kind {
            Kind::Trade(trade) => {
                let side = trade.side.as_deref().map_or(Ok(None), |side| cell::side(side.as_bytes())).map_err(|error| error.at("side"))?;
                let (price, amount) = (self.num(trade.price, "price")?, self.num(trade.amount, "amount")?);
                self.builder.trade(instrument, stamps, side, price, amount)
            }
            Kind::OrderBookL1(quote) => {
                let mut level = |level: &Option<Level>| {
                    level.as_ref().map(|level| Ok((self.num(level.price, "price")?, self.num(level.amount, "amount")?))).transpose()
                };
                let (bid, ask) = (level(&quote.best_bid)?, level(&quote.best_ask)?);
                self.builder.quote(instrument, stamps, bid, ask)
            }
            Kind::OrderBook(book) => {
                let (sides, is_snapshot) = match book {
                    Book::Snapshot(sides) => (sides, true),
                    Book::Update(sides) => (sides, false),
                };
                self.builder.message(instrument, stamps, is_snapshot)?;
                for (side, levels) in [(Side::Buy, &sides.bids), (Side::Sell, &sides.asks)] {
                    for level in &levels.levels {
                        let (price, size) = (self.num(level.price, "price")?, self.num(level.amount, "amount")?);
                        self.builder.level(instrument, stamps, is_snapshot, side, price, size)?;
                    }
                }
                Ok(())
            }
            Kind::Candle(candle) => {
                let timeframe = self.options.timeframe.filter(|length| *length > 0).ok_or_else(|| {
                    Error::new(Code::InvalidArgument, "candles need a timeframe: they only say when they closed").at("timeframe")
                })?;
                let close = time(&candle.close_time, "close_time")?;
                let values = [
                    self.num(candle.open, "open")?,
                    self.num(candle.high, "high")?,
                    self.num(candle.low, "low")?,
                    self.num(candle.close, "close")?,
                    self.num(candle.volume, "volume")?,
                ];
                self.builder.bar(instrument, close.saturating_sub(timeframe), close, values)
            }
        }
    }

    /// The instrument that an index or a name means.
    fn instrument(&mut self, text: &str, exchange: Option<&str>) -> Result<u16> {
        let exchange = exchange.or(self.options.exchange.as_deref());
        if let Some((_, _, place)) = self.known.iter().find(|(t, e, _)| t == text && e.as_deref() == exchange) {
            return Ok(*place);
        }
        let symbol = if let Ok(index) = text.parse::<usize>() {
            // All listed ones at once: the store then has them in the caller's order, without those that have no rows.
            for symbol in &self.options.instruments {
                self.builder.instrument(symbol, exchange)?;
            }
            self.options
                .instruments
                .get(index)
                .or_else(|| self.options.symbol.as_ref().filter(|_| self.options.instruments.is_empty() && self.known.is_empty()))
                .cloned()
                .ok_or_else(|| {
                    Error::new(Code::InvalidArgument, format!("the data has an instrument {index}, which 'instruments' does not name"))
                        .at("instruments")
                        .hint("list the symbols of instruments 0, 1, 2, ... in this order")
                })?
        } else {
            serde_json::from_str::<String>(text)
                .map_err(|_| Error::data(format!("{text} is no instrument index or name")).at("instrument"))?
        };
        let place = self.builder.instrument(&symbol, exchange)?;
        self.known.push((text.to_owned(), exchange.map(str::to_owned), place));
        Ok(place)
    }
}

/// serde's message, without the line it counts within one line of ours.
fn position(error: &serde_json::Error) -> String {
    error.to_string().replace(" at line 1 column ", " at column ")
}

fn time(text: &str, path: &str) -> Result<Nanos> {
    match times::read(text.as_bytes()) {
        Ok(Written::Exact(time) | Written::Wall(time)) if text.len() > 9 => Ok(time),
        Ok(_) => Err(times::no_time(text).at(path)),
        Err(error) => Err(error.at(path)),
    }
}

/// A number as it stands, or the text of one.
fn num(raw: &RawValue, path: &str, decimals: Decimals) -> Result<Num> {
    let text = raw.get();
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let missing = || Error::data(format!("'{text}' is no decimal number"));
    cell::number(text.as_bytes(), decimals).and_then(|number| number.ok_or_else(missing)).map_err(|error| error.at(path))
}
