//! Where an order is in its life.

use super::tag::{id, record, tagged, text, time, unit, variant, with_kind};
use super::{OrderError, Translator};
use crate::read::{Field, Object, join};
use crate::time::Nanos;
use crate::{Decimal, Result};
use serde_json::{Map, Value};

/// An order that an exchange has accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The exchange's id.
    pub id: String,
    /// When it was accepted, or last changed.
    pub time_exchange: Nanos,
    /// How much of it is filled.
    pub filled_quantity: Decimal,
}

impl Placed {
    fn read(field: &Field<'_>) -> Result<Self> {
        let object = field.object()?;
        Ok(Self {
            id: id(&object, "id")?,
            time_exchange: object.need("time_exchange")?.time()?,
            filled_quantity: object.need("filled_quantity")?.not_negative()?,
        })
    }

    fn json(&self) -> Value {
        let id = self.id.as_str().into();
        Value::Object(record([("id", id), ("time_exchange", time(self.time_exchange)), ("filled_quantity", text(self.filled_quantity))]))
    }

    fn view(&self) -> Map<String, Value> {
        let id = self.id.as_str().into();
        record([("id", id), ("timeExchange", time(self.time_exchange)), ("filledQuantity", text(self.filled_quantity))])
    }
}

/// An order's state. A partial fill has none of its own: that is `Open` with a filled quantity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderState {
    /// Sent, not answered.
    OpenInFlight {
        /// A lost connection left open whether it arrived.
        is_unknown: bool,
    },
    /// Working.
    Open(Placed),
    /// A cancel is on its way; the order, if it was open before.
    CancelInFlight(Option<Placed>),
    /// Ended by a cancel.
    Cancelled {
        /// The exchange's id.
        id: String,
        /// When it ended.
        time_exchange: Nanos,
    },
    /// Filled whole.
    FullyFilled,
    /// Never opened.
    OpenFailed(OrderError),
    /// Ended by time in force, missing liquidity or the end of the data.
    Expired,
}

impl OrderState {
    /// Whether the order may still be filled.
    pub const fn is_active(&self) -> bool {
        matches!(self, Self::OpenInFlight { .. } | Self::Open(_) | Self::CancelInFlight(_))
    }

    /// Reads the field `state`, and the flag beside it.
    pub(super) fn of(object: &Object<'_>) -> Result<Self> {
        let mut state = Self::read(&object.need("state")?)?;
        let is_unknown = object.get("unknown").map_or(Ok(false), |field| field.bool())?;
        if let Self::OpenInFlight { is_unknown: flag } = &mut state {
            *flag = is_unknown;
        }
        Ok(state)
    }

    /// Reads barter's two levels of variants.
    pub fn read(field: &Field<'_>) -> Result<Self> {
        let (name, value) = variant(field, "order state", &["Active", "Inactive"])?;
        if name == "Active" {
            let (name, value) = variant(&value, "active order state", &["OpenInFlight", "Open", "CancelInFlight"])?;
            return match name {
                "Open" => Placed::read(&value).map(Self::Open),
                "CancelInFlight" => value.object()?.get("order").map(|order| Placed::read(&order)).transpose().map(Self::CancelInFlight),
                _ => unit(&value).map(|()| Self::OpenInFlight { is_unknown: false }),
            };
        }
        let (name, value) = variant(&value, "inactive order state", &["Cancelled", "FullyFilled", "OpenFailed", "Expired"])?;
        match name {
            "Cancelled" => read_cancelled(&value).map(|(id, time_exchange)| Self::Cancelled { id, time_exchange }),
            "OpenFailed" => OrderError::read(&value).map(Self::OpenFailed),
            "FullyFilled" => unit(&value).map(|()| Self::FullyFilled),
            _ => unit(&value).map(|()| Self::Expired),
        }
    }

    /// Barter's two levels of variants.
    pub fn json(&self) -> Value {
        let state = match self {
            Self::OpenInFlight { .. } => tagged("OpenInFlight", Value::Null),
            Self::Open(placed) => tagged("Open", placed.json()),
            Self::CancelInFlight(order) => {
                tagged("CancelInFlight", Value::Object(record([("order", order.as_ref().map_or(Value::Null, Placed::json))])))
            }
            Self::Cancelled { id, time_exchange } => tagged("Cancelled", cancelled_json(id, *time_exchange)),
            Self::FullyFilled => "FullyFilled".into(),
            Self::OpenFailed(error) => tagged("OpenFailed", error.json()),
            Self::Expired => "Expired".into(),
        };
        tagged(if self.is_active() { "Active" } else { "Inactive" }, state)
    }

    /// The flag beside the state, which barter has no place for inside.
    pub(super) fn flag(&self) -> Option<Value> {
        matches!(self, Self::OpenInFlight { is_unknown: true }).then_some(Value::Bool(true))
    }

    /// `{kind, ...}`.
    pub fn view(&self) -> Value {
        Value::Object(match self {
            Self::OpenInFlight { is_unknown } => {
                let mut map = record([("kind", "OpenInFlight".into())]);
                if *is_unknown {
                    map.insert("unknown".to_owned(), true.into());
                }
                map
            }
            Self::Open(placed) => with_kind("Open", placed.view()),
            Self::CancelInFlight(order) => {
                with_kind("CancelInFlight", record([("order", order.as_ref().map_or(Value::Null, |order| Value::Object(order.view())))]))
            }
            Self::Cancelled { id, time_exchange } => with_kind("Cancelled", cancelled_view(id, *time_exchange)),
            Self::FullyFilled => record([("kind", "FullyFilled".into())]),
            Self::OpenFailed(error) => with_kind("OpenFailed", record([("reason", error.view())])),
            Self::Expired => record([("kind", "Expired".into())]),
        })
    }

    pub(super) fn translate(&mut self, names: &Translator, path: &str) -> Result<()> {
        match self {
            Self::OpenFailed(error) => error.translate(names, &join(path, "Inactive.OpenFailed")),
            _ => Ok(()),
        }
    }
}

pub(super) fn read_cancelled(field: &Field<'_>) -> Result<(String, Nanos)> {
    let object = field.object()?;
    Ok((id(&object, "id")?, object.need("time_exchange")?.time()?))
}

pub(super) fn cancelled_json(id: &str, time_exchange: Nanos) -> Value {
    Value::Object(record([("id", id.into()), ("time_exchange", time(time_exchange))]))
}

pub(super) fn cancelled_view(id: &str, time_exchange: Nanos) -> Map<String, Value> {
    record([("id", id.into()), ("timeExchange", time(time_exchange))])
}
