//! Round trips: from flat to flat or to a flip, with all their fees.

use haggle_model::position::{Change, share};
use haggle_model::time::Nanos;
use haggle_model::{Decimal, Error, Exact, InstrumentId, Position, Result, Side, to_f64};

/// A closed trade.
#[derive(Clone, Debug, PartialEq)]
pub struct RoundTrip {
    /// What was traded.
    pub instrument: InstrumentId,
    /// Buy: it was long.
    pub side: Side,
    /// Average entry (28 digits).
    pub entry_price: Decimal,
    /// Average exit (28 digits).
    pub exit_price: Decimal,
    /// Largest quantity.
    pub quantity: Decimal,
    /// Profit or loss in quote, fees off.
    pub pnl: Decimal,
    /// Fees in quote.
    pub fees: Decimal,
    /// Those of the entry.
    pub entry_fees: Decimal,
    /// Places of the first and the last fill among those of the run.
    pub fills: (u32, u32),
    /// First fill.
    pub entry_time: Nanos,
    /// Last fill.
    pub exit_time: Nanos,
    /// Profit / (average entry x largest quantity).
    pub pnl_return: f64,
    /// Whether the end of the run closed it, not the strategy.
    pub is_closed_by_end: bool,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    side: Side,
    entered: Exact,
    entry_value: Exact,
    exited: Exact,
    exit_value: Exact,
    largest: Exact,
    pnl: Exact,
    entry_fees: Exact,
    exit_fees: Exact,
    since: Nanos,
    first: u32,
}

/// A fill, as round trips see it: quantity and price in decimals, fee in quote.
#[derive(Clone, Copy, Debug)]
pub struct RoundTripFill {
    /// Direction.
    pub side: Side,
    /// What the fill brought or took, a fee in base already off.
    pub quantity: Decimal,
    /// Price.
    pub price: Decimal,
    /// Fee in quote.
    pub fee: Decimal,
    /// When.
    pub time: Nanos,
    /// Its place among the run's fills.
    pub place: u32,
    /// Whether the end of the run sent it.
    pub is_closing: bool,
}

/// Follows one instrument's fills.
#[derive(Clone, Debug)]
pub struct RoundTripBook {
    instrument: InstrumentId,
    /// A position below this is flat.
    lot: Decimal,
    /// A position whose cost is below this is flat, too.
    notional_min: Decimal,
    position: Position,
    open: Option<Open>,
    /// Spans of time with a position.
    pub spans: Vec<(Nanos, Nanos)>,
}

impl RoundTripBook {
    /// A book without a position.
    pub fn new(instrument: InstrumentId, lot: Decimal, notional_min: Decimal) -> Self {
        Self { instrument, lot, notional_min, position: Position::default(), open: None, spans: Vec::new() }
    }

    /// When the open position was entered, if there is one.
    pub fn open_since(&self) -> Option<Nanos> {
        self.open.map(|open| open.since)
    }

    /// Takes in a fill; returns the profit it realised before fees, and the round trip that ended with it.
    pub fn fill(&mut self, fill: &RoundTripFill) -> Result<(Exact, Option<RoundTrip>)> {
        let change = self.position.apply(fill.side, fill.quantity, fill.price)?;
        let ended = self.follow(fill, &change).ok_or_else(|| Error::overflow("a closed trade"))?;
        Ok((change.pnl, ended))
    }

    /// Takes what a fill did to the position into the round trip under way, and returns the one that it ended; `None` outside is an
    /// overflow.
    #[allow(clippy::option_option, reason = "what may overflow gives what may be there")]
    fn follow(&mut self, fill: &RoundTripFill, change: &Change) -> Option<Option<RoundTrip>> {
        let mut ended = None;
        let (price, fee) = (Exact::from(fill.price), Exact::from(fill.fee));
        let closing_fee = if change.closed.is_zero() {
            Exact::ZERO
        } else if change.closed.compare(fill.quantity.into()).is_eq() {
            fee
        } else {
            share(fill.fee, change.closed.into(), fill.quantity)?.into()
        };
        if let Some(open) = self.open.as_mut().filter(|_| !change.closed.is_zero()) {
            open.exited = open.exited.plus(change.closed)?;
            open.exit_value = open.exit_value.plus(change.closed.times(price)?)?;
            open.pnl = open.pnl.plus(change.pnl)?;
            open.exit_fees = open.exit_fees.plus(closing_fee)?;
            if !change.opened.is_zero() || self.is_flat() {
                ended = Some(self.open.take().and_then(|open| self.end(&open, fill))?);
            }
        }
        if !change.opened.is_zero() {
            let open = self.open.get_or_insert(Open {
                side: fill.side,
                entered: Exact::ZERO,
                entry_value: Exact::ZERO,
                exited: Exact::ZERO,
                exit_value: Exact::ZERO,
                largest: Exact::ZERO,
                pnl: Exact::ZERO,
                entry_fees: Exact::ZERO,
                exit_fees: Exact::ZERO,
                since: fill.time,
                first: fill.place,
            });
            open.entered = open.entered.plus(change.opened)?;
            open.entry_value = open.entry_value.plus(change.opened.times(price)?)?;
            open.largest = open.largest.max(self.position.quantity.abs().into());
            open.entry_fees = open.entry_fees.plus(fee.minus(closing_fee)?)?;
        }
        Some(ended)
    }

    fn is_flat(&self) -> bool {
        let left = self.position.quantity.abs();
        left < self.lot || (!self.notional_min.is_zero() && self.position.cost.abs() < self.notional_min)
    }

    fn end(&mut self, open: &Open, fill: &RoundTripFill) -> Option<RoundTrip> {
        let fees = open.entry_fees.plus(open.exit_fees)?;
        let pnl = Decimal::from(open.pnl.minus(fees)?);
        let entry_price = Decimal::from(open.entry_value).checked_div(open.entered.into())?;
        let exit_price = Decimal::from(open.exit_value).checked_div(open.exited.into())?;
        let basis = entry_price.checked_mul(open.largest.into())?;
        self.spans.push((open.since, fill.time));
        Some(RoundTrip {
            instrument: self.instrument,
            side: open.side,
            entry_price: entry_price.normalize(),
            exit_price: exit_price.normalize(),
            quantity: Decimal::from(open.largest).normalize(),
            pnl: pnl.normalize(),
            fees: Decimal::from(fees).normalize(),
            entry_fees: Decimal::from(open.entry_fees).normalize(),
            fills: (open.first, fill.place),
            entry_time: open.since,
            exit_time: fill.time,
            pnl_return: to_f64(pnl) / to_f64(basis),
            is_closed_by_end: fill.is_closing,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(value: i64) -> Decimal {
        Decimal::from(value)
    }

    #[test]
    fn a_flip_is_split_by_quantity() {
        let mut book = RoundTripBook::new(InstrumentId(0), Decimal::ONE, Decimal::ZERO);
        let fill = |side, quantity: i64, price: i64, fee: i64, time| RoundTripFill {
            side,
            quantity: d(quantity),
            price: d(price),
            fee: d(fee),
            time,
            place: time as u32,
            is_closing: false,
        };
        assert!(book.fill(&fill(Side::Buy, 10, 100, 4, 1)).expect("ok").1.is_none());
        let (pnl, round_trip) = book.fill(&fill(Side::Sell, 40, 110, 8, 2)).expect("ok");
        let round_trip = round_trip.expect("closed");
        assert_eq!((pnl.into(), round_trip.pnl, round_trip.fees, round_trip.quantity), (d(100), d(94), d(6), d(10)));
        assert_eq!((round_trip.entry_fees, round_trip.fills), (d(4), (1, 2)));
        assert!((round_trip.pnl_return - 0.094).abs() < 1e-15);
        let (_, round_trip) = book.fill(&fill(Side::Buy, 30, 100, 3, 3)).expect("ok");
        let round_trip = round_trip.expect("closed");
        assert_eq!((round_trip.side, round_trip.pnl, round_trip.fees), (Side::Sell, d(300 - 9), d(9)));
        assert_eq!(book.spans, [(1, 2), (2, 3)]);
    }

    #[test]
    fn dust_is_flat() {
        let mut book = RoundTripBook::new(InstrumentId(0), d(1), Decimal::ZERO);
        let fill = |side, quantity: &str| RoundTripFill {
            side,
            quantity: quantity.parse().expect("decimal"),
            price: d(10),
            fee: d(0),
            time: 1,
            place: 0,
            is_closing: false,
        };
        book.fill(&fill(Side::Buy, "9.5")).expect("ok");
        assert!(book.fill(&fill(Side::Sell, "9")).expect("ok").1.is_some());
    }
}
