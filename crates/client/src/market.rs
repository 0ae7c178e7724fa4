//! Market data that a test pushes. It comes at the time that the clock shows, to the exchange of every account.
//!
//! Before the first row of an instrument its orders are the market. From then on they trade with the data alone: what rests goes on
//! resting in its order, behind all that the data show, and the accounts do not meet there any more. Of several kinds of data the most
//! telling one counts: a book, else best quotes, else prints, else bars.

use crate::client::{AccountId, Client};
use crate::symbol;
use crate::tap::News;
use haggle_exchange::Exchange;
use haggle_model::read::Field;
use haggle_model::time::Nanos;
use haggle_model::wire::Name;
use haggle_model::{BookLevel, BookUpdate, Decimal, Error, Feed, MarketEvent, Quote, Result, Side, Trade};

/// Lots at a price without a size: more than anybody trades, and far from what does not fit.
const UNLIMITED: i64 = 1 << 61;

/// A ticker: what is not given is not there. A last price alone stands for both sides; a price without a size has no end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ticker {
    /// Last price.
    pub last: Option<Decimal>,
    /// Best bid.
    pub bid: Option<Decimal>,
    /// Best ask.
    pub ask: Option<Decimal>,
    /// Size of the best bid; 0: there is no bid.
    pub bid_size: Option<Decimal>,
    /// Size of the best ask; 0: there is no ask.
    pub ask_size: Option<Decimal>,
}

impl Ticker {
    /// Reads `{last?, bid?, ask?, bidSize?, askSize?}`. Errors: with paths that begin with `ticker`.
    pub fn read(json: &Field<'_>) -> Result<Self> {
        let read = || -> Result<Self> {
            let object = json.object()?;
            let amount = |name| object.get(name).map(|field| field.decimal()).transpose();
            let ticker = Self {
                last: amount("last")?,
                bid: amount("bid")?,
                ask: amount("ask")?,
                bid_size: amount("bidSize")?,
                ask_size: amount("askSize")?,
            };
            object.finish()?;
            Ok(ticker)
        };
        read().map_err(|error| error.within("ticker"))
    }
}

/// Reads `{bids: [[price, size], ...], asks: [...]}`: the levels of either side. Errors: with the path, as `bids[0][1]`.
pub fn read_book(json: &Field<'_>) -> Result<[Vec<(Decimal, Decimal)>; 2]> {
    let object = json.object()?;
    let side = |name| -> Result<Vec<(Decimal, Decimal)>> { object.need(name)?.list()?.iter().map(read_pair).collect() };
    Ok([side("bids")?, side("asks")?])
}

fn read_pair(level: &Field<'_>) -> Result<(Decimal, Decimal)> {
    match level.list()?.as_slice() {
        [price, size] => Ok((price.decimal()?, size.decimal()?)),
        _ => Err(Error::argument(&*level.path, "expected [price, size]")),
    }
}

impl Client {
    /// Shows a best quote, a last price, or both.
    ///
    /// Errors: `UNKNOWN_NAME` (path `symbol`), `INVALID_ARGUMENT` for prices and sizes off the grid, a size without its price, a bid above
    /// the ask (path `ticker.bid`), nothing at all (path `ticker`).
    pub fn set_ticker(&mut self, symbol: &Name, ticker: &Ticker) -> Result<()> {
        self.check_open()?;
        let market = self.settings.map.find(symbol).map_err(|error| error.at("symbol"))?;
        let spec = &self.specs[market];
        let (tick, lot) = (spec.tick, spec.lot);
        let price = |value: Option<Decimal>, path: &str| value.map(|price| tick.count(price, path)).transpose();
        let last = price(ticker.last, "ticker.last")?;
        let (mut bid, mut ask) = (price(ticker.bid, "ticker.bid")?, price(ticker.ask, "ticker.ask")?);
        if bid.is_none() && ask.is_none() {
            if last.is_none() {
                return Err(Error::argument("ticker", "expected a bid, an ask or a last price"));
            }
            (bid, ask) = (last, last);
        }
        let size = |price: Option<i64>, size: Option<Decimal>, path: &str| match (price, size) {
            (Some(_), None) => Ok(UNLIMITED),
            (Some(_), Some(size)) if size.is_zero() => Ok(0),
            (Some(_), Some(size)) => lot.count(size, path),
            (None, None) => Ok(0),
            (None, Some(_)) => Err(Error::argument(path, "a size needs its price")),
        };
        let (bid_size, ask_size) = (size(bid, ticker.bid_size, "ticker.bidSize")?, size(ask, ticker.ask_size, "ticker.askSize")?);
        let quote = Quote { bid: bid.unwrap_or(0), bid_size, ask: ask.unwrap_or(0), ask_size };
        if bid_size > 0 && ask_size > 0 && quote.bid > quote.ask {
            return Err(Error::argument("ticker.bid", "the bid is above the ask"));
        }
        self.guard(|client| {
            if let Some(last) = last {
                client.core.accounts.iter_mut().for_each(|account| account.exchange.show_last(market, last));
                client.hear(|| News::Last(market, last));
            }
            client.row(market, Feed::Quotes, |client| client.happen(market, &MarketEvent::Quote(quote)))
        })
    }

    /// A print: `side` is who took.
    ///
    /// Errors: `UNKNOWN_NAME` (path `symbol`), `INVALID_ARGUMENT` (paths `price`, `amount`).
    pub fn push_trade(&mut self, symbol: &Name, side: Side, price: Decimal, amount: Decimal) -> Result<()> {
        self.check_open()?;
        let market = self.settings.map.find(symbol).map_err(|error| error.at("symbol"))?;
        let price = self.specs[market].tick.count(price, "price")?;
        let lots = self.specs[market].lot.count(amount, "amount")?;
        let trade = Trade { price, quantity: lots, side, time: self.core.now };
        self.guard(|client| client.row(market, Feed::Trades, |client| client.happen(market, &MarketEvent::Trade(trade))))
    }

    /// A whole book, price and size by level, in any order.
    ///
    /// Errors: as above (paths `bids[0]`, `asks[0]`); a bid above an ask is `INVALID_ARGUMENT` (path `bids`).
    pub fn push_book(&mut self, symbol: &Name, bids: &[(Decimal, Decimal)], asks: &[(Decimal, Decimal)]) -> Result<()> {
        self.check_open()?;
        let market = self.settings.map.find(symbol).map_err(|error| error.at("symbol"))?;
        let spec = &self.specs[market];
        let read = |levels: &[(Decimal, Decimal)], name: &str| -> Result<Vec<BookLevel>> {
            let level = |(at, (price, size)): (usize, &(Decimal, Decimal))| {
                let path = format!("{name}[{at}]");
                let price = spec.tick.count(*price, &path)?;
                Ok(BookLevel { price, size: if size.is_zero() { 0 } else { spec.lot.count(*size, &path)? } })
            };
            levels.iter().enumerate().map(level).collect()
        };
        let (bids, asks) = (read(bids, "bids")?, read(asks, "asks")?);
        let prices = |levels: &[BookLevel]| levels.iter().filter(|level| level.size > 0).map(|level| level.price).collect::<Vec<_>>();
        if let (Some(bid), Some(ask)) = (prices(&bids).iter().max(), prices(&asks).iter().min())
            && bid > ask
        {
            return Err(Error::argument("bids", "a bid is above an ask"));
        }
        let event = MarketEvent::Book(BookUpdate { bids: bids.into(), asks: asks.into(), is_snapshot: true });
        self.guard(|client| client.row(market, Feed::Book, |client| client.happen(market, &event)))
    }

    /// Halts trading in an instrument, or lets it go on. Halted, orders and amends are refused (`TradingDisabled`), cancels are not, nothing
    /// fills, prints go by unseen, quotes are shown when it goes on; of a book nothing is known then before the next whole one.
    pub fn halt(&mut self, symbol: &Name, is_halted: bool) -> Result<()> {
        self.check_open()?;
        let market = self.settings.map.find(symbol).map_err(|error| error.at("symbol"))?;
        if std::mem::replace(&mut self.core.symbols[market].is_halted, is_halted) == is_halted {
            return Ok(());
        }
        let name = self.settings.map.symbol(market).to_owned();
        for at in 0..self.core.accounts.len() {
            self.note_forced(at, || format!("{} {name}", if is_halted { "halt" } else { "resume" }));
        }
        if self.core.symbols[market].is_own() {
            return Ok(());
        }
        if is_halted {
            let now = self.core.now;
            return self.each_exchange(market, |exchange| exchange.apply(market, &MarketEvent::Gap, now));
        }
        match self.core.symbols[market].quote {
            Some(quote) => self.guard(|client| client.happen(market, &MarketEvent::Quote(quote))),
            None => Ok(()),
        }
    }

    /// Applies a row of this kind of data: the first one, or one that tells more than all before, makes the instrument's data of that kind.
    pub(crate) fn row(&mut self, market: usize, feed: Feed, apply: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let begins = feed.rank() > self.core.symbols[market].feed.rank();
        if begins {
            self.begin(market, feed);
        }
        apply(self)?;
        let now = self.core.now;
        if begins {
            self.each_exchange(market, |exchange| exchange.place_waiting(market, now))?;
        }
        self.watch_equity()
    }

    pub(crate) fn begin(&mut self, market: usize, feed: Feed) {
        let symbol = &mut self.core.symbols[market];
        if symbol.is_own() {
            symbol.book = symbol::empty();
        }
        symbol.feed = feed;
        self.core.accounts.iter_mut().for_each(|account| account.exchange.begin_feed(market, feed));
    }

    /// Something happens at the exchange of every account.
    pub(crate) fn each_exchange(&mut self, market: usize, mut apply: impl FnMut(&mut Exchange) -> Result<()>) -> Result<()> {
        debug_assert!(!self.core.symbols[market].is_own(), "market data where the orders are the market");
        for at in 0..self.core.accounts.len() {
            let exchange = &mut self.core.accounts[at].exchange;
            exchange.set_trade_count(self.core.trades);
            apply(exchange)?;
            if exchange.has_events() {
                self.count_trades(at);
                self.collect(at, None)?;
            }
        }
        Ok(())
    }

    /// After the opens of bars at an instant: orders that wait meet them.
    pub(crate) fn meet_opens(&mut self) -> Result<()> {
        let now = self.core.now;
        for at in 0..self.core.accounts.len() {
            self.core.accounts[at].exchange.set_trade_count(self.core.trades);
            while self.core.accounts[at].exchange.meet_open(now)? {
                self.count_trades(at);
                self.collect(at, None)?;
            }
        }
        self.watch_equity()
    }

    /// Something happened in a market: an engine that listens hears of it, and the exchange of every account applies it. While trading is
    /// halted, quotes are only remembered.
    pub(crate) fn happen(&mut self, market: usize, event: &MarketEvent<'_>) -> Result<()> {
        let now = self.core.now;
        let symbol = &mut self.core.symbols[market];
        match event {
            MarketEvent::Quote(quote) => symbol.quote = Some(*quote),
            MarketEvent::Gap => symbol.quote = None,
            _ => {}
        }
        if symbol.is_halted && *event != MarketEvent::Gap {
            return Ok(());
        }
        // An engine hears of a bar when it has closed.
        if !matches!(event, MarketEvent::BarOpen { .. }) {
            self.hear(|| News::Market(market, event.clone().into_owned()));
        }
        self.each_exchange(market, |exchange| exchange.apply(market, event, now))
    }

    /// A new account sees the market as the first one does.
    pub(crate) fn show_market(&mut self, account: AccountId, market: usize) -> Result<()> {
        let now: Nanos = self.core.now;
        let symbol = &self.core.symbols[market];
        if symbol.is_own() {
            return Ok(());
        }
        let (feed, quote) = (symbol.feed, symbol.quote.filter(|_| !symbol.is_halted));
        let first = &self.core.accounts[0].exchange.markets()[market];
        let last = first.last;
        let levels = first.book.as_ref().filter(|book| book.is_known()).map(|book| {
            [Side::Buy, Side::Sell].map(|side| book.levels(side).map(|(price, size)| BookLevel { price, size }).collect::<Vec<_>>())
        });
        let exchange = &mut self.core.accounts[account.index()].exchange;
        exchange.begin_feed(market, feed);
        if let Some(last) = last {
            exchange.show_last(market, last);
        }
        match (levels, quote) {
            (Some([bids, asks]), _) => {
                let update = BookUpdate { bids: bids.into(), asks: asks.into(), is_snapshot: true };
                exchange.apply(market, &MarketEvent::Book(update), now)
            }
            (None, Some(quote)) => exchange.apply(market, &MarketEvent::Quote(quote), now),
            (None, None) => Ok(()),
        }
    }
}
