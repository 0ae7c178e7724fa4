//! Parts of a store.

use crate::options::DataKind;
use crate::row::{Row, RowKind};
use crate::store::{DataInstrument, Store};
use crate::watch::Watch;
use haggle_book::LevelBook;
use haggle_model::{BookLevel, Code, Error, Quote, Result, Side, time::Nanos};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Rows between two words to the watch.
const WATCH_EVERY: usize = 1 << 16;

/// Books by the place of a row.
type Books = BTreeMap<usize, LevelBook>;

impl Store {
    /// The place of an instrument by `BTC/USDT` or, where two exchanges have it, `binance_spot:BTC/USDT`.
    ///
    /// Errors: `UNKNOWN_NAME`, `AMBIGUOUS_NAME`.
    pub fn find(&self, name: &str) -> Result<u16> {
        let full = |instrument: &DataInstrument| {
            instrument
                .exchange
                .as_deref()
                .is_some_and(|exchange| name.strip_prefix(exchange).and_then(|rest| rest.strip_prefix(':')) == Some(&instrument.symbol))
        };
        let mut found = self.instruments.iter().enumerate().filter(|(_, instrument)| instrument.symbol == name || full(instrument));
        match (found.next(), found.next()) {
            (Some((place, _)), None) => Ok(place as u16),
            (None, _) => Err(Error::unknown("symbol", name, self.symbols())),
            (Some((_, one)), Some((_, other))) => {
                let exchange = |instrument: &DataInstrument| instrument.exchange.clone().unwrap_or_default();
                Err(Error::new(Code::AmbiguousName, format!("{name} is traded on {} and on {}", exchange(one), exchange(other)))
                    .hint(format!("write '{}:{name}'", exchange(one))))
            }
        }
    }

    /// The rows of these symbols (`None`: of all) from `from` (inclusive) to `to` (exclusive), by exchange time.
    /// Instruments keep their order and their increments. Where a book was told before `from`, the first update left becomes a snapshot of
    /// all that is known by then.
    ///
    /// Errors: `UNKNOWN_NAME` and `AMBIGUOUS_NAME` with the path `symbols[i]`; `INVALID_DATA` where nothing is left.
    pub fn select(&self, symbols: Option<&[&str]>, from: Option<Nanos>, to: Option<Nanos>) -> Result<Self> {
        self.select_watched(symbols, from, to, &Watch::default())
    }

    /// As [`Self::select`], watched: each row of this store counts once.
    pub fn select_watched(&self, symbols: Option<&[&str]>, from: Option<Nanos>, to: Option<Nanos>, watch: &Watch) -> Result<Self> {
        watch.expect(self.len() as u64);
        let mut wanted = vec![symbols.is_none(); self.instruments.len()];
        for (at, name) in symbols.unwrap_or(&[]).iter().enumerate() {
            let place = self.find(name).map_err(|error| error.at(format!("symbols[{at}]")))?;
            wanted[usize::from(place)] = true;
        }
        let range = from.unwrap_or(Nanos::MIN)..to.unwrap_or(Nanos::MAX);
        let first = self.rows.partition_point(|row| row.time < range.start);
        let part = self.subset(&wanted, |row| range.contains(&row.time), &self.books_after(first), watch)?;
        if part.is_empty() { Err(Error::data("the selection holds no rows")) } else { Ok(part) }
    }

    /// Only the rows of one kind; gaps stay, and best quotes are a part of a book.
    pub(crate) fn of_kind(&self, kind: DataKind) -> Result<Self> {
        let wanted = vec![true; self.instruments.len()];
        self.subset(
            &wanted,
            |row| match row.kind {
                RowKind::Quote => matches!(kind, DataKind::Quotes | DataKind::Book),
                RowKind::Buy | RowKind::Sell => kind == DataKind::Trades,
                RowKind::Bar => kind == DataKind::Bars,
                RowKind::Snapshot | RowKind::Update => kind == DataKind::Book,
                RowKind::Gap => true,
            },
            &Books::new(),
            &Watch::default(),
        )
    }

    /// Of each instrument whose first message of levels from `first` on is an update: where that is, and the book after it.
    fn books_after(&self, first: usize) -> Books {
        let mut books = Books::new();
        if self.levels.is_empty() || first == 0 {
            return books;
        }
        let mut by_instrument = vec![LevelBook::default(); self.instruments.len()];
        let mut is_open = vec![true; self.instruments.len()];
        for (at, row) in self.rows.iter().enumerate() {
            let (book, is_open) = (&mut by_instrument[usize::from(row.instrument)], &mut is_open[usize::from(row.instrument)]);
            if !*is_open {
                continue;
            }
            let (bids, asks) = self.levels_of(row);
            match row.kind {
                RowKind::Snapshot | RowKind::Update => {
                    book.apply(bids, asks, row.kind == RowKind::Snapshot);
                    if at >= first {
                        *is_open = false;
                        if row.kind == RowKind::Update && book.is_known() {
                            books.insert(at, std::mem::take(book));
                        }
                    }
                }
                RowKind::Quote => {
                    book.set_best(&Quote { bid: row.a, bid_size: row.b, ask: self.ask(at), ask_size: row.c });
                }
                RowKind::Gap => book.lose(),
                RowKind::Buy | RowKind::Sell | RowKind::Bar => {}
            }
        }
        books
    }

    /// The rows of the wanted instruments that `keep` keeps. Both orders of what is left are as they were. At the places of `books` stand
    /// snapshots of these.
    fn subset(&self, wanted: &[bool], keep: impl Fn(&Row) -> bool, books: &Books, watch: &Watch) -> Result<Self> {
        const DROPPED: u32 = u32::MAX;
        let mut instrument_places = vec![0u16; self.instruments.len()];
        let mut instruments = Vec::new();
        for (at, instrument) in self.instruments.iter().enumerate().filter(|(at, _)| wanted[*at]) {
            instrument_places[at] = instruments.len() as u16;
            instruments.push(instrument.clone());
        }
        let mut part = Self {
            instruments,
            rows: Vec::new(),
            bars: Vec::new(),
            opens: Vec::new(),
            levels: Vec::new(),
            wide: Vec::new(),
            report: self.report.clone(),
            hash: OnceLock::new(),
        };
        let mut places = vec![DROPPED; self.rows.len()];
        let mut bar_places = vec![DROPPED; self.bars.len()];
        let mut wide = self.wide.iter().peekable();
        for (at, row) in self.rows.iter().enumerate() {
            if at % WATCH_EVERY == WATCH_EVERY - 1 {
                watch.done(WATCH_EVERY as u64)?;
            }
            let exception = wide.next_if(|wide| wide.row as usize == at);
            if !wanted[usize::from(row.instrument)] || !keep(row) {
                continue;
            }
            let place = part.rows.len() as u32;
            places[at] = place;
            let mut row = Row { instrument: instrument_places[usize::from(row.instrument)], ..*row };
            if row.kind == RowKind::Bar {
                let bar = row.a as usize;
                bar_places[bar] = part.bars.len() as u32;
                row.a = part.bars.len() as i64;
                part.bars.push(self.bars[bar]);
            } else if row.kind.is_book() {
                let levels = row.levels();
                row.a = part.levels.len() as i64;
                if let Some(book) = books.get(&at) {
                    row.kind = RowKind::Snapshot;
                    for (side, count) in [(Side::Buy, &mut row.b), (Side::Sell, &mut row.c)] {
                        let before = part.levels.len();
                        part.levels.extend(book.levels(side).map(|(price, size)| BookLevel { price, size }));
                        *count = (part.levels.len() - before) as i64;
                    }
                } else {
                    part.levels.extend_from_slice(&self.levels[levels]);
                }
            }
            part.wide.extend(exception.map(|wide| crate::row::Wide { row: place, ..*wide }));
            part.rows.push(row);
        }
        let mut arrivals = self.rows.iter().map(|row| places[row.arrival as usize]).filter(|place| *place != DROPPED);
        for row in &mut part.rows {
            row.arrival = arrivals.next().unwrap_or(0);
        }
        part.opens = self.opens.iter().map(|bar| bar_places[*bar as usize]).filter(|bar| *bar != DROPPED).collect();
        watch.check()?;
        Ok(part)
    }
}
