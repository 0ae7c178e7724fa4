//! A closed round trip: barter's `PositionExited`, with what it leaves out.

use super::tag::{add, record, side, text};
use super::{Name, Translator, Wire, write};
use crate::read::{Field, Object, join};
use crate::time::{MILLISECOND, Nanos};
use crate::{Decimal, Result, Side, to_f64};
use serde::Serialize;
use serde_json::Value;

/// A closed round trip. What is optional is ours.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PositionExit {
    /// What was traded.
    pub instrument: Name,
    /// Buy: it was long.
    pub side: Side,
    /// Average entry price.
    #[serde(serialize_with = "write::decimal")]
    pub price_entry_average: Decimal,
    /// Largest quantity.
    #[serde(serialize_with = "write::decimal")]
    pub quantity_abs_max: Decimal,
    /// Profit or loss in quote, fees off.
    #[serde(serialize_with = "write::decimal")]
    pub pnl_realised: Decimal,
    /// Fees of the entry, in quote.
    #[serde(serialize_with = "write::fees")]
    pub fees_enter: Decimal,
    /// Fees of the exit, in quote.
    #[serde(serialize_with = "write::fees")]
    pub fees_exit: Decimal,
    /// First execution.
    #[serde(serialize_with = "write::time")]
    pub time_enter: Nanos,
    /// Last execution.
    #[serde(serialize_with = "write::time")]
    pub time_exit: Nanos,
    /// Ids of the executions.
    pub trades: Vec<String>,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exchange: Option<Name>,
    /// Whose it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strategy: Option<String>,
    /// Average exit price.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "write::some_decimal")]
    pub price_exit_average: Option<Decimal>,
}

fn fees(object: &Object<'_>, name: &'static str) -> Result<Decimal> {
    object.need(name)?.object()?.need("fees")?.decimal()
}

impl PositionExit {
    /// The instrument without the exchange that is said beside it.
    fn symbol(&self) -> Value {
        match (&self.instrument, &self.exchange) {
            (Name::Text(name), Some(Name::Text(exchange))) => {
                name.strip_prefix(exchange.as_str()).and_then(|rest| rest.strip_prefix(':')).unwrap_or(name).into()
            }
            (name, _) => name.json(),
        }
    }
}

/// Milliseconds with a fraction, as results have them.
fn millis(value: Nanos) -> Value {
    ((value / MILLISECOND) as f64 + (value % MILLISECOND) as f64 / 1e6).into()
}

impl Wire for PositionExit {
    fn read(field: &Field<'_>) -> Result<Self> {
        let object = field.object()?;
        Ok(Self {
            instrument: Name::of(&object, "instrument")?,
            exchange: object.get("exchange").map(|name| Name::read(&name)).transpose()?,
            strategy: object.get("strategy").map(|name| name.text().map(str::to_owned)).transpose()?,
            side: side(&object.need("side")?)?,
            price_entry_average: object.need("price_entry_average")?.decimal()?,
            price_exit_average: object.get("price_exit_average").map(|price| price.decimal()).transpose()?,
            quantity_abs_max: object.need("quantity_abs_max")?.not_negative()?,
            pnl_realised: object.need("pnl_realised")?.decimal()?,
            fees_enter: fees(&object, "fees_enter")?,
            fees_exit: fees(&object, "fees_exit")?,
            time_enter: object.need("time_enter")?.time()?,
            time_exit: object.need("time_exit")?.time()?,
            trades: object.need("trades")?.list()?.iter().map(|id| id.text().map(str::to_owned)).collect::<Result<_>>()?,
        })
    }

    /// The fields of a closed trade in a result. What barter does not say is missing.
    fn view(&self) -> Value {
        let (pnl, fees) = (self.pnl_realised, self.fees_enter.checked_add(self.fees_exit));
        let basis = self.price_entry_average.checked_mul(self.quantity_abs_max).filter(|basis| !basis.is_zero());
        let mut map = record([("symbol", self.symbol())]);
        add(&mut map, "exchange", self.exchange.as_ref().map(Name::json));
        add(&mut map, "strategy", self.strategy.as_deref().map(Value::from));
        map.extend(record([("side", self.side.as_str().into()), ("entryPrice", text(self.price_entry_average))]));
        add(&mut map, "exitPrice", self.price_exit_average.map(text));
        map.extend(record([
            ("quantity", text(self.quantity_abs_max)),
            ("pnl", text(pnl)),
            ("fees", fees.map_or(Value::Null, text)),
            ("entryTime", millis(self.time_enter)),
            ("exitTime", millis(self.time_exit)),
            ("pnlReturn", basis.map_or(Value::Null, |basis| (to_f64(pnl) / to_f64(basis)).into())),
        ]));
        Value::Object(map)
    }

    fn translate(&mut self, names: &Translator, path: &str) -> Result<()> {
        names.instrument(&mut self.instrument, self.exchange.as_ref(), &join(path, "instrument"))?;
        self.exchange.as_mut().map_or(Ok(()), |exchange| names.exchange(exchange, &join(path, "exchange")))
    }
}
