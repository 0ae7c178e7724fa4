//! For every request of a strategy, and every answer to it: no order beyond a limit ever leaves.

mod common;

use common::{engine, event, fill, system};
use haggle_engine::{Context, Draft, Engine, RiskLimits};
use haggle_model::read::{Field, parse};
use haggle_model::{Decimal, InstrumentId, MarketEvent, OrderEventKind, OrderNumber, Quote, ReasonCode, Request, Side, Size};
use proptest::prelude::*;

const A: InstrumentId = InstrumentId(0);
const QUANTITY_MAX: i64 = 8;
const NOTIONAL_MAX: i64 = 700;
const POSITION_MAX: i64 = 12;
const OPEN_MAX: usize = 4;
const RATE: (usize, i64) = (3, 10);

/// What happens next.
#[derive(Clone, Debug)]
enum Step {
    Quote { bid: i64, spread: i64 },
    Wait(i64),
    Send { is_buy: bool, size: i64, kind: u8, price: Option<i64> },
    Amend { order: usize, price: Option<i64>, quantity: Option<i64> },
    Fill { order: usize, part: i64 },
    Cancel { order: usize },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (50..150i64, 1..4i64).prop_map(|(bid, spread)| Step::Quote { bid, spread }),
        (1..8i64).prop_map(Step::Wait),
        (any::<bool>(), 1..20i64, 0..3u8, proptest::option::of(50..150i64)).prop_map(|(is_buy, size, kind, price)| Step::Send {
            is_buy,
            size,
            kind,
            price
        }),
        (0..4usize, proptest::option::of(50..150i64), proptest::option::of(1..20i64)).prop_map(|(order, price, quantity)| Step::Amend {
            order,
            price,
            quantity
        }),
        (0..4usize, 1..6i64).prop_map(|(order, part)| Step::Fill { order, part }),
        (0..4usize).prop_map(|order| Step::Cancel { order }),
    ]
}

/// Net position and, by side, what works: kept here, from what left and what was filled.
#[derive(Debug, Default)]
struct Watcher {
    /// Number, side, quantity, filled.
    open: Vec<(u32, Side, i64, i64)>,
    position: i64,
    sent: Vec<i64>,
}

impl Watcher {
    fn worst(&self, side: Side) -> i64 {
        let rest: i64 = self.open.iter().filter(|order| order.1 == side).map(|order| order.2 - order.3).sum();
        self.position * side.sign() + rest
    }

    fn take(&mut self, engine: &mut Engine, bid: i64) {
        for request in engine.outbox.drain(..) {
            let (number, side, lots, price) = match request {
                Request::Open(open) => {
                    let lots = match open.size {
                        Size::Lots(lots) => lots,
                        Size::Quote(amount) => {
                            haggle_model::whole(amount / Decimal::from(if open.price > 0 { open.price } else { bid + 1 })).expect("small")
                        }
                        Size::Equity(_) => 0,
                    };
                    self.open.push((open.order.0, open.side, lots, 0));
                    (open.order.0, open.side, lots, open.price)
                }
                Request::Amend { order, price, quantity } => {
                    let own = self.open.iter_mut().find(|own| own.0 == order.0).expect("it works");
                    own.2 = quantity.unwrap_or(own.2);
                    (order.0, own.1, own.2, price.unwrap_or(0))
                }
                Request::Cancel(_) => continue,
            };
            self.sent.push(engine.now);
            assert!(lots <= QUANTITY_MAX, "#{number} has {lots} lots");
            if price > 0 {
                assert!(lots * price <= NOTIONAL_MAX, "#{number}: {lots} x {price}");
            }
            assert!(self.worst(side) <= POSITION_MAX, "#{number} may lead to {}", self.worst(side));
            assert!(self.open.len() <= OPEN_MAX, "{} are open", self.open.len());
            let window = self.sent.iter().filter(|time| engine.now - **time < RATE.1).count();
            assert!(window <= RATE.0, "{window} left in one window");
        }
    }
}

fn run(steps: Vec<Step>, excess: &str) {
    let system = system(r#"{"instruments":["A/B"],"account":"cash-settled"}"#);
    let mut engine = engine(&system, "B");
    let text = format!(
        r#"{{"maxQuantity":{QUANTITY_MAX},"maxNotional":{NOTIONAL_MAX},"maxPosition":{POSITION_MAX},"maxOpenOrders":{OPEN_MAX},
        "maxOrderRate":{{"orders":{},"per":"{}ns"}},"excess":"{excess}"}}"#,
        RATE.0, RATE.1
    );
    let value = parse(&text).expect("json");
    engine.limit(&RiskLimits::read(&Field::root(&value)).expect("good limits"), &system).expect("known");
    let mut watcher = Watcher::default();
    let mut bid = 100;
    engine.markets[0].apply(&MarketEvent::Quote(Quote { bid, bid_size: 10, ask: bid + 1, ask_size: 10 }));
    for step in steps {
        match step {
            Step::Quote { bid: next, spread } => {
                bid = next;
                engine.markets[0].apply(&MarketEvent::Quote(Quote { bid, bid_size: 10, ask: bid + spread, ask_size: 10 }));
            }
            Step::Wait(nanos) => engine.now += nanos,
            Step::Send { is_buy, size, kind, price } => {
                let side = if is_buy { Side::Buy } else { Side::Sell };
                // Amounts become lots where the market is only now; with a price the watcher knows as much.
                let size = if kind == 0 && price.is_some() { Size::Quote((size * 60).into()) } else { Size::Lots(size) };
                let draft = price.map_or(Draft::market(A, side, size), |price| Draft::limit(A, side, size, price));
                Context { engine: &mut engine, instrument: A }.submit(draft);
            }
            Step::Amend { order, price, quantity } => {
                // A lower total than what is filled is the exchange's matter; an amount has no total yet, a market order no price.
                let known = watcher.open.get(order).filter(|own| quantity.is_none_or(|quantity| quantity > own.3));
                let number = known
                    .map(|own| OrderNumber(own.0))
                    .filter(|number| engine.order(*number).is_some_and(|order| order.quantity > 0 && order.request.price > 0));
                if let Some(number) = number {
                    Context { engine: &mut engine, instrument: A }.amend(number, price, quantity);
                    if let Some(Request::Amend { price, quantity, .. }) = engine.outbox.last().copied() {
                        let order = engine.order(number).expect("it works");
                        let amended = OrderEventKind::Amended {
                            price: price.unwrap_or(order.request.price),
                            quantity: quantity.unwrap_or(order.quantity),
                        };
                        let side = order.side;
                        engine.apply(&[event(number.0, side, amended).into()]).expect("it fits");
                    }
                }
            }
            Step::Fill { order, part } => {
                if let Some((number, side, quantity, filled)) = watcher.open.get_mut(order) {
                    let part = part.min(*quantity - *filled);
                    *filled += part;
                    watcher.position += part * side.sign();
                    let bundle = [event(*number, *side, fill(100, part, *filled, *quantity, Decimal::ZERO, 1)).into()];
                    engine.apply(&bundle).expect("it fits");
                }
                watcher.open.retain(|own| own.2 > own.3);
            }
            Step::Cancel { order } => {
                if order < watcher.open.len() {
                    let (number, side, ..) = watcher.open.remove(order);
                    let cancelled = OrderEventKind::Cancelled(ReasonCode::Requested.into());
                    engine.apply(&[event(number, side, cancelled).into()]).expect("it fits");
                }
            }
        }
        watcher.take(&mut engine, bid);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_order_beyond_a_limit_leaves(steps in proptest::collection::vec(step(), 1..60)) {
        run(steps, "refuse");
    }

    #[test]
    fn nor_one_that_was_cut(steps in proptest::collection::vec(step(), 1..60)) {
        run(steps, "shrink");
    }
}
