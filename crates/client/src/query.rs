//! What can be asked at any time. Fetches answer from the exchange's state at once; the stream tells what has arrived.

use crate::client::{AccountId, Client};
use crate::order::Record;
use crate::stream::Note;
use haggle_model::time::Nanos;
use haggle_model::wire::{AccountEvent, AccountSnapshot, AssetBalance, Fill, Name, Order};
use haggle_model::{AssetId, Result};

impl Client {
    /// Balances of all assets and open orders of all instruments.
    pub fn account_snapshot(&self, account: AccountId) -> Result<AccountSnapshot> {
        self.check_account(account)?;
        Ok(self.wire_whole(&self.whole(account.index())))
    }

    /// Balances, of all assets or of these, in the order asked for.
    ///
    /// Errors: `UNKNOWN_NAME` (path `assets[0]`).
    pub fn fetch_balances(&self, account: AccountId, assets: Option<&[Name]>) -> Result<Vec<AssetBalance>> {
        self.check_account(account)?;
        let of = |asset: AssetId| self.balance_of(account, asset);
        match assets {
            None => Ok((0..self.core.accounts[account.index()].held.len()).map(|at| of(AssetId(at as u16))).collect()),
            Some(names) => {
                let find = |(at, name): (usize, &Name)| {
                    self.settings.map.find_asset(name).map(of).map_err(|error| error.at(format!("assets[{at}]")))
                };
                names.iter().enumerate().map(find).collect()
            }
        }
    }

    /// The balance of one asset.
    ///
    /// Errors: `UNKNOWN_NAME`.
    pub fn fetch_balance(&self, account: AccountId, asset: &Name) -> Result<AssetBalance> {
        self.check_account(account)?;
        self.settings.map.find_asset(asset).map(|asset| self.balance_of(account, asset))
    }

    fn balance_of(&self, account: AccountId, asset: AssetId) -> AssetBalance {
        let account = &self.core.accounts[account.index()];
        self.wire_balance(asset, account.exchange.ledger().balance(asset), account.held[asset.index()].1)
    }

    /// Orders that work at the exchange, of all instruments or of these, oldest first.
    ///
    /// Errors: `UNKNOWN_NAME` (path `names[0]`).
    pub fn fetch_open_orders(&self, account: AccountId, names: Option<&[Name]>) -> Result<Vec<Order>> {
        self.check_account(account)?;
        let markets = self.markets(names)?;
        let works = |record: &&Record| record.truth.as_ref().is_some_and(|truth| !truth.is_over());
        Ok(self.orders_of(account, markets.as_deref(), self.core.orders.active().filter(works)))
    }

    /// All orders that are remembered, of all instruments or of these, oldest first.
    pub fn fetch_orders(&self, account: AccountId, names: Option<&[Name]>) -> Result<Vec<Order>> {
        self.check_account(account)?;
        let markets = self.markets(names)?;
        Ok(self.orders_of(account, markets.as_deref(), self.core.orders.all().into_iter()))
    }

    /// An order, by the exchange's id or the client's.
    ///
    /// Errors: `UNKNOWN_NAME` for an order that this account never had or that is forgotten.
    pub fn fetch_order(&self, account: AccountId, order: &str) -> Result<Order> {
        self.check_account(account)?;
        let number = self.find_order(account, order)?;
        self.core.orders.get(number).map_or_else(|| self.seen(number), |record| Ok(self.current(record)))
    }

    fn markets(&self, names: Option<&[Name]>) -> Result<Option<Vec<usize>>> {
        let find = |(at, name): (usize, &Name)| self.settings.map.find(name).map_err(|error| error.at(format!("names[{at}]")));
        names.map(|names| names.iter().enumerate().map(find).collect()).transpose()
    }

    fn orders_of<'a>(&self, account: AccountId, markets: Option<&[usize]>, records: impl Iterator<Item = &'a Record>) -> Vec<Order> {
        let is_meant = |record: &&Record| record.account == account.0 && markets.is_none_or(|markets| markets.contains(&record.market()));
        records.filter(is_meant).map(|record| self.current(record)).collect()
    }

    /// Own executions that are remembered, oldest first; from `since` on, included.
    pub fn fetch_trades(&self, account: AccountId, since: Option<Nanos>) -> Result<Vec<Fill>> {
        self.check_account(account)?;
        let fills = &self.core.accounts[account.index()].fills;
        let first = since.map_or(0, |since| fills.partition_point(|fill| fill.time < since));
        Ok(fills.range(first..).filter_map(|fill| self.wire_fill(account.index(), fill)).collect())
    }

    /// The order as its client knows it, once all that was asked of the exchange is answered; `None` before that.
    ///
    /// Errors: as of [`Client::fetch_order`].
    pub fn settled(&self, account: AccountId, order: &str) -> Result<Option<Order>> {
        self.check_account(account)?;
        let number = self.find_order(account, order)?;
        let is_settled = self.core.orders.get(number).is_some_and(Record::is_settled);
        is_settled.then(|| self.seen(number)).transpose()
    }

    /// Whether the account is connected.
    pub fn is_connected(&self, account: AccountId) -> bool {
        self.core.accounts.get(account.index()).is_some_and(|account| account.is_connected)
    }

    /// The next event of an account's stream. The first call opens the stream: what was before is in the snapshot that comes first. Where
    /// events were lost because they were not taken, how many comes before those that are left.
    pub fn poll_event(&mut self, account: AccountId) -> Result<Option<AccountEvent>> {
        self.check_account(account)?;
        let at = account.index();
        if !self.streams[at].is_open() {
            let whole = self.whole(at);
            self.streams[at].open(whole);
        }
        while let Some(note) = self.streams[at].pop() {
            if let Some(event) = self.wire_event(account, &note) {
                return Ok(Some(event));
            }
            self.streams[at].lose();
            if let Some(Note::Overflow(lost)) = self.streams[at].pop() {
                return Ok(self.wire_event(account, &Note::Overflow(lost)));
            }
        }
        Ok(None)
    }

    /// All events that have arrived.
    pub fn drain_events(&mut self, account: AccountId) -> Result<Vec<AccountEvent>> {
        let mut events = Vec::new();
        while let Some(event) = self.poll_event(account)? {
            events.push(event);
        }
        Ok(events)
    }
}
