//! One row of market data: 48 bytes, in exchange-time order, with the place of the k-th arrival beside it.

use haggle_model::{Error, Result, Side, time::Nanos};

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum RowKind {
    /// Best bid and ask.
    Quote = 0,
    /// A print whose aggressor bought.
    Buy = 1,
    /// A print whose aggressor sold.
    Sell = 2,
    /// A bar; `a` is its place in [`crate::Store::bars`]. Its exchange time is its close.
    Bar = 3,
    /// A reconnect: no book until the next quote, or the next snapshot where there are books.
    Gap = 4,
    /// A whole book: `a` is the place of its first level in [`crate::Store::levels`], `b` and `c` the numbers of bids and asks.
    Snapshot = 5,
    /// What has changed in a book since the message before, laid out in the same way.
    Update = 6,
}

impl RowKind {
    /// The aggressor of a print.
    pub const fn aggressor(self) -> Option<Side> {
        match self {
            Self::Buy => Some(Side::Buy),
            Self::Sell => Some(Side::Sell),
            Self::Quote | Self::Bar | Self::Gap | Self::Snapshot | Self::Update => None,
        }
    }

    /// Whether the row is a message of levels.
    #[inline]
    pub const fn is_book(self) -> bool {
        matches!(self, Self::Snapshot | Self::Update)
    }
}

/// In a [`Row`]: the true value stands in [`crate::Store::wide`].
pub const WIDE: u32 = u32::MAX;

/// A row. Prices are ticks, sizes lots of the row's instrument in its store.
///
/// A store keeps its rows in exchange-time order. The order of arrival is a permutation beside it: the k-th row to
/// arrive is `rows[rows[k].arrival]`. So both orders cost 48 bytes a row in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Row {
    /// When the exchange applies it.
    pub time: Nanos,
    /// Quote: bid price. Print: price. Bar: place in the bars. Book: place of its first level.
    pub a: i64,
    /// Quote: bid size (0: no bid). Print: quantity. Book: number of bids.
    pub b: i64,
    /// Quote: ask size (0: no ask). Book: number of asks, which stand behind the bids.
    pub c: i64,
    /// Quote: ask price less bid price, never negative; [`WIDE`] where that does not fit.
    pub spread: u32,
    /// Arrival less exchange time, never negative, ns; [`WIDE`] where that does not fit.
    pub latency: u32,
    /// Place in `rows` of the row that arrives k-th, where k is the place of this row.
    pub arrival: u32,
    /// Place in the store's instruments.
    pub instrument: u16,
    /// What it is.
    pub kind: RowKind,
}

const _: () = assert!(std::mem::size_of::<Row>() == 48);

impl Row {
    /// Places of the row's levels; empty for a row that has none.
    #[inline]
    pub const fn levels(&self) -> std::ops::Range<usize> {
        if self.kind.is_book() { self.a as usize..(self.a + self.b + self.c) as usize } else { 0..0 }
    }
}

/// What did not fit a row's 32-bit fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wide {
    /// Place of the row.
    pub row: u32,
    /// Arrival less exchange time, ns.
    pub latency: i64,
    /// Ask price less bid price, ticks.
    pub spread: i64,
}

/// The row at `place` with its arrival time and spread in their narrow form, or the wide one where they need it.
pub(crate) fn narrow(mut row: Row, received: Nanos, spread: i64, place: u32, wide: &mut Vec<Wide>) -> Result<Row> {
    let latency = received.checked_sub(row.time).ok_or_else(|| Error::overflow("the latency of a row"))?;
    let narrow = |value: i64| u32::try_from(value).unwrap_or(WIDE);
    (row.latency, row.spread) = (narrow(latency), narrow(spread));
    if row.latency == WIDE || row.spread == WIDE {
        // Both fields name the wide entry only where they need it, and the entry always has both.
        wide.push(Wide { row: place, latency, spread });
    }
    Ok(row)
}

/// A bar as it is stored: its close stands in its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredBar {
    /// Start of the period.
    pub time_open: Nanos,
    /// First price.
    pub open: i64,
    /// Highest price.
    pub high: i64,
    /// Lowest price.
    pub low: i64,
    /// Last price.
    pub close: i64,
    /// Traded quantity; 0 where it is not known.
    pub volume: i64,
}
