//! Commands to an engine, and which instruments they are about.

use super::tag::{OneOrMany, record, unit, variant};
use super::{Name, OrderRequestCancel, OrderRequestOpen, Translator, Wire};
use crate::Result;
use crate::read::{Field, join};
use serde::Serialize;
use serde_json::{Map, Value};

/// The two assets of an instrument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Underlying {
    /// What is bought and sold.
    pub base: Name,
    /// What prices are in.
    pub quote: Name,
}

/// Which instruments.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum InstrumentFilter {
    /// All.
    None,
    /// Those of these exchanges.
    Exchanges(OneOrMany<Name>),
    /// These.
    Instruments(OneOrMany<Name>),
    /// Those of these assets.
    Underlyings(OneOrMany<Underlying>),
}

impl InstrumentFilter {
    /// Reads barter's JSON.
    pub fn read(field: &Field<'_>) -> Result<Self> {
        let (name, value) = variant(field, "instrument filter", &["None", "Exchanges", "Instruments", "Underlyings"])?;
        Ok(match name {
            "Exchanges" => Self::Exchanges(OneOrMany::read(&value, Name::read)?),
            "Instruments" => Self::Instruments(OneOrMany::read(&value, Name::read)?),
            "Underlyings" => Self::Underlyings(OneOrMany::read(&value, |item| {
                let object = item.object()?;
                let underlying = Underlying { base: Name::of(&object, "base")?, quote: Name::of(&object, "quote")? };
                object.finish()?;
                Ok(underlying)
            })?),
            _ => unit(&value).map(|()| Self::None)?,
        })
    }

    /// What TypeScript shows; nothing for all instruments.
    fn view(&self) -> Map<String, Value> {
        let names = |names: &OneOrMany<Name>| names.as_slice().iter().map(Name::json).collect::<Value>();
        let pair = |pair: &Underlying| Value::Object(record([("base", pair.base.json()), ("quote", pair.quote.json())]));
        let filter = match self {
            Self::None => return Map::new(),
            Self::Exchanges(exchanges) => record([("exchanges", names(exchanges))]),
            Self::Instruments(instruments) => record([("instruments", names(instruments))]),
            Self::Underlyings(assets) => record([("underlyings", assets.as_slice().iter().map(pair).collect())]),
        };
        record([("filter", Value::Object(filter))])
    }

    fn translate(&mut self, names: &Translator, path: &str) -> Result<()> {
        match self {
            Self::None => Ok(()),
            Self::Exchanges(items) => items.each(&join(path, "Exchanges"), |name, path| names.exchange(name, path)),
            Self::Instruments(items) => items.each(&join(path, "Instruments"), |name, path| names.instrument(name, None, path)),
            Self::Underlyings(items) => items.each(&join(path, "Underlyings"), |underlying, path| {
                names.asset(&mut underlying.base, None, &join(path, "base"))?;
                names.asset(&mut underlying.quote, None, &join(path, "quote"))
            }),
        }
    }
}

/// What an engine is told from outside; neither strategy nor risk are asked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Command {
    /// Send these requests.
    SendOpenRequests(OneOrMany<OrderRequestOpen>),
    /// Send these requests.
    SendCancelRequests(OneOrMany<OrderRequestCancel>),
    /// Close positions.
    ClosePositions(InstrumentFilter),
    /// Cancel orders.
    CancelOrders(InstrumentFilter),
}

impl Wire for Command {
    fn read(field: &Field<'_>) -> Result<Self> {
        let (name, value) = variant(field, "command", &["SendOpenRequests", "SendCancelRequests", "ClosePositions", "CancelOrders"])?;
        Ok(match name {
            "SendOpenRequests" => Self::SendOpenRequests(OneOrMany::read(&value, OrderRequestOpen::read)?),
            "SendCancelRequests" => Self::SendCancelRequests(OneOrMany::read(&value, OrderRequestCancel::read)?),
            "ClosePositions" => Self::ClosePositions(InstrumentFilter::read(&value)?),
            _ => Self::CancelOrders(InstrumentFilter::read(&value)?),
        })
    }

    fn view(&self) -> Value {
        let (kind, rest) = match self {
            Self::SendOpenRequests(requests) => {
                ("SendOpenRequests", record([("requests", requests.as_slice().iter().map(OrderRequestOpen::view).collect())]))
            }
            Self::SendCancelRequests(requests) => {
                ("SendCancelRequests", record([("requests", requests.as_slice().iter().map(OrderRequestCancel::view).collect())]))
            }
            Self::ClosePositions(filter) => ("ClosePositions", filter.view()),
            Self::CancelOrders(filter) => ("CancelOrders", filter.view()),
        };
        Value::Object(super::tag::with_kind(kind, rest))
    }

    fn translate(&mut self, names: &Translator, path: &str) -> Result<()> {
        match self {
            Self::SendOpenRequests(requests) => {
                requests.each(&join(path, "SendOpenRequests"), |request, path| request.translate(names, path))
            }
            Self::SendCancelRequests(requests) => {
                requests.each(&join(path, "SendCancelRequests"), |request, path| request.translate(names, path))
            }
            Self::ClosePositions(filter) => filter.translate(names, &join(path, "ClosePositions")),
            Self::CancelOrders(filter) => filter.translate(names, &join(path, "CancelOrders")),
        }
    }
}
