//! Requests: open an order, cancel one, change one. Unknown fields are refused here.

use super::tag::{add, record, text};
use super::{OrderKey, Terms, Translator, Wire};
use crate::read::{Field, join};
use crate::{Decimal, Result};
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
        Self::read_as(field, true)
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

impl OrderRequestOpen {
    /// Reads a request, or one that was sent: of what was sized by an amount of quote nobody but the exchange knows the quantity, and it
    /// is 0 there.
    pub(super) fn read_as(field: &Field<'_>, is_request: bool) -> Result<Self> {
        let object = field.object()?;
        let key = OrderKey::read(&object.need("key")?)?;
        let state = object.need("state")?.object()?;
        let terms = Terms::read(&state, is_request)?;
        state.finish()?;
        object.finish()?;
        Ok(Self { key, terms })
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

/// Changes an order in one step: ours, barter has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRequestAmend {
    /// Which order.
    pub key: OrderKey,
    /// New limit price; `None`: as it was.
    pub price: Option<Decimal>,
    /// New total quantity in base; `None`: as it was.
    pub quantity: Option<Decimal>,
}

impl Wire for OrderRequestAmend {
    fn read(field: &Field<'_>) -> Result<Self> {
        let object = field.object()?;
        let key = OrderKey::read(&object.need("key")?)?;
        let state = object.need("state")?.object()?;
        let price = state.get("price").map(|price| price.positive()).transpose()?;
        let quantity = state.get("quantity").map(|quantity| quantity.not_negative()).transpose()?;
        state.finish()?;
        object.finish()?;
        Ok(Self { key, price, quantity })
    }

    fn json(&self) -> Value {
        Value::Object(record([("key", self.key.json()), ("state", Value::Object(self.change()))]))
    }

    fn view(&self) -> Value {
        let mut map = record([("key", self.key.view())]);
        map.extend(self.change());
        Value::Object(map)
    }

    fn translate(&mut self, names: &Translator, path: &str) -> Result<()> {
        self.key.translate(names, &join(path, "key"))
    }
}

impl OrderRequestAmend {
    fn change(&self) -> Map<String, Value> {
        let mut map = Map::new();
        add(&mut map, "price", self.price.map(text));
        add(&mut map, "quantity", self.quantity.map(text));
        map
    }
}
