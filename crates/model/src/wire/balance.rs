//! Balances, and an account as a whole.

use super::tag::{record, text, time};
use super::{Name, Order, Translator, Wire, write};
use crate::read::{Field, join};
use crate::time::Nanos;
use crate::{Balance, Error, Result};
use serde::Serialize;
use serde_json::Value;

/// What an account holds of an asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AssetBalance {
    /// Of what.
    pub asset: Name,
    /// How much.
    #[serde(serialize_with = "write::balance")]
    pub balance: Balance,
    /// Since when.
    #[serde(serialize_with = "write::time")]
    pub time_exchange: Nanos,
}

impl Wire for AssetBalance {
    fn read(field: &Field<'_>) -> Result<Self> {
        let object = field.object()?;
        let balance = object.need("balance")?;
        let amounts = balance.object()?;
        let (total, free) = (amounts.need("total")?.decimal()?, amounts.need("free")?.decimal()?);
        if total.checked_sub(free).is_none() {
            return Err(Error::overflow("the locked balance").at(balance.path));
        }
        Ok(Self {
            asset: Name::of(&object, "asset")?,
            balance: Balance { total, free },
            time_exchange: object.need("time_exchange")?.time()?,
        })
    }

    fn view(&self) -> Value {
        let Balance { total, free } = self.balance;
        Value::Object(record([
            ("asset", self.asset.json()),
            ("free", text(free)),
            ("locked", text(total.saturating_sub(free))),
            ("total", text(total)),
            ("timeExchange", time(self.time_exchange)),
        ]))
    }

    fn translate(&mut self, names: &Translator, path: &str) -> Result<()> {
        names.asset(&mut self.asset, None, &join(path, "asset"))
    }
}

impl AssetBalance {
    /// The same where it is known at which exchange the asset lies.
    pub(super) fn translate_at(&mut self, names: &Translator, exchange: &Name, path: &str) -> Result<()> {
        names.asset(&mut self.asset, Some(exchange), &join(path, "asset"))
    }
}

/// The orders of an instrument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InstrumentOrders {
    /// Which instrument.
    pub instrument: Name,
    /// Its orders.
    pub orders: Vec<Order>,
}

/// An account as a whole, at one exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountSnapshot {
    /// Where.
    pub exchange: Name,
    /// What it holds.
    pub balances: Vec<AssetBalance>,
    /// Its orders, by instrument.
    pub instruments: Vec<InstrumentOrders>,
}

impl Wire for AccountSnapshot {
    fn read(field: &Field<'_>) -> Result<Self> {
        let object = field.object()?;
        let exchange = Name::of(&object, "exchange")?;
        let balances = object.need("balances")?.list()?.iter().map(AssetBalance::read).collect::<Result<_>>()?;
        let mut instruments = Vec::new();
        for item in object.need("instruments")?.list()? {
            let item = item.object()?;
            let orders = item.get("orders").map_or(Ok(Vec::new()), |orders| orders.list()?.iter().map(Order::read).collect())?;
            instruments.push(InstrumentOrders { instrument: Name::of(&item, "instrument")?, orders });
        }
        Ok(Self { exchange, balances, instruments })
    }

    fn view(&self) -> Value {
        let instrument = |item: &InstrumentOrders| {
            Value::Object(record([("instrument", item.instrument.json()), ("orders", item.orders.iter().map(Order::view).collect())]))
        };
        Value::Object(record([
            ("exchange", self.exchange.json()),
            ("balances", self.balances.iter().map(AssetBalance::view).collect()),
            ("instruments", self.instruments.iter().map(instrument).collect()),
        ]))
    }

    fn translate(&mut self, names: &Translator, path: &str) -> Result<()> {
        for (at, balance) in self.balances.iter_mut().enumerate() {
            balance.translate_at(names, &self.exchange, &join(path, &format!("balances[{at}]")))?;
        }
        for (at, item) in self.instruments.iter_mut().enumerate() {
            let path = join(path, &format!("instruments[{at}]"));
            names.instrument(&mut item.instrument, Some(&self.exchange), &join(&path, "instrument"))?;
            for (at, order) in item.orders.iter_mut().enumerate() {
                order.translate(names, &join(&path, &format!("orders[{at}]")))?;
            }
        }
        names.exchange(&mut self.exchange, &join(path, "exchange"))
    }
}
