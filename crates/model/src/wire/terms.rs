//! The terms of an order: side, kind, price, quantity, time in force and flags.

use super::tag::{add, record, side, tagged, text, time, unit, variant};
use crate::read::{Field, Object, join};
use crate::time::Nanos;
use crate::{Code, Decimal, Error, Result, Side, canonical};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// How far a trailing stop follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trail {
    /// A distance in quote.
    Distance(Decimal),
    /// A share of the price, in percent: `"1.5%"`.
    Percent(Decimal),
}

/// What decides an order's price, with the price that triggers it where there is one. Barter has the first two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderKind {
    /// At what the market offers.
    Market,
    /// At its price or better.
    Limit,
    /// A market order once this price is reached.
    Stop(Decimal),
    /// A limit order once this price is reached.
    StopLimit(Decimal),
    /// A market order once this better price is reached.
    TakeProfit(Decimal),
    /// A limit order once this better price is reached.
    TakeProfitLimit(Decimal),
    /// A stop that follows the market.
    TrailingStop(Trail),
}

impl OrderKind {
    /// The variant's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Market => "Market",
            Self::Limit => "Limit",
            Self::Stop(_) => "Stop",
            Self::StopLimit(_) => "StopLimit",
            Self::TakeProfit(_) => "TakeProfit",
            Self::TakeProfitLimit(_) => "TakeProfitLimit",
            Self::TrailingStop(_) => "TrailingStop",
        }
    }

    /// Whether the order has a limit price.
    const fn has_price(self) -> bool {
        matches!(self, Self::Limit | Self::StopLimit(_) | Self::TakeProfitLimit(_))
    }

    fn read(field: &Field<'_>) -> Result<Self> {
        const KNOWN: &[&str] = &["Market", "Limit", "Stop", "StopLimit", "TakeProfit", "TakeProfitLimit", "TrailingStop"];
        let (name, value) = variant(field, "order kind", KNOWN)?;
        Ok(match name {
            "Stop" => Self::Stop(value.positive()?),
            "StopLimit" => Self::StopLimit(value.positive()?),
            "TakeProfit" => Self::TakeProfit(value.positive()?),
            "TakeProfitLimit" => Self::TakeProfitLimit(value.positive()?),
            "TrailingStop" => Self::TrailingStop(read_trail(&value)?),
            plain => {
                unit(&value)?;
                if plain == "Market" { Self::Market } else { Self::Limit }
            }
        })
    }

    /// The price or distance that triggers it, by its name in a view.
    fn trigger(self) -> Option<(&'static str, Value)> {
        match self {
            Self::Market | Self::Limit => None,
            Self::Stop(price) | Self::StopLimit(price) => Some(("stop", text(price))),
            Self::TakeProfit(price) | Self::TakeProfitLimit(price) => Some(("takeProfit", text(price))),
            Self::TrailingStop(Trail::Distance(distance)) => Some(("trail", text(distance))),
            Self::TrailingStop(Trail::Percent(percent)) => Some(("trail", format!("{}%", canonical::decimal(percent)).into())),
        }
    }
}

fn read_trail(field: &Field<'_>) -> Result<Trail> {
    match field.value.as_str().and_then(|text| text.strip_suffix('%')) {
        Some(percent) => {
            let value = Value::from(percent);
            Field { value: &value, path: field.path.clone() }.positive().map(Trail::Percent)
        }
        None => field.positive().map(Trail::Distance),
    }
}

/// How long an order works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeInForce {
    /// Until filled or cancelled.
    GoodUntilCancelled,
    /// Until the day ends.
    GoodUntilEndOfDay,
    /// All at once or nothing.
    FillOrKill,
    /// What can be had at once.
    ImmediateOrCancel,
    /// Until a moment: ours.
    GoodUntil(Nanos),
}

impl From<crate::TimeInForce> for TimeInForce {
    fn from(time_in_force: crate::TimeInForce) -> Self {
        match time_in_force {
            crate::TimeInForce::GoodUntilCancelled => Self::GoodUntilCancelled,
            crate::TimeInForce::GoodUntilEndOfDay => Self::GoodUntilEndOfDay,
            crate::TimeInForce::ImmediateOrCancel => Self::ImmediateOrCancel,
            crate::TimeInForce::FillOrKill => Self::FillOrKill,
            crate::TimeInForce::GoodUntil(time) => Self::GoodUntil(time),
        }
    }
}

impl TimeInForce {
    /// How long an exchange lets an order work. One without a price takes at once.
    pub const fn at_exchange(self, has_price: bool) -> crate::TimeInForce {
        match (self, has_price) {
            (Self::FillOrKill, _) => crate::TimeInForce::FillOrKill,
            (_, false) | (Self::ImmediateOrCancel, _) => crate::TimeInForce::ImmediateOrCancel,
            (Self::GoodUntilCancelled, _) => crate::TimeInForce::GoodUntilCancelled,
            (Self::GoodUntilEndOfDay, _) => crate::TimeInForce::GoodUntilEndOfDay,
            (Self::GoodUntil(time), _) => crate::TimeInForce::GoodUntil(time),
        }
    }

    const KNOWN: &[&str] = &["GoodUntilCancelled", "GoodUntilEndOfDay", "FillOrKill", "ImmediateOrCancel", "GoodUntil"];

    /// With the flag that barter keeps inside of one variant.
    fn read(field: &Field<'_>) -> Result<(Self, bool)> {
        let (name, value) = variant(field, "time in force", Self::KNOWN)?;
        match name {
            "GoodUntilCancelled" => {
                let object = value.object()?;
                let is_post_only = object.need("post_only")?.bool()?;
                object.finish()?;
                return Ok((Self::GoodUntilCancelled, is_post_only));
            }
            "GoodUntil" => return Ok((Self::GoodUntil(value.time()?), false)),
            _ => unit(&value)?,
        }
        Ok((
            match name {
                "GoodUntilEndOfDay" => Self::GoodUntilEndOfDay,
                "FillOrKill" => Self::FillOrKill,
                _ => Self::ImmediateOrCancel,
            },
            false,
        ))
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::GoodUntilCancelled => "GoodUntilCancelled",
            Self::GoodUntilEndOfDay => "GoodUntilEndOfDay",
            Self::FillOrKill => "FillOrKill",
            Self::ImmediateOrCancel => "ImmediateOrCancel",
            Self::GoodUntil(_) => "GoodUntil",
        }
    }
}

/// What an order was sent with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Direction.
    pub side: Side,
    /// Market, limit, conditional.
    pub kind: OrderKind,
    /// Limit price; `None` where the kind has none (barter's JSON has 0 there).
    pub price: Option<Decimal>,
    /// Quantity in base.
    pub quantity: Decimal,
    /// How long it works.
    pub time_in_force: TimeInForce,
    /// Refuse it if it would take.
    pub post_only: bool,
    /// Never open or enlarge a position.
    pub reduce_only: bool,
}

impl Serialize for Terms {
    fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        self.fields().serialize(to)
    }
}

impl Terms {
    /// Barter's fields, and ours where they say something.
    pub(super) fn fields(&self) -> Map<String, Value> {
        let kind = match self.kind.trigger() {
            None => self.kind.as_str().into(),
            Some((_, trigger)) => tagged(self.kind.as_str(), trigger),
        };
        let is_inside = self.time_in_force == TimeInForce::GoodUntilCancelled;
        let force = match self.time_in_force {
            TimeInForce::GoodUntilCancelled => tagged("GoodUntilCancelled", Value::Object(record([("post_only", self.post_only.into())]))),
            TimeInForce::GoodUntil(until) => tagged("GoodUntil", time(until)),
            other => other.as_str().into(),
        };
        let mut map = record([
            ("side", self.side.as_str().into()),
            ("price", text(self.price.unwrap_or_default())),
            ("quantity", text(self.quantity)),
            ("kind", kind),
            ("time_in_force", force),
        ]);
        add(&mut map, "post_only", (self.post_only && !is_inside).then_some(Value::Bool(true)));
        add(&mut map, "reduce_only", self.reduce_only.then_some(Value::Bool(true)));
        map
    }

    /// The limit price of a request; `None` for a market order.
    ///
    /// Errors, with the path in the request's JSON: `INVALID_ARGUMENT` for a limit order without a price, `UNSUPPORTED` for a kind that no
    /// exchange of ours has yet.
    pub fn limit(&self) -> Result<Option<Decimal>> {
        match self.kind {
            OrderKind::Market => Ok(None),
            OrderKind::Limit => self.price.map(Some).ok_or_else(|| Error::argument("state.price", "is missing: a Limit order has a price")),
            other => Err(Error::new(Code::Unsupported, format!("{} orders are not built yet", other.as_str())).at("state.kind")),
        }
    }

    /// Reads the fields of `object`. A request asks for something: its quantity has to be above zero.
    pub(super) fn read(object: &Object<'_>, is_request: bool) -> Result<Self> {
        let kind = OrderKind::read(&object.need("kind")?)?;
        let price = object.get("price");
        let price = match (kind.has_price(), price) {
            (true, Some(price)) => Some(price.positive()?),
            (true, None) => {
                return Err(Error::argument(join(object.path(), "price"), format!("is missing: a {} order has a price", kind.as_str())));
            }
            // A trailing stop may have one; barter writes a price for market orders, which means nothing.
            (false, Some(price)) if matches!(kind, OrderKind::TrailingStop(_)) => {
                Some(price.not_negative()?).filter(|price| !price.is_zero())
            }
            (false, Some(price)) => price.decimal().map(|_| None)?,
            (false, None) => None,
        };
        let quantity = object.need("quantity")?;
        let force = object.need("time_in_force")?;
        let (time_in_force, inner) = TimeInForce::read(&force)?;
        let flag = |name| object.get(name).map_or(Ok(false), |field| field.bool());
        let post_only = flag("post_only")? || inner;
        let refused = |message: &str| Err(Error::argument(force.path.clone(), message));
        if post_only && price.is_none() {
            return refused("a market order always takes: post-only needs a price");
        }
        if post_only && matches!(time_in_force, TimeInForce::FillOrKill | TimeInForce::ImmediateOrCancel) {
            return refused("a post-only order cannot be filled at once");
        }
        Ok(Self {
            side: side(&object.need("side")?)?,
            kind,
            price,
            quantity: if is_request { quantity.positive()? } else { quantity.not_negative()? },
            time_in_force,
            post_only,
            reduce_only: flag("reduce_only")?,
        })
    }

    /// What TypeScript shows.
    pub(super) fn view(&self) -> Map<String, Value> {
        let mut map = record([("side", self.side.as_str().into()), ("kind", self.kind.as_str().into()), ("quantity", text(self.quantity))]);
        add(&mut map, "price", self.price.map(text));
        if let Some((name, trigger)) = self.kind.trigger() {
            map.insert(name.to_owned(), trigger);
        }
        let force = match self.time_in_force {
            TimeInForce::GoodUntil(until) => Value::Object(record([("goodUntil", time(until))])),
            other => other.as_str().into(),
        };
        map.extend(record([("timeInForce", force), ("postOnly", self.post_only.into()), ("reduceOnly", self.reduce_only.into())]));
        map
    }
}
