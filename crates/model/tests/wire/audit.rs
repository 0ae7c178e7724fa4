//! Ticks in barter's JSON, as its types write them, and what TypeScript shows of them.

use haggle_model::wire::{AuditTick, EngineOutput, Wire};
use serde_json::{Value, json};

const OPEN: &str = r#"{"key":{"exchange":0,"instrument":0,"strategy":"mm","cid":"a"},"state":{"side":"Buy","price":"9","quantity":"2","kind":"Limit","time_in_force":{"GoodUntilCancelled":{"post_only":false}}}}"#;
const CANCEL: &str = r#"{"key":{"exchange":0,"instrument":0,"strategy":"mm","cid":"a"},"state":{"id":null}}"#;
const NONE: &str = r#"{"sent":"None","errors":"None"}"#;

#[test]
fn ticks_are_barters() {
    let context = r#""context":{"sequence":7,"time":"2025-01-01T00:00:00Z"}"#;
    for (event, kind) in [
        (r#""FeedEnded""#.to_owned(), "FeedEnded"),
        (r#"{"Process":{"event":{"Shutdown":null},"outputs":"None","errors":"None"}}"#.to_owned(), "Process"),
        (
            r#"{"Process":{"event":{"TradingStateUpdate":"Disabled"},"outputs":{"One":{"OnTradingDisabled":null}},"errors":{"One":{"Custom":"why"}}}}"#
                .to_owned(),
            "Process",
        ),
        (r#"{"Gap":{"lost":3}}"#.to_owned(), "Gap"),
    ] {
        let text = format!(r#"{{"event":{event},{context}}}"#);
        let tick = AuditTick::from_text(&text).expect("a tick");
        assert_eq!(tick.to_text(), text);
        let view = tick.view();
        assert_eq!((&view["kind"], &view["sequence"], &view["time"]), (&json!(kind), &json!(7), &json!("2025-01-01T00:00:00Z")));
    }
    let error = AuditTick::from_text(r#"{"event":{"Process":{"event":{"Shutdown":null},"outputs":{"One":{"Sold":1}},"errors":"None"}},"context":{"sequence":0,"time":"2025-01-01T00:00:00Z"}}"#).expect_err("no such output");
    assert_eq!(error.path, "event.Process.outputs.One");
}

/// Barter's JSON of an output, and what is shown of it: kind, number of opens sent and refused, of cancels, codes of reasons.
#[test]
fn outputs_are_barters() {
    let error = |text: &str| format!(r#"{{"Recoverable":{{"ExecutionChannelUnhealthy":"{text}"}}}}"#);
    let many = format!(r#"{{"Many":[{OPEN},{OPEN}]}}"#);
    let table = [
        (
            format!(r#"{{"Commanded":{{"OpenOrders":{{"sent":{many},"errors":{{"One":[{OPEN},{}]}}}}}}}}"#, error("TradingDisabled")),
            json!(["Commanded", 2, ["TradingDisabled"], 0, []]),
        ),
        (
            format!(
                r#"{{"Commanded":{{"CancelOrders":{{"sent":"None","errors":{{"Many":[[{CANCEL},{}],[{CANCEL},{{"Unrecoverable":{{"ExecutionChannelTerminated":"gone"}}}}]]}}}}}}}}"#,
                error("OrderAlreadyCancelled")
            ),
            json!(["Commanded", 0, [], 0, ["OrderAlreadyCancelled", "ExecutionChannelTerminated"]]),
        ),
        (
            format!(
                r#"{{"Commanded":{{"ClosePositions":{{"cancels":{{"sent":{{"One":{CANCEL}}},"errors":"None"}},"opens":{{"sent":{{"One":{OPEN}}},"errors":"None"}}}}}}}}"#
            ),
            json!(["Commanded", 1, [], 1, []]),
        ),
        (
            format!(
                r#"{{"AlgoOrders":{{"cancels_and_opens":{{"cancels":{NONE},"opens":{{"sent":{{"One":{OPEN}}},"errors":"None"}}}},"cancels_refused":"None","opens_refused":{{"Many":[{{"item":{OPEN},"reason":"RiskQuantityExceeded quantity=2 max=1"}},{{"item":{OPEN},"reason":"I said so"}}]}}}}}}"#
            ),
            json!(["AlgoOrders", 1, ["RiskQuantityExceeded", "RiskCheckRefused"], 0, []]),
        ),
        (
            format!(
                r#"{{"Commanded":{{"GenerateAlgoOrders":{{"cancels_and_opens":{{"cancels":{{"sent":{{"One":{CANCEL}}},"errors":"None"}},"opens":{NONE}}},"cancels_refused":{{"One":{{"item":{CANCEL},"reason":"no"}}}},"opens_refused":"None"}}}}}}"#
            ),
            json!(["Commanded", 0, [], 1, ["RiskCheckRefused"]]),
        ),
    ];
    for (text, expected) in table {
        let output = EngineOutput::from_text(&text).expect("an output");
        assert_eq!(output.to_text(), text);
        let view = output.view();
        let sent = |kind: &str| view[kind]["sent"].as_array().expect("a list").len();
        let codes = |kind: &str| -> Value {
            view[kind]["errors"].as_array().expect("a list").iter().map(|error| error["reason"]["code"].clone()).collect()
        };
        assert_eq!(json!([view["kind"], sent("opens"), codes("opens"), sent("cancels"), codes("cancels")]), expected, "{text}");
    }
    for (text, view) in [
        (r#"{"MarketDisconnect":"mock"}"#, json!({"kind": "MarketDisconnect", "exchange": "mock"})),
        (r#"{"AccountDisconnect":"mock"}"#, json!({"kind": "AccountDisconnect", "exchange": "mock"})),
    ] {
        let output = EngineOutput::from_text(text).expect("an output");
        assert_eq!((output.to_text().as_str(), output.view()), (text, view));
    }
}

#[test]
fn a_closed_round_trip_shows_as_in_a_result() {
    let barters = r#"{"PositionExit":{"instrument":1,"side":"Buy","price_entry_average":"100","quantity_abs_max":"2","pnl_realised":"19.5","fees_enter":{"asset":null,"fees":"0.2"},"fees_exit":{"asset":null,"fees":"0.3"},"time_enter":"2025-01-01T00:00:00Z","time_exit":"2025-01-01T00:00:01.000500Z","trades":["1","2"]}}"#;
    assert_eq!(EngineOutput::from_text(barters).expect("barter's").to_text(), barters);
    let ours = barters
        .replace(r#""instrument":1"#, r#""instrument":"okx:BTC/USDT""#)
        .replace(r#"["1","2"]"#, r#"["1","2"],"exchange":"okx","strategy":"mm","price_exit_average":"110""#);
    let output = EngineOutput::from_text(&ours).expect("ours");
    assert_eq!(output.to_text(), ours);
    let start = 1_735_689_600_000.0;
    assert_eq!(
        output.view()["trade"],
        json!({"symbol": "BTC/USDT", "exchange": "okx", "strategy": "mm", "side": "Buy", "entryPrice": "100", "exitPrice": "110", "quantity": "2",
            "pnl": "19.5", "fees": "0.5", "entryTime": start, "exitTime": start + 1_000.5, "pnlReturn": 0.0975})
    );
}
