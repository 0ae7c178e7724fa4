//! From staged rows to a [`Store`]: stamps, range, increments, and the two orders.

use crate::builder::{Builder, no_memory};
use crate::holes::check_distances;
use crate::num::Num;
use crate::order::{sort_by_time, stable_order};
use crate::row::{Row, RowKind, StoredBar, WIDE, Wide, narrow};
use crate::staged::{HAS_EXCHANGE, HAS_RECEIVED, Staged, StagedBar, StagedLevel};
use crate::stamps::{self, Plan, Sample};
use crate::store::{DataInstrument, Store};
use crate::twice;
use haggle_model::{BookLevel, Error, Increment, Result, Side, time::Nanos};
use std::sync::OnceLock;

impl Builder {
    /// The store. Derives the increments, settles exchange times, cuts to the range, and sorts both ways: by exchange
    /// time and by arrival, each stably in load order.
    ///
    /// Errors: `INVALID_DATA` where no row is left or nothing can be aligned, `OVERFLOW` where a number has no room
    /// beside the most precise one of its instrument.
    pub fn finish(mut self) -> Result<Store> {
        self.check_halves()?;
        self.settle_times()?;
        let has_books = self.message_count > 0;
        if !has_books {
            self.cut();
        }
        twice::settle(&mut self.rows, &self.bars, self.options.duplicates, &self.names, &mut self.report)?;
        self.check_bars()?;
        self.drop_unused();
        if self.rows.is_empty() && self.report.crossed > 0 {
            return Err(Error::data("every row is crossed; are bid and ask swapped?")
                .at("columns.bid")
                .hint("columns: { bid: ..., ask: ... }"));
        }
        if self.report.clock_jumps * 2 > self.rows.len().saturating_sub(self.names.len()) as u64 {
            // Told from the last to the first.
            self.report.clock_jumps = 0;
        }
        if self.rows.is_empty() {
            let what = if self.options.from.is_some() || self.options.to.is_some() { " between from and to" } else { "" };
            return Err(Error::data(format!("the data has no rows{what}")));
        }
        if self.rows.len() >= WIDE as usize {
            return Err(Error::overflow("the number of rows in one load"));
        }
        let messages = Messages::new(self.levels, self.message_count);
        let scales = Scales::of(&self.rows, &self.bars, &messages, self.names.len());
        let instruments = self
            .names
            .iter()
            .enumerate()
            .map(|(at, (symbol, exchange))| {
                Ok(DataInstrument {
                    symbol: symbol.clone(),
                    exchange: exchange.clone(),
                    tick: Increment::power_of_ten(scales.tick[at].into())?,
                    lot: Increment::power_of_ten(scales.lot[at].into())?,
                })
            })
            .collect::<Result<Vec<_>>>()?;

        let mut placed = Placed {
            next: 0,
            bars: Vec::with_capacity(self.bars.len()),
            levels: Vec::with_capacity(messages.levels.len()),
            wide: Vec::new(),
        };
        let mut place = |row: &Staged| placed.place(row, &self.bars, &messages, &scales, &self.names);
        // Most loads are in order both ways: their rows stay where they are, in the memory that they are in.
        let in_order = self.rows.is_sorted_by_key(|row| row.time);
        let arrives_in_order = in_order && self.rows.is_sorted_by_key(|row| row.received);
        let staged = self.rows;
        let (mut rows, order) = if in_order {
            (staged.into_iter().map(|row| place(&row)).collect::<Result<Vec<_>>>()?, None)
        } else {
            let order = stable_order(staged.len(), |load| staged[load].time);
            let mut rows = Vec::new();
            rows.try_reserve_exact(order.len()).map_err(|_| no_memory())?;
            for load in &order {
                rows.push(place(&staged[*load as usize])?);
            }
            (rows, Some(order))
        };
        // What grew row by row has room to spare.
        rows.shrink_to_fit();
        let has_bars = !placed.bars.is_empty();
        let mut store = Store {
            instruments,
            rows,
            bars: placed.bars,
            opens: Vec::new(),
            levels: placed.levels,
            wide: placed.wide,
            report: self.report,
            hash: OnceLock::new(),
        };
        let options = self.options;
        let in_range = |store: Store| match (options.from, options.to) {
            (from, to) if has_books && (from.is_some() || to.is_some()) => store.select(None, from, to),
            _ => Ok(store),
        };
        if arrives_in_order && !has_bars {
            store.check_span()?;
            return in_range(store);
        }
        // The places of the rows in load order, so that a stable sort breaks ties by it.
        let mut loaded: Vec<u32> = (0..store.rows.len() as u32).collect();
        for (place, load) in order.iter().flatten().enumerate() {
            loaded[*load as usize] = place as u32;
        }
        drop(order);
        let bar_of = |place: &u32| Some(&store.rows[*place as usize]).filter(|row| row.kind == RowKind::Bar).map(|row| row.a as u32);
        store.opens = loaded.iter().filter_map(bar_of).collect();
        sort_by_time(&mut store.opens, |bar| store.bars[bar as usize].time_open);
        sort_by_time(&mut loaded, |place| store.arrival_time(place as usize));
        for (row, place) in store.rows.iter_mut().zip(loaded) {
            row.arrival = place;
        }
        store.check_span()?;
        in_range(store)
    }

    /// Settles each row's exchange time and arrival: the chosen stamps, gaps, and nothing received early.
    fn settle_times(&mut self) -> Result<()> {
        let (group_of, groups) = stamps::groups(self.names.iter().map(|(_, exchange)| exchange.as_deref()));
        // Of one kind alone there is nothing to find out.
        let samples = self.rows.iter().filter(|_| self.kinds == [true, true]).map(|row| Sample {
            group: group_of[usize::from(row.instrument)],
            kind: row.kind,
            exchange: row.time,
            received: row.received,
            both: row.stamps == HAS_EXCHANGE | HAS_RECEIVED,
        });
        let plan = stamps::plan(self.options.exchange_time, groups, samples)?;
        self.report.is_arrival = !matches!(plan, Plan::Keep);
        if let Plan::Align(alignments) = &plan {
            self.report.aligned_lag = stamps::lag(alignments);
        }
        if matches!(plan, Plan::Keep) && !self.has_bare_gaps {
            for row in &mut self.rows {
                let early = row.received < row.time;
                row.received = row.received.max(row.time);
                self.report.received_early += u64::from(early);
            }
            return Ok(());
        }
        let mut latest: Vec<Option<(Nanos, Nanos)>> = vec![None; groups];
        for row in &mut self.rows {
            let group = group_of[usize::from(row.instrument)];
            if row.stamps == 0 {
                // A reconnect marker before every row of its exchange has nothing to interrupt: it goes below.
                (row.time, row.received) = latest[group].unwrap_or((Nanos::MIN, Nanos::MIN));
                continue;
            }
            match &plan {
                Plan::Keep => {}
                Plan::Received => row.time = row.received,
                Plan::Align(alignments) => {
                    if let Some(alignment) = alignments[group] {
                        row.time = alignment.time(row.kind, row.time, row.received);
                    }
                }
            }
            if row.received < row.time {
                row.received = row.time;
                self.report.received_early += 1;
            }
            let (time, received) = latest[group].unwrap_or((row.time, row.received));
            latest[group] = Some((time.max(row.time), received.max(row.received)));
        }
        Ok(())
    }

    /// Checks the distances of bars, where their length is known.
    fn check_bars(&mut self) -> Result<()> {
        let Some(timeframe) = self.options.timeframe.filter(|_| !self.bars.is_empty()) else { return Ok(()) };
        let mut opens = vec![Vec::new(); self.names.len()];
        for row in self.rows.iter().filter(|row| row.kind == RowKind::Bar) {
            opens[usize::from(row.instrument)].push(self.bars[row.mantissa[0] as usize].time_open);
        }
        opens.iter_mut().try_for_each(|opens| check_distances(opens, timeframe, &mut self.report))
    }

    /// Instruments of which no row is left go; the others keep their order.
    fn drop_unused(&mut self) {
        let mut used = vec![false; self.names.len()];
        self.rows.iter().for_each(|row| used[usize::from(row.instrument)] = true);
        if used.iter().all(|used| *used) {
            return;
        }
        let mut next = 0;
        let places: Vec<u16> = used
            .iter()
            .map(|used| {
                next += u16::from(*used);
                next.saturating_sub(1)
            })
            .collect();
        self.rows.iter_mut().for_each(|row| row.instrument = places[usize::from(row.instrument)]);
        let mut used = used.into_iter();
        self.names.retain(|_| used.next() == Some(true));
    }

    fn cut(&mut self) {
        if self.options.from.is_none() && self.options.to.is_none() && !self.has_bare_gaps {
            return;
        }
        let (from, to) = (self.options.from.unwrap_or(Nanos::MIN + 1), self.options.to.unwrap_or(Nanos::MAX));
        self.rows.retain(|row| (from..to).contains(&row.time));
    }
}

/// All levels, message by message.
struct Messages {
    levels: Vec<StagedLevel>,
    /// By message: where its levels begin; one more at the end.
    starts: Vec<u32>,
}

impl Messages {
    /// Messages are mostly told one after the other; within one, bids come to stand before asks.
    fn new(mut levels: Vec<StagedLevel>, count: u32) -> Self {
        let key = |level: &StagedLevel| (level.message, level.side as u8);
        if !levels.is_sorted_by_key(key) {
            levels.sort_by_key(key);
        }
        let mut starts = Vec::with_capacity(count as usize + 1);
        let mut next = 0;
        for message in 0..=count {
            while levels.get(next).is_some_and(|level: &StagedLevel| level.message < message) {
                next += 1;
            }
            starts.push(next as u32);
        }
        Self { levels, starts }
    }

    fn of(&self, row: &Staged) -> &[StagedLevel] {
        let message = row.mantissa[0] as usize;
        &self.levels[self.starts[message] as usize..self.starts[message + 1] as usize]
    }
}

/// Decimals of the increments, by instrument.
struct Scales {
    tick: Vec<u8>,
    lot: Vec<u8>,
}

impl Scales {
    fn of(rows: &[Staged], bars: &[StagedBar], messages: &Messages, instruments: usize) -> Self {
        let mut scales = Self { tick: vec![0; instruments], lot: vec![0; instruments] };
        for row in rows {
            let at = usize::from(row.instrument);
            let (tick, lot) = (scales.tick[at], scales.lot[at]);
            let (tick, lot) = match row.kind {
                RowKind::Quote => {
                    (row.num(2).scale_beyond(row.num(0).scale_beyond(tick)), row.num(3).scale_beyond(row.num(1).scale_beyond(lot)))
                }
                RowKind::Buy | RowKind::Sell => (row.num(0).scale_beyond(tick), row.num(1).scale_beyond(lot)),
                RowKind::Bar => {
                    let [prices @ .., volume] = &bars[row.mantissa[0] as usize].values;
                    (prices.iter().fold(tick, |tick, price| price.scale_beyond(tick)), volume.scale_beyond(lot))
                }
                RowKind::Snapshot | RowKind::Update => messages
                    .of(row)
                    .iter()
                    .fold((tick, lot), |(tick, lot), level| (level.price().scale_beyond(tick), level.size().scale_beyond(lot))),
                RowKind::Gap => continue,
            };
            (scales.tick[at], scales.lot[at]) = (tick, lot);
        }
        scales
    }
}

/// What rows leave beside them as they get their places.
struct Placed {
    /// Place of the next row.
    next: u32,
    bars: Vec<StoredBar>,
    levels: Vec<BookLevel>,
    wide: Vec<Wide>,
}

impl Placed {
    fn place(
        &mut self,
        staged: &Staged,
        bars: &[StagedBar],
        messages: &Messages,
        scales: &Scales,
        names: &[(String, Option<String>)],
    ) -> Result<Row> {
        let at = usize::from(staged.instrument);
        let count = |num: Num, scale: u8, what: &str| {
            num.count(scale).ok_or_else(|| {
                Error::overflow(&format!("a {what} of {} beside another one with {scale} decimals", names[at].0))
                    .at(what)
                    .hint("round the data to the venue's tick and lot size")
            })
        };
        let price = |num: Num| count(num, scales.tick[at], "price");
        let quantity = |num: Num| count(num, scales.lot[at], "quantity");
        let (mut a, mut b, mut c, mut spread) = (0, 0, 0, 0i64);
        match staged.kind {
            RowKind::Quote => {
                a = price(staged.num(0))?;
                spread = price(staged.num(2))? - a;
                (b, c) = (quantity(staged.num(1))?, quantity(staged.num(3))?);
            }
            RowKind::Buy | RowKind::Sell => (a, b) = (price(staged.num(0))?, quantity(staged.num(1))?),
            RowKind::Bar => {
                let bar = &bars[staged.mantissa[0] as usize];
                let [open, high, low, close, volume] = bar.values;
                a = self.bars.len() as i64;
                self.bars.push(StoredBar {
                    time_open: bar.time_open,
                    open: price(open)?,
                    high: price(high)?,
                    low: price(low)?,
                    close: price(close)?,
                    volume: quantity(volume)?,
                });
            }
            RowKind::Snapshot | RowKind::Update => {
                let levels = messages.of(staged);
                a = self.levels.len() as i64;
                b = levels.iter().filter(|level| level.side == Side::Buy).count() as i64;
                c = levels.len() as i64 - b;
                for level in levels {
                    self.levels.push(BookLevel { price: price(level.price())?, size: quantity(level.size())? });
                }
            }
            RowKind::Gap => {}
        }
        // Until it is known better, rows arrive in their order.
        let arrival = self.next;
        let row = Row { time: staged.time, a, b, c, spread: 0, latency: 0, arrival, instrument: staged.instrument, kind: staged.kind };
        self.next += 1;
        narrow(row, staged.received, spread, arrival, &mut self.wide)
    }
}
