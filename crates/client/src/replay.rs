//! Recorded market data: every row comes at its exchange time, and the clock goes along.

use crate::client::Client;
use crate::replayed::Replayed;
use crate::tap::News;
use haggle_data::{RowKind, Store};
use haggle_model::time::{NEVER, Nanos, to_rfc3339};
use haggle_model::wire::Name;
use haggle_model::{Error, Feed, Result};
use std::sync::Arc;

/// What happens between the rows of a replay.
pub(crate) trait Pace {
    /// What goes wrong.
    type Error: From<Error>;
    /// Everything up to a time, with or without that instant.
    fn run(&mut self, client: &mut Client, until: Nanos, included: bool) -> Result<(), Self::Error>;
    /// Everything that is due now.
    fn settle(&mut self, client: &mut Client) -> Result<(), Self::Error>;
}

/// No order trades on what is replayed.
struct Alone;

impl Pace for Alone {
    type Error = Error;

    fn run(&mut self, client: &mut Client, until: Nanos, included: bool) -> Result<()> {
        client.guard(|client| client.run(until, included))
    }

    fn settle(&mut self, client: &mut Client) -> Result<()> {
        client.guard(Client::settle_instant)
    }
}

impl Client {
    /// Replays the rows from the clock's time on that were not replayed before, up to `until` (included) or to the end, and moves the clock
    /// to `until` or the last row. Returns the number of rows.
    ///
    /// Errors: `UNKNOWN_NAME` for an instrument that the client does not have, `INVALID_DATA` for data off its grid, `INVALID_ARGUMENT`
    /// (path `until`) for a time that is over, (path `data`) where all of the data are over before the first was replayed, and (paths
    /// `latency.response`, `latency.feed`) for a latency that data whose exchange time is arrival cannot have.
    pub fn replay(&mut self, data: &Arc<Store>, until: Option<Nanos>) -> Result<u64> {
        self.replay_with(data, until, &mut Alone)
    }

    /// The same; `pace` decides what happens between the rows.
    pub(crate) fn replay_with<P: Pace>(&mut self, data: &Arc<Store>, until: Option<Nanos>, pace: &mut P) -> Result<u64, P::Error> {
        let replayed = self.begin_replay(data, until)?;
        let count = self.replay_rows(&replayed, until, pace);
        self.replayed = Some(replayed);
        count
    }

    fn begin_replay(&mut self, data: &Arc<Store>, until: Option<Nanos>) -> Result<Replayed> {
        self.check_open()?;
        let now = self.core.now;
        if let Some(until) = until.filter(|until| *until < now) {
            let message = format!("{} is over: the clock shows {}", to_rfc3339(until), to_rfc3339(now));
            return Err(Error::argument("until", message));
        }
        let end = data.end().unwrap_or(NEVER);
        if self.core.replayed_to.is_none_or(|replayed| replayed < data.start().unwrap_or(NEVER)) && end < now {
            let message = format!("the data end at {}, and the clock shows {}", to_rfc3339(end), to_rfc3339(now));
            return Err(Error::argument("data", message).hint("give the client a start before the data"));
        }
        let replayed = match self.replayed.take().filter(|replayed| Arc::ptr_eq(&replayed.given, data)) {
            Some(replayed) => replayed,
            None => self.read_store(data)?,
        };
        self.time_messages(&replayed)?;
        Ok(replayed)
    }

    /// Messages travel as in a back-test over these data: where exchange time stands for arrival, requests carry the whole round trip, and
    /// on bars longer than the latency they take no time.
    fn time_messages(&mut self, replayed: &Replayed) -> Result<()> {
        let (latency, is_arrival) = (self.settings.execution.latency, replayed.store.report.is_arrival);
        if self.core.is_arrival != is_arrival {
            for account in &mut self.core.accounts {
                account.connection.legs.resolve(latency, is_arrival).map_err(|error| {
                    let path = error.path.trim_start_matches("system.").to_owned();
                    error.at(path)
                })?;
            }
            self.core.is_arrival = is_arrival;
        }
        let longest = self.core.accounts[0].connection.legs.request_max();
        for ((market, feed), (period, has_volume)) in replayed.markets.iter().zip(&replayed.periods) {
            if *has_volume {
                self.core.accounts.iter_mut().for_each(|account| account.exchange.know_volume(*market));
            }
            let symbol = &mut self.core.symbols[*market];
            let is_bars = *feed == Feed::Bars && symbol.feed.rank() <= feed.rank();
            symbol.is_free = is_bars && period.is_some_and(|period| longest < period);
        }
        Ok(())
    }

    fn read_store(&self, data: &Arc<Store>) -> Result<Replayed> {
        let mut store = Arc::clone(data);
        let mut markets = Vec::with_capacity(data.instruments.len());
        for (at, (instrument, kinds)) in data.instruments.iter().zip(data.kinds()).enumerate() {
            let map = &self.settings.map;
            if let Some(exchange) = instrument.exchange.as_deref().filter(|exchange| *exchange != map.exchange()) {
                return Err(Error::unknown("exchange", exchange, [map.exchange()]).at("data"));
            }
            let market = map.find(&Name::from(instrument.symbol.as_str())).map_err(|error| error.at("data"))?;
            let spec = &self.specs[market];
            if (instrument.tick, instrument.lot) != (spec.tick, spec.lot) {
                let place = u16::try_from(at).map_err(|_| Error::overflow("the number of instruments"))?;
                store = Arc::new(store.rescale(place, spec.tick, spec.lot).map_err(|error| error.at("data"))?);
            }
            let feed = match kinds {
                kinds if kinds.books > 0 => Feed::Book,
                kinds if kinds.quotes > 0 => Feed::Quotes,
                kinds if kinds.trades > 0 => Feed::Trades,
                _ => Feed::Bars,
            };
            markets.push((market, feed));
        }
        let mut bars = vec![0; store.bars.len()];
        let mut periods: Vec<(Option<Nanos>, bool)> = store.kinds().iter().map(|kinds| (None, kinds.volumes > 0)).collect();
        for row in store.rows.iter().filter(|row| row.kind == RowKind::Bar) {
            bars[row.a as usize] = row.instrument;
            let period = row.time - store.bars[row.a as usize].time_open;
            let least = periods[usize::from(row.instrument)].0.get_or_insert(period);
            *least = (*least).min(period);
        }
        let informing = store.informing_bars();
        Ok(Replayed { given: Arc::clone(data), store, markets, bars, periods, informing })
    }

    fn replay_rows<P: Pace>(&mut self, replayed: &Replayed, until: Option<Nanos>, pace: &mut P) -> Result<u64, P::Error> {
        let store = &replayed.store;
        let (now, done) = (self.core.now, self.core.replayed_to);
        let is_past = |time: Nanos| time < now || done.is_some_and(|done| time <= done);
        let mut row = store.rows.partition_point(|row| is_past(row.time));
        let mut open = store.opens.partition_point(|bar| is_past(store.bars[*bar as usize].time_open));
        let first = row;
        let until = until.or_else(|| store.end().filter(|end| *end >= now)).unwrap_or(now);
        loop {
            let row_time = store.rows.get(row).map_or(NEVER, |row| row.time);
            let open_time = store.opens.get(open).map_or(NEVER, |bar| store.bars[*bar as usize].time_open);
            let time = row_time.min(open_time);
            if time > until || time == NEVER {
                break;
            }
            pace.run(self, time, false)?;
            self.core.now = time;
            while let Some(next) = store.rows.get(row).filter(|row| row.time == time) {
                let (market, feed) = replayed.markets[usize::from(next.instrument)];
                self.guard(|client| client.row(market, feed, |client| client.replay_row(replayed, row, market)))?;
                row += 1;
            }
            pace.settle(self)?;
            while let Some(bar) = store.opens.get(open).map(|bar| *bar as usize).filter(|bar| store.bars[*bar].time_open == time) {
                let (market, feed) = replayed.markets[usize::from(replayed.bars[bar])];
                // Where the data have quotes or trades, bars say nothing.
                let informs = replayed.informing.get(bar).is_some_and(|informs| *informs);
                if !informs && feed == Feed::Bars && feed.rank() >= self.core.symbols[market].feed.rank() {
                    self.guard(|client| client.row(market, feed, |client| client.happen(market, &store.open_of(bar, time))))?;
                }
                open += 1;
            }
            self.guard(Self::meet_opens)?;
            pace.settle(self)?;
        }
        pace.run(self, until, true)?;
        self.core.now = until;
        self.core.replayed_to = Some(done.unwrap_or(until).max(until));
        Ok((row - first) as u64)
    }

    fn replay_row(&mut self, replayed: &Replayed, place: usize, market: usize) -> Result<()> {
        let store = &replayed.store;
        let row = &store.rows[place];
        self.core.feed_latency = store.latency(place);
        // An instrument that its data does not speak for: what tells more has come before.
        if row.kind == RowKind::Bar && replayed.informing.get(row.a as usize).is_some_and(|informs| *informs) {
            // A finer bar fills: of this one the engine hears.
            self.hear(|| News::Market(market, store.event_of(place, row, row.time).into_owned()));
            return Ok(());
        }
        let is_less = match row.kind {
            RowKind::Bar => self.core.symbols[market].feed != Feed::Bars,
            RowKind::Snapshot | RowKind::Update => self.core.symbols[market].feed != Feed::Book,
            RowKind::Quote | RowKind::Buy | RowKind::Sell | RowKind::Gap => false,
        };
        if is_less { Ok(()) } else { self.happen(market, &store.event_of(place, row, row.time)) }
    }
}
