//! Why an order or a cancel failed: barter's errors, and our reasons inside of them.
//!
//! Codes that barter does not know travel as `OrderRejected: "CODE key=value ..."`, numbers of `BalanceInsufficient` likewise
//! in its text. A view has `{code, message, details}`; a text that is no such list is the message itself.

use super::tag::{record, unit, variant};
use super::{Name, Translator};
use crate::read::{Field, join};
use crate::{Reason, ReasonCode, Result};
use serde::Serialize;
use serde_json::{Map, Value};

/// What an exchange answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum ApiError {
    /// No such asset.
    AssetInvalid(Name, String),
    /// No such instrument.
    InstrumentInvalid(Name, String),
    /// Too many requests.
    RateLimit,
    /// The asset's free balance does not cover the order.
    BalanceInsufficient(Name, String),
    /// Everything else.
    OrderRejected(String),
    /// A cancel came after a cancel, or after the order expired.
    OrderAlreadyCancelled,
    /// A cancel came after the last fill.
    OrderAlreadyFullyFilled,
}

/// What happens on the way to an exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum ConnectivityError {
    /// The exchange with this name is not there.
    ExchangeOffline(String),
    /// No answer in time.
    Timeout,
    /// The connection broke.
    Socket(String),
}

/// Why an order did not open, or a cancel did not cancel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum OrderError {
    /// The exchange refused.
    Rejected(ApiError),
    /// The exchange was not reached.
    Connectivity(ConnectivityError),
}

const API: &[&str] = &[
    "AssetInvalid",
    "InstrumentInvalid",
    "RateLimit",
    "BalanceInsufficient",
    "OrderRejected",
    "OrderAlreadyCancelled",
    "OrderAlreadyFullyFilled",
];

impl OrderError {
    pub(super) fn read(field: &Field<'_>) -> Result<Self> {
        let text = |value: &Field<'_>| value.text().map(str::to_owned);
        let (name, value) = variant(field, "error", &["Rejected", "Connectivity"])?;
        if name == "Connectivity" {
            let (name, value) = variant(&value, "connectivity error", &["ExchangeOffline", "Timeout", "Socket"])?;
            return Ok(Self::Connectivity(match name {
                "ExchangeOffline" => ConnectivityError::ExchangeOffline(text(&value)?),
                "Socket" => ConnectivityError::Socket(text(&value)?),
                _ => unit(&value).map(|()| ConnectivityError::Timeout)?,
            }));
        }
        let (name, value) = variant(&value, "rejection", API)?;
        let pair = || match value.list()?.as_slice() {
            [name, message] => Ok((Name::read(name)?, text(message)?)),
            _ => Err(value.expected("a name and a text")),
        };
        Ok(Self::Rejected(match name {
            "AssetInvalid" => pair().map(|(asset, message)| ApiError::AssetInvalid(asset, message))?,
            "InstrumentInvalid" => pair().map(|(instrument, message)| ApiError::InstrumentInvalid(instrument, message))?,
            "BalanceInsufficient" => pair().map(|(asset, message)| ApiError::BalanceInsufficient(asset, message))?,
            "OrderRejected" => ApiError::OrderRejected(text(&value)?),
            "RateLimit" => unit(&value).map(|()| ApiError::RateLimit)?,
            "OrderAlreadyCancelled" => unit(&value).map(|()| ApiError::OrderAlreadyCancelled)?,
            _ => unit(&value).map(|()| ApiError::OrderAlreadyFullyFilled)?,
        }))
    }

    /// `{code, message, details}`.
    pub(super) fn view(&self) -> Value {
        match self {
            Self::Rejected(error) => match error {
                ApiError::AssetInvalid(asset, message) => reason("AssetInvalid", message, [("asset", asset.to_string())]),
                ApiError::InstrumentInvalid(name, message) => reason("InstrumentInvalid", message, [("instrument", name.to_string())]),
                ApiError::BalanceInsufficient(asset, message) => {
                    let code = ReasonCode::BalanceInsufficient;
                    let own = [("asset", asset.to_string())];
                    match words(message) {
                        Some(words) => reason(code.as_str(), code.message(), own.into_iter().chain(words)),
                        None => reason(code.as_str(), message, own),
                    }
                }
                ApiError::OrderRejected(message) => rejected(message),
                ApiError::RateLimit => reason("RateLimit", "too many requests", []),
                ApiError::OrderAlreadyCancelled => plain(ReasonCode::OrderAlreadyCancelled),
                ApiError::OrderAlreadyFullyFilled => plain(ReasonCode::OrderAlreadyFullyFilled),
            },
            Self::Connectivity(error) => match error {
                ConnectivityError::ExchangeOffline(exchange) => {
                    reason("ExchangeOffline", "the exchange is offline", [("exchange", exchange.clone())])
                }
                ConnectivityError::Timeout => reason("Timeout", "the exchange did not answer in time", []),
                ConnectivityError::Socket(message) => reason("Socket", message, []),
            },
        }
    }

    pub(super) fn translate(&mut self, names: &Translator, path: &str) -> Result<()> {
        let Self::Rejected(error) = self else { return Ok(()) };
        let path = join(path, "Rejected");
        match error {
            ApiError::AssetInvalid(asset, _) => names.asset(asset, None, &join(&path, "AssetInvalid[0]")),
            ApiError::BalanceInsufficient(asset, _) => names.asset(asset, None, &join(&path, "BalanceInsufficient[0]")),
            ApiError::InstrumentInvalid(instrument, _) => names.instrument(instrument, None, &join(&path, "InstrumentInvalid[0]")),
            _ => Ok(()),
        }
    }
}

impl From<&Reason> for OrderError {
    /// The closest of barter's errors; what it has no word for stands in the text.
    fn from(reason: &Reason) -> Self {
        Self::Rejected(match reason.code {
            ReasonCode::OrderAlreadyCancelled => ApiError::OrderAlreadyCancelled,
            ReasonCode::OrderAlreadyFullyFilled => ApiError::OrderAlreadyFullyFilled,
            ReasonCode::BalanceInsufficient => {
                let asset = reason.details.iter().find(|(key, _)| *key == "asset").map_or("", |(_, asset)| asset);
                let rest: Vec<String> =
                    reason.details.iter().filter(|(key, _)| *key != "asset").map(|(key, value)| format!("{key}={value}")).collect();
                ApiError::BalanceInsufficient(asset.into(), rest.join(" "))
            }
            _ => ApiError::OrderRejected(reason.to_string()),
        })
    }
}

fn rejected(message: &str) -> Value {
    // What barter has a word for never travels as a text.
    let own = [ReasonCode::BalanceInsufficient, ReasonCode::OrderAlreadyCancelled, ReasonCode::OrderAlreadyFullyFilled];
    known(message, |code| !own.contains(code)).unwrap_or_else(|| reason("OrderRejected", message, []))
}

/// The view of a reason that travels as a text, with any code; `otherwise` is the code of a text that is none of ours.
pub(super) fn reason_view(message: &str, otherwise: &str) -> Value {
    known(message, |_| true).unwrap_or_else(|| reason(otherwise, message, []))
}

fn known(message: &str, is_allowed: impl Fn(&ReasonCode) -> bool) -> Option<Value> {
    let (code, rest) = message.split_once(' ').map_or((message, None), |(code, rest)| (code, Some(rest)));
    let code = ReasonCode::ALL.iter().find(|known| known.as_str() == code && is_allowed(known))?;
    Some(reason(code.as_str(), code.message(), rest.map_or(Some(Vec::new()), words)?))
}

/// `key=value key=value`, if all of the text is that; what is no `key=` goes on with the value before it.
fn words(text: &str) -> Option<Vec<(&str, String)>> {
    let mut words: Vec<(&str, String)> = Vec::new();
    for word in text.split(' ') {
        let pair = word.split_once('=').filter(|(key, _)| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphabetic()));
        if let Some((key, value)) = pair {
            if words.iter().any(|(other, _)| *other == key) {
                return None;
            }
            words.push((key, value.to_owned()));
        } else {
            words.last_mut()?.1.extend([" ", word]);
        }
    }
    Some(words)
}

fn plain(code: ReasonCode) -> Value {
    reason(code.as_str(), code.message(), [])
}

fn reason<'a>(code: &str, message: &str, details: impl IntoIterator<Item = (&'a str, String)>) -> Value {
    let details: Map<String, Value> = details.into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect();
    Value::Object(record([("code", code.into()), ("message", message.into()), ("details", Value::Object(details))]))
}
