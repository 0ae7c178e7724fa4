//! Market rows on their way: at the exchange, at the engine, and the opens of bars. Nearly all of a run is spent here.

use super::Run;
use crate::clock::Cursor;
use crate::prepare::{Place, Prepared};
use haggle_data::{Bar, RowKind, Store};
use haggle_engine::{BarView, Context, Halt, Strategy, TradeView};
use haggle_exchange::{BarRow, Exchange, Quote};
use haggle_model::time::{NEVER, Nanos};
use haggle_model::{ReasonCode, Result, Side};

#[allow(clippy::inline_always, reason = "once a row each: calls, and registers saved around them, were a third of a run")]
impl<S: Strategy> Run<S> {
    /// Lets the engine go ahead of exchanges that have nothing to do: as long as no market there waits for an own order, a row
    /// means a new mark and no more, and nobody looks at marks before the next thing that is not a row. The engine is told of
    /// rows up to that time, or until the strategy asks for something; then the exchanges follow. Both go through their rows by
    /// themselves, which is twice as fast as by turns, and gives the same results. Returns how many rows were delivered.
    pub(super) fn run_ahead(&mut self, prepared: &Prepared, store: &Store, steps: u64) -> Result<u64, Halt> {
        // A row after `due` has to tell the sampler.
        let mut horizon = self.next_other.min(self.sampler.due.saturating_add(1));
        if self.exchanges.iter().any(Exchange::is_exposed) {
            horizon = horizon.min(self.safe_until(prepared, store, horizon));
        }
        let mut cursor = self.at_engine;
        let mut left = steps - self.skip(prepared, store, &mut cursor, steps, horizon);
        let mut has_asked = false;
        while cursor.time < horizon && left > 0 && !has_asked {
            self.deliver(prepared, store, &cursor)?;
            has_asked = self.engine.has_asked();
            cursor.step();
            cursor.read_arrival(store);
            left -= 1;
        }
        self.at_engine = cursor;
        if left < steps {
            self.follow(prepared, store, self.engine.now)?;
            self.delivered(has_asked)?;
        }
        Ok(steps - left)
    }

    /// Stage 1: the next row at its exchange.
    #[inline(always)]
    pub(super) fn apply_row(&mut self, prepared: &Prepared, store: &Store) -> Result<()> {
        let now = self.at_exchange.time;
        let place = apply(&mut self.exchanges, prepared, store, self.at_exchange.place, now)?;
        if now > self.sampler.due {
            self.sampler.row(now);
            self.next_other = self.next_other.min(self.sampler.next);
        }
        self.at_exchange.step();
        self.at_exchange.read_exchange(store);
        self.after_row(prepared, place, now)
    }

    /// All opens of bars up to `now`, at their exchanges.
    pub(super) fn apply_opens(&mut self, prepared: &Prepared, store: &Store, now: Nanos) -> Result<()> {
        while self.opens.time <= now {
            let place = open_bar(&mut self.exchanges, prepared, store, self.opens.place, self.opens.time)?;
            self.opens.step();
            self.opens.read_open(store);
            self.after_row(prepared, place, now)?;
        }
        Ok(())
    }

    #[inline(always)]
    fn after_row(&mut self, prepared: &Prepared, place: &Place, now: Nanos) -> Result<()> {
        if self.exchanges[place.exchange].is_at_risk(place.market) {
            self.watch(place.exchange, now)?;
        }
        if self.exchanges[place.exchange].has_events() { self.collect(prepared, place.exchange, now) } else { Ok(()) }
    }

    /// Stage 4: the next row on its arrival at the engine.
    #[inline(always)]
    pub(super) fn deliver_row(&mut self, prepared: &Prepared, store: &Store) -> Result<(), Halt> {
        let cursor = self.at_engine;
        self.deliver(prepared, store, &cursor)?;
        self.at_engine.step();
        self.at_engine.read_arrival(store);
        Ok(self.delivered(self.engine.has_asked())?)
    }

    /// After a row, or several, at the engine: what the strategy asked for gets on its way, and the end of the data is noted.
    #[inline(always)]
    fn delivered(&mut self, has_asked: bool) -> Result<()> {
        if has_asked {
            self.post()?;
            self.find_next();
        }
        if self.at_engine.time == NEVER {
            self.engine.refuses.get_or_insert(ReasonCode::DataEnded);
        }
        Ok(())
    }

    /// Tells the engine of a row, and the strategy if it wants to know.
    #[inline(always)]
    fn deliver(&mut self, prepared: &Prepared, store: &Store, cursor: &Cursor) -> Result<(), Halt> {
        let row = &store.rows[cursor.place];
        let place = &prepared.routes[usize::from(row.instrument)];
        let exchange_time = row.time + cursor.offset;
        self.engine.now = cursor.time;
        self.feed_latency = cursor.time - exchange_time;
        let market = &mut self.engine.markets[place.instrument.index()];
        match row.kind {
            RowKind::Quote => {
                market.set_quote(row.a, row.b, store.ask_of(cursor.place, row), row.c);
                self.engine.touch(place.instrument);
                if self.interest.books {
                    self.strategy.on_book(&mut Context { engine: &mut self.engine, instrument: place.instrument })?;
                }
            }
            RowKind::Buy | RowKind::Sell => {
                market.set_last(row.a, place.has_quotes);
                self.engine.touch(place.instrument);
                if self.interest.trades {
                    let side = if row.kind == RowKind::Buy { Side::Buy } else { Side::Sell };
                    let view = TradeView { price: row.a, quantity: row.b, side, time: exchange_time };
                    self.strategy.on_trade(&mut Context { engine: &mut self.engine, instrument: place.instrument }, &view)?;
                }
            }
            RowKind::Bar => {
                let bar = &store.bars[row.a as usize];
                if place.is_bars {
                    market.set_last(bar.close, false);
                }
                self.engine.touch(place.instrument);
                if self.interest.bars {
                    let view = bar_view(bar, row.time, exchange_time);
                    self.strategy.on_bar(&mut Context { engine: &mut self.engine, instrument: place.instrument }, &view)?;
                }
            }
            RowKind::Gap => {
                market.set_quote(0, 0, 0, 0);
                self.engine.touch(place.instrument);
            }
        }
        Ok(())
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
    }
    Ok(place)
}

/// What the open of the bar at this place does to its exchange; returns where that is.
pub(super) fn open_bar<'a>(
    exchanges: &mut [Exchange],
    prepared: &'a Prepared,
    store: &Store,
    bar: usize,
    now: Nanos,
) -> Result<&'a Place> {
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
