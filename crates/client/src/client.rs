//! A mock exchange with its accounts, their orders and streams, and a clock that stands still until it is moved.

use crate::faults::Faults;
use crate::map::InstrumentMap;
use crate::orders::Orders;
use crate::replayed::Replayed;
use crate::settings::Settings;
use crate::stream::{FillRecord, Stream};
use crate::symbol::Symbol;
use crate::tap::Tap;
use crate::transit::Transit;
use haggle_exchange::{Connection, Exchange, Legs, Limits, Setup, Spec};
use haggle_model::time::{NEVER, Nanos};
use haggle_model::wire::Name;
use haggle_model::{
    AccountEvent, AccountKind, AssetId, Balance, Code, Decimal, Error, FeeAsset, Feed, Increment, InstrumentId, OrderNumber, Result,
};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// An account of a client, by number: 0 is the one that it began with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId(pub(crate) u16);

impl AccountId {
    /// The account that a client begins with.
    pub const FIRST: Self = Self(0);
    /// Name of the account that a client begins with, and so the id of its orders' strategy.
    pub const FIRST_NAME: &'static str = "mock";

    /// The account that was opened n-th after the first one.
    pub const fn nth(n: u16) -> Self {
        Self(n)
    }

    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// An account: its books, fills and connection.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Account {
    pub name: Box<str>,
    pub exchange: Exchange,
    /// By asset: what it holds, and since when.
    pub held: Vec<(Balance, Nanos)>,
    /// By asset: the balance that its client was told of last.
    pub told: Vec<Balance>,
    pub fills: VecDeque<FillRecord>,
    pub is_connected: bool,
    /// When its messages arrive.
    pub connection: Connection,
}

/// All of a client's state but what its streams hold.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Core {
    pub now: Nanos,
    pub sequence: u64,
    pub orders_sent: u32,
    pub trades: u64,
    pub accounts: Vec<Account>,
    pub symbols: Vec<Symbol>,
    pub orders: Orders,
    pub transit: Transit,
    pub faults: Faults,
    /// Latency of the last row of a replay.
    pub feed_latency: Nanos,
    /// Whether exchange time stands for arrival in the data that were replayed last: requests then carry the whole round trip.
    pub is_arrival: bool,
    /// How far market data was replayed.
    pub replayed_to: Option<Nanos>,
    /// Whether an account ever traded with another side than one of the accounts.
    pub has_met_venue: bool,
}

/// A mock exchange for unit tests. See the crate's documentation.
#[derive(Debug)]
pub struct Client {
    pub(crate) settings: Settings,
    pub(crate) specs: Vec<Spec>,
    pub(crate) core: Core,
    pub(crate) streams: Vec<Stream>,
    pub(crate) is_closed: bool,
    /// What an exchange says, on its way through.
    pub(crate) log: Vec<AccountEvent>,
    /// The store that was replayed last, on this client's grid.
    pub(crate) replayed: Option<Replayed>,
    /// What is kept for an engine that listens.
    pub(crate) tap: Option<Box<Tap>>,
}

impl Client {
    /// A client whose clock shows the start.
    ///
    /// Errors: an initial state that contradicts itself is `INVALID_ARGUMENT` or `UNKNOWN_NAME` with its path.
    pub fn new(settings: Settings) -> Result<Self> {
        let specs = specs(&settings.map, settings.execution.account)?;
        let core = Core {
            now: settings.start,
            sequence: 0,
            orders_sent: 0,
            trades: 0,
            accounts: Vec::new(),
            symbols: specs.iter().map(|_| Symbol::new()).collect(),
            orders: Orders::new(settings.history_max),
            transit: Transit::default(),
            faults: Faults::default(),
            feed_latency: 0,
            is_arrival: false,
            replayed_to: None,
            has_met_venue: false,
        };
        let mut client = Self { settings, specs, core, streams: Vec::new(), is_closed: false, log: Vec::new(), replayed: None, tap: None };
        if let Some(state) = client.settings.initial.clone() {
            let deposits = client.read_balances(&state)?;
            client.add_account(AccountId::FIRST_NAME, deposits)?;
            client.adopt_orders(&state)?;
        } else {
            let deposits = client.settings.balances.clone();
            client.add_account(AccountId::FIRST_NAME, deposits)?;
        }
        Ok(client)
    }

    /// Opens another account on the same exchange, connected, with its own stream.
    ///
    /// Errors: `AMBIGUOUS_NAME` for a name that is taken, `UNKNOWN_NAME` for an asset that the exchange does not have (path
    /// `balances[0]`), `INVALID_ARGUMENT` for an amount below zero.
    pub fn account(&mut self, name: &str, balances: &[(Name, Decimal)]) -> Result<AccountId> {
        self.check_open()?;
        if self.core.accounts.iter().any(|account| &*account.name == name) {
            return Err(Error::new(Code::AmbiguousName, format!("there is an account '{name}'")).at("name"));
        }
        let mut deposits: Vec<(AssetId, Decimal)> = Vec::new();
        for (at, (asset, amount)) in balances.iter().enumerate() {
            let path = || format!("balances[{at}]");
            let asset = self.settings.map.find_asset(asset).map_err(|error| error.at(path()))?;
            if deposits.iter().any(|(other, _)| *other == asset) {
                return Err(Error::new(Code::AmbiguousName, "the asset stands twice").at(path()));
            }
            if amount.is_sign_negative() && !amount.is_zero() {
                return Err(Error::argument(path(), format!("expected an amount not below zero, found {amount}")));
            }
            deposits.push((asset, *amount));
        }
        let id = self.add_account(name, deposits)?;
        for at in 0..self.specs.len() {
            self.show_market(id, at)?;
        }
        Ok(id)
    }

    fn add_account(&mut self, name: &str, deposits: Vec<(AssetId, Decimal)>) -> Result<AccountId> {
        let id = u16::try_from(self.core.accounts.len()).map_err(|_| Error::overflow("the number of accounts"))?;
        let assets = &self.settings.map.system().assets;
        let exchange = Exchange::new(Setup {
            execution: self.settings.execution.clone(),
            specs: self.specs.clone(),
            assets: assets.iter().map(|asset| asset.name.clone()).collect(),
            balances: deposits,
            fee_asset: match &self.settings.execution.fees.charged_in {
                FeeAsset::Named(name) => assets.iter().position(|asset| asset.name == *name).map(|at| AssetId(at as u16)),
                _ => None,
            },
            last_time: NEVER,
        })?;
        let legs = Legs::new(self.settings.execution.latency, self.core.is_arrival, self.settings.seed, id.into())?;
        let now = self.core.now;
        let told: Vec<Balance> = (0..assets.len()).map(|at| exchange.ledger().balance(AssetId(at as u16))).collect();
        let fills = VecDeque::new();
        self.core.accounts.push(Account {
            name: name.into(),
            exchange,
            held: told.iter().map(|balance| (*balance, now)).collect(),
            told,
            fills,
            is_connected: true,
            connection: Connection::new(legs),
        });
        self.streams.push(Stream::default());
        Ok(AccountId(id))
    }

    /// The account with this name.
    pub fn find_account(&self, name: &str) -> Result<AccountId> {
        let found = (0..).zip(&self.core.accounts).find(|(_, account)| &*account.name == name);
        let known = || self.core.accounts.iter().map(|account| &*account.name);
        found.map(|(at, _)| AccountId(at)).ok_or_else(|| Error::unknown("account", name, known()))
    }

    /// The instruments.
    pub const fn map(&self) -> &InstrumentMap {
        &self.settings.map
    }

    /// Tick and lot of an instrument: what numbers are put on before they come here.
    pub fn grid(&self, symbol: &Name) -> Result<(Increment, Increment)> {
        let spec = &self.specs[self.settings.map.find(symbol)?];
        Ok((spec.tick, spec.lot))
    }

    /// What the clock shows.
    pub const fn now(&self) -> Nanos {
        self.core.now
    }

    /// Ends the client: every later call but this one is `CLOSED`.
    pub const fn close(&mut self) {
        self.is_closed = true;
    }

    pub(crate) fn check_open(&self) -> Result<()> {
        if self.is_closed { Err(Error::new(Code::Closed, "the client is closed")) } else { Ok(()) }
    }

    /// An account may be of another client, or of a time before a restore.
    pub(crate) fn check_account(&self, account: AccountId) -> Result<()> {
        self.check_open()?;
        if account.index() < self.core.accounts.len() {
            return Ok(());
        }
        Err(Error::new(Code::UnknownName, format!("there is no account {}", account.0)).at("account"))
    }

    /// The number of a new order. History is forgotten here, and nowhere else: what a call speaks of is there until its end.
    pub(crate) fn next_order(&mut self) -> Result<OrderNumber> {
        self.core.orders.forget();
        self.next_number()
    }

    pub(crate) fn next_number(&mut self) -> Result<OrderNumber> {
        let number = OrderNumber(self.core.orders_sent);
        self.core.orders_sent = number.0.checked_add(1).filter(|next| *next < u32::MAX - 8).ok_or_else(|| Error::overflow("orders"))?;
        Ok(number)
    }
}

fn specs(map: &InstrumentMap, account: AccountKind) -> Result<Vec<Spec>> {
    let spec = |(at, instrument): (usize, &haggle_model::Instrument)| -> Result<Spec> {
        let (tick, lot) = Settings::grid(instrument)?;
        let limits = Limits::new(&instrument.filters, tick, lot)?;
        let (base, quote) = (instrument.base, instrument.quote);
        Ok(Spec { instrument: InstrumentId(at as u16), base, quote, tick, lot, limits, account, feed: Feed::Orders, has_volume: false })
    };
    map.system().instruments.iter().enumerate().map(spec).collect()
}
