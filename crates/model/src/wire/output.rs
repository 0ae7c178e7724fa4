//! What an engine did on an event: barter's `EngineOutput`.

use super::sent::read_open;
use super::tag::{record, unit, variant, with_kind};
use super::{AlgoOrders, OrderRequestCancel, OrderRequestOpen, PositionExit, SendRequestsOutput, Translator, Wire, write};
use crate::Result;
use crate::read::{Field, join};
use serde::Serialize;
use serde_json::{Map, Value};

/// The result of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum ActionOutput {
    /// The strategy was asked for orders.
    GenerateAlgoOrders(AlgoOrders),
    /// Cancels, asked for one by one or by a filter.
    CancelOrders(SendRequestsOutput<OrderRequestCancel>),
    /// New orders.
    OpenOrders(SendRequestsOutput<OrderRequestOpen>),
    /// Cancels, and the orders that close positions.
    ClosePositions {
        /// Cancels.
        cancels: SendRequestsOutput<OrderRequestCancel>,
        /// New orders.
        opens: SendRequestsOutput<OrderRequestOpen>,
    },
}

/// What an engine did on an event.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum EngineOutput {
    /// A command was carried out.
    Commanded(Box<ActionOutput>),
    /// Trading was turned off.
    #[serde(serialize_with = "write::null")]
    OnTradingDisabled,
    /// The account connection to the exchange with this name was lost.
    AccountDisconnect(String),
    /// A round trip was closed.
    PositionExit(Box<PositionExit>),
    /// The market connection to the exchange with this name was lost.
    MarketDisconnect(String),
    /// The strategy asked for orders.
    AlgoOrders(Box<AlgoOrders>),
}

const OUTPUTS: &[&str] = &["Commanded", "OnTradingDisabled", "AccountDisconnect", "PositionExit", "MarketDisconnect", "AlgoOrders"];
const ACTIONS: &[&str] = &["GenerateAlgoOrders", "CancelOrders", "OpenOrders", "ClosePositions"];

impl ActionOutput {
    fn read(field: &Field<'_>) -> Result<Self> {
        let (name, value) = variant(field, "action", ACTIONS)?;
        Ok(match name {
            "GenerateAlgoOrders" => Self::GenerateAlgoOrders(AlgoOrders::read(&value)?),
            "CancelOrders" => Self::CancelOrders(SendRequestsOutput::read(&value, OrderRequestCancel::read)?),
            "OpenOrders" => Self::OpenOrders(SendRequestsOutput::read(&value, read_open)?),
            _ => {
                let object = value.object()?;
                Self::ClosePositions {
                    cancels: SendRequestsOutput::read(&object.need("cancels")?, OrderRequestCancel::read)?,
                    opens: SendRequestsOutput::read(&object.need("opens")?, read_open)?,
                }
            }
        })
    }

    /// Both kinds of requests, of which one may be empty.
    fn view(&self) -> Map<String, Value> {
        let (no_opens, no_cancels) = (SendRequestsOutput::default(), SendRequestsOutput::default());
        let (opens, cancels) = match self {
            Self::GenerateAlgoOrders(orders) => return orders.view(),
            Self::CancelOrders(cancels) => (&no_opens, cancels),
            Self::OpenOrders(opens) => (opens, &no_cancels),
            Self::ClosePositions { cancels, opens } => (opens, cancels),
        };
        record([("opens", opens.view(&[])), ("cancels", cancels.view(&[]))])
    }

    fn translate(&mut self, names: &Translator, path: &str) -> Result<()> {
        match self {
            Self::GenerateAlgoOrders(orders) => orders.translate(names, &join(path, "GenerateAlgoOrders")),
            Self::CancelOrders(cancels) => cancels.translate(names, &join(path, "CancelOrders")),
            Self::OpenOrders(opens) => opens.translate(names, &join(path, "OpenOrders")),
            Self::ClosePositions { cancels, opens } => {
                cancels.translate(names, &join(path, "ClosePositions.cancels"))?;
                opens.translate(names, &join(path, "ClosePositions.opens"))
            }
        }
    }
}

impl Wire for EngineOutput {
    /// What barter leaves to the user (of `OnTradingDisabled` and the two disconnects) is null or the exchange's name here.
    fn read(field: &Field<'_>) -> Result<Self> {
        let (name, value) = variant(field, "output", OUTPUTS)?;
        let text = || value.text().map(str::to_owned);
        Ok(match name {
            "Commanded" => Self::Commanded(Box::new(ActionOutput::read(&value)?)),
            "OnTradingDisabled" => unit(&value).map(|()| Self::OnTradingDisabled)?,
            "AccountDisconnect" => Self::AccountDisconnect(text()?),
            "PositionExit" => Self::PositionExit(Box::new(PositionExit::read(&value)?)),
            "MarketDisconnect" => Self::MarketDisconnect(text()?),
            _ => Self::AlgoOrders(Box::new(AlgoOrders::read(&value)?)),
        })
    }

    fn view(&self) -> Value {
        let exchange = |name: &str| record([("exchange", name.into())]);
        let (kind, rest) = match self {
            Self::Commanded(action) => ("Commanded", action.view()),
            Self::OnTradingDisabled => ("OnTradingDisabled", Map::new()),
            Self::AccountDisconnect(name) => ("AccountDisconnect", exchange(name)),
            Self::PositionExit(exit) => ("PositionExit", record([("trade", exit.view())])),
            Self::MarketDisconnect(name) => ("MarketDisconnect", exchange(name)),
            Self::AlgoOrders(orders) => ("AlgoOrders", orders.view()),
        };
        Value::Object(with_kind(kind, rest))
    }

    fn translate(&mut self, names: &Translator, path: &str) -> Result<()> {
        match self {
            Self::Commanded(action) => action.translate(names, &join(path, "Commanded")),
            Self::PositionExit(exit) => exit.translate(names, &join(path, "PositionExit")),
            Self::AlgoOrders(orders) => orders.translate(names, &join(path, "AlgoOrders")),
            Self::OnTradingDisabled | Self::AccountDisconnect(_) | Self::MarketDisconnect(_) => Ok(()),
        }
    }
}
