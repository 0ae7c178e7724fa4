//! What an exchange says about an account.

use super::tag::{count, read_count, record, variant};
use super::{AccountSnapshot, AssetBalance, CancelResponse, Fill, Name, Order, Translator, Wire, write};
use crate::Result;
use crate::read::{Field, join};
use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};
use serde_json::Value;

/// An account event. The last two kinds are ours.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum AccountEventKind {
    /// The account as a whole.
    Snapshot(AccountSnapshot),
    /// A balance.
    BalanceSnapshot(AssetBalance),
    /// An order.
    OrderSnapshot(Box<Order>),
    /// The answer to a cancel.
    OrderCancelled(CancelResponse),
    /// An own execution.
    Trade(Box<Fill>),
    /// So many events were lost, because they were not collected in time.
    #[serde(serialize_with = "write::count")]
    Overflow(u64),
    /// A test made something happen.
    Forced(String),
}

/// What arrives from an exchange's account stream.
#[derive(Clone, Debug, PartialEq)]
pub enum AccountEvent {
    /// The connection to the exchange with this name was lost, and is being made anew.
    Reconnecting(String),
    /// Something happened at an exchange.
    Item(Name, AccountEventKind),
}

const KINDS: &[&str] = &["Snapshot", "BalanceSnapshot", "OrderSnapshot", "OrderCancelled", "Trade", "Overflow", "Forced"];

impl AccountEvent {
    /// Barter's stream event around it.
    pub(super) fn write_stream<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::Reconnecting(_) => self.serialize(to),
            Self::Item(..) => to.serialize_newtype_variant("Event", 0, "Item", self),
        }
    }
}

impl Serialize for AccountEvent {
    fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::Reconnecting(exchange) => write::reconnecting(exchange, to),
            Self::Item(exchange, kind) => {
                let mut fields = to.serialize_struct("AccountEvent", 2)?;
                fields.serialize_field("exchange", exchange)?;
                fields.serialize_field("kind", kind)?;
                fields.end()
            }
        }
    }
}

impl Wire for AccountEvent {
    /// Reads the event itself, and the stream event around it.
    fn read(field: &Field<'_>) -> Result<Self> {
        if field.object()?.get("kind").is_none() {
            let (name, value) = variant(field, "account event", &["Item", "Reconnecting"])?;
            return if name == "Item" { Self::read(&value) } else { value.text().map(|name| Self::Reconnecting(name.to_owned())) };
        }
        let object = field.object()?;
        let exchange = Name::of(&object, "exchange")?;
        let (name, value) = variant(&object.need("kind")?, "account event", KINDS)?;
        let kind = match name {
            "Snapshot" => AccountEventKind::Snapshot(AccountSnapshot::read(&value)?),
            "BalanceSnapshot" => AccountEventKind::BalanceSnapshot(AssetBalance::read(&value)?),
            "OrderSnapshot" => AccountEventKind::OrderSnapshot(Box::new(Order::read(&value)?)),
            "OrderCancelled" => AccountEventKind::OrderCancelled(CancelResponse::read(&value)?),
            "Trade" => AccountEventKind::Trade(Box::new(Fill::read(&value)?)),
            "Overflow" => AccountEventKind::Overflow(read_count(&value)?),
            _ => AccountEventKind::Forced(value.text()?.to_owned()),
        };
        Ok(Self::Item(exchange, kind))
    }

    fn view(&self) -> Value {
        let (exchange, kind) = match self {
            Self::Reconnecting(exchange) => {
                return Value::Object(record([("exchange", exchange.as_str().into()), ("kind", "Reconnecting".into())]));
            }
            Self::Item(exchange, kind) => (exchange, kind),
        };
        let (kind, name, value) = match kind {
            AccountEventKind::Snapshot(snapshot) => ("Snapshot", "snapshot", snapshot.view()),
            AccountEventKind::BalanceSnapshot(balance) => ("BalanceSnapshot", "balance", balance.view()),
            AccountEventKind::OrderSnapshot(order) => ("OrderSnapshot", "order", order.view()),
            AccountEventKind::OrderCancelled(response) => ("OrderCancelled", "order", response.view()),
            AccountEventKind::Trade(fill) => ("Trade", "fill", fill.view()),
            AccountEventKind::Overflow(lost) => ("Overflow", "lost", count(*lost)),
            AccountEventKind::Forced(what) => ("Forced", "what", what.as_str().into()),
        };
        Value::Object(record([("exchange", exchange.json()), ("kind", kind.into()), (name, value)]))
    }

    fn translate(&mut self, names: &Translator, path: &str) -> Result<()> {
        let Self::Item(exchange, kind) = self else { return Ok(()) };
        let under = |name| join(path, &format!("kind.{name}"));
        match kind {
            AccountEventKind::Snapshot(snapshot) => snapshot.translate(names, &under("Snapshot"))?,
            AccountEventKind::BalanceSnapshot(balance) => balance.translate_at(names, exchange, &under("BalanceSnapshot"))?,
            AccountEventKind::OrderSnapshot(order) => order.translate(names, &under("OrderSnapshot"))?,
            AccountEventKind::OrderCancelled(response) => response.translate(names, &under("OrderCancelled"))?,
            AccountEventKind::Trade(fill) => fill.translate_at(names, Some(exchange), &under("Trade"))?,
            AccountEventKind::Overflow(_) | AccountEventKind::Forced(_) => {}
        }
        names.exchange(exchange, &join(path, "exchange"))
    }
}
