//! Which order: exchange, instrument, strategy and the client's id.

use super::tag::id;
use super::{Name, Translator, Wire};
use crate::Result;
use crate::read::{Field, join};
use serde::Serialize;
use serde_json::Value;

/// What names an order everywhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct OrderKey {
    /// Where it is.
    pub exchange: Name,
    /// What it trades.
    pub instrument: Name,
    /// Whose it is.
    pub strategy: String,
    /// The client's id, unique per strategy.
    pub cid: String,
}

impl Wire for OrderKey {
    fn read(field: &Field<'_>) -> Result<Self> {
        let object = field.object()?;
        Ok(Self {
            exchange: Name::of(&object, "exchange")?,
            instrument: Name::of(&object, "instrument")?,
            strategy: id(&object, "strategy")?,
            cid: id(&object, "cid")?,
        })
    }

    fn view(&self) -> Value {
        self.json()
    }

    fn translate(&mut self, names: &Translator, path: &str) -> Result<()> {
        names.instrument(&mut self.instrument, Some(&self.exchange), &join(path, "instrument"))?;
        names.exchange(&mut self.exchange, &join(path, "exchange"))
    }
}
