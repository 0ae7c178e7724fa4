//! Takes the rows of a table, field by field, into a [`Builder`].

use crate::bands::Bands;
use crate::builder::{BuildOptions, Builder};
use crate::draft::{Draft, LevelCells};
use crate::field::Field;
use crate::layout::Layout;
use crate::num::Num;
use crate::options::{DataKind, Decimals, Duplicates, ReadOptions, Stamp};
use crate::staged::Stamps;
use crate::store::Store;
use haggle_model::{Error, Result, Side, time::Nanos};

/// What a row of a book's source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LevelRow {
    Snapshot,
    Update,
    Best,
    Print,
}

/// What the word for a row's kind means.
enum Word {
    Level(LevelRow),
    Bar,
}

impl Word {
    fn parse(kind: &str) -> Option<Self> {
        match kind {
            "snapshot" | "snap" => Some(Self::Level(LevelRow::Snapshot)),
            "update" | "delta" | "l2update" | "set" => Some(Self::Level(LevelRow::Update)),
            "best" | "bbo" | "quote" | "quotes" => Some(Self::Level(LevelRow::Best)),
            "trade" | "trades" | "print" => Some(Self::Level(LevelRow::Print)),
            "bar" | "bars" | "candle" | "kline" => Some(Self::Bar),
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
    /// Of bands around the middle: those of the snapshot under way.
    bands: Option<Bands>,
    /// Whether the source has no sizes of quotes.
    is_sizeless: bool,
    /// The symbol of rows without one.
    symbol: Option<String>,
    decimals: Decimals,
    options: &'o ReadOptions,
    /// The instrument of the row before.
    last: Option<(String, Option<String>, u16)>,
}

impl<'o> Sink<'o> {
    /// A sink for the rows of `layout`, from a source of so many bytes. Errors: `INVALID_ARGUMENT` where bars have no timeframe or stamp, other rows
    /// have one, or rows have no symbol.
    pub fn new(layout: &Layout, options: &'o ReadOptions, source: u64) -> Result<Self> {
        let stamp = match (layout.has(Field::TimeOpen), layout.has(Field::TimeClose)) {
            (true, _) => Some(Stamp::Open),
            (_, true) => Some(Stamp::Close),
            _ => None,
        };
        let mut sink = Self::of_kind(layout.kind, stamp, options, source)?;
        sink.bands = (layout.kind == DataKind::Book && layout.is_bands()).then(Bands::default);
        sink.is_sizeless = !layout.has(Field::BidSize) && !layout.has(Field::AskSize);
        Ok(sink)
    }

    /// A sink for rows of this kind; bars are stamped at `stamp` unless the caller says otherwise.
    pub fn of_kind(kind: DataKind, stamp: Option<Stamp>, options: &'o ReadOptions, source: u64) -> Result<Self> {
        let bars = if kind == DataKind::Bars {
            let stated = ReadOptions { stamp: options.stamp.or(stamp), timeframe: options.timeframe, ..ReadOptions::default() };
            Some(stated.bar_times()?)
        } else {
            only_bars_have(options, kind)?;
            None
        };
        let default = (kind == DataKind::Bars).then_some(if options.strict_order { Duplicates::Refuse } else { Duplicates::Drop });
        let build = BuildOptions {
            duplicates: options.duplicates.or(default),
            timeframe: options.timeframe,
            source,
            ..BuildOptions::from(options)
        };
        Ok(Self {
            builder: Builder::new(build),
            kind,
            level: LevelRow::Update,
            bars,
            bands: None,
            is_sizeless: false,
            symbol: options.symbol.clone(),
            decimals: options.decimals,
            options,
            last: None,
        })
    }

    /// What the source says of itself: its symbol, where no row and no option names one, and that its numbers are rounded floats.
    pub fn of_ticker(&mut self, ticker: &str) {
        self.symbol.get_or_insert_with(|| ticker.to_owned());
        if self.decimals == Decimals::Clean {
            self.decimals = Decimals::Round;
        }
    }

    /// What becomes of digits that no market has.
    pub fn decimals(&self) -> Decimals {
        self.decimals
    }

    /// Whether the rows will have a symbol. Errors: `INVALID_ARGUMENT`.
    pub fn need_symbol(&self, layout: &Layout) -> Result<()> {
        if self.symbol.is_some() || layout.has(Field::Symbol) {
            return Ok(());
        }
        Err(Error::argument("symbol", "the source does not name a symbol").hint("say whose data it is, for example 'BTC/USDT'"))
    }

    /// Goes on with another file. Errors: `INVALID_DATA` where its rows are of another kind.
    pub fn go_on(&mut self, layout: &Layout) -> Result<()> {
        self.is_sizeless = !layout.has(Field::BidSize) && !layout.has(Field::AskSize);
        self.need_symbol(layout)?;
        if layout.kind == self.kind { Ok(()) } else { Err(Error::data("the rows are of another kind than those of the files before")) }
    }

    /// Makes room for `rows` rows.
    pub fn reserve(&mut self, rows: usize) -> Result<()> {
        self.builder.reserve(rows)
    }

    /// A row that cannot be read: an error, unless the caller wants such rows counted and left out.
    #[cold]
    pub fn bad(&mut self, error: Error) -> Result<()> {
        self.builder.bad(error, self.options.bad_rows)
    }

    /// Takes a row.
    #[inline]
    pub fn push(&mut self, draft: &Draft) -> Result<()> {
        let instrument = self.instrument(draft)?;
        let stamps = Stamps { exchange: draft.time, received: draft.received };
        match self.kind {
            DataKind::Trades => {
                let (price, quantity) = (self.need(draft, Field::Price)?, self.need(draft, Field::Quantity)?);
                self.builder.trade(instrument, stamps, draft.side, price, quantity)
            }
            DataKind::Quotes => {
                let (bid, ask) = (self.side(draft, Field::Bid, Field::BidSize), self.side(draft, Field::Ask, Field::AskSize));
                self.builder.quote(instrument, stamps, bid, ask)
            }
            DataKind::Bars => self.push_bar(instrument, draft),
            DataKind::Book if self.bands.is_some() => self.push_band(instrument, stamps, draft),
            DataKind::Book => {
                let (price, quantity) = (self.need(draft, Field::Price)?, self.need(draft, Field::Quantity)?);
                let level = match draft.is_snapshot {
                    Some(true) => LevelRow::Snapshot,
                    Some(false) => LevelRow::Update,
                    None => self.level,
                };
                if level == LevelRow::Print {
                    return self.builder.trade(instrument, stamps, draft.side, price, quantity);
                }
                let side = draft.side.ok_or_else(|| Error::data("the side is missing").at("side"))?;
                match level {
                    LevelRow::Best => self.builder.best(instrument, stamps, side, price, quantity),
                    level => self.builder.level(instrument, stamps, level == LevelRow::Snapshot, side, price, quantity),
                }
            }
        }
    }

    fn push_bar(&mut self, instrument: u16, draft: &Draft) -> Result<()> {
        const PRICES: [Field; 4] = [Field::Open, Field::High, Field::Low, Field::Close];
        if PRICES.iter().all(|field| draft.get(*field).is_none()) {
            // A day without trading, as Yahoo writes it.
            self.builder.report.empty_bars += 1;
            return Ok(());
        }
        let (timeframe, stamp) = self.bars.ok_or_else(|| Error::bug("bars without a timeframe"))?;
        let time = draft.time.ok_or_else(|| Error::data("the row has no time").at("time"))?;
        let (open, close) = match stamp {
            Stamp::Open => (time, time.saturating_add(timeframe)),
            Stamp::Close => (time.saturating_sub(timeframe), time),
        };
        let values = [
            self.need(draft, Field::Open)?,
            self.need(draft, Field::High)?,
            self.need(draft, Field::Low)?,
            self.need(draft, Field::Close)?,
            self.get(draft, Field::Volume).filter(|_| !self.options.ignore_volume).unwrap_or(Num::ZERO),
        ];
        self.builder.bar(instrument, open, close, values)
    }

    fn push_band(&mut self, instrument: u16, stamps: Stamps, draft: &Draft) -> Result<()> {
        let band = [self.need(draft, Field::Percentage)?, self.need(draft, Field::Depth)?, self.need(draft, Field::Notional)?];
        match &mut self.bands {
            Some(bands) => bands.push(&mut self.builder, instrument, stamps, band),
            None => Err(Error::bug("no bands")),
        }
    }

    /// Takes a row that is a whole book.
    pub fn push_book(&mut self, draft: &Draft, levels: &LevelCells) -> Result<()> {
        let instrument = self.instrument(draft)?;
        let stamps = Stamps { exchange: draft.time, received: draft.received };
        self.builder.message(instrument, stamps, true)?;
        for side in [Side::Buy, Side::Sell] {
            for (price, size) in levels.of(side) {
                let (price, size) = (self.clean(price), self.clean(size));
                self.builder.level(instrument, stamps, true, side, price, size)?;
            }
        }
        Ok(())
    }

    /// The store of all rows.
    pub fn finish(mut self) -> Result<Store> {
        if let Some(bands) = &mut self.bands {
            bands.finish(&mut self.builder)?;
        }
        self.builder.finish()
    }

    /// Whether the row to come, which says what it is, belongs to those wanted. Errors: `INVALID_DATA` for a word that is no kind, and for another kind, unless the
    /// caller said which to keep.
    pub fn wants(&mut self, kind: &str) -> Result<bool> {
        let kind = kind.to_lowercase();
        let word = Word::parse(&kind)
            .ok_or_else(|| Error::data(format!("'{kind}' is no kind of row (snapshot, update, best, quote, trade, bar)")).at("kind"))?;
        let same = match (self.kind, word) {
            (DataKind::Trades, Word::Level(LevelRow::Print))
            | (DataKind::Quotes, Word::Level(LevelRow::Best))
            | (DataKind::Bars, Word::Bar) => true,
            // Without the caller's word all that goes with a book is kept, and prints, too.
            (DataKind::Book, Word::Level(level)) => {
                self.level = level;
                level != LevelRow::Print || self.options.kind.is_none()
            }
            _ => false,
        };
        if same || self.options.kind.is_some() {
            return Ok(same);
        }
        Err(Error::data(format!("a row of kind '{kind}' among others"))
            .at("kind")
            .hint("say which rows to keep: kind: 'trades', 'quotes', 'bars' or 'book'"))
    }

    /// A side of a quote, if there is one.
    fn side(&mut self, draft: &Draft, price: Field, size: Field) -> Option<(Num, Num)> {
        let price = self.get(draft, price)?;
        let size = if self.is_sizeless { self.options.quote_size } else { self.get(draft, size) };
        Some((price, size?))
    }

    fn get(&mut self, draft: &Draft, field: Field) -> Option<Num> {
        draft.get(field).map(|number| self.clean(number))
    }

    #[inline]
    fn need(&mut self, draft: &Draft, field: Field) -> Result<Num> {
        match draft.get(field) {
            Some(number) => Ok(self.clean(number)),
            None => Err(Error::data(format!("the {} is missing", field.name())).at(field.name())),
        }
    }

    #[inline]
    fn clean(&mut self, number: Num) -> Num {
        let cleaned = self.decimals.clean(number);
        self.builder.report.rounded += u64::from(cleaned.is_some());
        cleaned.unwrap_or(number)
    }

    #[inline]
    fn instrument(&mut self, draft: &Draft) -> Result<u16> {
        let symbol = draft.symbol.or(self.symbol.as_deref()).ok_or_else(|| Error::data("the row has no symbol").at("symbol"))?;
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

/// Refuses a length or a stamp of bars for rows that are none: the columns would have been taken for something else than the caller means.
pub(crate) fn only_bars_have(options: &ReadOptions, kind: DataKind) -> Result<()> {
    let given = [("timeframe", options.timeframe.is_some()), ("stamp", options.stamp.is_some())];
    let Some((path, _)) = given.into_iter().find(|(_, is_given)| *is_given) else { return Ok(()) };
    let rows = match kind {
        DataKind::Bars => return Ok(()),
        DataKind::Trades => "trades",
        DataKind::Quotes => "quotes",
        DataKind::Book => "levels of a book",
    };
    Err(Error::argument(path, format!("the rows are {rows}, and only bars have a {path}"))
        .hint(format!("leave out {path}, or say which columns are the bars': columns: {{ open: ..., high: ..., low: ..., close: ... }}")))
}

impl Decimals {
    /// The number as it is kept, where that differs.
    #[inline]
    pub(crate) fn clean(self, number: Num) -> Option<Num> {
        match self {
            Self::Exact => None,
            // Shorter numbers have no noise.
            Self::Clean if number.mantissa().unsigned_abs() < 1_000_000_000_000_000 => None,
            Self::Clean => number.without_noise(),
            Self::Round => number.rounded(),
        }
    }
}
