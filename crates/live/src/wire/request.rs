//! Requests in the system's own terms. What cannot be is refused before anything is sent.

use super::Names;
use super::input::each;
use super::names::unknown_order;
use crate::command::{Cancel, Open, Which};
use crate::registry::Cid;
use haggle_engine::{Draft, InstrumentFilter};
use haggle_model::wire::{self, Name, OrderKey, Underlying};
use haggle_model::{AssetId, Code, Error, InstrumentId, Result, Size, TimeInForce};

impl Names {
    fn place(&self, key: &OrderKey) -> Result<InstrumentId> {
        self.translator.exchange_id(&key.exchange).map_err(|error| error.at("key.exchange"))?;
        self.translator.instrument_id(&key.instrument, Some(&key.exchange)).map_err(|error| error.at("key.instrument"))
    }

    /// An order to be sent. Its client id is taken from now on; it is free again if the order is dropped without having been sent.
    ///
    /// Errors have the path in the request's JSON: `UNKNOWN_NAME`, `AMBIGUOUS_NAME`, `UNSUPPORTED` for a kind that there is not yet, else
    /// `INVALID_ARGUMENT`.
    pub fn open(&self, request: &wire::OrderRequestOpen) -> Result<Open> {
        let instrument = self.place(&request.key)?;
        let (spec, terms) = (self.spec(instrument), &request.terms);
        let price = terms.limit()?.map(|price| spec.tick.count(price, "state.price")).transpose()?;
        let lots = spec.lot.count(terms.quantity, "state.quantity")?;
        let time_in_force = terms.time_in_force.at_exchange(price.is_some());
        if terms.post_only && matches!(time_in_force, TimeInForce::FillOrKill | TimeInForce::ImmediateOrCancel) {
            return Err(Error::argument("state.time_in_force", "an order that takes at once cannot be post-only"));
        }
        let cid = Some(request.key.cid.as_str()).filter(|cid| !cid.is_empty());
        let cid = cid.map(|cid| self.reserve(cid).map_err(|error| error.at("key.cid"))).transpose()?;
        let draft = Draft {
            instrument,
            side: terms.side,
            size: Size::Lots(lots),
            price,
            time_in_force,
            post_only: terms.post_only,
            reduce_only: terms.reduce_only,
        };
        Ok(Open { draft, strategy: Some(request.key.strategy.clone()).filter(|strategy| !strategy.is_empty()), cid })
    }

    fn reserve(&self, cid: &str) -> Result<Cid> {
        if self.generated_number(cid).is_some() {
            let message = format!("'{cid}' has the form of the ids that orders without one get");
            return Err(Error::new(Code::InvalidArgument, message).hint("add a letter"));
        }
        let taken = || {
            Error::new(Code::InvalidArgument, format!("the client order id '{cid}' was used before"))
                .hint("they are unique for as long as the system runs")
        };
        self.registry.reserve(cid).ok_or_else(taken)
    }

    /// A cancel, by the client's id or, where there is none, by the exchange's.
    ///
    /// Errors have the path in the request's JSON: `UNKNOWN_NAME` for an order that never was, `INVALID_ARGUMENT` where neither id is given.
    pub fn cancel(&self, request: &wire::OrderRequestCancel) -> Result<Cancel> {
        self.place(&request.key)?;
        let id = request.id.as_deref();
        let number = id.map(|id| self.number_of_id(id).ok_or_else(|| unknown_order(id).at("state.id"))).transpose()?;
        let cid = request.key.cid.as_str();
        let order = match (cid, number) {
            ("", None) => return Err(Error::argument("key.cid", "expected the client's id of the order, or the exchange's")),
            ("", Some(number)) if self.has_been(number) => Which::Number(number),
            ("", Some(number)) => return Err(unknown_order(&number.0.to_string()).at("state.id")),
            _ => self.find(cid).ok_or_else(|| unknown_order(cid).at("key.cid"))?,
        };
        Ok(Cancel { order, id: number })
    }

    pub(super) fn find(&self, cid: &str) -> Option<Which> {
        let registry = self.registry.lock();
        match registry.cids.get(cid) {
            Some(Some(number)) => Some(Which::Number(*number)),
            // Its command was sent before this one, and is carried out before it.
            Some(None) => Some(Which::Cid(cid.to_owned())),
            None => {
                let number = self.generated_number(cid).filter(|number| self.has_been(*number))?;
                let is_own = registry.orders.get(&number).is_none_or(|called| called.cid.is_none());
                is_own.then_some(Which::Number(number))
            }
        }
    }

    /// A filter. An underlying without an exchange is meant wherever it trades.
    ///
    /// Errors have the path in the filter's JSON: `UNKNOWN_NAME`, `AMBIGUOUS_NAME`.
    pub fn filter(&self, filter: &wire::InstrumentFilter) -> Result<InstrumentFilter> {
        Ok(match filter {
            wire::InstrumentFilter::None => InstrumentFilter::None,
            wire::InstrumentFilter::Exchanges(names) => {
                InstrumentFilter::Exchanges(each(names, "Exchanges", |name| self.translator.exchange_id(name))?)
            }
            wire::InstrumentFilter::Instruments(names) => {
                InstrumentFilter::Instruments(each(names, "Instruments", |name| self.translator.instrument_id(name, None))?)
            }
            wire::InstrumentFilter::Underlyings(pairs) => {
                let found = each(pairs, "Underlyings", |pair| self.underlying(pair))?;
                InstrumentFilter::Underlyings(found.into_iter().flatten().collect())
            }
        })
    }

    fn underlying(&self, pair: &Underlying) -> Result<Vec<(AssetId, AssetId)>> {
        let is_named = |name: &Name, asset: AssetId| match name {
            Name::Text(text) if !text.contains(':') => self.setup.constant.system.assets[asset.index()].name.eq_ignore_ascii_case(text),
            other => self.translator.asset_id(other, None).is_ok_and(|id| id == asset),
        };
        for (name, path) in [(&pair.base, "base"), (&pair.quote, "quote")] {
            let assets = &self.setup.constant.system.assets;
            if !(0..assets.len()).any(|at| is_named(name, AssetId(at as u16))) {
                // Whichever error it is that makes it none.
                let error = self.translator.asset_id(name, None).err();
                return Err(error.unwrap_or_else(|| Error::bug("an asset that is known and is not")).at(path));
            }
        }
        let mut pairs: Vec<(AssetId, AssetId)> = self.setup.market_specs.iter().map(|spec| (spec.base, spec.quote)).collect();
        pairs.retain(|(base, quote)| is_named(&pair.base, *base) && is_named(&pair.quote, *quote));
        pairs.dedup();
        if pairs.is_empty() {
            return Err(Error::new(Code::UnknownName, format!("nothing trades {} for {}", pair.base, pair.quote)));
        }
        Ok(pairs)
    }
}
