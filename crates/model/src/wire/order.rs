//! Order events (key and state), whole orders, and the answers to cancels.

use super::state::{cancelled_json, cancelled_view, read_cancelled};
use super::tag::{add, record, tagged, text, variant, with_kind};
use super::{OrderError, OrderKey, OrderState, Terms, Translator, Wire};
use crate::read::{Field, Object, join};
use crate::time::Nanos;
use crate::{Decimal, Result};
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

impl Wire for OrderEvent {
    fn read(field: &Field<'_>) -> Result<Self> {
        let object = field.object()?;
        Ok(Self { key: OrderKey::read(&object.need("key")?)?, state: OrderState::of(&object)?, filled_quantity: filled(&object)? })
    }

    fn json(&self) -> Value {
        let mut map = record([("key", self.key.json()), ("state", self.state.json())]);
        add(&mut map, "filled_quantity", self.filled_quantity.map(text));
        add(&mut map, "unknown", self.state.flag());
        Value::Object(map)
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

    fn json(&self) -> Value {
        let mut map = record([("key", self.key.json())]);
        map.extend(self.terms.json());
        map.insert("state".to_owned(), self.state.json());
        add(&mut map, "filled_quantity", self.filled_quantity.map(text));
        add(&mut map, "average_price", self.average_price.map(text));
        add(&mut map, "id", self.id.as_deref().map(Value::from));
        add(&mut map, "unknown", self.state.flag());
        Value::Object(map)
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CancelResponse {
    /// Which order.
    pub key: OrderKey,
    /// The exchange's id and the time of the cancel, or why the order is as it was.
    pub state: std::result::Result<(String, Nanos), OrderError>,
    /// How much of the order is filled, where it is said.
    pub filled_quantity: Option<Decimal>,
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

    fn json(&self) -> Value {
        let state = match &self.state {
            Ok((id, time)) => tagged("Ok", cancelled_json(id, *time)),
            Err(error) => tagged("Err", error.json()),
        };
        let mut map = record([("key", self.key.json()), ("state", state)]);
        add(&mut map, "filled_quantity", self.filled_quantity.map(text));
        Value::Object(map)
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
