//! What a caller may say about data it loads.

use crate::limits::Limits;
use crate::num::Num;
use crate::watch::Watch;
use haggle_model::{Code, Error, Result, time::Nanos};

/// What the rows of a source are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataKind {
    /// Open, high, low, close, volume.
    Bars,
    /// Prints.
    Trades,
    /// Best bid and ask.
    Quotes,
    /// Snapshots and updates of a whole book, and best quotes told beside them.
    Book,
}

impl DataKind {
    /// `bars`, `trades`, `quotes` or `book`.
    pub fn parse(text: &str) -> Result<Self> {
        match text {
            "bars" => Ok(Self::Bars),
            "trades" => Ok(Self::Trades),
            "quotes" => Ok(Self::Quotes),
            "book" => Ok(Self::Book),
            _ => Err(Error::unknown("kind", text, ["bars", "trades", "quotes", "book"]).at("kind")),
        }
    }
}

/// Which end of its period a bar's stamp names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// The start of the period (Binance klines, ccxt's OHLCV).
    Open,
    /// Its end.
    Close,
}

impl Stamp {
    /// `open` or `close`.
    pub fn parse(text: &str) -> Result<Self> {
        match text {
            "open" => Ok(Self::Open),
            "close" => Ok(Self::Close),
            _ => Err(Error::unknown("stamp", text, ["open", "close"]).at("stamp")),
        }
    }
}

/// Which stamp a row's exchange time is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExchangeTime {
    /// The venue's stamp, as it stands.
    Venue,
    /// The time of arrival.
    Received,
    /// Of half-stamped data: arrival for the rows without a venue's stamp, stamp plus the least latency for the others.
    Aligned,
}

impl ExchangeTime {
    /// `venue`, `received` or `aligned`.
    pub fn parse(text: &str) -> Result<Self> {
        match text {
            "venue" => Ok(Self::Venue),
            "received" => Ok(Self::Received),
            "aligned" => Ok(Self::Aligned),
            _ => Err(Error::unknown("exchange time", text, ["venue", "received", "aligned"]).at("exchangeTime")),
        }
    }

    /// The text [`Self::parse`] reads.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Venue => "venue",
            Self::Received => "received",
            Self::Aligned => "aligned",
        }
    }
}

/// What becomes of a row that cannot be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BadRows {
    /// It is an error.
    #[default]
    Refuse,
    /// It is left out, and counted.
    Skip,
}

impl BadRows {
    /// `refuse` or `skip`.
    pub fn parse(text: &str) -> Result<Self> {
        match text {
            "refuse" => Ok(Self::Refuse),
            "skip" => Ok(Self::Skip),
            _ => Err(Error::unknown("way", text, ["refuse", "skip"]).at("badRows")),
        }
    }
}

/// What becomes of a row that is there twice: a bar of the same instrument and period, or a tick that equals another in all it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duplicates {
    /// It is an error.
    Refuse,
    /// One of them stays: of bars the one that came last.
    Drop,
    /// All stay.
    Keep,
}

impl Duplicates {
    /// `refuse`, `drop` or `keep`.
    pub fn parse(text: &str) -> Result<Self> {
        match text {
            "refuse" => Ok(Self::Refuse),
            "drop" => Ok(Self::Drop),
            "keep" => Ok(Self::Keep),
            _ => Err(Error::unknown("way", text, ["refuse", "drop", "keep"]).at("duplicates")),
        }
    }
}

/// What becomes of digits that no market has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Decimals {
    /// The noise of doubles (`1.8275937099999997`) is taken off; everything else is kept to the digit.
    #[default]
    Clean,
    /// Every digit is kept.
    Exact,
    /// The noise of 32-bit floats (`185.63999938964844`) goes as well, and what is left is rounded to eight decimals.
    Round,
}

impl Decimals {
    /// `exact` or `round`.
    pub fn parse(text: &str) -> Result<Self> {
        match text {
            "exact" => Ok(Self::Exact),
            "round" => Ok(Self::Round),
            _ => Err(Error::unknown("way", text, ["exact", "round"]).at("decimals")),
        }
    }
}

/// A column of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnRef {
    /// By its name in the header; case counts.
    Name(String),
    /// By its place, from 0.
    Index(usize),
}

/// How to read a source. All is optional, except a symbol for rows that name none, and timeframe and stamp of bars.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// The symbol of rows without one of their own.
    pub symbol: Option<String>,
    /// The exchange of rows without one of their own.
    pub exchange: Option<String>,
    /// What the rows are; default: what the columns say. Of sources with rows of several kinds (JSON Lines, our own
    /// Parquet) only these are kept.
    pub kind: Option<DataKind>,
    /// Length of a bar, ns.
    pub timeframe: Option<Nanos>,
    /// What a bar's stamp is.
    pub stamp: Option<Stamp>,
    /// Field (`time`, `price`, ...) -> column of the source; names found by themselves need no entry.
    pub columns: Vec<(String, ColumnRef)>,
    /// First exchange time kept, ns.
    pub from: Option<Nanos>,
    /// First exchange time no longer kept, ns.
    pub to: Option<Nanos>,
    /// Refuse rows that lie below their predecessor, by exchange time or by arrival, instead of sorting them.
    pub strict_order: bool,
    /// Which stamp counts as exchange time; default: aligned for half-stamped data, else the venue's.
    pub exchange_time: Option<ExchangeTime>,
    /// JSON Lines: the symbols of instrument 0, 1, 2, ...
    pub instruments: Vec<String>,
    /// CSV: lines that begin with this are left out.
    pub comment: Option<String>,
    /// CSV: so many lines are left out at the start.
    pub skip_lines: usize,
    /// What becomes of rows that cannot be read.
    pub bad_rows: BadRows,
    /// How texts write a time (a pattern as of `strftime`), or the unit of numbers: `s`, `ms`, `us`, `ns`. Default: what they look like.
    pub time_format: Option<String>,
    /// The zone of times without one (`America/New_York`, `+02:00`); default: UTC.
    pub time_zone: Option<String>,
    /// What becomes of digits that no market has.
    pub decimals: Decimals,
    /// What becomes of rows that are there twice; default: bars are there once (refused with `strict_order`), ticks stay.
    pub duplicates: Option<Duplicates>,
    /// Bars: their volume is not read, and so limits nothing.
    pub ignore_volume: bool,
    /// Quotes: the size of sides whose source has no sizes.
    pub quote_size: Option<Num>,
    /// How much the load may take.
    pub limits: Limits,
    /// How far it is, and whether it is still wanted.
    pub watch: Watch,
}

impl ReadOptions {
    /// Timeframe and stamp, both needed for bars.
    pub(crate) fn bar_times(&self) -> Result<(Nanos, Stamp)> {
        let needed = |path: &str, hint: &str| {
            Error::new(Code::InvalidArgument, format!("bars need a {path}: the stamp alone does not say when a bar is known"))
                .at(path)
                .hint(hint.to_owned())
        };
        let timeframe = self.timeframe.ok_or_else(|| needed("timeframe", "for example '1m' or '1d'"))?;
        if timeframe <= 0 {
            return Err(Error::argument("timeframe", "a timeframe has to be longer than nothing"));
        }
        Ok((timeframe, self.stamp.ok_or_else(|| needed("stamp", "'open' or 'close'; Binance and ccxt stamp the open"))?))
    }
}
