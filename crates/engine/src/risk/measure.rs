//! How large an order is, at which price, and by how much it exceeds its limits.

use super::limits::OrderLimits;
use crate::engine::Engine;
use crate::market::MarketView;
use crate::order::EngineOrder;
use haggle_model::{Decimal, OpenRequest, OrderKind, Reason, ReasonCode, Result, Side, Size};

/// Prices here are counted in half ticks, so that a mid is whole.
type HalfTicks = i64;

/// What a market order pays or gets: the best opposite quote, else the mark; `None` before the first.
fn taking_price(market: &MarketView, side: Side) -> Option<HalfTicks> {
    market.quote.side(side.opposite()).map(|(price, _)| 2 * price).or(market.mark.twice())
}

/// The price at which an amount becomes a quantity.
fn price_of(market: &MarketView, request: &OpenRequest) -> Option<HalfTicks> {
    match request.kind {
        OrderKind::Limit => Some(2 * request.price),
        OrderKind::Market => taking_price(market, request.side),
    }
}

/// The highest price that an order may trade at, as far as can be known: a sell below the bid gets the bid.
fn highest_price(market: &MarketView, request: &OpenRequest) -> Option<HalfTicks> {
    let price = price_of(market, request)?;
    let bid = market.quote.side(Side::Buy).filter(|_| request.side == Side::Sell);
    Some(bid.map_or(price, |(bid, _)| price.max(2 * bid)))
}

fn decimal(market: &MarketView, price: HalfTicks) -> Decimal {
    market.spec.tick.decimal(price) / Decimal::TWO
}

/// The lots of an order, by the prices and the equity of now where its size is an amount. `None` where that cannot be told.
pub fn lots_of(engine: &Engine, request: &OpenRequest) -> Option<i64> {
    let amount = match request.size {
        Size::Lots(lots) => return Some(lots),
        Size::Quote(amount) => amount,
        Size::Equity(share) => engine.equity_in_quote_of(request.instrument).ok()?.checked_mul(share)?.max(Decimal::ZERO),
    };
    let market = &engine.markets[request.instrument.index()];
    let price = decimal(market, price_of(market, request)?);
    market.spec.lot.floor(amount.checked_div(price)?)
}

/// Refuses a price that is worse than the collar allows.
pub fn collar(engine: &Engine, limits: &OrderLimits, request: &OpenRequest) -> Result<(), Reason> {
    let Some(collar) = limits.price_collar else { return Ok(()) };
    let market = &engine.markets[request.instrument.index()];
    let prices = price_of(market, request).zip(market.mark.twice());
    let (price, mark) = prices.ok_or_else(|| Reason::from(ReasonCode::RiskPriceMissing))?;
    let (price, mark) = (decimal(market, price), decimal(market, mark));
    let sign = Decimal::from(request.side.sign());
    let Some(distance) = mark.checked_mul(collar) else { return Ok(()) };
    if (price - mark) * sign <= distance {
        return Ok(());
    }
    let bound = if request.side == Side::Buy { "max" } else { "min" };
    Err(Reason::from(ReasonCode::RiskPriceOutOfCollar).with("price", price).with(bound, mark + sign * distance))
}

/// The tightest of the limits of quantity, value and position that an order exceeds: the lots that it leaves, which may be none or fewer, and
/// the reason. `replaced` is the order that this one amends.
pub fn excess(
    engine: &Engine,
    limits: &OrderLimits,
    request: &OpenRequest,
    replaced: Option<&EngineOrder>,
) -> Result<Option<(i64, Reason)>, Reason> {
    let position_max = limits.position_max.filter(|_| !request.reduce_only);
    if limits.quantity_max.is_none() && limits.notional_max.is_none() && position_max.is_none() {
        return Ok(None);
    }
    let missing = || Reason::from(ReasonCode::RiskPriceMissing);
    let market = &engine.markets[request.instrument.index()];
    let lot = market.spec.lot;
    let lots = lots_of(engine, request).ok_or_else(missing)?;
    let mut found: Option<(i64, Reason)> = None;
    let mut hold = |allowed: i64, reason: &dyn Fn() -> Reason| {
        if allowed < found.as_ref().map_or(lots, |(tightest, _)| *tightest) {
            found = Some((allowed, reason()));
        }
    };
    if let Some(max) = limits.quantity_max {
        let reason = || Reason::from(ReasonCode::RiskQuantityExceeded).with("quantity", lot.decimal(lots)).with("max", max);
        hold(lot.floor(max).unwrap_or(i64::MAX), &reason);
    }
    if let Some(max) = limits.notional_max {
        let price = decimal(market, highest_price(market, request).ok_or_else(missing)?);
        let value = |lots| lot.decimal(lots).checked_mul(price);
        // The division rounds at 28 digits: step back if it rounded up.
        let most = max.checked_div(price).and_then(|quantity| lot.floor(quantity)).unwrap_or(i64::MAX);
        let allowed = if value(most).is_some_and(|value| value > max) { most - 1 } else { most };
        let reason = || {
            let reason = Reason::from(ReasonCode::RiskNotionalExceeded);
            value(lots).map_or(reason.clone(), |value| reason.with("notional", value)).with("max", max)
        };
        hold(allowed, &reason);
    }
    if let Some(max) = position_max {
        let sign = Decimal::from(request.side.sign());
        let quantity = market.position.quantity;
        // What works on the other side may never be filled.
        let others = working(engine, request, replaced);
        let filled = replaced.map_or(0, |order| order.filled);
        let room = lot.floor(max - sign * quantity).unwrap_or(i64::MAX);
        let worst = || quantity + sign * lot.decimal(lots.saturating_add(others).saturating_sub(filled));
        let reason = || Reason::from(ReasonCode::RiskPositionExceeded).with("position", worst()).with("max", max);
        hold(room.saturating_sub(others).saturating_add(filled), &reason);
    }
    Ok(found)
}

/// Lots of the orders on the same side that may still be filled, without the one that is replaced.
fn working(engine: &Engine, request: &OpenRequest, replaced: Option<&EngineOrder>) -> i64 {
    let open = engine.markets[request.instrument.index()].open_orders.iter().filter_map(|number| engine.order(*number));
    let others = open.filter(|order| order.side == request.side && replaced.is_none_or(|replaced| replaced.number != order.number));
    let rests =
        others.map(|order| if order.quantity > 0 { order.quantity - order.filled } else { lots_of(engine, &order.request).unwrap_or(0) });
    rests.fold(0, i64::saturating_add)
}
