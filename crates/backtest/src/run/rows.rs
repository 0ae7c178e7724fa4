//! Market rows on their way: at the exchange, at the engine, and the opens of bars. Nearly all of a run is spent here.

use super::Reading;
use crate::clock::Cursor;
use crate::machine::{Machine, Rows};
use crate::prepare::Prepared;
use crate::venue::Place;
use haggle_data::{Bar, RowKind, Store};
use haggle_engine::{BarView, Context, Halt, Strategy, TradeView};
use haggle_exchange::{BarRow, Exchange, Quote};
use haggle_model::time::{NEVER, Nanos};
use haggle_model::{InstrumentId, Result, Side};

#[allow(clippy::inline_always, reason = "once a row each: calls, and registers saved around them, were a third of a run")]
impl<S: Strategy> Rows<S> for Reading<'_> {
    #[inline(always)]
    fn next_at_exchange(&self) -> Nanos {
        self.reader.at_exchange.time
    }

    #[inline(always)]
    fn next_at_engine(&self) -> Nanos {
        self.reader.at_engine.time
    }

    #[inline(always)]
    fn next_open(&self) -> Nanos {
        self.reader.opens.time
    }

    #[inline(always)]
    fn apply_row(&mut self, machine: &mut Machine<S>) -> Result<()> {
        let (now, at) = (self.reader.at_exchange.time, self.reader.at_exchange.place);
        let place = if std::mem::take(&mut self.reader.is_applied) {
            &self.prepared.routes[usize::from(self.store.rows[at].instrument)]
        } else {
            apply(&mut machine.exchanges, self.prepared, self.store, at, now)?
        };
        if now > machine.sampler.due {
            machine.sampler.row(now);
            machine.next_other = machine.next_other.min(machine.sampler.next);
        }
        self.reader.at_exchange.step();
        self.reader.at_exchange.read_exchange(self.store);
        if machine.applied(place, now, true)? {
            self.end();
        }
        Ok(())
    }

    #[inline(always)]
    fn deliver_row(&mut self, machine: &mut Machine<S>) -> Result<(), Halt> {
        let cursor = self.reader.at_engine;
        self.deliver(machine, &cursor)?;
        self.reader.at_engine.step();
        self.reader.at_engine.read_arrival(self.store);
        machine.delivered(machine.engine.has_asked(), self.reader.at_engine.time == NEVER)
    }

    fn apply_opens(&mut self, machine: &mut Machine<S>, now: Nanos) -> Result<()> {
        while self.reader.opens.time <= now {
            let place = open_bar(&mut machine.exchanges, self.prepared, self.store, self.reader.opens.place, self.reader.opens.time)?;
            self.reader.opens.step();
            self.reader.opens.read_open(self.store);
            if machine.applied(place, now, false)? {
                self.end();
            }
        }
        Ok(())
    }

    fn stop(&mut self) {
        self.end();
    }
}

#[allow(clippy::inline_always, reason = "as above")]
impl Reading<'_> {
    /// Lets the engine go ahead of exchanges that have nothing to do: as long as no market there waits for an own order, a row
    /// means a new mark and no more, and nobody looks at marks before the next thing that is not a row. The engine is told of
    /// rows up to that time, or until the strategy asks for something; then the exchanges follow. Both go through their rows by
    /// themselves, which is twice as fast as by turns, and gives the same results. Returns how many rows were delivered.
    pub(super) fn run_ahead<S: Strategy>(&mut self, machine: &mut Machine<S>, steps: u64) -> Result<u64, Halt> {
        // A row after `due` has to tell the sampler.
        let mut horizon = machine.next_other.min(machine.sampler.due.saturating_add(1));
        if machine.exchanges.iter().any(Exchange::is_exposed) {
            horizon = horizon.min(self.safe_until(machine, horizon));
        }
        let mut cursor = self.reader.at_engine;
        let mut left = steps - self.skip(machine, &mut cursor, steps, horizon);
        let has_asked = self.deliver_until(machine, &mut cursor, horizon, &mut left)?;
        self.reader.at_engine = cursor;
        self.reader.is_behind |= left < steps;
        if self.reader.is_behind && !machine.strategy.is_waiting() {
            self.delivered(machine, has_asked)?;
        }
        Ok(steps - left)
    }

    /// After rows at the engine: the exchanges follow where they are behind, and what the strategy asked for gets on its way.
    #[inline]
    fn delivered<S: Strategy>(&mut self, machine: &mut Machine<S>, has_asked: bool) -> Result<(), Halt> {
        if std::mem::take(&mut self.reader.is_behind) {
            self.follow(machine, machine.engine.now)?;
        }
        machine.delivered(has_asked, self.reader.at_engine.time == NEVER)
    }

    /// Goes on after a call that the strategy left open.
    #[inline]
    pub(super) fn take_answer<S: Strategy>(&mut self, machine: &mut Machine<S>) -> Result<(), Halt> {
        machine.strategy.answered(&mut Context { engine: &mut machine.engine, instrument: InstrumentId(0) })?;
        let has_asked = machine.engine.has_asked();
        if has_asked || self.reader.at_engine.time == NEVER {
            self.delivered(machine, has_asked)?;
            self.resume(machine)?;
        }
        Ok(())
    }

    /// Lets the exchanges go ahead of the engine while own orders work there, by what a request needs at least: whatever the
    /// strategy does next arrives after that. A row that does something to the account is left to its turn. Then the engine comes
    /// after. Both go through their rows by themselves, as above. Returns how many rows there were.
    #[inline(never)]
    pub(super) fn go_ahead_at_exchanges<S: Strategy>(&mut self, machine: &mut Machine<S>, steps: u64) -> Result<u64, Halt> {
        let horizon = machine.next_other.min(machine.sampler.due.min(self.reader.opens.time).saturating_add(1));
        let reach = self.reader.at_engine.time.saturating_add(self.reader.request_min).saturating_add(1);
        let mut left = steps;
        if !self.reader.is_applied {
            let mut cursor = self.reader.at_exchange;
            while cursor.time < horizon.min(reach) && left > 0 {
                let place = apply(&mut machine.exchanges, self.prepared, self.store, cursor.place, cursor.time)?;
                left -= 1;
                let exchange = &machine.exchanges[place.exchange];
                if exchange.has_events() || exchange.is_at_risk(place.market) {
                    self.reader.is_applied = true;
                    break;
                }
                cursor.step();
                cursor.read_exchange(self.store);
            }
            self.reader.at_exchange = cursor;
        }
        let mut cursor = self.reader.at_engine;
        let has_asked = self.deliver_until(machine, &mut cursor, horizon.min(self.reader.at_exchange.time), &mut left)?;
        self.reader.at_engine = cursor;
        if !machine.strategy.is_waiting() {
            self.delivered(machine, has_asked)?;
        }
        Ok(steps - left)
    }

    /// Tells the engine of rows before `until`, `left` of them at most, up to one at which the strategy asks for something, or waits.
    #[inline(always)]
    fn deliver_until<S: Strategy>(
        &self,
        machine: &mut Machine<S>,
        cursor: &mut Cursor,
        until: Nanos,
        left: &mut u64,
    ) -> Result<bool, Halt> {
        let mut has_asked = false;
        machine.strategy.may_wait(true);
        while cursor.time < until && *left > 0 && !has_asked && !machine.strategy.is_waiting() {
            self.deliver(machine, cursor)?;
            has_asked = machine.engine.has_asked();
            cursor.step();
            cursor.read_arrival(self.store);
            *left -= 1;
        }
        machine.strategy.may_wait(false);
        Ok(has_asked)
    }

    /// After rows at the engine: goes on with an instant at which the strategy sent something without latency. Other rows of that
    /// instant still come before it.
    #[inline]
    pub(super) fn resume<S: Strategy>(&mut self, machine: &mut Machine<S>) -> Result<(), Halt> {
        let now = machine.engine.now;
        if machine.next_other <= now { machine.instant(self, now, true) } else { Ok(()) }
    }

    /// Whether there are no more rows.
    pub(super) fn is_at_end(&self) -> bool {
        self.reader.at_exchange.time == NEVER && self.reader.at_engine.time == NEVER && self.reader.opens.time == NEVER
    }

    /// From now on there are no more rows.
    #[cold]
    fn end(&mut self) {
        self.reader.at_exchange.time = NEVER;
        self.reader.at_engine.time = NEVER;
        self.reader.opens.time = NEVER;
    }

    /// Tells the engine of a row, and the strategy if it wants to know.
    #[inline(always)]
    fn deliver<S: Strategy>(&self, machine: &mut Machine<S>, cursor: &Cursor) -> Result<(), Halt> {
        let (prepared, store) = (self.prepared, self.store);
        let row = &store.rows[cursor.place];
        let place = &prepared.routes[usize::from(row.instrument)];
        let exchange_time = row.time + cursor.offset;
        machine.arrive(cursor.time, exchange_time);
        match row.kind {
            RowKind::Quote => {
                let quote = Quote { bid: row.a, bid_size: row.b, ask: store.ask_of(cursor.place, row), ask_size: row.c };
                machine.see_quote(place, quote)
            }
            RowKind::Buy | RowKind::Sell => {
                let side = if row.kind == RowKind::Buy { Side::Buy } else { Side::Sell };
                machine.see_trade(place, &TradeView { price: row.a, quantity: row.b, side, time: exchange_time })
            }
            RowKind::Bar => machine.see_bar(place, &bar_view(&store.bars[row.a as usize], row.time, exchange_time)),
            RowKind::Gap => {
                machine.see_gap(place);
                Ok(())
            }
            RowKind::Snapshot | RowKind::Update => {
                let (bids, asks) = store.levels_of(row);
                machine.see_book(place, bids, asks, row.kind == RowKind::Snapshot)
            }
        }
    }
}

/// What the row at this place does to its exchange; returns where that is.
#[allow(clippy::inline_always, reason = "as above")]
#[inline(always)]
pub(super) fn apply<'a>(exchanges: &mut [Exchange], prepared: &'a Prepared, store: &Store, at: usize, now: Nanos) -> Result<&'a Place> {
    let row = &store.rows[at];
    let place = &prepared.routes[usize::from(row.instrument)];
    let exchange = &mut exchanges[place.exchange];
    match row.kind {
        RowKind::Quote => {
            let quote = Quote { bid: row.a, bid_size: row.b, ask: store.ask_of(at, row), ask_size: row.c };
            exchange.apply_quote(place.market, quote, now)?;
        }
        RowKind::Buy => exchange.apply_print(place.market, Side::Buy, row.a, row.b, now)?,
        RowKind::Sell => exchange.apply_print(place.market, Side::Sell, row.a, row.b, now)?,
        // Where there are quotes or prints, bars tell the exchange nothing.
        RowKind::Bar if !place.is_bars => {}
        RowKind::Bar => exchange.apply_bar_close(place.market, &bar_row(&store.bars[row.a as usize]), now)?,
        RowKind::Gap => exchange.apply_gap(place.market),
        RowKind::Snapshot | RowKind::Update => {
            let (bids, asks) = store.levels_of(row);
            exchange.apply_book(place.market, bids, asks, row.kind == RowKind::Snapshot, now)?;
        }
    }
    Ok(place)
}

/// What the open of the bar at this place does to its exchange; returns where that is.
pub(super) fn open_bar<'a>(exchanges: &mut [Exchange], prepared: &'a Prepared, store: &Store, bar: usize, now: Nanos) -> Result<&'a Place> {
    let place = &prepared.routes[usize::from(prepared.bar_instruments[bar])];
    if place.is_bars {
        exchanges[place.exchange].apply_bar_open(place.market, &bar_row(&store.bars[bar]), now)?;
    }
    Ok(place)
}

/// A bar as the strategy sees it; `time` is its close in the data, `time_close` that in the run.
fn bar_view(bar: &Bar, time: Nanos, time_close: Nanos) -> BarView {
    let time_open = bar.time_open + (time_close - time);
    BarView { time_open, time_close, open: bar.open, high: bar.high, low: bar.low, close: bar.close, volume: bar.volume }
}

fn bar_row(bar: &Bar) -> BarRow {
    BarRow { open: bar.open, high: bar.high, low: bar.low, close: bar.close, volume: bar.volume }
}
