//! One instrument at the exchange: its spec, the venue's market as recorded, and the own orders that wait in it.

use crate::consumed::Consumed;
use crate::filters::Limits;
use haggle_book::LevelBook;
use haggle_model::time::{NEVER, Nanos};
use haggle_model::{AccountKind, AssetId, Decimal, Error, Feed, Increment, InstrumentId, Mark, Position, Quote, Result, Side, normal};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// What an instrument is, in integers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Spec {
    /// Its place in the config.
    pub instrument: InstrumentId,
    /// What is bought and sold.
    pub base: AssetId,
    /// What prices are in.
    pub quote: AssetId,
    /// One tick of price.
    pub tick: Increment,
    /// One lot of quantity.
    pub lot: Increment,
    /// Filters in ticks and lots.
    #[serde(skip)]
    pub limits: Limits,
    /// How the account carries it.
    pub account: AccountKind,
    /// What its data consists of.
    pub feed: Feed,
    /// Whether the volumes of its bars are known: they limit fills then. The first bar with a volume makes them known, too.
    pub has_volume: bool,
}

impl Spec {
    /// Price x quantity, exactly.
    pub fn notional(&self, price: i64, quantity: i64) -> Result<Decimal> {
        let scale = self.tick.scale() + self.lot.scale();
        let price = i128::from(price).checked_mul(i128::from(self.tick.mantissa()));
        let quantity = i128::from(quantity).checked_mul(i128::from(self.lot.mantissa()));
        price
            .zip(quantity)
            .and_then(|(price, quantity)| price.checked_mul(quantity))
            .and_then(|value| Decimal::try_from_i128_with_scale(value, scale).ok())
            .map(normal)
            .ok_or_else(|| Error::overflow("a notional value"))
    }

    /// What an order on this side gives: quote for a buy, base for a sell.
    pub const fn pays(&self, side: Side) -> AssetId {
        match side {
            Side::Buy => self.quote,
            Side::Sell => self.base,
        }
    }
}

/// A resting own order, where it stands in the list of its side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rest {
    /// Its limit.
    pub price: i64,
    /// Its place among the open orders.
    pub slot: u32,
}

/// One instrument at the exchange.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Market {
    /// What it is.
    pub spec: Spec,
    /// The venue's best quote as recorded; of a book its best levels.
    pub quote: Quote,
    /// The venue's book as recorded, where the data have one.
    #[serde(with = "crate::saved::book")]
    pub book: Option<Box<LevelBook>>,
    /// What own orders took of the book's levels.
    pub consumed: Consumed,
    /// Messages that crossed the book.
    pub crossed: u64,
    /// When it was applied; [`NEVER`] where there is no book.
    pub quote_time: Nanos,
    /// Last trade or, on bars, last open or close. `None` before the first.
    pub last: Option<i64>,
    /// The mark.
    pub mark: Mark,
    /// Close time of the last bar.
    pub close_time: Nanos,
    /// What own orders took of the displayed bid and ask, until that side changes.
    pub taken: [i64; 2],
    /// Trades at the displayed bid and ask by the aggressor that hits them, since the last quote.
    pub traded: [i64; 2],
    /// Own resting orders by side, best price first, then oldest.
    pub resting: [Vec<Rest>; 2],
    /// Own orders that wait for the next trade or open, oldest first.
    pub waiting: Vec<u32>,
    /// Lots of the current bar that own orders may still have.
    pub bar_left: i64,
    /// When the current bar opened.
    pub bar_time: Nanos,
    /// Orders put to a market when it opened.
    pub bar_placed: u64,
    /// The last price before it opened.
    pub close_before: Option<i64>,
    /// Whether it was seen to wait for nothing since the last own order came: a row then means a new mark and no more.
    pub is_idle: bool,
    /// Net of the own fills.
    pub position: Position,
    /// Cash-settled: twice the marks, in ticks, at which the account surely has equity left.
    pub safe: RangeInclusive<i64>,
}

impl Market {
    /// No mark is known to be safe.
    #[allow(clippy::reversed_empty_ranges, reason = "an empty range is what is meant")]
    pub const UNSAFE: RangeInclusive<i64> = 1..=0;

    /// An instrument without history.
    pub fn new(spec: Spec) -> Self {
        let book = (spec.feed == Feed::Book).then(Box::default);
        Self {
            // What is done to a book has to be done to every message.
            is_idle: book.is_none(),
            book,
            consumed: Consumed::default(),
            crossed: 0,
            spec,
            quote: Quote::default(),
            quote_time: NEVER,
            last: None,
            mark: Mark::default(),
            close_time: Nanos::MIN,
            taken: [0; 2],
            traded: [0; 2],
            resting: [Vec::new(), Vec::new()],
            waiting: Vec::new(),
            bar_left: 0,
            bar_time: Nanos::MIN,
            bar_placed: 0,
            close_before: None,
            position: Position::default(),
            safe: Self::UNSAFE,
        }
    }

    /// Whether a row can mean more than a new mark.
    #[inline]
    pub fn is_busy(&self) -> bool {
        !self.resting[0].is_empty()
            || !self.resting[1].is_empty()
            || !self.waiting.is_empty()
            || self.taken != [0, 0]
            || self.book.is_some()
    }

    /// The mark, exactly; `None` before the first.
    pub fn mark(&self) -> Option<Decimal> {
        self.mark.decimal(self.spec.tick)
    }

    /// The mark as the nearest f64; NaN before the first.
    pub fn mark_f64(&self) -> f64 {
        self.mark.f64(self.spec.tick)
    }

    /// The position in whole lots, rounded toward zero.
    pub fn position_lots(&self) -> Result<i64> {
        let lots = self.spec.lot.floor(self.position.quantity.abs()).ok_or_else(|| Error::overflow("a position"))?;
        Ok(if self.position.quantity.is_sign_negative() { -lots } else { lots })
    }

    /// Puts an order into its side's list, behind those of its price.
    pub fn rest(&mut self, side: Side, price: i64, slot: u32) {
        let list = &mut self.resting[side as usize];
        // A resting buy is ahead the higher its price is, a sell the lower: the opposite of better for its owner.
        let at = list.partition_point(|other| !side.opposite().better(price, other.price));
        list.insert(at, Rest { price, slot });
    }

    /// Takes an order out of whichever list it is in.
    pub fn remove(&mut self, side: Side, slot: u32) {
        self.resting[side as usize].retain(|rest| rest.slot != slot);
        self.waiting.retain(|waiting| *waiting != slot);
    }
}
