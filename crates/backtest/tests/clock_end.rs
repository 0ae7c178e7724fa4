//! How a run ends: with the data, with the account, or before either.

mod common;

use common::{FOREIGN, Script, Seen, Tape, account, drive, dynamic, free, prepare, script, steady, warnings};
use haggle_backtest::{Outcome, Run};
use haggle_data::Store;
use haggle_engine::{Context, Draft, Halt, HostedStrategy, Interest, OrderState, Strategy};
use haggle_model::time::{DAY, SECOND, to_rfc3339};
use haggle_model::{AccountEvent, Decimal, InstrumentId, OrderNumber, ReasonCode, Side, Size, TimeInForce};
use std::sync::Arc;

const A: InstrumentId = InstrumentId(0);

fn market(lots: i64) -> Draft {
    Draft::market(A, Side::Buy, Size::Lots(lots))
}

fn rest(price: i64) -> Draft {
    Draft::limit(A, Side::Buy, Size::Lots(1), price)
}

fn ended(outcome: &Outcome) -> &str {
    outcome.summary["trading_summary"]["time_engine_end"].as_str().expect("a time")
}

#[test]
fn after_the_last_row_nothing_fills_and_events_are_delivered() {
    let (outcome, log) =
        script(&free(r#"{"open":"50ns","cancel":"60ns","response":"5ns"}"#), steady([100, 200, 240]).store(), |ctx, seen| match seen {
            Seen::Book if ctx.now() == 100 => {
                ctx.submit(rest(90));
                ctx.submit(rest(91));
            }
            Seen::Book if ctx.now() == 200 => {
                ctx.submit(market(1));
                ctx.cancel(OrderNumber(0));
            }
            _ => {}
        });
    let events = ["155: #0 opened @150", "155: #1 opened @150", "255: #2 expired DataEnded @250", "265: #0 cancelled Requested @260"];
    assert_eq!(account(&log), events);
    assert_eq!(log.last().map(String::as_str), Some("265: stop"), "an order that rests ends after onStop, unheard");
    assert_eq!(outcome.orders[1].state, OrderState::Expired(ReasonCode::RunEnded.into()));
    assert_eq!(ended(&outcome), to_rfc3339(265));
    assert!(outcome.fills.is_empty());
}

#[test]
fn the_last_row_may_still_be_answered_but_nothing_after_it() {
    let (outcome, log) = script(&free("0"), steady([100, 200]).store(), |ctx, seen| match seen {
        Seen::Book if ctx.now() == 100 => {
            ctx.submit(rest(90));
        }
        Seen::Book => {
            ctx.submit(market(1));
        }
        Seen::Account(bundle) if ctx.now() == 200 => {
            assert_eq!(bundle[0].order, OrderNumber(1));
            ctx.cancel(OrderNumber(0));
            let refused = ctx.submit(market(2));
            assert_eq!(refused, OrderNumber(2));
            assert!(ctx.engine.order(refused).is_none());
        }
        Seen::Stop => {
            ctx.submit(market(3));
        }
        _ => {}
    });
    assert_eq!(account(&log), ["100: #0 opened @100", "200: #1 filled 1/1 at 101 @200"]);
    assert_eq!(outcome.orders[2].state, OrderState::OpenFailed(ReasonCode::DataEnded.into()));
    assert_eq!(outcome.orders[3].state, OrderState::OpenFailed(ReasonCode::DataEnded.into()));
    assert_eq!(outcome.orders[0].state, OrderState::Expired(ReasonCode::RunEnded.into()), "its cancel was not sent");
}

/// Hears of accounts and timers alone.
struct Deaf(Vec<OrderNumber>);

impl HostedStrategy for Deaf {}

impl Strategy for Deaf {
    fn interest(&self) -> Interest {
        Interest::default()
    }
    fn on_start(&mut self, ctx: &mut Context<'_>) -> Result<(), Halt> {
        ctx.submit(market(1));
        Ok(())
    }
    fn on_account(&mut self, ctx: &mut Context<'_>, _: &[AccountEvent]) -> Result<(), Halt> {
        self.0.push(ctx.submit(market(1)));
        Ok(())
    }
}

#[test]
fn the_end_does_not_hang_on_what_a_strategy_listens_to() {
    let run =
        Run::new(prepare(&free(r#"{"open":"50ns","response":"60ns"}"#), steady([100, 200]).store()), dynamic(FOREIGN), Deaf(Vec::new()));
    let (outcome, deaf) = drive(run.expect("a run"), 1_000).expect("no error");
    assert_eq!(deaf.0, [OrderNumber(1)]);
    assert_eq!(
        outcome.orders[1].state,
        OrderState::OpenFailed(ReasonCode::DataEnded.into()),
        "the fill is heard of at 210, after the last row"
    );
}

#[test]
fn neither_time_in_force_nor_timers_prolong_a_run() {
    let last = 5 * SECOND;
    let (outcome, log) = script(&free("0"), steady([SECOND, last]).store(), |ctx, seen| {
        if matches!(seen, Seen::Start) {
            ctx.submit(Draft { time_in_force: TimeInForce::GoodUntilEndOfDay, ..rest(90) });
            ctx.submit(Draft { time_in_force: TimeInForce::GoodUntil(last + 1), ..rest(91) });
            ctx.submit(Draft { time_in_force: TimeInForce::GoodUntil(last), ..rest(92) });
            ctx.timer(DAY, 1).expect("a time");
            ctx.timer(4 * SECOND + 1, 2).expect("a time");
        }
    });
    assert_eq!(ended(&outcome), to_rfc3339(last));
    let states: Vec<&OrderState> = outcome.orders.iter().map(|order| &order.state).collect();
    let expired = |code: ReasonCode| OrderState::Expired(code.into());
    assert_eq!(states, [&expired(ReasonCode::RunEnded), &expired(ReasonCode::RunEnded), &expired(ReasonCode::TimeInForceEnded)]);
    assert!(!log.iter().any(|line| line.contains("timer")), "{log:?}");
    assert_eq!(outcome.equity.last().expect("samples").time, last);
}

#[test]
fn a_time_in_force_counts_while_something_is_under_way() {
    let (_, log) = script(&free(r#"{"open":"0ns","cancel":"60ns"}"#), steady([100, 200]).store(), |ctx, seen| match seen {
        Seen::Start => {
            ctx.submit(Draft { time_in_force: TimeInForce::GoodUntil(250), ..rest(90) });
        }
        Seen::Book if ctx.now() == 200 => ctx.cancel(OrderNumber(0)),
        _ => {}
    });
    assert_eq!(account(&log)[1..], ["250: #0 expired TimeInForceEnded @250", "260: #0 cancel refused OrderAlreadyCancelled @260"]);
}

fn buy_two(config: &str) -> Outcome {
    let store = Tape::new().quote("A/B", (100, 100), (100, 10), (101, 10)).quote("A/B", (200, 200), (110, 1), (111, 10)).store();
    let act = |ctx: &mut Context<'_>, seen: &Seen<'_>| {
        if matches!(seen, Seen::Book) && ctx.now() == 100 {
            ctx.submit(market(2));
            ctx.submit(Draft::limit(A, Side::Sell, Size::Lots(1), 500));
        }
    };
    script(config, store, act).0
}

#[test]
fn close_at_end_trades_positions_away_and_flags_them() {
    let config = r#"{"system":{"instruments":["A/B"],"fees":{"maker":"0.01","taker":"0.01"},"latency":0,"fills":{"slippage":{"ticks":3}}},
        "balances":{"B":1000},"closeAtEnd":true}"#;
    let outcome = buy_two(config);
    assert_eq!(
        outcome.orders[1].state,
        OrderState::Expired(ReasonCode::RunEnded.into()),
        "open orders end first, so that nothing is locked"
    );
    let closing = &outcome.orders[2];
    assert!(closing.is_closing && closing.reduce_only && closing.state == OrderState::FullyFilled);
    assert_eq!((closing.side, closing.quantity, closing.filled), (Side::Sell, 2, 2));
    let fill = &outcome.fills[1];
    assert_eq!((fill.price, fill.quantity, fill.time), (107, 2, 200), "the best bid of the last row less three ticks");
    assert_eq!(fill.fee, Decimal::new(214, 2));
    let trade = &outcome.closed_trades[0];
    assert!(trade.is_closed_by_end);
    // Bought 2 at 101 + 3, sold 2 at 107, a hundredth of both in fees.
    assert_eq!(trade.pnl, Decimal::from(6) - Decimal::new(208 + 214, 2));
    assert_eq!(outcome.summary["trading_summary"]["portfolio"]["end_equity"], (Decimal::from(1_000) + trade.pnl).normalize().to_string());

    let kept = buy_two(&config.replace("true", "false"));
    assert!(kept.closed_trades.is_empty() && kept.orders.len() == 2);
    // Marked at the mid of 110 and 111.
    assert_eq!(kept.summary["trading_summary"]["portfolio"]["end_equity"], "1010.92");
    assert_eq!(kept.summary["trading_summary"]["portfolio"]["exposure"].as_f64(), Some(1.0), "an open position counts to the end");
}

#[test]
fn a_position_without_a_price_cannot_be_closed() {
    let store = Tape::new().quote("A/B", (100, 100), (100, 10), (101, 10)).gap("A/B", (200, 200)).store();
    let config = free("0").replace("}}", r#"},"closeAtEnd":true}"#);
    let (outcome, _) = script(&config, store, |ctx, seen| {
        if matches!(seen, Seen::Book) {
            ctx.submit(market(1));
        }
    });
    assert_eq!((outcome.fills.len(), outcome.orders.len()), (1, 1), "no order is made up for it");
}

fn leveraged() -> (Arc<Store>, &'static str) {
    let store = Tape::new()
        .quote("A/B", (100, 100), (99, 100), (100, 100))
        .quote("A/B", (200, 200), (90, 100), (91, 100))
        .quote("A/B", (300, 300), (79, 100), (80, 100))
        .quote("A/B", (400, 400), (99, 100), (100, 100))
        .quote("A/B", (5 * SECOND, 5 * SECOND), (99, 100), (100, 100))
        .store();
    let config = r#"{"system":{"exchange":"perp","instruments":["A/B"],"fees":{"maker":0,"taker":0},"latency":{"open":"0ns","response":"10ns"},
        "account":"cash-settled","leverage":10},"balances":{"B":100},"sampleInterval":"100ns"}"#;
    (store, config)
}

#[test]
fn an_account_without_equity_is_closed_and_the_run_ends() {
    let (store, config) = leveraged();
    let (outcome, log) = script(config, store, |ctx, seen| match seen {
        Seen::Book if ctx.now() == 100 => {
            ctx.submit(market(5));
            ctx.submit(rest(50));
            ctx.timer(250, 1).expect("a time");
        }
        Seen::Account(_) if ctx.now() > 300 => {
            ctx.submit(market(1));
        }
        _ => {}
    });
    assert_eq!(
        log[log.len() - 3..],
        ["310: #1 expired AccountClosed @300", "310: #2 filled 5/5 at 79 @300", "310: stop"],
        "no row, no timer after it: {log:?}"
    );
    assert_eq!(warnings(&outcome), ["ACCOUNT_CLOSED"]);
    let portfolio = &outcome.summary["trading_summary"]["portfolio"];
    assert_eq!(portfolio["end_equity"], "-5", "100 - 5 x 21: no other party pays for it");
    assert_eq!(ended(&outcome), to_rfc3339(310));
    assert!(outcome.closed_trades[0].is_closed_by_end);
    assert_eq!(outcome.orders[3].state, OrderState::OpenFailed(ReasonCode::AccountClosed.into()));
    let times: Vec<i64> = outcome.equity.iter().map(|row| row.time).collect();
    assert!(times.is_sorted() && *times.last().expect("samples") == 310, "{times:?}");
    // The third was left out before: what was lost within the first instant, which is no whole period.
    assert_eq!(portfolio["returns"], 3, "up to 100, 100 to 200 to 300");
}

#[test]
fn a_run_may_be_ended_before_its_data() {
    let store = steady((1..=10).map(|i| i * SECOND)).store();
    let act = |ctx: &mut Context<'_>, seen: &Seen<'_>| {
        if matches!(seen, Seen::Book) && ctx.now() == SECOND {
            ctx.submit(rest(90));
        }
    };
    let mut run = Run::new(prepare(&free("0"), store), dynamic(FOREIGN), Script { act, log: Vec::new() }).expect("a run");
    run.advance(4).expect("no error");
    let reached = run.engine().now;
    assert!(reached < 10 * SECOND);
    let (outcome, script) = run.finish().expect("an end");
    assert_eq!(ended(&outcome), to_rfc3339(reached));
    assert_eq!(script.log.last(), Some(&format!("{reached}: stop")));
    assert_eq!(outcome.orders[0].state, OrderState::Expired(ReasonCode::RunEnded.into()));
}
