//! Takes the rows of a table, field by field, into a [`Builder`].

use crate::builder::Builder;
use crate::field::{Field, NUMBERS};
use crate::layout::Layout;
use crate::num::Num;
use crate::options::{DataKind, ReadOptions, Stamp};
use crate::staged::Stamps;
use crate::store::Store;
use haggle_model::{Error, Result, Side, time::Nanos};

/// One row, as far as its columns said something.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Draft<'a> {
    /// The venue's stamp; of bars their stamp.
    pub time: Option<Nanos>,
    pub received: Option<Nanos>,
    pub symbol: Option<&'a str>,
    pub exchange: Option<&'a str>,
    pub side: Option<Side>,
    /// By [`Field::number`].
    pub numbers: [Option<Num>; NUMBERS],
}

impl Draft<'_> {
    /// Sets a number.
    pub fn set(&mut self, field: Field, value: Option<Num>) {
        if let Some(at) = field.number() {
            self.numbers[at] = value;
        }
    }

    fn get(&self, field: Field) -> Option<Num> {
        field.number().and_then(|at| self.numbers[at])
    }

    fn need(&self, field: Field) -> Result<Num> {
        self.get(field).ok_or_else(|| Error::data(format!("the {} is missing", field.name())).at(field.name()))
    }
}

/// What a row of a book's source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LevelRow {
    Snapshot,
    Update,
    Best,
    Print,
}

impl LevelRow {
    fn parse(kind: &str) -> Option<Self> {
        match kind {
            "snapshot" => Some(Self::Snapshot),
            "update" | "delta" | "l2update" => Some(Self::Update),
            "best" | "bbo" | "quote" | "quotes" => Some(Self::Best),
            "trade" | "trades" | "print" => Some(Self::Print),
            _ => None,
        }
    }
}

/// Rows of one kind on their way into a store. Errors have the field's name as their path.
pub(crate) struct Sink<'o> {
    builder: Builder,
    kind: DataKind,
    /// Of books: what the row under way is.
    level: LevelRow,
    /// Of bars: their length and stamp.
    bars: Option<(Nanos, Stamp)>,
    options: &'o ReadOptions,
    /// The instrument of the row before.
    last: Option<(String, Option<String>, u16)>,
}

impl<'o> Sink<'o> {
    /// A sink for the rows of `layout`. Errors: `INVALID_ARGUMENT` where bars have no timeframe or stamp, or rows no symbol.
    pub fn new(layout: &Layout, options: &'o ReadOptions) -> Result<Self> {
        if options.symbol.is_none() && !layout.has(Field::Symbol) {
            return Err(Error::argument("symbol", "the source does not name a symbol").hint("say whose data it is, for example 'BTC/USDT'"));
        }
        Self::of_kind(layout.kind, layout.has(Field::TimeOpen).then_some(Stamp::Open), options)
    }

    /// A sink for rows of this kind; bars are stamped at `stamp` unless the caller says otherwise.
    pub fn of_kind(kind: DataKind, stamp: Option<Stamp>, options: &'o ReadOptions) -> Result<Self> {
        let bars = if kind == DataKind::Bars {
            let stated = ReadOptions { stamp: options.stamp.or(stamp), timeframe: options.timeframe, ..ReadOptions::default() };
            Some(stated.bar_times()?)
        } else {
            None
        };
        Ok(Self { builder: Builder::new(options.into()), kind, level: LevelRow::Update, bars, options, last: None })
    }

    /// Makes room for `rows` rows.
    pub fn reserve(&mut self, rows: usize) {
        self.builder.reserve(rows);
    }

    /// Takes a row.
    pub fn push(&mut self, draft: &Draft) -> Result<()> {
        let instrument = self.instrument(draft)?;
        let stamps = Stamps { exchange: draft.time, received: draft.received };
        match self.kind {
            DataKind::Trades => self.builder.trade(instrument, stamps, draft.side, draft.need(Field::Price)?, draft.need(Field::Quantity)?),
            DataKind::Quotes => {
                let side = |price: Field, size: Field| Some((draft.get(price)?, draft.get(size)?));
                self.builder.quote(instrument, stamps, side(Field::Bid, Field::BidSize), side(Field::Ask, Field::AskSize))
            }
            DataKind::Bars => {
                let (timeframe, stamp) = self.bars.ok_or_else(|| Error::bug("bars without a timeframe"))?;
                let time = draft.time.ok_or_else(|| Error::data("the row has no time").at("time"))?;
                let (open, close) = match stamp {
                    Stamp::Open => (time, time.saturating_add(timeframe)),
                    Stamp::Close => (time.saturating_sub(timeframe), time),
                };
                let values = [
                    draft.need(Field::Open)?,
                    draft.need(Field::High)?,
                    draft.need(Field::Low)?,
                    draft.need(Field::Close)?,
                    draft.get(Field::Volume).unwrap_or(Num::ZERO),
                ];
                self.builder.bar(instrument, open, close, values)
            }
            DataKind::Book => {
                let (price, quantity) = (draft.need(Field::Price)?, draft.need(Field::Quantity)?);
                if self.level == LevelRow::Print {
                    return self.builder.trade(instrument, stamps, draft.side, price, quantity);
                }
                let side = draft.side.ok_or_else(|| Error::data("the side is missing").at("side"))?;
                match self.level {
                    LevelRow::Best => self.builder.best(instrument, stamps, side, price, quantity),
                    level => self.builder.level(instrument, stamps, level == LevelRow::Snapshot, side, price, quantity),
                }
            }
        }
    }

    /// The store of all rows.
    pub fn finish(self) -> Result<Store> {
        self.builder.finish()
    }

    /// Whether the row to come, which says what it is, belongs to those wanted. Errors: `INVALID_DATA` for another kind, unless the
    /// caller said which to keep.
    pub fn wants(&mut self, kind: &str) -> Result<bool> {
        let kind = kind.to_lowercase();
        let same = match self.kind {
            DataKind::Trades => matches!(kind.as_str(), "trade" | "trades" | "print"),
            DataKind::Quotes => matches!(kind.as_str(), "quote" | "quotes" | "bbo"),
            DataKind::Bars => matches!(kind.as_str(), "bar" | "bars" | "candle" | "kline"),
            // Without the caller's word all that goes with a book is kept, and prints, too.
            DataKind::Book => match LevelRow::parse(&kind) {
                Some(level) => {
                    self.level = level;
                    level != LevelRow::Print || self.options.kind.is_none()
                }
                None => false,
            },
        };
        if same || self.options.kind.is_some() {
            return Ok(same);
        }
        Err(Error::data(format!("a row of kind '{kind}' among others"))
            .at("kind")
            .hint("say which rows to keep: kind: 'trades', 'quotes', 'bars' or 'book'"))
    }

    fn instrument(&mut self, draft: &Draft) -> Result<u16> {
        let symbol = draft.symbol.or(self.options.symbol.as_deref()).ok_or_else(|| Error::data("the row has no symbol").at("symbol"))?;
        let exchange = draft.exchange.or(self.options.exchange.as_deref());
        if let Some((last_symbol, last_exchange, place)) = &self.last
            && last_symbol == symbol
            && last_exchange.as_deref() == exchange
        {
            return Ok(*place);
        }
        let place = self.builder.instrument(symbol, exchange)?;
        self.last = Some((symbol.to_owned(), exchange.map(str::to_owned), place));
        Ok(place)
    }
}
