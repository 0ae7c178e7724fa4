//! What a caller may say about data it loads.

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

/// A column of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnRef {
    /// By its name in the header; case counts.
    Name(String),
    /// By its place, from 0.
    Index(usize),
}

/// How to read a source. All is optional, except a symbol for rows that name none, and timeframe and stamp of bars.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
