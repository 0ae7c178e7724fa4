//! From the decoded columns of a stride to rows of the store. What every row has comes first; prints, quotes and bars
//! then each get a pass of their own over their places, so that no pass has to guess what the next row is.

use crate::num::COUNT_LIMIT;
use crate::row::{Row, RowKind, StoredBar, WIDE, Wide};
use crate::store::Store;
use crate::times::{TIME_MAX, TIME_MIN};
use haggle_model::{BookLevel, Error, Result, time::Nanos};

/// Most rows of a stride: their columns and the rows made of them fit the second-level cache.
pub(crate) const STRIDE: usize = 4096;

/// What a row's number for its kind means.
const KINDS: [RowKind; 7] = [RowKind::Quote, RowKind::Buy, RowKind::Sell, RowKind::Bar, RowKind::Gap, RowKind::Snapshot, RowKind::Update];

/// Most levels in one message: more than any venue shows.
const LEVELS_MAX: i64 = 1 << 24;

/// The rows of one stride that are of a kind, counted from the start of the stride.
struct Places {
    at: Vec<u16>,
    len: usize,
}

impl Places {
    fn new() -> Self {
        // One more: what is written there is not counted.
        Self { at: vec![0; STRIDE + 1], len: 0 }
    }

    /// Adds `at` if it `belongs`, without a branch: kinds alternate as no processor can foresee.
    #[inline]
    fn add(&mut self, at: u16, belongs: bool) {
        self.at[self.len] = at;
        self.len += usize::from(belongs);
    }

    fn all(&self) -> &[u16] {
        &self.at[..self.len]
    }
}

/// A stride on its way into the store; used again for the next.
pub(crate) struct Stride {
    /// Place of the stride's first row in the store.
    first: usize,
    prints: Places,
    quotes: Places,
    bars: Places,
    books: Places,
    /// Whether a latency is beyond 32 bits.
    is_late: bool,
    /// Spreads beyond 32 bits, by row.
    wide_spreads: Vec<i64>,
}

impl Stride {
    /// Memory for strides.
    pub fn new() -> Self {
        Self {
            first: 0,
            prints: Places::new(),
            quotes: Places::new(),
            bars: Places::new(),
            books: Places::new(),
            is_late: false,
            wide_spreads: Vec::new(),
        }
    }

    /// Takes note of what the rows are, and counts the prints, quotes, bars and messages of books. Errors: `INVALID_DATA`.
    pub fn sort(&mut self, first: usize, kinds: &[i32]) -> Result<[usize; 4]> {
        self.first = first;
        self.wide_spreads.clear();
        (self.prints.len, self.quotes.len, self.bars.len, self.books.len) = (0, 0, 0, 0);
        let mut valid = true;
        for (at, kind) in (0..STRIDE as u16).zip(kinds) {
            self.quotes.add(at, *kind == 0);
            self.prints.add(at, *kind == 1 || *kind == 2);
            self.bars.add(at, *kind == 3);
            self.books.add(at, *kind >= 5);
            valid &= (0..=6).contains(kind);
        }
        if !valid {
            return Err(self.bad(kinds.iter().position(|kind| !(0..=6).contains(kind)), "kind"));
        }
        Ok([self.prints.len, self.quotes.len, self.bars.len, self.books.len])
    }

    /// Appends the rows: when, of which instrument, and what they are.
    pub fn append(&mut self, store: &mut Store, kinds: &[i32], instruments: &[i32], exchange: &[Nanos], received: &[Nanos]) -> Result<()> {
        let before = store.rows.last().map_or(TIME_MIN, |row| row.time);
        let known = u32::try_from(store.instruments.len()).unwrap_or(WIDE).min(1 << 16);
        let is_known = |instrument: i32| instrument.cast_unsigned() < known;
        let is_timed = |last: Nanos, time: Nanos, received: Nanos| last <= time && time <= received && received <= TIME_MAX;
        let (mut timed, mut all_known, mut late, mut last) = (true, true, false, before);
        store.rows.extend(kinds.iter().zip(instruments).zip(exchange.iter().zip(received)).map(
            |((kind, instrument), (time, received))| {
                // Wrapping only where the times are refused below.
                let latency = u32::try_from(received.wrapping_sub(*time)).unwrap_or(WIDE);
                timed &= is_timed(last, *time, *received);
                late |= latency == WIDE;
                all_known &= is_known(*instrument);
                last = *time;
                Row {
                    time: *time,
                    a: 0,
                    b: 0,
                    c: 0,
                    spread: 0,
                    latency,
                    arrival: 0,
                    instrument: *instrument as u16,
                    kind: KINDS.get(*kind as usize).copied().unwrap_or(RowKind::Gap),
                }
            },
        ));
        self.is_late = late;
        if !timed {
            let before = std::iter::once(&before).chain(exchange);
            let at = before.zip(exchange.iter().zip(received)).position(|(last, (time, received))| !is_timed(*last, *time, *received));
            return Err(self.bad(at, "times out of order or range"));
        }
        if !all_known {
            return Err(self.bad(instruments.iter().position(|instrument| !is_known(*instrument)), "instrument"));
        }
        Ok(())
    }

    /// Price and quantity of the prints.
    pub fn add_prints(&self, store: &mut Store, [prices, quantities]: [&[i64]; 2]) -> Result<()> {
        let rows = &mut store.rows[self.first..];
        let mut valid = true;
        for ((at, price), quantity) in self.prints.all().iter().zip(prices).zip(quantities) {
            let row = &mut rows[usize::from(*at)];
            (row.a, row.b) = (*price, *quantity);
            valid &= is_print(row);
        }
        if valid { Ok(()) } else { Err(self.bad_row(&self.prints, store, is_print, "print")) }
    }

    /// Both sides of the quotes.
    pub fn add_quotes(&mut self, store: &mut Store, [bids, bid_sizes, asks, ask_sizes]: [&[i64]; 4]) -> Result<()> {
        let rows = &mut store.rows[self.first..];
        let mut valid = true;
        for (number, at) in self.quotes.all().iter().enumerate() {
            let (bid, bid_size, ask, ask_size) = (bids[number], bid_sizes[number], asks[number], ask_sizes[number]);
            valid &= is_quote(bid, bid_size, ask, ask_size);
            // Wrapping only where the quote is refused below.
            let spread = ask.wrapping_sub(bid);
            let row = &mut rows[usize::from(*at)];
            (row.a, row.b, row.c, row.spread) = (bid, bid_size, ask_size, u32::try_from(spread).unwrap_or(WIDE));
            if row.spread == WIDE {
                self.wide_spreads.push(spread);
            }
        }
        if valid {
            return Ok(());
        }
        let is_bad = |at: &usize| !is_quote(bids[*at], bid_sizes[*at], asks[*at], ask_sizes[*at]);
        let number = (0..bids.len()).find(is_bad).unwrap_or(0);
        Err(self.bad(self.quotes.all().get(number).copied().map(usize::from), "quote"))
    }

    /// Open time, prices and volume of the bars.
    pub fn add_bars(&self, store: &mut Store, [opens_at, opens, highs, lows, closes, volumes]: [&[i64]; 6]) -> Result<()> {
        for (number, at) in self.bars.all().iter().enumerate() {
            let bar = StoredBar {
                time_open: opens_at[number],
                open: opens[number],
                high: highs[number],
                low: lows[number],
                close: closes[number],
                volume: volumes[number],
            };
            let row = &mut store.rows[self.first + usize::from(*at)];
            row.a = store.bars.len() as i64;
            if !is_bar(&bar, row.time) {
                return Err(self.bad(Some(usize::from(*at)), "bar"));
            }
            store.bars.push(bar);
        }
        Ok(())
    }

    /// How many levels the messages of books have; returns their sum.
    pub fn add_books(&self, store: &mut Store, [bids, asks]: [&[i64]; 2]) -> Result<usize> {
        let mut next = store.levels.len() as i64;
        for ((at, bids), asks) in self.books.all().iter().zip(bids).zip(asks) {
            if !(0..=LEVELS_MAX).contains(bids) || !(0..=LEVELS_MAX).contains(asks) {
                return Err(self.bad(Some(usize::from(*at)), "book"));
            }
            let row = &mut store.rows[self.first + usize::from(*at)];
            (row.a, row.b, row.c) = (next, *bids, *asks);
            next += bids + asks;
        }
        Ok(next as usize - store.levels.len())
    }

    /// The levels themselves, after [`Stride::add_books`].
    pub fn add_levels(&self, store: &mut Store, [prices, sizes]: [&[i64]; 2]) -> Result<()> {
        store.levels.extend(prices.iter().zip(sizes).map(|(price, size)| BookLevel { price: *price, size: *size }));
        let is_bad = |at: &u16| {
            let levels = &store.levels[store.rows[self.first + usize::from(*at)].levels()];
            levels.iter().any(|level| !is_price(level.price) || !is_size(level.size))
        };
        match self.books.all().iter().find(|at| is_bad(at)) {
            Some(at) => Err(self.bad(Some(usize::from(*at)), "book")),
            None => Ok(()),
        }
    }

    /// Notes latencies and spreads that a row has no room for.
    pub fn note_wide(&self, store: &mut Store, exchange: &[Nanos], received: &[Nanos]) {
        if !self.is_late && self.wide_spreads.is_empty() {
            return;
        }
        let mut spreads = self.wide_spreads.iter();
        let rows = (self.first as u32..).zip(&store.rows[self.first..]).zip(exchange.iter().zip(received));
        // Both fields name the wide entry only where they need it, and the entry always has both.
        store.wide.extend(rows.filter(|((_, row), _)| row.latency == WIDE || row.spread == WIDE).map(
            |((place, row), (time, received))| {
                let narrow = i64::from(row.spread);
                let spread = if row.spread == WIDE { spreads.next().copied().unwrap_or(narrow) } else { narrow };
                Wide { row: place, latency: received - time, spread }
            },
        ));
    }

    #[cold]
    fn bad_row(&self, places: &Places, store: &Store, is_valid: impl Fn(&Row) -> bool, what: &str) -> Error {
        let at = places.all().iter().map(|at| usize::from(*at)).find(|at| !is_valid(&store.rows[self.first + at]));
        self.bad(at, what)
    }

    /// The error of a row of the stride.
    #[cold]
    fn bad(&self, at: Option<usize>, what: &str) -> Error {
        Error::data(format!("row {}: {what}", self.first + at.unwrap_or(0))).at(what.to_owned())
    }
}

fn is_print(row: &Row) -> bool {
    is_price(row.a) && is_size(row.b)
}

/// Neither crossed nor, where a side has a size, without a price.
fn is_quote(bid: i64, bid_size: i64, ask: i64, ask_size: i64) -> bool {
    let prices = 0 <= bid && bid <= ask && ask <= COUNT_LIMIT;
    prices && is_size(bid_size) && is_size(ask_size) && (bid > 0 || bid_size == 0) && (ask > 0 || ask_size == 0)
}

fn is_bar(bar: &StoredBar, close_at: Nanos) -> bool {
    let range = bar.low..=bar.high;
    let prices = is_price(bar.low) && is_price(bar.high) && range.contains(&bar.open) && range.contains(&bar.close);
    prices && is_size(bar.volume) && (TIME_MIN..close_at).contains(&bar.time_open)
}

const fn is_price(count: i64) -> bool {
    0 < count && count <= COUNT_LIMIT
}

const fn is_size(count: i64) -> bool {
    0 <= count && count <= COUNT_LIMIT
}
