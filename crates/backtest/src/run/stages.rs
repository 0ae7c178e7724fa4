//! What happens in each stage of an instant, and how messages get on their way.

use super::Run;
use crate::equity::market_of;
use crate::prepare::Prepared;
use haggle_data::RowKind;
use haggle_engine::{BarView, Context, Halt, Strategy, TradeView};
use haggle_exchange::{BarRow, Quote};
use haggle_model::time::{NEVER, Nanos};
use haggle_model::{InstrumentId, OrderEventKind, ReasonCode, Request, Result, Side};
use std::cmp::Reverse;

impl<S: Strategy> Run<S> {
    /// Stage 1: the next row at its exchange.
    #[inline]
    pub(super) fn apply_row(&mut self, prepared: &Prepared, store: &haggle_data::Store) -> Result<()> {
        let at = self.at_exchange.place;
        let now = self.at_exchange.time;
        let row = &store.rows[at];
        let place = prepared.routes[usize::from(row.instrument)];
        let exchange = &mut self.exchanges[place.exchange];
        match row.kind {
            RowKind::Quote => {
                let quote = Quote { bid: row.a, bid_size: row.b, ask: store.ask(at), ask_size: row.c };
                exchange.apply_quote(place.market, quote, now)?;
            }
            RowKind::Buy => exchange.apply_print(place.market, Side::Buy, row.a, row.b, now)?,
            RowKind::Sell => exchange.apply_print(place.market, Side::Sell, row.a, row.b, now)?,
            // Where there are quotes or prints, bars tell the exchange nothing.
            RowKind::Bar if !place.is_bars => {}
            RowKind::Bar => exchange.apply_bar_close(place.market, &bar_row(&store.bars[row.a as usize]), now)?,
            RowKind::Gap => exchange.apply_gap(place.market),
        }
        self.rows_applied += 1;
        if now > self.sampler.due {
            self.sampler.row(now);
            self.next_other = self.next_other.min(self.sampler.next);
        }
        self.at_exchange.step();
        self.at_exchange.read_exchange(store);
        if self.is_watching {
            self.watch(place.exchange, now)?;
        }
        if self.exchanges[place.exchange].has_events() { self.collect(prepared, place.exchange, now) } else { Ok(()) }
    }

    /// Stage 4: the next row on its arrival at the engine.
    #[inline]
    pub(super) fn deliver_row(&mut self, prepared: &Prepared, store: &haggle_data::Store) -> Result<(), Halt> {
        let at = self.at_engine.place;
        let now = self.at_engine.time;
        let row = &store.rows[at];
        let place = prepared.routes[usize::from(row.instrument)];
        let exchange_time = row.time + self.at_engine.offset;
        self.engine.now = now;
        self.feed_latency = now - exchange_time;
        self.rows_delivered += 1;
        let market = &mut self.engine.markets[place.instrument.index()];
        let wanted = match row.kind {
            RowKind::Quote => {
                market.set_quote(row.a, row.b, store.ask(at), row.c);
                self.interest.books
            }
            RowKind::Buy | RowKind::Sell => {
                market.set_last(row.a, place.has_quotes);
                self.interest.trades
            }
            RowKind::Bar => {
                if place.is_bars {
                    market.set_last(store.bars[row.a as usize].close, false);
                }
                self.interest.bars
            }
            RowKind::Gap => {
                market.set_quote(0, 0, 0, 0);
                false
            }
        };
        self.engine.touch(place.instrument);
        self.at_engine.step();
        self.at_engine.read_arrival(store);
        let is_last = self.at_engine.time == NEVER;
        if !wanted {
            if is_last {
                self.engine.refuses.get_or_insert(ReasonCode::DataEnded);
            }
            return Ok(());
        }
        let mut ctx = Context { engine: &mut self.engine, instrument: place.instrument };
        match row.kind {
            RowKind::Quote => self.strategy.on_book(&mut ctx)?,
            RowKind::Buy | RowKind::Sell => {
                let side = if row.kind == RowKind::Buy { Side::Buy } else { Side::Sell };
                self.strategy.on_trade(&mut ctx, &TradeView { price: row.a, quantity: row.b, side, time: exchange_time })?;
            }
            RowKind::Bar => {
                let bar = &store.bars[row.a as usize];
                let time_open = bar.time_open + (exchange_time - row.time);
                let view = BarView {
                    time_open,
                    time_close: exchange_time,
                    open: bar.open,
                    high: bar.high,
                    low: bar.low,
                    close: bar.close,
                    volume: bar.volume,
                };
                self.strategy.on_bar(&mut ctx, &view)?;
            }
            RowKind::Gap => {}
        }
        if !self.engine.outbox.is_empty() || !self.engine.timers.is_empty() || !self.engine.refused.is_empty() {
            self.post()?;
            self.find_next();
        }
        if is_last {
            self.engine.refuses.get_or_insert(ReasonCode::DataEnded);
        }
        Ok(())
    }

    pub(super) fn apply_open(&mut self, prepared: &Prepared, now: Nanos) -> Result<()> {
        let store = &*prepared.store;
        let bar = self.opens.place;
        let place = prepared.routes[usize::from(prepared.bar_instruments[bar])];
        self.opens.step();
        self.opens.read_open(store);
        if !place.is_bars {
            return Ok(());
        }
        self.exchanges[place.exchange].apply_bar_open(place.market, &bar_row(&store.bars[bar]), now)?;
        self.watch(place.exchange, now)?;
        self.collect(prepared, place.exchange, now)
    }

    /// Stage 3: requests that have arrived, in the order sent.
    pub(super) fn handle_requests(&mut self, prepared: &Prepared, now: Nanos) -> Result<()> {
        loop {
            let first = self.links.iter().enumerate().filter_map(|(at, link)| link.arrived(now).map(|sequence| (sequence, at))).min();
            let Some((_, at)) = first else { return Ok(()) };
            if let Some(sent) = self.links[at].receive() {
                self.exchanges[at].handle(sent.market, &sent.request, now)?;
                self.watch(at, now)?;
                self.collect(prepared, at, now)?;
            }
        }
    }

    /// Stage 4: account events that have arrived, in the order emitted, a bundle at a time.
    pub(super) fn deliver_events(&mut self, now: Nanos) -> Result<(), Halt> {
        loop {
            let first = self.links.iter().enumerate().filter_map(|(at, link)| link.event_arrived(now).map(|sequence| (sequence, at))).min();
            let Some((_, at)) = first else { return Ok(()) };
            let mut bundle = std::mem::take(&mut self.bundle);
            self.links[at].take_bundle(&mut bundle);
            self.engine.now = now;
            for event in &bundle {
                self.engine.apply(event)?;
            }
            let instrument = bundle.first().map_or(InstrumentId(0), |event| event.instrument);
            let mut ctx = Context { engine: &mut self.engine, instrument };
            self.strategy.on_account(&mut ctx, &bundle)?;
            self.bundle = bundle;
            self.post()?;
        }
    }

    /// Stage 5: timers, by creation. They no longer fire once the data has ended. One that a timer sets for this instant
    /// waits for the next round, so that the rounds are counted.
    pub(super) fn fire_timers(&mut self, now: Nanos) -> Result<(), Halt> {
        let created = self.timer_count;
        while let Some(Reverse((_, _, tag))) =
            self.timers.peek().copied().filter(|Reverse((time, count, _))| *time <= now && *count < created)
        {
            self.timers.pop();
            if self.at_engine.time == NEVER {
                continue;
            }
            self.engine.now = now;
            let mut ctx = Context { engine: &mut self.engine, instrument: InstrumentId(0) };
            self.strategy.on_timer(&mut ctx, tag)?;
            self.post()?;
        }
        Ok(())
    }

    /// Sends what the strategy asked for during the last call.
    pub(super) fn post(&mut self) -> Result<()> {
        let now = self.engine.now;
        for order in std::mem::take(&mut self.engine.refused) {
            self.recorder.refused(&order, now);
        }
        let mut requests = std::mem::take(&mut self.engine.outbox);
        for request in requests.drain(..) {
            self.recorder.sent(&request, now);
            let instrument = match &request {
                Request::Open(open) => open.instrument,
                Request::Cancel(number) | Request::Amend { order: number, .. } => self.recorder.orders[number.index()].instrument,
            };
            let place = self.prepared.places[instrument.index()];
            self.links[place.exchange].send(
                request,
                place.market,
                self.request_count,
                now,
                self.feed_latency,
                self.is_free[instrument.index()],
            )?;
            self.request_count += 1;
        }
        self.engine.outbox = requests;
        for timer in self.engine.timers.drain(..) {
            self.timers.push(Reverse((timer.time, self.timer_count, timer.tag)));
            self.timer_count += 1;
        }
        Ok(())
    }

    /// Takes what an exchange did: numbered, hashed, recorded, and sent on its way to the engine.
    pub(super) fn collect(&mut self, prepared: &Prepared, at: usize, now: Nanos) -> Result<()> {
        if !self.exchanges[at].has_events() {
            return Ok(());
        }
        self.clock = self.clock.max(now);
        self.exchanges[at].take_events(&mut self.scratch);
        let mut events = std::mem::take(&mut self.scratch);
        let mut traded = None;
        for event in &mut events {
            let market = market_of(prepared, &self.exchanges, event.instrument);
            let mark = (market.mark_twice != 0).then(|| market.mark_f64());
            let spec = &prepared.market_specs[event.instrument.index()];
            self.recorder.event(event, at as u16, spec, mark)?;
            if matches!(event.kind, OrderEventKind::Filled(_)) {
                traded = Some(event.instrument);
            }
        }
        // One sample for the whole action, which trades one instrument: between its events the books are ahead of the record.
        if let Some(instrument) = traded {
            self.sampler.fill(now, prepared, &self.exchanges, &self.recorder.realised, instrument)?;
        }
        self.links[at].answer(events.drain(..), now, self.feed_latency)?;
        self.scratch = events;
        self.find_next();
        Ok(())
    }
}

fn bar_row(bar: &haggle_data::Bar) -> BarRow {
    BarRow { open: bar.open, high: bar.high, low: bar.low, close: bar.close, volume: bar.volume }
}
