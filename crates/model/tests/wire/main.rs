//! Orders, events and commands in barter's JSON: nothing is lost, and what is wrong is named.

mod audit;
mod generate;
mod names;
mod refused;

use generate::{Generate, Range};
use haggle_model::wire::{EngineEvent, OrderError, OrderEvent, OrderKey, OrderRequestOpen, OrderState, Wire};
use haggle_model::{Decimal, Reason, ReasonCode, Result};
use std::fmt::Debug;

const SEEDS: u64 = 200;

fn survives<T: Wire + Debug>(value: &T, seed: u64) -> Result<()> {
    let text = value.to_text();
    let again = T::from_text(&text)?;
    assert_eq!(again, *value, "seed {seed}: {text}");
    assert_eq!(again.to_text(), text, "seed {seed}");
    Ok(())
}

#[test]
fn every_value_comes_back() -> Result<()> {
    for seed in 0..SEEDS {
        let mut make = Generate::new(seed, if seed % 4 == 0 { Range::Barter } else { Range::All });
        for which in 0..make.events() {
            survives(&make.event(which), seed)?;
        }
        for which in 0..Generate::STATES {
            survives(&OrderEvent { key: make.key(), state: make.state(which), filled_quantity: None }, seed)?;
        }
        for which in 0..Generate::ERRORS {
            let state = OrderState::OpenFailed(make.error(which));
            survives(&OrderEvent { key: make.key(), state, filled_quantity: Some(make.decimal(false)) }, seed)?;
        }
        for which in 0..Generate::OUTPUTS {
            survives(&make.output(which), seed)?;
        }
        survives(&make.tick(), seed)?;
        survives(&make.order(), seed)?;
        survives(&make.order_event(), seed)?;
        survives(&make.open(), seed)?;
        survives(&make.cancel(), seed)?;
    }
    Ok(())
}

#[test]
fn different_values_show_differently() {
    let mut make = Generate::new(7, Range::All);
    let mut seen: Vec<(EngineEvent, String)> = Vec::new();
    for _ in 0..8 {
        for which in 0..make.events() {
            let event = make.event(which);
            let view = event.view().to_string();
            for (other, shown) in &seen {
                assert_eq!(other == &event, *shown == view, "{}\n{}", other.to_text(), event.to_text());
            }
            seen.push((event, view));
        }
    }
}

#[test]
fn shapes_are_barters() -> Result<()> {
    let key = r#""key":{"exchange":0,"instrument":1,"strategy":"mm","cid":"a-1"}"#;
    for state in [
        r#"{"Active":{"OpenInFlight":null}}"#,
        r#"{"Active":{"Open":{"id":"7","time_exchange":"2025-01-01T00:00:01.000000001Z","filled_quantity":"0.5"}}}"#,
        r#"{"Active":{"CancelInFlight":{"order":null}}}"#,
        r#"{"Inactive":{"Cancelled":{"id":"7","time_exchange":"2025-01-01T00:00:02Z"}}}"#,
        r#"{"Inactive":"FullyFilled"}"#,
        r#"{"Inactive":"Expired"}"#,
        r#"{"Inactive":{"OpenFailed":{"Rejected":{"BalanceInsufficient":[2,"text"]}}}}"#,
        r#"{"Inactive":{"OpenFailed":{"Connectivity":"Timeout"}}}"#,
    ] {
        let text = format!("{{{key},\"state\":{state}}}");
        assert_eq!(OrderEvent::from_text(&text)?.to_text(), text);
    }
    // Canonical: no zeros that say nothing, one spelling of a side and of a time.
    let open = r#"{"key":{"exchange":0,"instrument":1,"strategy":"mm","cid":"a-1"},
        "state":{"side":"b","price":0.10,"quantity":"2.00","kind":"Limit","time_in_force":{"GoodUntilCancelled":{"post_only":true}}}}"#;
    let request = OrderRequestOpen::from_text(open)?;
    let state =
        r#""state":{"side":"Buy","price":"0.1","quantity":"2","kind":"Limit","time_in_force":{"GoodUntilCancelled":{"post_only":true}}}"#;
    assert_eq!(request.to_text(), format!("{{{key},{state}}}"));
    Ok(())
}

#[test]
fn reasons_travel_in_barters_words() -> Result<()> {
    let shown = |reason: &Reason| -> Result<String> {
        let key = OrderKey { exchange: "mock".into(), instrument: "BTC/USDT".into(), strategy: String::new(), cid: String::new() };
        let event = OrderEvent { key, state: OrderState::OpenFailed(OrderError::from(reason)), filled_quantity: None };
        let view = OrderEvent::from_text(&event.to_text())?.view();
        Ok(view["state"]["reason"].to_string())
    };
    for code in ReasonCode::ALL {
        let reason = Reason::from(*code).with_text("asset", "USDT").with("need", Decimal::new(1050, 1)).with("free", Decimal::ZERO);
        let bare = [ReasonCode::OrderAlreadyCancelled, ReasonCode::OrderAlreadyFullyFilled].contains(code);
        let expected = if bare { Reason::from(*code) } else { reason.clone() };
        assert_eq!(shown(&reason)?, expected.to_json().to_string());
    }
    let said = Reason::from(ReasonCode::RiskCheckRefused).with_text("reason", "too much of one coin");
    assert_eq!(shown(&said)?, said.to_json().to_string());
    Ok(())
}
