//! Exchanges, instruments and assets by name, or by index as barter has them.

use crate::Result;
use crate::read::{Field, Object};
use serde::Serialize;
use serde_json::Value;
use std::fmt;

/// A name, or a place in a list whose order has to be agreed on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
pub enum Name {
    /// `BTC/USDT`, `binance_spot`, `USDT`.
    Text(String),
    /// Barter's index.
    Index(u32),
}

impl Name {
    /// Reads a text or a whole number.
    pub(super) fn read(field: &Field<'_>) -> Result<Self> {
        match field.value {
            Value::String(text) if !text.is_empty() => Ok(Self::Text(text.clone())),
            Value::Number(number) => number
                .as_u64()
                .and_then(|index| u32::try_from(index).ok())
                .map(Self::Index)
                .ok_or_else(|| field.expected("a name or an index")),
            _ => Err(field.expected("a name or an index")),
        }
    }

    /// Reads a field of an object.
    pub(super) fn of(object: &Object<'_>, name: &'static str) -> Result<Self> {
        Self::read(&object.need(name)?)
    }

    /// The text or the number.
    pub fn json(&self) -> Value {
        match self {
            Self::Text(text) => text.as_str().into(),
            Self::Index(index) => (*index).into(),
        }
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Index(index) => write!(f, "{index}"),
        }
    }
}
