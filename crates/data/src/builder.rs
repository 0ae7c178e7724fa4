//! Takes rows in load order as exact decimals, checks each one, and keeps them compactly until [`Builder::finish`].

use crate::limits::Limits;
use crate::num::{Num, not_negative, positive};
use crate::num_range::Range;
use crate::options::{BadRows, Duplicates, ExchangeTime, ReadOptions};
use crate::row::RowKind;
use crate::staged::{BookState, HAS_EXCHANGE, HAS_RECEIVED, Staged, StagedBar, StagedLevel, Stamps};
use crate::store::LoadReport;
use crate::times::{self, RANGE_MARGIN};
use haggle_model::{
    Code, Error, Result, Side,
    time::{Nanos, to_rfc3339},
};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// What a builder has to know about the load as a whole; see [`ReadOptions`].
#[derive(Clone, Copy, Debug, Default)]
pub struct BuildOptions {
    /// First exchange time kept.
    pub from: Option<Nanos>,
    /// First exchange time no longer kept.
    pub to: Option<Nanos>,
    /// Refuse unordered rows.
    pub strict_order: bool,
    /// Which stamp counts as exchange time.
    pub exchange_time: Option<ExchangeTime>,
    /// What becomes of rows that are there twice; default: all stay.
    pub duplicates: Option<Duplicates>,
    /// Length of the bars, ns: their distances are checked against it.
    pub timeframe: Option<Nanos>,
    /// How much the load may take.
    pub limits: Limits,
    /// Bytes of the source; 0 where the rows are in memory already, and bound nothing.
    pub source: u64,
}

impl From<&ReadOptions> for BuildOptions {
    fn from(options: &ReadOptions) -> Self {
        Self {
            from: options.from,
            to: options.to,
            strict_order: options.strict_order,
            exchange_time: options.exchange_time,
            duplicates: options.duplicates,
            limits: options.limits,
            ..Self::default()
        }
    }
}

/// Collects rows in load order. An error leaves the builder as it was; its path is the field (`price`, `bid.size`).
#[derive(Debug, Default)]
pub struct Builder {
    pub(crate) options: BuildOptions,
    pub(crate) names: Vec<(String, Option<String>)>,
    places: BTreeMap<(Option<String>, String), u16>,
    /// Price of the last print per instrument and the side it was given, for the tick rule.
    last_print: Vec<Option<Num>>,
    last: Option<(Nanos, Nanos)>,
    /// By instrument: the time of its last row, and of its last bar's open.
    last_times: Vec<(Nanos, Nanos)>,
    /// By instrument: what its prices and quantities need.
    ranges: Vec<[Range; 2]>,
    rows_max: u64,
    pub(crate) rows: Vec<Staged>,
    pub(crate) bars: Vec<StagedBar>,
    pub(crate) levels: Vec<StagedLevel>,
    pub(crate) message_count: u32,
    /// By instrument.
    pub(crate) books: Vec<BookState>,
    /// Whether there are quotes (or books), and prints: half-stamped data has both.
    pub(crate) kinds: [bool; 2],
    /// Whether a gap has no stamps of its own.
    pub(crate) has_bare_gaps: bool,
    pub(crate) report: LoadReport,
}

impl Builder {
    /// An empty load.
    pub fn new(options: BuildOptions) -> Self {
        let rows_max = if options.source > 0 { options.limits.rows_of(options.source) } else { options.limits.rows.unwrap_or(u64::MAX) };
        Self { options, rows_max, ..Self::default() }
    }

    /// Makes room for `rows` more rows. Errors: `OVERFLOW` where there is no memory for them.
    pub fn reserve(&mut self, rows: usize) -> Result<()> {
        self.rows.try_reserve_exact(rows).map_err(|_| no_memory())
    }

    /// The place of an instrument, new or known.
    pub fn instrument(&mut self, symbol: &str, exchange: Option<&str>) -> Result<u16> {
        let key = (exchange.map(str::to_owned), symbol.to_owned());
        if let Some(place) = self.places.get(&key) {
            return Ok(*place);
        }
        if symbol.is_empty() {
            return Err(Error::data("an instrument needs a symbol").at("symbol"));
        }
        self.options.limits.check_text(symbol, "symbol")?;
        self.options.limits.check_text(exchange.unwrap_or(""), "exchange")?;
        let place = u16::try_from(self.names.len()).map_err(|_| Error::overflow("the number of instruments"))?;
        self.names.push((symbol.to_owned(), exchange.map(str::to_owned)));
        self.last_print.push(None);
        self.books.push(BookState::default());
        self.last_times.push((Nanos::MIN, Nanos::MIN));
        self.ranges.push([Range::default(); 2]);
        self.places.insert(key, place);
        Ok(place)
    }

    /// A print. Where its side is not known, the tick rule says it: a price at or above the instrument's last one was
    /// bought, one below sold; the first counts as bought.
    pub fn trade(&mut self, instrument: u16, stamps: Stamps, side: Option<Side>, price: Num, quantity: Num) -> Result<()> {
        positive(price, "price")?;
        not_negative(quantity, "quantity")?;
        let last = self.last_print[usize::from(instrument)];
        let side = side.unwrap_or(match last {
            Some(last) if price.compare(last) == Ordering::Less => Side::Sell,
            _ => Side::Buy,
        });
        let kind = if side == Side::Buy { RowKind::Buy } else { RowKind::Sell };
        let ranges = self.fit(instrument, &[(price, "price")], &[(quantity, "quantity")])?;
        self.push(instrument, stamps, kind, [price, quantity, Num::ZERO, Num::ZERO])?;
        self.ranges[usize::from(instrument)] = ranges;
        self.last_print[usize::from(instrument)] = Some(price);
        Ok(())
    }

    /// A quote: price and size of each side. `None` and a zero size both say that there is no such side. A crossed
    /// quote is counted and dropped, a locked one kept.
    pub fn quote(&mut self, instrument: u16, stamps: Stamps, bid: Option<(Num, Num)>, ask: Option<(Num, Num)>) -> Result<()> {
        let bid = check_side(bid, "bid", "bidSize")?;
        let ask = check_side(ask, "ask", "askSize")?;
        if let (Some(bid), Some(ask)) = (bid, ask)
            && bid.0.compare(ask.0) == Ordering::Greater
        {
            self.order(stamps)?;
            self.report.crossed += 1;
            return Ok(());
        }
        // A missing side stands at the other side's price with size zero: the spread is then never negative.
        let ((bid, bid_size), (ask, ask_size)) = match (bid, ask) {
            (Some(bid), Some(ask)) => (bid, ask),
            (Some(bid), None) => (bid, (bid.0, Num::ZERO)),
            (None, Some(ask)) => ((ask.0, Num::ZERO), ask),
            (None, None) => ((Num::ZERO, Num::ZERO), (Num::ZERO, Num::ZERO)),
        };
        let ranges = self.fit(instrument, &[(bid, "bid"), (ask, "ask")], &[(bid_size, "bidSize"), (ask_size, "askSize")])?;
        self.push(instrument, stamps, RowKind::Quote, [bid, bid_size, ask, ask_size])?;
        self.ranges[usize::from(instrument)] = ranges;
        Ok(())
    }

    /// A bar from `time_open` to `time_close`; `values` are open, high, low, close, volume. It arrives at its close.
    pub fn bar(&mut self, instrument: u16, time_open: Nanos, time_close: Nanos, values: [Num; 5]) -> Result<()> {
        let [open, high, low, close, volume] = values;
        for (value, path) in [(open, "open"), (high, "high"), (low, "low"), (close, "close")] {
            positive(value, path)?;
        }
        not_negative(volume, "volume")?;
        if high.compare(low) == Ordering::Less {
            return Err(Error::data("the high of the bar is below its low").at("high"));
        }
        for (value, path) in [(open, "open"), (close, "close")] {
            if value.compare(high) == Ordering::Greater || value.compare(low) == Ordering::Less {
                return Err(Error::data(format!("the {path} of the bar is outside of its range from low to high")).at(path));
            }
        }
        times::check(time_open).map_err(|error| error.at("time"))?;
        if time_close <= time_open {
            return Err(Error::data("the bar closes before it opens").at("time"));
        }
        if self.options.duplicates == Some(Duplicates::Refuse) && self.last_times[usize::from(instrument)].1 == time_open {
            return Err(Error::data(format!("the bar that opens at {} is there twice", to_rfc3339(time_open)))
                .at("time")
                .hint("duplicates: 'drop' leaves one of them"));
        }
        let prices = [(open, "open"), (high, "high"), (low, "low"), (close, "close")];
        let ranges = self.fit(instrument, &prices, &[(volume, "volume")])?;
        let place = self.bars.len() as i64;
        let before = self.rows.len();
        self.push(instrument, Stamps::one(time_close), RowKind::Bar, [Num::from_parts(place, 0), Num::ZERO, Num::ZERO, Num::ZERO])?;
        if self.rows.len() > before {
            self.bars.push(StagedBar { time_open, values });
        }
        self.last_times[usize::from(instrument)].1 = time_open;
        self.ranges[usize::from(instrument)] = ranges;
        Ok(())
    }

    /// A reconnect of `exchange`: a gap for each of its instruments seen so far, at the latest stamps so far.
    pub fn reconnect(&mut self, exchange: Option<&str>) {
        for place in 0..self.names.len() {
            if self.names[place].1.as_deref() == exchange {
                self.has_bare_gaps = true;
                self.rows.push(Staged {
                    time: 0,
                    received: 0,
                    mantissa: [0; 4],
                    scale: [0; 4],
                    instrument: place as u16,
                    kind: RowKind::Gap,
                    stamps: 0,
                });
            }
        }
    }

    /// A gap with stamps of its own.
    pub fn gap(&mut self, instrument: u16, stamps: Stamps) -> Result<()> {
        self.push(instrument, stamps, RowKind::Gap, [Num::ZERO; 4])
    }

    /// A row that cannot be read: an error, unless the caller wants such rows counted and left out. Limits of the load are no matter of a row.
    #[cold]
    pub(crate) fn bad(&mut self, error: Error, wish: BadRows) -> Result<()> {
        let is_of_row = matches!(error.code, Code::InvalidData | Code::Overflow) && error.path != crate::limits::PATH;
        if wish == BadRows::Refuse || !is_of_row {
            return Err(error);
        }
        self.report.bad_rows += 1;
        self.report.first_bad.get_or_insert_with(|| error.message.clone());
        Ok(())
    }

    /// Rows taken so far.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row yet.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(crate) fn push(&mut self, instrument: u16, stamps: Stamps, kind: RowKind, values: [Num; 4]) -> Result<()> {
        let (time, received) = self.order(stamps)?;
        // Of a book, all that comes before the range says what it is there.
        let is_before = |from: Nanos| time.max(received) < from.saturating_sub(RANGE_MARGIN) && self.message_count == 0 && !kind.is_book();
        if self.options.from.is_some_and(is_before)
            || self.options.to.is_some_and(|to| time.min(received) >= to.saturating_add(RANGE_MARGIN) && !kind.is_book())
        {
            return Ok(());
        }
        if self.rows.len() as u64 >= self.rows_max.min(crate::row::WIDE.into()) {
            self.options.limits.check_rows(self.rows.len() as u64 + 1, self.options.source)?;
            return Err(Error::overflow("the number of rows in one load"));
        }
        if self.rows.len() == self.rows.capacity() {
            self.rows.try_reserve(1).map_err(|_| no_memory())?;
        }
        let last = &mut self.last_times[usize::from(instrument)].0;
        self.report.clock_jumps += u64::from(time < last.saturating_sub(JUMP));
        *last = time;
        match kind {
            RowKind::Quote | RowKind::Snapshot | RowKind::Update => self.kinds[0] = true,
            RowKind::Buy | RowKind::Sell => self.kinds[1] = true,
            RowKind::Bar | RowKind::Gap => {}
        }
        self.rows.push(Staged {
            time,
            received,
            mantissa: values.map(Num::mantissa),
            scale: values.map(Num::scale),
            instrument,
            kind,
            stamps: u8::from(stamps.exchange.is_some()) * HAS_EXCHANGE + u8::from(stamps.received.is_some()) * HAS_RECEIVED,
        });
        Ok(())
    }

    /// What the instrument's numbers need with these. Errors: `OVERFLOW` where they have no room beside each other.
    #[inline]
    pub(crate) fn fit(&self, instrument: u16, prices: &[(Num, &str)], sizes: &[(Num, &str)]) -> Result<[Range; 2]> {
        let mut ranges = self.ranges[usize::from(instrument)];
        for (range, numbers) in ranges.iter_mut().zip([prices, sizes]) {
            for (number, path) in numbers {
                range.take(*number).map_err(|misfit| misfit.error(&self.names[usize::from(instrument)].0, path))?;
            }
        }
        Ok(ranges)
    }

    /// Notes what [`Self::fit`] found.
    pub(crate) fn set_ranges(&mut self, instrument: u16, ranges: [Range; 2]) {
        self.ranges[usize::from(instrument)] = ranges;
    }

    /// Checks the stamps and notes whether they lie below their predecessor's.
    fn order(&mut self, stamps: Stamps) -> Result<(Nanos, Nanos)> {
        let (time, received) = match (stamps.exchange, stamps.received) {
            (Some(exchange), Some(received)) => (exchange, received),
            (Some(only), None) | (None, Some(only)) => (only, only),
            (None, None) => return Err(Error::data("the row has no time").at("time")),
        };
        times::check(time).map_err(|error| error.at("time"))?;
        times::check(received).map_err(|error| error.at("timeReceived"))?;
        let (last_time, last_received) = self.last.unwrap_or((time, received));
        if self.options.strict_order && (time < last_time || received < last_received) {
            let (what, now, before) =
                if time < last_time { ("exchange time", time, last_time) } else { ("arrival", received, last_received) };
            return Err(Error::data(format!("out of order by {what}: {} after {}", to_rfc3339(now), to_rfc3339(before))).at("time"));
        }
        self.report.unordered_exchange += u64::from(time < last_time);
        self.report.unordered_received += u64::from(received < last_received);
        self.last = Some((time, received));
        Ok((time, received))
    }
}

/// A clock that goes back further than this jumped; less is how rows overtake each other.
const JUMP: Nanos = 60 * haggle_model::time::SECOND;

pub(crate) fn no_memory() -> Error {
    Error::overflow("the memory of this process")
}

/// A side with something on it.
fn check_side(side: Option<(Num, Num)>, path: &str, path_size: &str) -> Result<Option<(Num, Num)>> {
    let Some((price, quantity)) = side else { return Ok(None) };
    not_negative(quantity, path_size)?;
    if quantity == Num::ZERO {
        return Ok(None);
    }
    positive(price, path)?;
    Ok(Some((price, quantity)))
}
