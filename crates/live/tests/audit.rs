//! The audit of a live system: a copy that follows it by ticks alone knows what the engine knows, until ticks are lost.

#[path = "../../backtest/tests/common/mod.rs"]
mod common;

use common::{Script, Seen, constant, dynamic};
use haggle_backtest::{Prepared, Tiling};
use haggle_engine::{AuditEvent, Context, Draft, Follower, InstrumentFilter, Ring, Tick, Update};
use haggle_live::{Command, Live, Names, OpenOrders, Sink, first_difference};
use haggle_model::wire::{AuditTick, EngineAudit, Wire};
use haggle_model::{InstrumentId, OrderNumber, ReasonCode, Side, Size};
use std::sync::{Arc, LazyLock, Mutex};

const CONFIG: &str = r#"{"system":{"exchange":"binance_spot","instruments":["BTC/USDT","ETH/USDT","SOL/USDT"],
    "latency":{"open":"20ms","cancel":"20ms","response":"0ms"}},"balances":{"USDT":100000,"BTC":1,"ETH":10,"SOL":100}}"#;

/// A ring that the test reads.
#[derive(Clone, Debug)]
struct Shared(Arc<Mutex<Ring>>);

impl Shared {
    fn new(capacity: usize) -> Self {
        Self(Arc::new(Mutex::new(Ring::new(capacity))))
    }

    fn updates(&self) -> Vec<Update> {
        let mut ring = self.0.lock().expect("no panic before");
        std::iter::from_fn(|| ring.pop()).collect()
    }
}

impl Sink for Shared {
    fn take(&mut self, tick: Tick) {
        self.0.lock().expect("no panic before").push(tick);
    }
}

fn prepared() -> Arc<Prepared> {
    static PREPARED: LazyLock<Arc<Prepared>> = LazyLock::new(|| {
        let store = Arc::new(haggle_data::sample::binance_spot().expect("the sample"));
        Arc::new(Prepared::new(constant(CONFIG), store, Tiling::ONCE).expect("data and config fit"))
    });
    Arc::clone(&PREPARED)
}

/// Sends, amends and cancels orders, some of which cannot be, and sets timers.
fn busy() -> impl FnMut(&mut Context<'_>, &Seen<'_>) {
    let mut count = 0_u64;
    let mut last: Option<OrderNumber> = None;
    move |ctx, seen| {
        if !matches!(seen, Seen::Book | Seen::Trade(_) | Seen::Timer(_)) {
            return;
        }
        count += 1;
        let bid = ctx.market().quote.bid;
        if count.is_multiple_of(40) && bid > 0 {
            last = Some(ctx.submit(Draft::limit(ctx.instrument, Side::Buy, Size::Lots(200), bid)));
        } else if count.is_multiple_of(55) {
            ctx.submit(Draft::market(ctx.instrument, if count.is_multiple_of(2) { Side::Buy } else { Side::Sell }, Size::Lots(1_000)));
        } else if count.is_multiple_of(71) {
            if let Some(number) = last {
                ctx.amend(number, None, Some(100));
            }
        } else if count.is_multiple_of(97) {
            if let Some(number) = last.take() {
                ctx.cancel(number);
            }
            ctx.timer(50_000_000, 3).expect("a good timer");
        }
    }
}

fn live<F: FnMut(&mut Context<'_>, &Seen<'_>)>(act: F) -> Live<Script<F>> {
    live_with(common::FOREIGN, act)
}

fn live_with<F: FnMut(&mut Context<'_>, &Seen<'_>)>(arguments: &str, act: F) -> Live<Script<F>> {
    let prepared = prepared();
    let mut live = Live::new(&prepared.setup, dynamic(arguments), Script { act, log: Vec::new() }, None).expect("a system");
    live.feed_store(&prepared.store).expect("good rows");
    live
}

fn follow(follower: &mut Follower, updates: &[Update]) {
    for update in updates {
        follower.apply(update).expect("numbers that fit");
    }
}

/// Every tick of an update in JSON and back; their numbers are those that the update stands for.
fn survives(names: &Names, update: &Update) -> Vec<AuditTick> {
    let Update::Tick(tick) = update else { panic!("nothing is lost") };
    let ticks = names.ticks(update).expect("things that have names");
    assert_eq!(ticks.len() as u64, tick.count());
    for (at, one) in ticks.iter().enumerate() {
        assert_eq!(one.sequence, tick.sequence + at as u64);
        let text = one.to_text();
        let again = AuditTick::from_text(&text).expect("barter's JSON");
        assert_eq!((&again, again.to_text()), (one, text));
        let EngineAudit::Process(process) = &one.event else { panic!("an event") };
        assert!(process.outputs.is_empty() || at + 1 == ticks.len(), "outputs stand on the last");
    }
    ticks
}

#[test]
fn a_follower_knows_what_the_engine_knows() {
    let shared = Shared::new(1 << 20);
    let mut live = live(busy());
    let mut follower = live.attach(Box::new(shared.clone()));
    let first = live.next_time();
    let (mut kinds, mut next) = ([0_u32; 4], 0);
    for step in 0..900 {
        live.advance_to(first + step * 211_000_007).expect("no error");
        match step {
            300 => live.set_trading_enabled(false).expect("no error"),
            400 => live.set_trading_enabled(true).expect("no error"),
            500 => drop(live.command(&Command::ClosePositions(InstrumentFilter::Instruments(vec![InstrumentId(0)]))).expect("no error")),
            600 => drop(live.command(&Command::CancelOrders(InstrumentFilter::None)).expect("no error")),
            _ => {}
        }
        let updates = shared.updates();
        for update in &updates {
            let Update::Tick(tick) = update else { panic!("nothing is lost") };
            assert_eq!(tick.sequence, next);
            next += tick.count();
            // Market rows are many, and much the same.
            if !matches!(tick.event, AuditEvent::Market { .. }) || !tick.outputs.opens.sent.is_empty() || tick.sequence.is_multiple_of(64) {
                survives(live.names(), update);
            }
            kinds[0] += u32::from(!tick.outputs.opens.sent.is_empty());
            kinds[1] += u32::from(!tick.outputs.cancels.sent.is_empty());
            kinds[2] += u32::from(!tick.amends.is_empty());
            kinds[3] += u32::from(matches!(tick.event, AuditEvent::Timer(3)));
        }
        follow(&mut follower, &updates);
        assert_eq!(follower.state(), live.state(), "after step {step}");
        assert_eq!(follower.sequence(), next);
        assert_eq!(live.names().state_view(&follower.state()), live.names().state_view(&live.state()));
    }
    assert!(kinds.iter().all(|count| *count > 5), "every kind of output is part of it: {kinds:?}");
    assert!(!follower.is_stale());
}

#[test]
fn it_follows_through_what_risk_does() {
    let risk = r#"{"strategy":"javascript","risk":{"maxOpenOrders":3,"maxQuantity":"0.005","excess":"shrink","maxDrawdown":"0.00001"}}"#;
    let shared = Shared::new(1 << 20);
    let mut live = live_with(risk, busy());
    let mut follower = live.attach(Box::new(shared.clone()));
    let first = live.next_time();
    let mut refused = 0;
    for step in 0..900 {
        live.advance_to(first + step * 211_000_007).expect("no error");
        let updates = shared.updates();
        refused +=
            updates.iter().filter(|update| matches!(update, Update::Tick(tick) if matches!(tick.event, AuditEvent::Risk(_)))).count();
        for update in &updates {
            if matches!(update, Update::Tick(tick) if !matches!(tick.event, AuditEvent::Market { .. })) {
                survives(live.names(), update);
            }
        }
        follow(&mut follower, &updates);
        assert_eq!(follower.state(), live.state(), "after step {step}");
    }
    assert!(refused > 5, "limits were met {refused} times");
    assert!(follower.state().refuses.is_some(), "the drawdown has ended trading");
}

#[test]
fn who_comes_later_starts_from_a_copy() {
    let shared = Shared::new(1 << 20);
    let mut live = live(busy());
    let middle = live.next_time() + 90_000_000_000;
    live.advance_to(middle).expect("no error");
    let mut follower = live.attach(Box::new(shared.clone()));
    assert_eq!(follower.state(), live.state());
    assert!(follower.sequence() > 10_000);
    live.advance_to(middle + 10_000_000_000).expect("no error");
    follow(&mut follower, &shared.updates());
    assert_eq!(follower.state(), live.state());
}

#[test]
fn a_slow_reader_loses_the_oldest_and_knows_it() {
    let shared = Shared::new(100);
    let mut live = live(|_, _| {});
    let mut follower = live.attach(Box::new(shared.clone()));
    live.advance_to(live.next_time() + 10_000_000_000).expect("no error");
    let updates = shared.updates();
    assert_eq!(updates.len(), 101, "one that says how many, and the newest hundred");
    let Update::Gap { lost, sequence, time } = updates[0] else { panic!("first the gap") };
    let Update::Tick(tick) = &updates[1] else { panic!("then the ticks") };
    assert_eq!((lost, lost), (tick.sequence, live.rows_delivered() + 1 - 100));
    assert_eq!((sequence, time), (0, tick.time));
    let text = live.names().ticks(&updates[0]).expect("a gap")[0].to_text();
    assert!(text.starts_with(&format!(r#"{{"event":{{"Gap":{{"lost":{lost}}}}},"context":{{"sequence":0,"#)), "{text}");
    follow(&mut follower, &updates);
    assert!(follower.is_stale());
    assert_eq!(follower.sequence(), 0, "it stays where it was");
    live.advance_to(live.now() + 1_000_000_000).expect("no error");
    assert!(shared.updates().iter().all(|update| matches!(update, Update::Tick(_))), "one gap is told once");
}

#[test]
fn outputs_say_what_did_not_leave_and_why() {
    let shared = Shared::new(1 << 20);
    let mut live = live(|_, _| {});
    live.attach(Box::new(shared.clone()));
    live.advance_to(live.next_time() + 1_000_000_000).expect("no error");
    let cancel = haggle_engine::Cancel { order: OrderNumber(77), id: None };
    live.command(&Command::SendCancelRequests(vec![cancel.order.into()])).expect("no error");
    let Some(Update::Tick(tick)) = shared.updates().pop() else { panic!("a tick of the command") };
    assert_eq!(tick.event, AuditEvent::Command(haggle_engine::Command::SendCancelRequests(vec![cancel])));
    assert_eq!((tick.outputs.cancels.errors[0].request, tick.outputs.cancels.errors[0].reason.code), (cancel, ReasonCode::OrderUnknown));
    live.shutdown(OpenOrders::Cancel).expect("an end");
    let last = shared.updates();
    assert!(matches!(last.last(), Some(Update::Tick(tick)) if tick.event == AuditEvent::Stopped));
}

fn lines(act: impl FnMut(&mut Context<'_>, &Seen<'_>)) -> String {
    let shared = Shared::new(1 << 20);
    let mut live = live(act);
    live.attach(Box::new(shared.clone()));
    let names = Arc::clone(live.names());
    live.advance_to(live.next_time() + 40_000_000_000).expect("no error");
    shared
        .updates()
        .iter()
        .flat_map(|update| names.ticks(update).expect("things that have names"))
        .map(|tick| tick.to_text() + "\n")
        .collect()
}

#[test]
fn two_streams_are_compared_line_by_line() {
    let (one, two) = (lines(busy()), lines(busy()));
    assert_eq!(first_difference(one.as_bytes(), two.as_bytes()).expect("text"), None);
    let mut usual = busy();
    let mut calls = 0;
    let other = lines(move |ctx, seen| {
        calls += 1;
        if calls == 3_000 {
            ctx.submit(Draft::market(ctx.instrument, Side::Buy, Size::Lots(7)));
        }
        usual(ctx, seen);
    });
    let difference = first_difference(one.as_bytes(), other.as_bytes()).expect("text").expect("another order");
    assert!(difference.right.as_ref().is_some_and(|line| line.contains(r#""quantity":"0.007""#)), "{difference:?}");
    let cut = &one[..=one.find('\n').expect("lines")];
    let difference = first_difference(one.as_bytes(), cut.as_bytes()).expect("text").expect("an end");
    assert_eq!((difference.line, difference.right), (1, None));
}
