//! A client's state as bytes, as a hash, and held against itself.

use crate::client::{Client, Core};
use crate::stream::Stream;
use haggle_book::{OrderBook, StateHash};
use haggle_model::{AccountKind, AssetId, Code, Decimal, Error, OrderNumber, Result, Side};
use serde::{Deserialize, Serialize};

/// First bytes of a saved state: what it is, and of which layout.
const MAGIC: &[u8; 8] = b"haggleC1";
const SUM: usize = 16;

#[derive(Serialize, Deserialize)]
struct Saved<Core, Streams> {
    /// Of what the client was made of.
    settings: [u8; SUM],
    core: Core,
    streams: Streams,
}

fn sum(bytes: &[u8]) -> [u8; SUM] {
    let mut sum = [0; SUM];
    blake3::Hasher::new().update(bytes).finalize_xof().fill(&mut sum);
    sum
}

fn bytes_of<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    postcard::to_allocvec(value).map_err(|error| Error::bug(format!("a state cannot be saved: {error}")))
}

impl Client {
    /// The whole state: accounts, orders, what is under way, what the streams hold, what was ordered to go wrong, the clock. Its size is
    /// that of the state: histories are bounded, and of an order that is over and forgotten five bytes say how it ended.
    pub fn snapshot(&self) -> Result<Vec<u8>> {
        self.check_open()?;
        let saved = Saved { settings: self.settings_sum(), core: &self.core, streams: &self.streams };
        let body = bytes_of(&saved)?;
        Ok([MAGIC.as_slice(), &sum(&body), &body].concat())
    }

    /// Puts the client into a saved state. The clock may go back.
    ///
    /// Errors: `INVALID_ARGUMENT` (path `snapshot`) for bytes that are no snapshot or are damaged, and for a snapshot of a client with other
    /// settings; `UNSUPPORTED` where a strategy runs on it, whose engine cannot go back. Nothing has changed then.
    pub fn restore(&mut self, snapshot: &[u8]) -> Result<()> {
        self.check_open()?;
        if self.tap.is_some() {
            return Err(Error::new(Code::Unsupported, "a strategy runs on this exchange, and its engine cannot go back").at("snapshot"));
        }
        let bad = |message: &str| Error::argument("snapshot", message);
        let rest = snapshot.strip_prefix(MAGIC.as_slice()).ok_or_else(|| bad("these bytes are no snapshot of this version"))?;
        let (expected, body) = rest.split_at_checked(SUM).ok_or_else(|| bad("the snapshot is cut off"))?;
        if expected != sum(body) {
            return Err(bad("the snapshot is damaged"));
        }
        let saved: Saved<Core, Vec<Stream>> = postcard::from_bytes(body).map_err(|_| bad("these bytes are no snapshot of this version"))?;
        if saved.settings != self.settings_sum() {
            return Err(bad("it was taken of a client with other settings"));
        }
        let mut core = saved.core;
        let like = &self.core.accounts[0].exchange;
        for account in &mut core.accounts {
            account.exchange = like.restored(account.exchange.clone()).map_err(|error| error.at("snapshot"))?;
        }
        (self.core, self.streams) = (core, saved.streams);
        Ok(())
    }

    fn settings_sum(&self) -> [u8; SUM] {
        let settings = &self.settings;
        let system = settings.map.system();
        let said = (&settings.execution, &system.exchanges[0].name, &system.assets, &system.instruments);
        sum(format!("{said:?} {} {} {}", settings.seed, settings.events_max, settings.history_max).as_bytes())
    }

    /// BLAKE3 of the state but for what the streams hold, 32 hex digits: the same settings and calls give the same hash.
    pub fn state_hash(&self) -> Result<String> {
        self.check_open()?;
        let sum = sum(&bytes_of(&(self.settings_sum(), &self.core))?);
        Ok(StateHash(sum).to_string())
    }

    /// Holds the state against itself: in every account free + locked is the total, and locked what its open orders reserve; over all of
    /// them accounts + venue + fees is what was put in, and what they traded among themselves stays among them; the books of orders hold what
    /// the orders have left, and are not crossed.
    ///
    /// Errors: `BUG` with what is broken.
    pub fn invariants(&self) -> Result<()> {
        self.check_open()?;
        self.core.accounts.iter().try_for_each(|account| account.exchange.check())?;
        let assets = self.core.accounts.first().map_or(0, |account| account.held.len());
        for asset in (0..assets).map(|at| AssetId(at as u16)) {
            let mut venue = Decimal::ZERO;
            for account in &self.core.accounts {
                let books = account.exchange.ledger().account(asset);
                venue += books.venue;
                let balance = account.exchange.ledger().balance(asset);
                let name = self.settings.map.asset(asset);
                if balance.total - balance.free != books.locked {
                    return Err(Error::bug(format!("{name} of {}: free and locked are not the total", account.name)));
                }
                if account.held[asset.index()].0 != balance {
                    return Err(Error::bug(format!("{name} of {}: a balance changed without an event", account.name)));
                }
            }
            // Cash-settled, what one side has gained may not be realised by the other one yet.
            let is_spot = self.specs.iter().all(|spec| spec.account == AccountKind::Spot);
            let is_closed = is_spot && !self.core.has_met_venue;
            if is_closed && !venue.is_zero() {
                return Err(Error::bug(format!("the accounts traded {venue} of asset {} with no other side", asset.index())));
            }
        }
        self.check_orders()?;
        (0..self.specs.len()).try_for_each(|market| self.check_book(market))
    }

    /// What is kept of an order is what the exchange has.
    fn check_orders(&self) -> Result<()> {
        for record in self.core.orders.all() {
            let number = record.request.order;
            let works = self.core.accounts[usize::from(record.account)].exchange.order(number);
            let kept = record.truth.as_ref().filter(|truth| !truth.is_over());
            let is_same = match (works, kept) {
                (Some(works), Some(kept)) => (works.filled, works.quantity) == (kept.filled, kept.quantity),
                (works, kept) => works.is_none() && kept.is_none(),
            };
            if !is_same {
                return Err(Error::bug(format!("order {} is not what the exchange has", number.0)));
            }
        }
        Ok(())
    }

    fn check_book(&self, market: usize) -> Result<()> {
        let symbol = &self.core.symbols[market];
        let name = self.settings.map.symbol(market);
        if let (Some(bid), Some(ask)) = (symbol.book.best(Side::Buy), symbol.book.best(Side::Sell))
            && bid.price >= ask.price
        {
            return Err(Error::bug(format!("{name}: the orders cross")));
        }
        let mut wrong = None;
        for side in [Side::Buy, Side::Sell] {
            symbol.book.visit(side, &mut |order| {
                let works = self.core.accounts[order.account as usize].exchange.order(OrderNumber(order.id as u32));
                if works.is_none_or(|works| (works.left(), works.request.price) != (order.left(), order.price)) {
                    wrong = Some(order.id);
                }
            });
        }
        let resting = self.core.accounts.iter().flat_map(|account| &account.exchange.markets()[market].resting);
        let resting: usize = resting.map(Vec::len).sum();
        if symbol.is_own() && resting != symbol.book.len() {
            return Err(Error::bug(format!("{name}: {resting} orders rest, and the book has {}", symbol.book.len())));
        }
        wrong.map_or(Ok(()), |id| Err(Error::bug(format!("{name}: order {id} is not what the book has"))))
    }
}
