//! An engine by hand, and events for it.
#![allow(dead_code, reason = "each test binary uses its own part")]

use haggle_engine::{Engine, MarketSpec, Valuation};
use haggle_model::read::{Field, parse};
use haggle_model::{
    AccountKind, AssetId, Balance, Decimal, Fill, Increment, InstrumentId, Liquidity, OrderEvent, OrderEventKind, OrderNumber, Side,
    System, init::read_system,
};
use std::sync::atomic::{AtomicU64, Ordering};

pub fn system(text: &str) -> System {
    read_system(&Field::root(&parse(text).expect("json"))).expect("a good config")
}

/// An engine over these instruments, ticks and lots of one, nothing in the account.
pub fn engine(system: &System, reporting_asset: &str) -> Engine {
    let specs = system.instruments.iter().map(|instrument| MarketSpec {
        tick: Increment::ONE,
        lot: Increment::ONE,
        base: instrument.base,
        quote: instrument.quote,
        exchange: instrument.exchange,
        notional_min: Decimal::ZERO,
        is_cash_settled: system.exchanges[instrument.exchange.index()].execution.account == AccountKind::CashSettled,
        feed: haggle_model::Feed::Nothing,
    });
    let valuation = Valuation::new(system, reporting_asset, &vec![true; system.instruments.len()]).expect("a known asset");
    Engine::new(specs.collect(), vec![Balance::default(); system.assets.len()], valuation)
}

pub fn event(order: u32, side: Side, kind: OrderEventKind) -> OrderEvent {
    OrderEvent {
        sequence: 0,
        time: 1,
        order: OrderNumber(order),
        instrument: InstrumentId(0),
        side,
        kind,
        balances: [None; 3],
        ends_bundle: true,
    }
}

/// A fill of a part at a price, with a fee in an asset.
pub fn fill(price: i64, quantity: i64, filled: i64, order_quantity: i64, fee: Decimal, fee_asset: u16) -> OrderEventKind {
    // No fill is told twice, unless a test does so itself.
    static ID: AtomicU64 = AtomicU64::new(0);
    OrderEventKind::Filled(Fill {
        id: ID.fetch_add(1, Ordering::Relaxed),
        price,
        quantity,
        filled,
        order_quantity,
        liquidity: Liquidity::Taker,
        fee,
        fee_asset: AssetId(fee_asset),
        fee_quote: None,
    })
}
