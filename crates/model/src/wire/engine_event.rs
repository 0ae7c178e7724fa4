//! Everything that an engine takes in.

use super::tag::{id, record, unit, variant};
use super::{AccountEvent, Command, MarketEvent, Translator, Wire, write};
use crate::Result;
use crate::read::{Field, join};
use serde::Serialize;
use serde_json::Value;

/// Whether the strategy may send orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize)]
pub enum TradingState {
    /// It may.
    Enabled,
    /// It is informed, and its requests are refused.
    #[default]
    Disabled,
}

impl TradingState {
    /// `"Enabled"` or `"Disabled"`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "Enabled",
            Self::Disabled => "Disabled",
        }
    }
}

/// An input of an engine.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum EngineEvent {
    /// Stop.
    #[serde(serialize_with = "write::null")]
    Shutdown,
    /// Trading is enabled or disabled.
    TradingStateUpdate(TradingState),
    /// A caller outside asks for something.
    Command(Command),
    /// An exchange says something about an account.
    #[serde(serialize_with = "AccountEvent::write_stream")]
    Account(AccountEvent),
    /// Something happened in a market.
    #[serde(serialize_with = "MarketEvent::write_stream")]
    Market(MarketEvent),
    /// A timer of the strategy fired: ours, barter has none.
    Timer {
        /// What the strategy calls it.
        tag: String,
    },
}

const KINDS: &[&str] = &["Shutdown", "TradingStateUpdate", "Command", "Account", "Market", "Timer"];

impl EngineEvent {
    /// Whether it ends the engine.
    pub const fn is_terminal(&self) -> bool {
        matches!(self, Self::Shutdown)
    }
}

impl Wire for EngineEvent {
    fn read(field: &Field<'_>) -> Result<Self> {
        let (name, value) = variant(field, "engine event", KINDS)?;
        Ok(match name {
            "TradingStateUpdate" => {
                Self::TradingStateUpdate(value.choice(&[("Enabled", TradingState::Enabled), ("Disabled", TradingState::Disabled)])?)
            }
            "Command" => Self::Command(Command::read(&value)?),
            "Account" => Self::Account(AccountEvent::read(&value)?),
            "Market" => Self::Market(MarketEvent::read(&value)?),
            "Timer" => Self::Timer { tag: id(&value.object()?, "tag")? },
            _ => unit(&value).map(|()| Self::Shutdown)?,
        })
    }

    fn view(&self) -> Value {
        Value::Object(match self {
            Self::Shutdown => record([("kind", "Shutdown".into())]),
            Self::TradingStateUpdate(state) => record([("kind", "TradingStateUpdate".into()), ("tradingState", state.as_str().into())]),
            Self::Command(command) => record([("kind", "Command".into()), ("command", command.view())]),
            Self::Account(event) => record([("kind", "Account".into()), ("account", event.view())]),
            Self::Market(event) => record([("kind", "Market".into()), ("market", event.view())]),
            Self::Timer { tag } => record([("kind", "Timer".into()), ("tag", tag.as_str().into())]),
        })
    }

    fn translate(&mut self, names: &Translator, path: &str) -> Result<()> {
        match self {
            Self::Shutdown | Self::TradingStateUpdate(_) | Self::Timer { .. } => Ok(()),
            Self::Command(command) => command.translate(names, &join(path, "Command")),
            Self::Account(event) => {
                event.translate(names, &join(path, if matches!(event, AccountEvent::Item(..)) { "Account.Item" } else { "Account" }))
            }
            Self::Market(event) => {
                let name = if matches!(event, MarketEvent::Item { .. }) { "Market.Item" } else { "Market" };
                event.translate(names, &join(path, name))
            }
        }
    }
}
