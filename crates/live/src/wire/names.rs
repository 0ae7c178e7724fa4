//! What the things of a live system are called, shared by the system and by readers and writers of its JSON.

use super::books::Books;
use crate::command::{Open, Which};
use crate::registry::{Called, Shared};
use haggle_backtest::{RunSetup, match_instruments};
use haggle_data::Store;
use haggle_engine::MarketSpec;
use haggle_model::wire::{Name, Numbering, OrderKey, Translator};
use haggle_model::{AssetId, Code, Error, ExchangeId, InstrumentId, OrderNumber, Result};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

/// Tag of the engine's own timer, on which it looks at the drawdown.
const RISK_TAG: u32 = u32::MAX;

/// What the things of a live system are called. Orders and tags are added while it runs.
#[derive(Debug)]
pub struct Names {
    pub(super) setup: Arc<RunSetup>,
    pub(super) translator: Translator,
    /// Id of orders whose sender gives them none.
    strategy: String,
    exchanges: Vec<String>,
    instruments: Vec<String>,
    assets: Vec<String>,
    pub(super) registry: Shared,
    pub(super) books: Mutex<Books>,
    /// Orders that there are, as far as it is known here.
    count: AtomicU32,
}

impl Names {
    /// For a venue; `strategy` is the id that orders carry whose sender gives them none, the run's.
    pub fn new(setup: &RunSetup, strategy: &str) -> Result<Self> {
        Self::of(Arc::new(setup.clone()), strategy)
    }

    pub(crate) fn of(setup: Arc<RunSetup>, strategy: &str) -> Result<Self> {
        let system = &setup.constant.system;
        let exchange = |id: ExchangeId| system.exchanges[id.index()].name.as_str();
        let instruments = system.instruments.iter().map(|instrument| match system.find_instrument(&instrument.symbol) {
            Ok(_) => instrument.symbol.clone(),
            Err(_) => format!("{}:{}", exchange(instrument.exchange), instrument.symbol),
        });
        let assets = system.assets.iter().map(|asset| match system.find_asset(&asset.name, None) {
            Ok(_) => asset.name.clone(),
            Err(_) => format!("{}:{}", exchange(asset.exchange), asset.name),
        });
        Ok(Self {
            exchanges: system.exchanges.iter().map(|exchange| exchange.name.clone()).collect(),
            instruments: instruments.collect(),
            assets: assets.collect(),
            translator: Translator::new(system.clone(), Numbering::Agreed, None)?,
            strategy: strategy.to_owned(),
            registry: Shared::default(),
            books: Mutex::new(Books::new(system.instruments.len())),
            count: AtomicU32::new(0),
            setup,
        })
    }

    /// A strategy of a foreign host calls an order so.
    pub fn name_order(&self, number: OrderNumber, cid: &str) {
        self.see_count(number.0.saturating_add(1));
        let mut registry = self.registry.lock();
        registry.orders.insert(number, Called { cid: Some(cid.to_owned()), ..Called::default() });
        // An order from outside that had asked for the same id before stays the one that is found by it.
        registry.cids.entry(cid.to_owned()).or_insert(Some(number));
    }

    /// A venue calls an order so. Orders of which no venue has said anything are called by their number, as a simulated exchange does.
    pub fn name_at_venue(&self, number: OrderNumber, id: &str) {
        let mut registry = self.registry.lock();
        registry.venue_ids.insert(number, id.to_owned());
        registry.by_venue_id.insert(id.to_owned(), number);
    }

    /// The venue's id of an order.
    pub fn venue_id(&self, number: OrderNumber) -> String {
        self.registry.lock().venue_ids.get(&number).cloned().unwrap_or_else(|| number.0.to_string())
    }

    /// The order that a venue calls so.
    pub(super) fn number_of_id(&self, id: &str) -> Option<OrderNumber> {
        let registry = self.registry.lock();
        let by_number = || id.parse().ok().map(OrderNumber).filter(|number| !registry.venue_ids.contains_key(number));
        registry.by_venue_id.get(id).copied().or_else(by_number)
    }

    /// A strategy of a foreign host calls a timer so.
    pub fn name_tag(&self, tag: u32, text: &str) {
        self.registry.lock().tags.insert(tag, text.to_owned());
    }

    /// Strategy and client id of an order.
    pub fn order_name(&self, number: OrderNumber) -> (String, String) {
        let called = self.registry.lock().orders.get(&number).cloned().unwrap_or_default();
        (called.strategy.unwrap_or_else(|| self.strategy.clone()), called.cid.unwrap_or_else(|| self.generated(number)))
    }

    /// Number, strategy and client id of the orders that were given a name from outside, by number.
    pub fn given(&self) -> Vec<(OrderNumber, String, String)> {
        let numbers: Vec<OrderNumber> =
            self.registry.lock().orders.iter().filter(|(_, called)| called.is_outside).map(|(number, _)| *number).collect();
        numbers
            .into_iter()
            .map(|number| {
                let (strategy, cid) = self.order_name(number);
                (number, strategy, cid)
            })
            .collect()
    }

    /// A store on the ticks and lots of the config, whose instruments are all in it.
    ///
    /// Errors: `UNKNOWN_NAME` for an instrument that the config does not have, `INVALID_DATA` for a price or size off its grid.
    pub fn check_store(&self, store: &Arc<Store>) -> Result<Arc<Store>> {
        on_grid(&self.setup, store).map(|(store, _)| store)
    }

    /// The id of an order that was given none.
    fn generated(&self, number: OrderNumber) -> String {
        format!("{}-{}", self.strategy, number.0)
    }

    /// The number in an id of this form.
    pub(super) fn generated_number(&self, cid: &str) -> Option<OrderNumber> {
        let digits = cid.strip_prefix(self.strategy.as_str())?.strip_prefix('-')?;
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        // More digits than a number has are of that form, too.
        is_number.then(|| OrderNumber(digits.parse().unwrap_or(u32::MAX)))
    }

    /// There are at least so many orders.
    pub(crate) fn see_count(&self, count: u32) {
        self.count.fetch_max(count, Ordering::AcqRel);
    }

    /// Whether an order with this number is known to have been.
    pub(super) fn has_been(&self, number: OrderNumber) -> bool {
        number.0 < self.count.load(Ordering::Acquire)
    }

    /// An order from outside has its number now.
    pub(crate) fn take_number(&self, number: OrderNumber, open: &Open) {
        self.see_count(number.0.saturating_add(1));
        if open.strategy.is_none() && open.cid.is_none() {
            return;
        }
        let mut registry = self.registry.lock();
        let cid = open.cid.as_ref().map(|cid| cid.as_str().to_owned());
        if let Some(cid) = &cid {
            registry.cids.insert(cid.clone(), Some(number));
        }
        registry.orders.insert(number, Called { strategy: open.strategy.clone(), cid, is_outside: true });
    }

    /// The number of an order that is meant.
    pub(crate) fn find_number(&self, which: &Which) -> Result<OrderNumber> {
        match which {
            Which::Number(number) => Ok(*number),
            Which::Cid(cid) => self.registry.lock().cids.get(cid).copied().flatten().ok_or_else(|| unknown_order(cid).at("cid")),
        }
    }

    pub(super) fn strategy(&self) -> &str {
        &self.strategy
    }

    pub(super) fn exchange(&self, id: ExchangeId) -> &str {
        &self.exchanges[id.index()]
    }

    pub(super) fn instrument(&self, id: InstrumentId) -> &str {
        &self.instruments[id.index()]
    }

    pub(super) fn asset(&self, id: AssetId) -> &str {
        &self.assets[id.index()]
    }

    pub(super) fn spec(&self, id: InstrumentId) -> &MarketSpec {
        &self.setup.market_specs[id.index()]
    }

    /// What a strategy calls a timer: its number where it has no name.
    pub(super) fn tag(&self, tag: u32) -> String {
        if tag == RISK_TAG {
            return "drawdown".to_owned();
        }
        self.registry.lock().tags.get(&tag).cloned().unwrap_or_else(|| tag.to_string())
    }

    /// The key of an order.
    pub(super) fn key(&self, number: OrderNumber, instrument: InstrumentId) -> OrderKey {
        let (strategy, cid) = self.order_name(number);
        let exchange = self.exchange(self.spec(instrument).exchange).into();
        OrderKey { exchange, instrument: Name::from(self.instrument(instrument)), strategy, cid }
    }
}

pub(super) fn unknown_order(name: &str) -> Error {
    Error::new(Code::UnknownName, format!("unknown order '{name}'"))
        .hint("an order is known by its client id, or by the exchange's id of it")
}

/// A store on the ticks and lots of a venue, and by instrument of it its place there.
pub fn on_grid(setup: &RunSetup, store: &Arc<Store>) -> Result<(Arc<Store>, Vec<InstrumentId>)> {
    let matched = match_instruments(&setup.constant, store)?;
    let mut store = Arc::clone(store);
    for (data, instrument) in matched.iter().enumerate() {
        let spec = &setup.market_specs[instrument.index()];
        if (store.instruments[data].tick, store.instruments[data].lot) != (spec.tick, spec.lot) {
            let path = format!("system.instruments[{}]", instrument.index());
            store = Arc::new(store.rescale(data as u16, spec.tick, spec.lot).map_err(|error| error.at(path))?);
        }
    }
    Ok((store, matched))
}
