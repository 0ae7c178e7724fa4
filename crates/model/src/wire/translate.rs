//! What every value that travels can, and names into indices and back.
//!
//! An index means a place in a list. Barter sorts its lists, our configs do not: where both orders agree on an index there
//! is no question, and where they do not, the caller has to say which one is meant.

use super::Name;
use super::barter_order::Sorted;
use crate::read::{Field, parse};
use crate::{AssetId, Code, Error, ExchangeId, InstrumentId, Result, System};
use serde::Serialize;
use serde_json::Value;

/// A type with barter's JSON.
pub trait Wire: Sized + Clone + PartialEq + Serialize {
    /// Reads barter's JSON; errors have the path of the field.
    fn read(field: &Field<'_>) -> Result<Self>;

    /// Barter's JSON as a value. Writing into memory fails only where a map has keys that are no texts, and none has.
    fn json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// The fields that TypeScript shows.
    fn view(&self) -> Value;

    /// Puts the names in it through a translator; `path` is where the value stands.
    fn translate(&mut self, names: &Translator, path: &str) -> Result<()>;

    /// Reads a JSON text.
    fn from_text(text: &str) -> Result<Self> {
        Self::read(&Field::root(&parse(text)?))
    }

    /// Writes a JSON text.
    fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// What an index counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbering {
    /// Unsaid: an index is taken only where both orders agree on it.
    Agreed,
    /// Places in the config, because the caller says so.
    Config,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    ToNames,
    ToIndices,
}

/// Translates the names in a value, in one direction.
#[derive(Clone, Debug)]
pub struct Translator {
    system: System,
    sorted: Sorted,
    numbering: Numbering,
    /// The only exchange that is meant, where there is one.
    exchange: Option<ExchangeId>,
    direction: Direction,
}

impl Translator {
    /// For a system, or one of its exchanges.
    pub fn new(system: System, numbering: Numbering, exchange: Option<&str>) -> Result<Self> {
        let sorted = Sorted::of(&system);
        let mut translator = Self { system, sorted, numbering, exchange: None, direction: Direction::ToNames };
        translator.exchange = exchange.map(|name| translator.find_exchange(name)).transpose()?;
        Ok(translator)
    }

    /// The value with names everywhere.
    pub fn named<T: Wire>(&self, value: &T) -> Result<T> {
        self.run(value, Direction::ToNames)
    }

    /// The value with indices everywhere, as barter has them.
    pub fn indexed<T: Wire>(&self, value: &T) -> Result<T> {
        self.run(value, Direction::ToIndices)
    }

    fn run<T: Wire>(&self, value: &T, direction: Direction) -> Result<T> {
        let mut value = value.clone();
        value.translate(&Self { direction, ..self.clone() }, "")?;
        Ok(value)
    }

    /// The exchange that is meant.
    pub fn exchange_id(&self, name: &Name) -> Result<ExchangeId> {
        let id = match name {
            Name::Text(text) => self.find_exchange(text)?,
            Name::Index(index) => ExchangeId(self.place(*index, "exchange", &self.sorted.exchanges)?),
        };
        self.allowed(id, id, name)?;
        Ok(id)
    }

    /// The instrument that is meant, at an exchange where that is known.
    pub fn instrument_id(&self, name: &Name, exchange: Option<&Name>) -> Result<InstrumentId> {
        let exchange = exchange.map(|exchange| self.exchange_id(exchange)).transpose()?.or(self.exchange);
        let id = match name {
            Name::Index(index) => InstrumentId(self.place(*index, "instrument", &self.sorted.instruments)?),
            Name::Text(text) => match exchange.map(|exchange| format!("{}:{text}", self.system.exchanges[exchange.index()].name)) {
                // A venue's own name cannot be qualified, but is enough where it is the only one.
                Some(full) => self.system.find_instrument(&full).or_else(|_| self.system.find_instrument(text))?,
                None => self.system.find_instrument(text)?,
            },
        };
        let at = self.system.instrument(id).exchange;
        self.allowed(at, exchange.unwrap_or(at), name)?;
        Ok(id)
    }

    /// The asset that is meant, at an exchange where that is known; `exchange:asset` says both.
    pub fn asset_id(&self, name: &Name, exchange: Option<&Name>) -> Result<AssetId> {
        let exchange = exchange.map(|exchange| self.exchange_id(exchange)).transpose()?.or(self.exchange);
        let id = match name {
            Name::Index(index) => AssetId(self.place(*index, "asset", &self.sorted.assets)?),
            Name::Text(text) => match text.split_once(':') {
                Some((exchange, asset)) => self.system.find_asset(asset, Some(exchange))?,
                None => self.system.find_asset(text, exchange.map(|exchange| self.system.exchanges[exchange.index()].name.as_str()))?,
            },
        };
        let at = self.system.assets[id.index()].exchange;
        self.allowed(at, exchange.unwrap_or(at), name)?;
        Ok(id)
    }

    pub(super) fn exchange(&self, name: &mut Name, path: &str) -> Result<()> {
        let id = self.exchange_id(name).map_err(|error| error.at(path))?;
        let text = || self.system.exchanges[id.index()].name.clone();
        self.put(name, id.index(), text, &self.sorted.exchanges).map_err(|error| error.at(path))
    }

    pub(super) fn instrument(&self, name: &mut Name, exchange: Option<&Name>, path: &str) -> Result<()> {
        let id = self.instrument_id(name, exchange).map_err(|error| error.at(path))?;
        let text = || {
            let instrument = self.system.instrument(id);
            let is_unique = self.system.find_instrument(&instrument.symbol).is_ok();
            if is_unique {
                instrument.symbol.clone()
            } else {
                format!("{}:{}", self.system.exchanges[instrument.exchange.index()].name, instrument.symbol)
            }
        };
        self.put(name, id.index(), text, &self.sorted.instruments).map_err(|error| error.at(path))
    }

    pub(super) fn asset(&self, name: &mut Name, exchange: Option<&Name>, path: &str) -> Result<()> {
        let id = self.asset_id(name, exchange).map_err(|error| error.at(path))?;
        let text = || {
            let asset = &self.system.assets[id.index()];
            let is_unique = self.system.find_asset(&asset.name, None).is_ok();
            if is_unique { asset.name.clone() } else { format!("{}:{}", self.system.exchanges[asset.exchange.index()].name, asset.name) }
        };
        self.put(name, id.index(), text, &self.sorted.assets).map_err(|error| error.at(path))
    }

    /// Puts the other form in the place of a name. An index that would be read in two ways is not written either.
    fn put(&self, name: &mut Name, at: usize, text: impl Fn() -> String, sorted: &[usize]) -> Result<()> {
        *name = match self.direction {
            Direction::ToNames => Name::Text(text()),
            Direction::ToIndices => {
                let index = u32::try_from(at).map_err(|_| Error::overflow("an index"))?;
                self.agree(index, sorted).map_err(|error| error.hint(format!("'{}' has different places there: use names", text())))?;
                Name::Index(index)
            }
        };
        Ok(())
    }

    fn place(&self, index: u32, what: &str, sorted: &[usize]) -> Result<u16> {
        if index as usize >= sorted.len() {
            let hint = format!("there are {}: 0 to {}", sorted.len(), sorted.len().saturating_sub(1));
            return Err(Error::new(Code::UnknownName, format!("no {what} has the index {index}")).hint(hint));
        }
        self.agree(index, sorted)?;
        u16::try_from(index).map_err(|_| Error::overflow("an index"))
    }

    fn agree(&self, index: u32, sorted: &[usize]) -> Result<()> {
        if self.numbering == Numbering::Config || sorted.get(index as usize) == Some(&(index as usize)) {
            return Ok(());
        }
        Err(Error::new(
            Code::AmbiguousName,
            format!("the index {index} means one thing in the order of the config and another one as barter sorts"),
        )
        .hint("use names, or say what 0, 1, 2 mean: a map made of a list of instruments counts them as listed"))
    }

    fn find_exchange(&self, name: &str) -> Result<ExchangeId> {
        let at = self.system.exchanges.iter().position(|exchange| exchange.name == name);
        let names = self.system.exchanges.iter().map(|exchange| exchange.name.as_str());
        at.map(|at| ExchangeId(at as u16)).ok_or_else(|| Error::unknown("exchange", name, names))
    }

    /// Refuses what lies at another exchange than the one that is meant.
    fn allowed(&self, at: ExchangeId, meant: ExchangeId, name: &Name) -> Result<()> {
        let meant = if at == meant { self.exchange.unwrap_or(meant) } else { meant };
        if at == meant {
            return Ok(());
        }
        let name_of = |id: ExchangeId| self.system.exchanges[id.index()].name.as_str();
        Err(Error::new(Code::UnknownName, format!("'{name}' is at {}, not at {}", name_of(at), name_of(meant))))
    }
}
