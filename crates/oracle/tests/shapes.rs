//! Our JSON and barter's, both ways: generated values of every variant that both have go through the published crates and come
//! back as they were.

#[path = "../../model/tests/wire/generate.rs"]
#[allow(dead_code, reason = "shared with the tests of our own shapes, which use all of it")]
mod generate;

use barter::EngineEvent as BarterEvent;
use barter::engine::EngineOutput as BarterOutputOf;
use barter::engine::audit::{AuditTick as BarterTick, EngineAudit};
use barter_execution::order::request::{OrderRequestCancel as BarterCancel, OrderRequestOpen as BarterOpen};
use barter_execution::order::state::OrderState as BarterState;
use barter_execution::order::{Order as BarterOrder, OrderEvent as BarterOrderEvent, OrderKey as BarterKey};
use generate::{Generate, Range};
use haggle_model::wire::{
    AuditTick, EngineEvent, EngineOutput, Order, OrderEvent, OrderKey, OrderRequestCancel, OrderRequestOpen, OrderState, Wire,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;

const SEEDS: u64 = 300;

/// What barter leaves to its user: nothing when trading is turned off, the exchange's name when a connection is lost.
type BarterOutput = BarterOutputOf<(), String>;

/// Ours -> barter's -> ours -> barter's: nothing may differ, neither here nor there.
fn both_ways<Ours: Wire + Debug, Theirs: Serialize + DeserializeOwned + PartialEq + Debug>(value: &Ours, seed: u64) {
    let text = value.to_text();
    let theirs: Theirs = serde_json::from_str(&text).unwrap_or_else(|error| panic!("barter does not read seed {seed}: {error}\n{text}"));
    let written = serde_json::to_string(&theirs).expect("barter writes what it has read");
    let again = Ours::from_text(&written).unwrap_or_else(|error| panic!("we do not read seed {seed}: {error}\n{written}"));
    assert_eq!(again, *value, "seed {seed}\n{text}\n{written}");
    let back: Theirs = serde_json::from_str(&again.to_text()).expect("what it read before");
    assert_eq!(back, theirs, "seed {seed}");
}

#[test]
fn orders_and_requests() {
    for seed in 0..SEEDS {
        let mut make = Generate::new(seed, Range::Barter);
        both_ways::<OrderKey, BarterKey>(&make.key(), seed);
        both_ways::<OrderRequestOpen, BarterOpen>(&make.open(), seed);
        both_ways::<OrderRequestCancel, BarterCancel>(&make.cancel(), seed);
        both_ways::<Order, BarterOrder>(&make.order(), seed);
        for which in 0..Generate::STATES {
            let event = OrderEvent { key: make.key(), state: make.state(which), filled_quantity: None };
            both_ways::<OrderEvent, BarterOrderEvent<BarterState>>(&event, seed);
        }
        for which in 0..Generate::ERRORS {
            let event = OrderEvent { key: make.key(), state: OrderState::OpenFailed(make.error(which)), filled_quantity: None };
            both_ways::<OrderEvent, BarterOrderEvent<BarterState>>(&event, seed);
        }
    }
}

#[test]
fn engine_events() {
    for seed in 0..SEEDS {
        let mut make = Generate::new(seed, Range::Barter);
        for which in 0..make.events() {
            let event = make.event(which);
            // Barter writes a book without the marker that it needs to read one: it has to come back to us, not to barter.
            both_ways::<EngineEvent, BarterEvent>(&event, seed);
        }
    }
}

#[test]
fn audits() {
    for seed in 0..SEEDS {
        let mut make = Generate::new(seed, Range::Barter);
        for which in 0..Generate::OUTPUTS {
            both_ways::<EngineOutput, BarterOutput>(&make.output(which), seed);
        }
        both_ways::<AuditTick, BarterTick<EngineAudit<BarterEvent, BarterOutput>>>(&make.tick(), seed);
    }
}

#[test]
fn our_additions_are_passed_over() {
    for seed in 0..SEEDS {
        let mut make = Generate::new(seed, Range::Barter);
        let (mut order, key) = (make.order(), make.key());
        let plain: BarterOrder = serde_json::from_str(&order.to_text()).expect("barter's own fields");
        order.terms.reduce_only = true;
        order.filled_quantity = Some(make.decimal(false));
        order.average_price = Some(make.decimal(false));
        assert_eq!(serde_json::from_str::<BarterOrder>(&order.to_text()).expect("with additions"), plain, "seed {seed}");
        let event = OrderEvent { key, state: OrderState::OpenInFlight { is_unknown: true }, filled_quantity: Some(make.decimal(false)) };
        serde_json::from_str::<BarterOrderEvent<BarterState>>(&event.to_text()).expect("with additions");
    }
}
