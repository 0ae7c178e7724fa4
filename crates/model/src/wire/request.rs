//! Requests: open an order, cancel one. Unknown fields are refused here.

use super::tag::{add, record};
use super::{OrderKey, Terms, Translator, Wire};
use crate::Result;
use crate::read::{Field, join};
use serde_json::{Map, Value};

/// Opens an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRequestOpen {
    /// Which order it will be.
    pub key: OrderKey,
    /// What is asked for.
    pub terms: Terms,
}

impl Wire for OrderRequestOpen {
    fn read(field: &Field<'_>) -> Result<Self> {
        let object = field.object()?;
        let key = OrderKey::read(&object.need("key")?)?;
        let state = object.need("state")?.object()?;
        let terms = Terms::read(&state, true)?;
        state.finish()?;
        object.finish()?;
        Ok(Self { key, terms })
    }

    fn json(&self) -> Value {
        Value::Object(record([("key", self.key.json()), ("state", Value::Object(self.terms.json()))]))
    }

    fn view(&self) -> Value {
        let mut map = record([("key", self.key.view())]);
        map.extend(self.terms.view());
        Value::Object(map)
    }

    fn translate(&mut self, names: &Translator, path: &str) -> Result<()> {
        self.key.translate(names, &join(path, "key"))
    }
}

/// Cancels an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRequestCancel {
    /// Which order.
    pub key: OrderKey,
    /// The exchange's id, where it is known.
    pub id: Option<String>,
}

impl Wire for OrderRequestCancel {
    fn read(field: &Field<'_>) -> Result<Self> {
        let object = field.object()?;
        let key = OrderKey::read(&object.need("key")?)?;
        let state = object.need("state")?.object()?;
        let id = state.get("id").map(|id| id.text().map(str::to_owned)).transpose()?;
        state.finish()?;
        object.finish()?;
        Ok(Self { key, id })
    }

    fn json(&self) -> Value {
        let id = self.id.as_deref().map_or(Value::Null, Value::from);
        Value::Object(record([("key", self.key.json()), ("state", Value::Object(record([("id", id)])))]))
    }

    fn view(&self) -> Value {
        let mut map: Map<String, Value> = record([("key", self.key.view())]);
        add(&mut map, "id", self.id.as_deref().map(Value::from));
        Value::Object(map)
    }

    fn translate(&mut self, names: &Translator, path: &str) -> Result<()> {
        self.key.translate(names, &join(path, "key"))
    }
}
