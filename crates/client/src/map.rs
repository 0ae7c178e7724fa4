//! The instruments of one exchange, by name and by their place in the list that they were given in.

use haggle_model::init::read_system;
use haggle_model::read::Field;
use haggle_model::wire::{Name, Numbering, Translator, Wire};
use haggle_model::{AssetId, Code, Error, InstrumentId, Result, System};
use serde_json::{Value, json};

/// The instruments of one exchange. What 0, 1, 2 mean is their place in the list.
#[derive(Clone, Debug)]
pub struct InstrumentMap {
    system: System,
    translator: Translator,
}

impl InstrumentMap {
    /// Of an exchange and a list of symbols or `InstrumentInit`s, in JSON.
    ///
    /// Errors: those of a config, with paths as `instruments[0].tickSize`.
    pub fn new(exchange: &str, instruments: &Value) -> Result<Self> {
        let init = json!({ "exchange": exchange, "instruments": instruments });
        let system = read_system(&Field::root(&init))?;
        if system.exchanges.len() != 1 || system.exchanges[0].name != exchange {
            return Err(Error::argument("instruments", format!("all have to be instruments of '{exchange}'")));
        }
        Self::of(system)
    }

    /// Of a system's only exchange, or of the one with this name.
    ///
    /// Errors: `UNKNOWN_NAME`; `AMBIGUOUS_NAME` where there are several and none is named.
    pub fn of_system(system: &System, exchange: Option<&str>) -> Result<Self> {
        let known = || system.exchanges.iter().map(|exchange| exchange.name.as_str());
        let at = match exchange {
            Some(name) => known().position(|known| known == name).ok_or_else(|| Error::unknown("exchange", name, known()))?,
            None if system.exchanges.len() == 1 => 0,
            None => return Err(Error::new(Code::AmbiguousName, "the system has several exchanges").hint("name one of them")),
        };
        let mut own = System::default();
        let id = own.add_exchange(&system.exchanges[at].name, &system.exchanges[at].execution);
        for instrument in system.instruments.iter().filter(|instrument| instrument.exchange.index() == at) {
            own.add_instrument(id, &instrument.symbol, Some(&instrument.name_exchange), instrument.filters.clone())?;
        }
        for (asset, amount) in &system.balances {
            let asset = &system.assets[asset.index()];
            if asset.exchange.index() == at {
                let asset = own.find_asset(&asset.name, None)?;
                own.balances.push((asset, *amount));
            }
        }
        Self::of(own)
    }

    fn of(system: System) -> Result<Self> {
        Ok(Self { translator: Translator::new(system.clone(), Numbering::Config, None)?, system })
    }

    /// The value with names everywhere.
    pub fn named<T: Wire>(&self, value: &T) -> Result<T> {
        self.translator.named(value)
    }

    /// The value with indices everywhere.
    pub fn indexed<T: Wire>(&self, value: &T) -> Result<T> {
        self.translator.indexed(value)
    }

    /// The exchange's name.
    pub fn exchange(&self) -> &str {
        &self.system.exchanges[0].name
    }

    /// The exchange and its instruments.
    pub fn system(&self) -> &System {
        &self.system
    }

    pub(crate) fn symbol(&self, at: usize) -> &str {
        &self.system.instruments[at].symbol
    }

    pub(crate) fn asset(&self, id: AssetId) -> &str {
        &self.system.assets[id.index()].name
    }

    /// The instrument that is meant.
    pub(crate) fn find(&self, name: &Name) -> Result<usize> {
        if let Name::Text(text) = name
            && let Some(at) = self.system.instruments.iter().position(|instrument| instrument.symbol == *text)
        {
            return Ok(at);
        }
        self.translator.instrument_id(name, None).map(InstrumentId::index)
    }

    /// The asset that is meant.
    pub(crate) fn find_asset(&self, name: &Name) -> Result<AssetId> {
        self.translator.asset_id(name, None)
    }

    /// Whether an exchange named in a request is this one.
    pub(crate) fn check_exchange(&self, name: &Name) -> Result<()> {
        match name {
            Name::Text(text) if *text == self.system.exchanges[0].name => Ok(()),
            other => self.translator.exchange_id(other).map(drop),
        }
    }
}
