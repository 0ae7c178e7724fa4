//! Orders counted by how they ended and why, and the warning where many failed.

mod common;

use common::{FOREIGN, Script, Seen, Tape, drive, dynamic, free, prepare, script, steady, warnings};
use haggle_backtest::{Outcome, Run};
use haggle_engine::{Context, Draft, Halt, HostedStrategy, Interest, Strategy};
use haggle_model::time::SECOND;
use haggle_model::{InstrumentId, Side, Size, TimeInForce};
use serde_json::json;

const ID: InstrumentId = InstrumentId(0);

fn message(outcome: &Outcome, code: &str) -> String {
    let list = outcome.summary["warnings"].as_array().expect("a list");
    let found = list.iter().find(|warning| warning["code"] == code).unwrap_or_else(|| panic!("no {code} in {list:?}"));
    found["message"].as_str().expect("a text").to_owned()
}

/// Sends the k-th draft at the k-th quote.
fn one_each(drafts: Vec<Draft>) -> impl FnMut(&mut Context<'_>, &Seen<'_>) {
    let mut drafts = drafts.into_iter();
    move |ctx, seen| {
        if let (Seen::Book, Some(draft)) = (seen, if matches!(seen, Seen::Book) { drafts.next() } else { None }) {
            ctx.submit(draft);
        }
    }
}

fn market(side: Side, lots: i64) -> Draft {
    Draft::market(ID, side, Size::Lots(lots))
}

#[test]
fn orders_are_counted_by_end_and_reason() {
    // Filled; more than is displayed; nothing to sell; a limit that never fills; one beyond the balance.
    let drafts = vec![
        market(Side::Buy, 5),
        market(Side::Buy, 15),
        market(Side::Sell, 500),
        Draft::limit(ID, Side::Buy, Size::Lots(1), 90),
        Draft::limit(ID, Side::Buy, Size::Lots(1), 91),
        Draft::limit(ID, Side::Buy, Size::Lots(5_000), 95),
        Draft { time_in_force: TimeInForce::FillOrKill, ..market(Side::Buy, 50) },
    ];
    let mut next = one_each(drafts);
    let (outcome, _) = script(&free("0"), steady((1..=12).map(|i| i * SECOND)).store(), move |ctx, seen| {
        next(ctx, seen);
        if matches!(seen, Seen::Book) && ctx.now() == 9 * SECOND {
            let order = ctx.market().open_orders[0];
            ctx.cancel(order);
        }
    });
    let message_of = |code: &str| {
        let reasons = outcome.summary["order_counts"]["reasons"].as_array().expect("a list");
        reasons.iter().find(|reason| reason["code"] == code).expect("a reason")["message"].clone()
    };
    let group = |end: &str, code: &str, count: u64| json!({ "end": end, "code": code, "message": message_of(code), "count": count });
    assert_eq!(
        outcome.summary["order_counts"],
        json!({
            "sent": 7, "filled": 1, "cancelled": 1, "expired": 3, "refused": 2, "open": 0,
            "reasons": [
                group("OpenFailed", "BalanceInsufficient", 2),
                group("Expired", "LiquidityMissing", 1),
                group("Cancelled", "Requested", 1),
                group("Expired", "RunEnded", 1),
                group("Expired", "FillOrKillUnfilled", 1),
            ],
        })
    );
    // Five of the fifteen were filled (the other five of the ten displayed had been taken before), and an order that waits to the end has not failed: two refusals and the fill-or-kill.
    let message = message(&outcome, "ORDERS_REFUSED");
    assert!(
        message.starts_with("3 of 7 orders failed, 2 of them because the free balance does not cover the order (BalanceInsufficient): "),
        "{message}"
    );
    assert!(message.contains("{ equity: 0.5 }"), "{message}");
    // Each that ended has its reason and its times.
    let order = &outcome.orders[1];
    assert_eq!((order.reason().map(|reason| reason.code.as_str()), order.filled), (Some("LiquidityMissing"), 5));
    assert_eq!((order.time, order.arrived, order.ended()), (2 * SECOND, Some(2 * SECOND), Some(2 * SECOND)));
    let cancelled = outcome.orders.iter().find(|order| order.cancelled.is_some()).expect("one was cancelled");
    assert_eq!((cancelled.opened, cancelled.ended()), (Some(4 * SECOND), Some(9 * SECOND)));
    assert!(
        outcome
            .orders
            .iter()
            .filter(|order| order.state.is_terminal() && order.filled < order.quantity)
            .all(|order| order.reason().is_some())
    );
}

#[test]
fn few_failures_are_no_warning() {
    // One of eleven, then one of ten.
    for (good, expected) in [(10, &[][..]), (9, &["ORDERS_REFUSED"][..])] {
        let drafts = std::iter::once(market(Side::Sell, 9)).chain(std::iter::repeat_n(market(Side::Buy, 1), good)).collect();
        let (outcome, _) = script(&free("0"), steady((1..=20).map(|i| i * SECOND)).store(), one_each(drafts));
        assert_eq!(warnings(&outcome), expected, "1 of {}", good + 1);
    }
}

#[test]
fn latency_shows_in_the_times_of_orders() {
    let config = free(r#"{"open":"30ms","response":"20ms"}"#);
    let (outcome, _) = script(&config, steady((1..=3).map(|i| i * SECOND)).store(), one_each(vec![market(Side::Buy, 1)]));
    let order = &outcome.orders[0];
    let arrived = SECOND + 30 * SECOND / 1_000;
    assert_eq!((order.time, order.arrived, order.ended(), order.reason()), (SECOND, Some(arrived), Some(arrived), None));
}

/// A strategy that a person wrote with all hooks.
struct Written<F>(Script<F>);

impl<F: FnMut(&mut Context<'_>, &Seen<'_>)> HostedStrategy for Written<F> {
    fn hooks(&self) -> Interest {
        self.0.interest()
    }
}

impl<F: FnMut(&mut Context<'_>, &Seen<'_>)> Strategy for Written<F> {
    fn interest(&self) -> Interest {
        self.0.interest()
    }
    fn on_start(&mut self, ctx: &mut Context<'_>) -> Result<(), Halt> {
        self.0.on_start(ctx)
    }
}

#[test]
fn a_hook_without_rows_is_a_warning() {
    let quotes = Tape::new().quote("A/B", (1, 1), (99, 1), (100, 1));
    let bars = Tape::new().bar("A/B", (0, 10), [100; 4]);
    for (tape, expected) in [(quotes, ["onTrade", "onBar"]), (bars, ["onTrade", "onBook"])] {
        let script = Written(Script { act: |_: &mut Context<'_>, _: &Seen<'_>| {}, log: Vec::new() });
        let run = Run::new(prepare(&free("0"), tape.store()), dynamic(FOREIGN), script).expect("a run");
        let (outcome, _) = drive(run, 10).expect("no error");
        let messages: Vec<&str> = outcome.summary["warnings"]
            .as_array()
            .expect("a list")
            .iter()
            .filter(|w| w["code"] == "HOOK_NOT_CALLED")
            .map(|w| w["message"].as_str().expect("a text"))
            .collect();
        assert_eq!(messages.len(), 2, "{messages:?}");
        for (message, hook) in messages.iter().zip(expected) {
            assert!(message.contains(hook), "{message}");
        }
    }
}
