//! Market rows that were fed and whose time has not come: a queue to the exchanges, one to the engine, one of the opens of bars.

use crate::row::{check, is_crossed, of_store};
use haggle_backtest::{Machine, Route, Rows};
use haggle_data::Store;
use haggle_engine::{Event, Halt, HostedStrategy};
use haggle_model::time::{NEVER, Nanos};
use haggle_model::{Error, ExchangeId, Feed, InstrumentId, MarketEvent, MarketRow, Result};
use std::collections::VecDeque;

/// Rows under way.
#[derive(Debug)]
pub struct Fed {
    /// By instrument: where it trades.
    places: Vec<Route>,
    /// By instrument: the best kind of its data so far.
    feeds: Vec<Option<Feed>>,
    at_exchange: VecDeque<MarketRow>,
    at_engine: VecDeque<MarketRow>,
    opens: VecDeque<(Nanos, InstrumentId, MarketEvent<'static>)>,
    /// By exchange: time of the last row that was fed.
    pub last_times: Vec<Option<Nanos>>,
    /// Rows that the engine was told of.
    pub delivered: u64,
    /// Crossed quotes, which were dropped.
    pub crossed: u64,
    /// Whether no more rows will be fed.
    pub is_final: bool,
    is_stopped: bool,
}

impl Fed {
    /// Queues without rows. Instruments of whose data nothing is known yet count as quoted: an order there finds no book.
    pub fn new<S>(machine: &mut Machine<S>) -> Self {
        let mut places = machine.setup.places.clone();
        let feeds = places.iter_mut().map(|place| {
            let exchange = &mut machine.exchanges[place.exchange];
            let feed = Some(exchange.markets()[place.market].spec.feed).filter(|feed| *feed != Feed::Nothing);
            if feed.is_none() {
                place.has_quotes = exchange.set_feed(place.market, Feed::Quotes);
            }
            feed
        });
        let feeds = feeds.collect();
        Self {
            last_times: vec![None; machine.exchanges.len()],
            places,
            feeds,
            at_exchange: VecDeque::new(),
            at_engine: VecDeque::new(),
            opens: VecDeque::new(),
            delivered: 0,
            crossed: 0,
            is_final: false,
            is_stopped: false,
        }
    }

    /// Takes rows in, in load order; what should have come before `now` comes now. Errors leave the rows before the bad one fed.
    pub fn push<S>(&mut self, machine: &mut Machine<S>, rows: impl IntoIterator<Item = MarketRow>, now: Nanos) -> Result<u64> {
        let mut count = 0;
        for row in rows {
            if let Some(row) = self.admit(machine, row, now)? {
                insert(&mut self.at_engine, row.clone(), |row| row.arrival);
                self.send_to_exchange(row, now);
                count += 1;
            }
        }
        Ok(count)
    }

    /// Takes the rows of a store in, each in its two orders.
    pub fn push_store<S>(&mut self, machine: &mut Machine<S>, store: &Store, matched: &[InstrumentId], now: Nanos) -> Result<u64> {
        if let Some(at) = store.rows.iter().position(|row| row.kind.is_book()) {
            // Refused before anything of it is fed.
            check(&of_store(store, at, matched))?;
        }
        // What an instrument's data consist of is known before the first of its rows.
        for (kinds, instrument) in store.kinds().iter().zip(matched) {
            for (count, feed) in [(kinds.bars, Feed::Bars), (kinds.trades, Feed::Trades), (kinds.quotes, Feed::Quotes)] {
                if count > 0 {
                    self.learn(machine, *instrument, feed, NEVER);
                }
            }
        }
        for at in 0..store.len() {
            if let Some(row) = self.admit(machine, of_store(store, at, matched), now)? {
                self.send_to_exchange(row, now);
            }
        }
        for row in &store.rows {
            let mut row = of_store(store, row.arrival as usize, matched);
            row.time = row.time.max(now);
            row.arrival = row.arrival.max(row.time);
            insert(&mut self.at_engine, row, |row| row.arrival);
        }
        Ok(store.len() as u64)
    }

    fn admit<S>(&mut self, machine: &mut Machine<S>, mut row: MarketRow, now: Nanos) -> Result<Option<MarketRow>> {
        let Some(place) = self.places.get(row.instrument.index()).copied() else {
            return Err(Error::argument("instrument", format!("there is no instrument {}", row.instrument.index())));
        };
        check(&row)?;
        if is_crossed(&row) {
            self.crossed += 1;
            return Ok(None);
        }
        if self.is_stopped {
            return Ok(None);
        }
        row.time = row.time.max(now);
        row.arrival = row.arrival.max(row.time);
        if row.arrival == NEVER {
            return Err(Error::overflow("the time of a market row"));
        }
        if let Some(feed) = row.event.feed() {
            let period = if let MarketEvent::Bar(bar) = &row.event { row.time - bar.time_open } else { NEVER };
            self.learn(machine, row.instrument, feed, period);
        }
        let last = &mut self.last_times[place.exchange];
        *last = Some(last.map_or(row.time, |last| last.max(row.time)));
        Ok(Some(row))
    }

    fn send_to_exchange(&mut self, row: MarketRow, now: Nanos) {
        if let MarketEvent::Bar(bar) = &row.event {
            let open = MarketEvent::BarOpen { time: bar.time_open, price: bar.open, volume: bar.volume };
            // A bar is told of when it has closed: its open comes late, but before its close.
            insert(&mut self.opens, (bar.time_open.max(now), row.instrument, open), |open| open.0);
        }
        insert(&mut self.at_exchange, row, |row| row.time);
    }

    /// An instrument is handled by the best kind of data that it has: quotes, else prints, else bars.
    fn learn<S>(&mut self, machine: &mut Machine<S>, instrument: InstrumentId, feed: Feed, period: Nanos) {
        let (place, known) = (&mut self.places[instrument.index()], &mut self.feeds[instrument.index()]);
        if feed.rank() > known.map_or(0, Feed::rank) && machine.exchanges[place.exchange].set_feed(place.market, feed) {
            *known = Some(feed);
            place.has_quotes = feed == Feed::Quotes;
            place.is_bars = feed == Feed::Bars;
            machine.venues[place.exchange].set_free(instrument, false);
        }
        if place.is_bars && period != NEVER {
            let venue = &mut machine.venues[place.exchange];
            venue.set_free(instrument, venue.request_max() < period);
        }
    }

    /// The market data of an exchange broke off: it has no book until the next quote.
    pub fn break_off<S: HostedStrategy>(&self, machine: &mut Machine<S>, exchange: ExchangeId, now: Nanos) -> Result<()> {
        for place in self.places.iter().filter(|place| place.exchange == exchange.index()) {
            machine.exchanges[place.exchange].apply(place.market, &MarketEvent::Gap, now)?;
        }
        Ok(())
    }

    /// Drops what comes after `now`.
    pub fn drop_after(&mut self, now: Nanos) {
        for last in self.last_times.iter_mut().flatten() {
            *last = (*last).min(now);
        }
        self.end();
    }

    fn end(&mut self) {
        self.is_stopped = true;
        self.at_exchange.clear();
        self.at_engine.clear();
        self.opens.clear();
    }

    /// Whether no row is under way.
    pub fn is_empty(&self) -> bool {
        self.at_exchange.is_empty() && self.at_engine.is_empty() && self.opens.is_empty()
    }

    /// Whether every row has arrived.
    pub fn has_arrived(&self) -> bool {
        self.at_engine.is_empty()
    }

    /// When the first row, or open of a bar, comes.
    pub fn next(&self) -> Nanos {
        let row = |queue: &VecDeque<MarketRow>, time: fn(&MarketRow) -> Nanos| queue.front().map_or(NEVER, time);
        let open = self.opens.front().map_or(NEVER, |(time, _, _)| *time);
        row(&self.at_exchange, |row| row.time).min(row(&self.at_engine, |row| row.arrival)).min(open)
    }
}

impl<S: HostedStrategy> Rows<S> for Fed {
    fn next_at_exchange(&self) -> Nanos {
        self.at_exchange.front().map_or(NEVER, |row| row.time)
    }

    fn next_at_engine(&self) -> Nanos {
        self.at_engine.front().map_or(NEVER, |row| row.arrival)
    }

    fn next_open(&self) -> Nanos {
        self.opens.front().map_or(NEVER, |(time, _, _)| *time)
    }

    fn apply_row(&mut self, machine: &mut Machine<S>) -> Result<()> {
        let Some(row) = self.at_exchange.pop_front() else { return Ok(()) };
        let place = &self.places[row.instrument.index()];
        let now = row.time;
        machine.exchanges[place.exchange].apply(place.market, &row.event, now)?;
        if now > machine.sampler.due {
            machine.sampler.row(now);
            machine.next_other = machine.next_other.min(machine.sampler.next);
        }
        if machine.applied(place, now, true)? {
            self.end();
        }
        Ok(())
    }

    fn deliver_row(&mut self, machine: &mut Machine<S>) -> Result<(), Halt> {
        let Some(row) = self.at_engine.pop_front() else { return Ok(()) };
        self.delivered += 1;
        machine.feed_latency = row.arrival - row.time;
        machine.session.process(row.arrival, &Event::Market { instrument: row.instrument, time: row.time, event: &row.event })?;
        machine.post()?;
        machine.find_next();
        if self.is_final && self.at_engine.is_empty() {
            machine.end_data();
        }
        Ok(())
    }

    fn apply_opens(&mut self, machine: &mut Machine<S>, now: Nanos) -> Result<()> {
        // All opens of the instant are there before an order meets one, and before equity is looked at.
        let count = self.opens.iter().take_while(|open| open.0 <= now).count();
        let opened: Vec<_> = self.opens.drain(..count).collect();
        for (time, instrument, open) in &opened {
            let place = &self.places[instrument.index()];
            machine.exchanges[place.exchange].apply(place.market, open, *time)?;
        }
        machine.meet_opens(now)?;
        for (_, instrument, _) in opened {
            if machine.applied(&self.places[instrument.index()], now, false)? {
                self.end();
            }
        }
        Ok(())
    }

    fn stop(&mut self) {
        self.end();
    }
}

/// Puts an item behind those of its time; rows come nearly in order.
fn insert<T>(queue: &mut VecDeque<T>, item: T, time: impl Fn(&T) -> Nanos) {
    let own = time(&item);
    if queue.back().is_none_or(|last| time(last) <= own) {
        queue.push_back(item);
    } else {
        let at = queue.partition_point(|other| time(other) <= own);
        queue.insert(at, item);
    }
}
