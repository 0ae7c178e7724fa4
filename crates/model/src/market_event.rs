//! What happens in a market: one [`MarketEvent`] per row of data, as exchange, engine and audit take it in.
//!
//! Prices are ticks, sizes lots of the instrument. The same happening in barter's JSON is [`crate::wire::MarketEvent`].

use crate::{BookLevel, Decimal, InstrumentId, Side, time::Nanos};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A best quote. A size of zero means that there is no such side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// Bid price, ticks.
    pub bid: i64,
    /// Bid size, lots.
    pub bid_size: i64,
    /// Ask price, ticks.
    pub ask: i64,
    /// Ask size, lots.
    pub ask_size: i64,
}

impl Quote {
    /// Price and size of one side; `None` where the side is missing.
    #[inline]
    pub fn side(&self, side: Side) -> Option<(i64, i64)> {
        let (price, size) = match side {
            Side::Buy => (self.bid, self.bid_size),
            Side::Sell => (self.ask, self.ask_size),
        };
        (size > 0).then_some((price, size))
    }

    /// Whether both sides are there and the bid is above the ask: no market has that.
    pub const fn is_crossed(&self) -> bool {
        self.bid_size > 0 && self.ask_size > 0 && self.bid > self.ask
    }
}

/// A trade in the market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trade {
    /// Ticks.
    pub price: i64,
    /// Lots.
    pub quantity: i64,
    /// The aggressor: who took.
    pub side: Side,
    /// Exchange time.
    pub time: Nanos,
}

/// Open, high, low and close of a period, in ticks, with its volume in lots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    /// Start of the period.
    pub time_open: Nanos,
    /// End of the period.
    pub time_close: Nanos,
    /// First price.
    pub open: i64,
    /// Highest price.
    pub high: i64,
    /// Lowest price.
    pub low: i64,
    /// Last price.
    pub close: i64,
    /// Traded quantity.
    pub volume: i64,
}

/// A message of a book of levels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookUpdate<'a> {
    /// Levels of the bid side; a size of 0 takes a level away.
    pub bids: Cow<'a, [BookLevel]>,
    /// Levels of the ask side.
    pub asks: Cow<'a, [BookLevel]>,
    /// Whether this is the whole book, and not only what has changed.
    pub is_snapshot: bool,
}

/// A funding rate that falls due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FundingRate {
    /// Fraction of the notional value that longs pay to shorts.
    pub rate: Decimal,
    /// The period that the rate is for, ns.
    pub interval: Nanos,
}

/// What happens in a market.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MarketEvent<'a> {
    /// A new best quote.
    Quote(Quote),
    /// A trade.
    Trade(Trade),
    /// A bar opens. A strategy hears of it when it has closed.
    BarOpen {
        /// When it opened: a live system hears of that only with its close.
        time: Nanos,
        /// First price, ticks.
        price: i64,
        /// What will be traded in it, lots: a simulated exchange gives own orders a share of that.
        volume: i64,
    },
    /// A bar closes.
    Bar(Bar),
    /// A message of a book.
    Book(BookUpdate<'a>),
    /// The venue's mark price, ticks.
    Mark(i64),
    /// The price of the index, ticks.
    Index(i64),
    /// Funding falls due.
    Funding(FundingRate),
    /// The data broke off: there is no book until the next quote, or the next whole book.
    Gap,
}

impl MarketEvent<'_> {
    /// The kind of data that the event is a sign of; `None` where it tells nothing of that.
    pub const fn feed(&self) -> Option<Feed> {
        match self {
            Self::Quote(_) => Some(Feed::Quotes),
            Self::Trade(_) => Some(Feed::Trades),
            Self::Bar(_) | Self::BarOpen { .. } => Some(Feed::Bars),
            Self::Book(_) => Some(Feed::Book),
            Self::Mark(_) | Self::Index(_) | Self::Funding(_) | Self::Gap => None,
        }
    }

    /// The same event with levels of its own.
    pub fn into_owned(self) -> MarketEvent<'static> {
        match self {
            Self::Quote(quote) => MarketEvent::Quote(quote),
            Self::Trade(trade) => MarketEvent::Trade(trade),
            Self::BarOpen { time, price, volume } => MarketEvent::BarOpen { time, price, volume },
            Self::Bar(bar) => MarketEvent::Bar(bar),
            Self::Book(BookUpdate { bids, asks, is_snapshot }) => {
                let (bids, asks) = (Cow::Owned(bids.into_owned()), Cow::Owned(asks.into_owned()));
                MarketEvent::Book(BookUpdate { bids, asks, is_snapshot })
            }
            Self::Mark(price) => MarketEvent::Mark(price),
            Self::Index(price) => MarketEvent::Index(price),
            Self::Funding(rate) => MarketEvent::Funding(rate),
            Self::Gap => MarketEvent::Gap,
        }
    }
}

/// What an instrument's data consist of, and so how its orders fill. Of several kinds the most telling one counts: see [`Feed::rank`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Feed {
    /// A book of levels, with or without best quotes and trades.
    Book,
    /// Best quotes, with or without trades.
    Quotes,
    /// Trades alone.
    Trades,
    /// Bars alone.
    Bars,
    /// Nothing: no order ever fills.
    Nothing,
    /// The orders themselves: the keeper of their book tells of the fills.
    Orders,
}

impl Feed {
    /// How much this kind of data tells; a higher rank takes the place of a lower one.
    pub const fn rank(self) -> u8 {
        match self {
            Self::Nothing | Self::Orders => 0,
            Self::Bars => 1,
            Self::Trades => 2,
            Self::Quotes => 3,
            Self::Book => 4,
        }
    }

    /// Whether marks come from quotes, or from a book.
    pub const fn has_quotes(self) -> bool {
        matches!(self, Self::Book | Self::Quotes)
    }
}

/// A row of market data, with the time at which it happened and that at which it was heard of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketRow {
    /// Place of its instrument in the config.
    pub instrument: InstrumentId,
    /// Exchange time.
    pub time: Nanos,
    /// When it arrives at the engine; not before `time`.
    pub arrival: Nanos,
    /// What happened.
    pub event: MarketEvent<'static>,
}
