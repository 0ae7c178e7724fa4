//! Requests: open an order, cancel one, change one. Unknown fields are refused here.

use super::tag::{add, record, text};
use super::{OrderKey, Terms, Translator, Wire};
use crate::read::{Field, join};
use crate::{Decimal, Result};
use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};
use serde_json::{Map, Value};

/// Opens an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OrderRequestOpen {
    /// Which order it will be.
    pub key: OrderKey,
    /// What is asked for.
    #[serde(rename = "state")]
    pub terms: Terms,
}

impl Wire for OrderRequestOpen {
    fn read(field: &Field<'_>) -> Result<Self> {
        Self::read_as(field, true)
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
    /// Reads a request, or one that was sent: of what was sized by an amount of quote only the exchange knows the quantity, and it
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OrderRequestCancel {
    /// Which order.
    pub key: OrderKey,
    /// The exchange's id, where it is known.
    #[serde(rename = "state", serialize_with = "write_id")]
    pub id: Option<String>,
}

/// The id in an object of its own.
#[allow(clippy::ref_option, reason = "serde hands fields over by reference")]
fn write_id<S: Serializer>(id: &Option<String>, to: S) -> std::result::Result<S::Ok, S::Error> {
    let mut fields = to.serialize_struct("RequestCancel", 1)?;
    fields.serialize_field("id", id)?;
    fields.end()
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

impl Serialize for OrderRequestAmend {
    fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        let mut fields = to.serialize_struct("OrderRequestAmend", 2)?;
        fields.serialize_field("key", &self.key)?;
        fields.serialize_field("state", &self.change())?;
        fields.end()
    }
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
