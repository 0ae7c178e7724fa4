//! Order events (key and state), whole orders, and the answers to cancels.

use super::state::{Cancelled, cancelled_view, read_cancelled};
use super::tag::{add, record, text, variant, with_kind};
use super::{OrderError, OrderKey, OrderState, Terms, Translator, Wire, write};
use crate::read::{Field, Object, join};
use crate::time::Nanos;
use crate::{Decimal, Result, canonical};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::Value;

/// An order reached a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderEvent {
    /// Which order.
    pub key: OrderKey,
    /// Its state.
    pub state: OrderState,
    /// How much of it is filled, where it is said beside the state: barter has no place for it in orders that are over.
    pub filled_quantity: Option<Decimal>,
}

fn filled(object: &Object<'_>) -> Result<Option<Decimal>> {
    object.get("filled_quantity").map(|field| field.not_negative()).transpose()
}

impl Serialize for OrderEvent {
    fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("key", &self.key)?;
        write_state(&mut map, &self.state, self.filled_quantity)?;
        write_flag(&mut map, &self.state)?;
        map.end()
    }
}

/// The state, and what barter has no place for in it.
fn write_state<M: SerializeMap>(map: &mut M, state: &OrderState, filled: Option<Decimal>) -> std::result::Result<(), M::Error> {
    map.serialize_entry("state", state)?;
    filled.map_or(Ok(()), |filled| map.serialize_entry("filled_quantity", &canonical::decimal(filled)))
}

/// The flag beside the state, where it says something.
fn write_flag<M: SerializeMap>(map: &mut M, state: &OrderState) -> std::result::Result<(), M::Error> {
    state.flag().map_or(Ok(()), |flag| map.serialize_entry("unknown", &flag))
}

impl Wire for OrderEvent {
    fn read(field: &Field<'_>) -> Result<Self> {
        let object = field.object()?;
        Ok(Self { key: OrderKey::read(&object.need("key")?)?, state: OrderState::of(&object)?, filled_quantity: filled(&object)? })
    }

    fn view(&self) -> Value {
        let mut map = record([("key", self.key.view()), ("state", self.state.view())]);
        add(&mut map, "filledQuantity", self.filled_quantity.map(text));
        Value::Object(map)
    }

    fn translate(&mut self, names: &Translator, path: &str) -> Result<()> {
        self.key.translate(names, &join(path, "key"))?;
        self.state.translate(names, &join(path, "state"))
    }
}

/// An order as it stands: its terms and its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Which order.
    pub key: OrderKey,
    /// What it was sent with.
    pub terms: Terms,
    /// Its state.
    pub state: OrderState,
    /// How much of it is filled, where it is said beside the state.
    pub filled_quantity: Option<Decimal>,
    /// Average price of its fills.
    pub average_price: Option<Decimal>,
    /// The exchange's id, where the state has no place for it: of orders that were filled or expired.
    pub id: Option<String>,
}

impl Order {
    /// How much of it is filled: as it is said beside the state or in it; else all or nothing.
    fn filled(&self) -> Decimal {
        self.filled_quantity.unwrap_or(match &self.state {
            OrderState::Open(placed) | OrderState::CancelInFlight(Some(placed)) => placed.filled_quantity,
            OrderState::FullyFilled => self.terms.quantity,
            _ => Decimal::ZERO,
        })
    }
}

impl Serialize for Order {
    fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("key", &self.key)?;
        self.terms.fields().iter().try_for_each(|(name, value)| map.serialize_entry(name, value))?;
        write_state(&mut map, &self.state, self.filled_quantity)?;
        self.average_price.map_or(Ok(()), |price| map.serialize_entry("average_price", &canonical::decimal(price)))?;
        self.id.as_ref().map_or(Ok(()), |id| map.serialize_entry("id", id))?;
        write_flag(&mut map, &self.state)?;
        map.end()
    }
}

impl Wire for Order {
    fn read(field: &Field<'_>) -> Result<Self> {
        let object = field.object()?;
        Ok(Self {
            key: OrderKey::read(&object.need("key")?)?,
            terms: Terms::read(&object, false)?,
            state: OrderState::of(&object)?,
            filled_quantity: filled(&object)?,
            average_price: object.get("average_price").map(|field| field.decimal()).transpose()?,
            id: object.get("id").map(|id| id.text().map(str::to_owned)).transpose()?,
        })
    }

    fn view(&self) -> Value {
        let mut map = record([("key", self.key.view()), ("state", self.state.view()), ("filledQuantity", text(self.filled()))]);
        map.extend(self.terms.view());
        add(&mut map, "averagePrice", self.average_price.map(text));
        add(&mut map, "id", self.id.as_deref().map(Value::from));
        Value::Object(map)
    }

    fn translate(&mut self, names: &Translator, path: &str) -> Result<()> {
        self.key.translate(names, &join(path, "key"))?;
        self.state.translate(names, &join(path, "state"))
    }
}

/// What an exchange answered to a cancel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CancelResponse {
    /// Which order.
    pub key: OrderKey,
    /// The exchange's id and the time of the cancel, or why the order is as it was.
    #[serde(serialize_with = "write_response")]
    pub state: std::result::Result<(String, Nanos), OrderError>,
    /// How much of the order is filled, where it is said.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "write::some_decimal")]
    pub filled_quantity: Option<Decimal>,
}

fn write_response<S: Serializer>(state: &std::result::Result<(String, Nanos), OrderError>, to: S) -> std::result::Result<S::Ok, S::Error> {
    state.as_ref().map(|(id, time)| Cancelled { id, time_exchange: *time }).serialize(to)
}

impl Wire for CancelResponse {
    fn read(field: &Field<'_>) -> Result<Self> {
        let object = field.object()?;
        let key = OrderKey::read(&object.need("key")?)?;
        let state = match variant(&object.need("state")?, "result", &["Ok", "Err"])? {
            ("Ok", value) => Ok(read_cancelled(&value)?),
            (_, value) => Err(OrderError::read(&value)?),
        };
        Ok(Self { key, state, filled_quantity: filled(&object)? })
    }

    fn view(&self) -> Value {
        let state = match &self.state {
            Ok((id, time)) => with_kind("Cancelled", cancelled_view(id, *time)),
            Err(error) => with_kind("CancelRejected", record([("reason", error.view())])),
        };
        let mut map = record([("key", self.key.view()), ("state", Value::Object(state))]);
        add(&mut map, "filledQuantity", self.filled_quantity.map(text));
        Value::Object(map)
    }

    fn translate(&mut self, names: &Translator, path: &str) -> Result<()> {
        self.key.translate(names, &join(path, "key"))?;
        match &mut self.state {
            Ok(_) => Ok(()),
            Err(error) => error.translate(names, &join(path, "state.Err")),
        }
    }
}
