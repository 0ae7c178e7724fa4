//! Own executions: barter's `Trade`.

use super::tag::{add, id, record, side, text, time};
use super::{Name, Translator, Wire};
use crate::read::{Field, join};
use crate::time::Nanos;
use crate::{Decimal, Liquidity, Result, Side};
use serde::{Serialize, Serializer};
use serde_json::Value;

/// An own execution. What is optional here is an addition that barter does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fill {
    /// The exchange's id of the execution.
    pub id: String,
    /// The exchange's id of the order.
    pub order_id: String,
    /// What was traded.
    pub instrument: Name,
    /// Whose order it was.
    pub strategy: String,
    /// When.
    pub time_exchange: Nanos,
    /// Direction.
    pub side: Side,
    /// At which price.
    pub price: Decimal,
    /// How much.
    pub quantity: Decimal,
    /// The fee; negative for a rebate.
    pub fee: Decimal,
    /// What the fee was paid in; `None` is the instrument's quote, as always with barter.
    pub fee_asset: Option<Name>,
    /// The client's id of the order.
    pub cid: Option<String>,
    /// How much of the order is filled, this execution included.
    pub filled_quantity: Option<Decimal>,
    /// Maker or taker.
    pub liquidity: Option<Liquidity>,
}

impl Serialize for Fill {
    fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        let fees = record([("asset", self.fee_asset.as_ref().map_or(Value::Null, Name::json)), ("fees", text(self.fee))]);
        let mut map = record([
            ("id", self.id.as_str().into()),
            ("order_id", self.order_id.as_str().into()),
            ("instrument", self.instrument.json()),
            ("strategy", self.strategy.as_str().into()),
            ("time_exchange", time(self.time_exchange)),
            ("side", self.side.as_str().into()),
            ("price", text(self.price)),
            ("quantity", text(self.quantity)),
            ("fees", Value::Object(fees)),
        ]);
        add(&mut map, "cid", self.cid.as_deref().map(Value::from));
        add(&mut map, "filled_quantity", self.filled_quantity.map(text));
        add(&mut map, "liquidity", self.liquidity.map(|liquidity| liquidity.as_str().into()));
        map.serialize(to)
    }
}

impl Wire for Fill {
    fn read(field: &Field<'_>) -> Result<Self> {
        let object = field.object()?;
        let fees = object.need("fees")?.object()?;
        Ok(Self {
            id: id(&object, "id")?,
            order_id: id(&object, "order_id")?,
            instrument: Name::of(&object, "instrument")?,
            strategy: id(&object, "strategy")?,
            time_exchange: object.need("time_exchange")?.time()?,
            side: side(&object.need("side")?)?,
            price: object.need("price")?.decimal()?,
            quantity: object.need("quantity")?.positive()?,
            fee: fees.need("fees")?.decimal()?,
            fee_asset: fees.get("asset").map(|asset| Name::read(&asset)).transpose()?,
            cid: object.get("cid").map(|cid| cid.text().map(str::to_owned)).transpose()?,
            filled_quantity: object.get("filled_quantity").map(|filled| filled.not_negative()).transpose()?,
            liquidity: object
                .get("liquidity")
                .map(|word| word.choice(&[("Maker", Liquidity::Maker), ("Taker", Liquidity::Taker)]))
                .transpose()?,
        })
    }

    fn view(&self) -> Value {
        let mut map = record([
            ("id", self.id.as_str().into()),
            ("orderId", self.order_id.as_str().into()),
            ("instrument", self.instrument.json()),
            ("strategy", self.strategy.as_str().into()),
            ("timeExchange", time(self.time_exchange)),
            ("side", self.side.as_str().into()),
            ("price", text(self.price)),
            ("quantity", text(self.quantity)),
            ("fee", text(self.fee)),
        ]);
        add(&mut map, "feeAsset", self.fee_asset.as_ref().map(Name::json));
        add(&mut map, "cid", self.cid.as_deref().map(Value::from));
        add(&mut map, "filledQuantity", self.filled_quantity.map(text));
        add(&mut map, "liquidity", self.liquidity.map(|liquidity| liquidity.as_str().into()));
        Value::Object(map)
    }

    fn translate(&mut self, names: &Translator, path: &str) -> Result<()> {
        self.translate_at(names, None, path)
    }
}

impl Fill {
    /// The same where it is known at which exchange it happened.
    pub(super) fn translate_at(&mut self, names: &Translator, exchange: Option<&Name>, path: &str) -> Result<()> {
        if let Some(asset) = &mut self.fee_asset {
            names.asset(asset, exchange, &join(path, "fees.asset"))?;
        }
        names.instrument(&mut self.instrument, exchange, &join(path, "instrument"))
    }
}
