//! Where an order is in its life.

use super::tag::{id, record, text, time, unit, variant, with_kind};
use super::{OrderError, Translator, write};
use crate::read::{Field, Object, join};
use crate::time::Nanos;
use crate::{Decimal, Result};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// An order that an exchange has accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Placed {
    /// The exchange's id.
    pub id: String,
    /// When it was accepted, or last changed.
    #[serde(serialize_with = "write::time")]
    pub time_exchange: Nanos,
    /// How much of it is filled.
    #[serde(serialize_with = "write::decimal")]
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

/// Barter's two levels of variants.
impl Serialize for OrderState {
    fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        /// What barter's variants have in them.
        #[derive(Serialize)]
        enum Inner<'a> {
            OpenInFlight(()),
            Open(&'a Placed),
            CancelInFlight { order: Option<&'a Placed> },
            Cancelled(Cancelled<'a>),
            FullyFilled,
            OpenFailed(&'a OrderError),
            Expired,
        }
        let inner = match self {
            Self::OpenInFlight { .. } => Inner::OpenInFlight(()),
            Self::Open(placed) => Inner::Open(placed),
            Self::CancelInFlight(order) => Inner::CancelInFlight { order: order.as_ref() },
            Self::Cancelled { id, time_exchange } => Inner::Cancelled(Cancelled { id, time_exchange: *time_exchange }),
            Self::FullyFilled => Inner::FullyFilled,
            Self::OpenFailed(error) => Inner::OpenFailed(error),
            Self::Expired => Inner::Expired,
        };
        to.serialize_newtype_variant("OrderState", 0, if self.is_active() { "Active" } else { "Inactive" }, &inner)
    }
}

/// The end of an order by a cancel.
#[derive(Serialize)]
pub(super) struct Cancelled<'a> {
    pub id: &'a str,
    #[serde(serialize_with = "write::time")]
    pub time_exchange: Nanos,
}

pub(super) fn read_cancelled(field: &Field<'_>) -> Result<(String, Nanos)> {
    let object = field.object()?;
    Ok((id(&object, "id")?, object.need("time_exchange")?.time()?))
}

pub(super) fn cancelled_view(id: &str, time_exchange: Nanos) -> Map<String, Value> {
    record([("id", id.into()), ("timeExchange", time(time_exchange))])
}
