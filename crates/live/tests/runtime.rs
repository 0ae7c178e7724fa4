//! Systems on the runtime: their results, their ends, and what is left of them.

use haggle_backtest::{Constant, Dynamic, Outcome, Prepared, Run, Status, StrategyChoice, Tiling};
use haggle_data::Store;
use haggle_engine::{Context, Draft, Halt, HostedStrategy, Idle, InstrumentFilter, Interest, Native, OrderState, State, Strategy, Update};
use haggle_live::{Clock, Command, Ending, Input, Live, OpenOrders, SystemHandle, diff_audit, save_audit, start};
use haggle_model::read::{Field, parse};
use haggle_model::time::{NEVER, Nanos, SECOND};
use haggle_model::wire::{EngineEvent, Wire};
use haggle_model::{Code, Error, InstrumentId, MarketEvent, MarketRow, Side, Size, Trade};
use std::sync::{Arc, LazyLock, mpsc};
use std::time::Duration;

const CONFIG: &str = r#"{"system":{"exchange":"binance_spot","instruments":["BTC/USDT","ETH/USDT","SOL/USDT"]},"balances":{"USDT":10000}}"#;
const EMA: &str = r#"{"strategy":{"native":"emaCross","fast":10,"slow":20}}"#;
/// The back-test's, pinned there.
const EMA_HASH: &str = "fdce97365ce256cb2f435939428f3fae";

fn store() -> Arc<Store> {
    static STORE: LazyLock<Arc<Store>> = LazyLock::new(|| Arc::new(haggle_data::sample::binance_spot().expect("the sample")));
    Arc::clone(&STORE)
}

fn prepared() -> Arc<Prepared> {
    static PREPARED: LazyLock<Arc<Prepared>> = LazyLock::new(|| {
        let constant = Constant::read(&Field::root(&parse(CONFIG).expect("json"))).expect("a good config");
        Arc::new(Prepared::new(constant, store(), Tiling::ONCE).expect("data and config fit"))
    });
    Arc::clone(&PREPARED)
}

fn dynamic(text: &str) -> Dynamic {
    Dynamic::read(&Field::root(&parse(text).expect("json"))).expect("good arguments")
}

fn native(text: &str) -> (Dynamic, Native) {
    let dynamic = dynamic(text);
    let StrategyChoice::Native(strategy) = dynamic.strategy.clone() else { panic!("a native strategy") };
    (dynamic, *strategy)
}

fn system<S: HostedStrategy + Send + 'static>(strategy: S, clock: Clock, at: Option<Nanos>) -> SystemHandle {
    let live = Live::new(&prepared().setup, dynamic(r#"{"strategy":"javascript"}"#), strategy, at).expect("a system");
    start(live, clock).expect("threads")
}

fn idle(clock: Clock) -> SystemHandle {
    system(Idle, clock, None)
}

fn print(time: Nanos) -> MarketRow {
    MarketRow {
        instrument: InstrumentId(0),
        time,
        arrival: time,
        event: MarketEvent::Trade(Trade { side: Side::Buy, price: 8_700_000, quantity: 100, time }),
    }
}

fn quote(time: Nanos) -> MarketRow {
    let quote = haggle_model::Quote { bid: 8_700_000, bid_size: 100_000, ask: 8_700_100, ask_size: 100_000 };
    MarketRow { event: MarketEvent::Quote(quote), ..print(time) }
}

fn buy() -> Command {
    Command::SendOpenRequests(vec![Draft::market(InstrumentId(0), Side::Buy, Size::Lots(100)).into()])
}

#[test]
fn the_fed_sample_has_the_hash_of_the_back_test() {
    let (dynamic, strategy) = native(EMA);
    let mut run = Run::new(prepared(), dynamic.clone(), strategy.clone()).expect("a run");
    while run.advance(10_000).expect("no error") == Status::Running {}
    let expected: Outcome = run.finish().expect("an end").0;
    let live = Live::new(&prepared().setup, dynamic, strategy, None).expect("a system");
    let handle = start(live, Clock::Manual).expect("threads");
    handle.feed_store(store()).expect("it runs");
    handle.advance(90 * SECOND).expect("it runs");
    let outcome = handle.end_and_wait(Ending::Finish).expect("an outcome");
    assert_eq!(outcome.fills, expected.fills);
    assert_eq!((outcome.result_hash.as_str(), expected.result_hash.as_str()), (EMA_HASH, EMA_HASH));
}

#[test]
fn the_state_shows_what_was_sent_before() {
    let handle = system(Idle, Clock::Manual, Some(0));
    handle.feed(vec![quote(SECOND)]).expect("it runs");
    handle.advance(2 * SECOND).expect("it runs");
    handle.command(buy()).expect("it runs");
    let state: State = handle.state().expect("it runs");
    assert_eq!(state.orders.values().map(|order| order.state.clone()).collect::<Vec<_>>(), [OrderState::OpenInFlight]);
    handle.advance(SECOND).expect("it runs");
    let state = handle.state().expect("it runs");
    assert!(state.orders.is_empty());
    assert!(!state.markets[0].position.quantity.is_zero());
    handle.command(Command::ClosePositions(InstrumentFilter::None)).expect("it runs");
    handle.advance(SECOND).expect("it runs");
    assert!(handle.state().expect("it runs").markets[0].position.quantity.is_zero());
    assert_eq!(handle.take_errors().expect("it runs"), []);
}

#[test]
fn the_time_of_day_moves_by_itself() {
    let handle = idle(Clock::Wall);
    let audit = handle.take_audit(1_000).expect("it runs");
    handle.feed(vec![quote(0)]).expect("it runs");
    handle.command(buy()).expect("it runs");
    // The order travels for 100 ms all in all, and nothing is sent in the meantime.
    let is_fill = |update: &Update| matches!(update, Update::Tick(tick) if matches!(&tick.event, haggle_engine::AuditEvent::Account(bundle) if bundle.iter().filter_map(haggle_model::AccountEvent::as_order).any(|event| event.kind.number() == 2)));
    let mut follower = audit.follower();
    loop {
        let update = audit.recv(Duration::from_secs(60)).expect("the fill comes");
        follower.apply(&update).expect("numbers that fit");
        if is_fill(&update) {
            break;
        }
    }
    assert_eq!(follower.state(), handle.state().expect("it runs"));
    let error = handle.advance(SECOND).expect_err("it moves by itself");
    assert_eq!((error.code, error.path.as_str()), (Code::InvalidArgument, "by"));
    handle.end_and_wait(Ending::Shutdown(OpenOrders::Cancel)).expect("an outcome");
    assert!(std::iter::from_fn(|| audit.recv(Duration::MAX)).count() > 0, "the end is told, and a reader who waits is let go");
    assert!(audit.has_ended());
}

#[test]
fn bad_input_is_refused_and_the_system_goes_on() {
    let handle = system(Idle, Clock::Manual, Some(0));
    handle.feed(vec![MarketRow { instrument: InstrumentId(9), ..print(1) }]).expect("it runs");
    handle
        .feed(vec![MarketRow { event: MarketEvent::Trade(Trade { side: Side::Buy, price: 0, quantity: 1, time: 1 }), ..print(1) }])
        .expect("it runs");
    handle.command(Command::SendOpenRequests(vec![Draft::market(InstrumentId(0), Side::Buy, Size::Lots(0)).into()])).expect("it runs");
    handle.advance(NEVER).expect("it runs");
    let errors: Vec<(Code, String)> =
        handle.take_errors().expect("it runs").into_iter().map(|error| (error.code, error.path.clone())).collect();
    let expected = [
        (Code::InvalidArgument, "instrument"),
        (Code::InvalidData, ""),
        (Code::InvalidArgument, "requests[0].size"),
        (Code::InvalidArgument, "by"),
    ];
    assert_eq!(errors, expected.map(|(code, path)| (code, path.to_owned())));
    assert!(handle.is_running());
    assert_eq!(handle.advance(-1).expect_err("back").path, "by");
    handle.feed(vec![print(5)]).expect("it runs");
    handle.advance(10).expect("it runs");
    assert_eq!(handle.state().expect("it runs").markets[0].last, 8_700_000);
}

#[test]
fn inputs_are_handled_in_the_order_sent() {
    let handle = system(Idle, Clock::Manual, Some(0));
    let audit = handle.take_audit(1_000).expect("it runs");
    let input = |text: &str| handle.names().input(&EngineEvent::from_text(text).expect("barter's JSON")).expect("a good event");
    let order = r#"{"key":{"exchange":"binance_spot","instrument":"BTC/USDT","strategy":"mm","cid":"a"},"state":{"side":"Buy","price":"90","quantity":"1","kind":"Limit","time_in_force":"GoodUntilEndOfDay"}}"#;
    let cancel = r#"{"key":{"exchange":"binance_spot","instrument":"BTC/USDT","strategy":"mm","cid":"a"},"state":{"id":null}}"#;
    let open = input(&format!(r#"{{"Command":{{"SendOpenRequests":{{"One":{order}}}}}}}"#));
    let cancel = input(&format!(r#"{{"Command":{{"SendCancelRequests":{{"One":{cancel}}}}}}}"#));
    // The first cancel comes before its order, and finds none; what stands behind it is handled.
    handle.handle(vec![cancel.clone(), Input::TradingEnabled(false), open, cancel]).expect("it runs");
    let state = handle.state().expect("it runs");
    assert!(state.orders.values().all(|order| order.is_cancelling) && state.orders.len() == 1);
    assert_eq!(handle.names().state_view(&state)["tradingState"], "Disabled");
    let errors = handle.take_errors().expect("it runs");
    assert_eq!(
        errors.iter().map(|error| (error.code, error.path.as_str())).collect::<Vec<_>>(),
        [(Code::UnknownName, "requests[0].key.cid")]
    );
    assert_eq!(handle.handle(vec![Input::Shutdown]).expect_err("the caller's").code, Code::Bug);
    handle.end_and_wait(Ending::Shutdown(OpenOrders::Keep)).expect("an outcome");
    assert_eq!(handle.handle(vec![Input::TradingEnabled(true)]).expect_err("the end").code, Code::Closed);
    let lines: Vec<String> = std::iter::from_fn(|| audit.try_recv())
        .flat_map(|update| handle.names().ticks(&update).expect("names"))
        .map(|tick| tick.to_text())
        .collect();
    let has = |at: usize, text: &str| lines.get(at).is_some_and(|line| line.contains(text));
    assert!(has(1, "TradingStateUpdate") && has(2, "SendOpenRequests") && has(3, "SendCancelRequests"), "{lines:#?}");
    assert!(has(lines.len() - 1, r#""event":{"Shutdown":null}"#), "{lines:#?}");
    assert_eq!(handle.names().given().len(), 1, "names outlive the system");
}

#[test]
fn who_waits_for_ticks_is_called_once() {
    let (sender, calls) = mpsc::channel();
    let handle = system(Idle, Clock::Manual, Some(0));
    let audit = handle.take_audit(10).expect("it runs");
    let wait = |text: &'static str| {
        let sender = sender.clone();
        audit.on_ready(move || sender.send(text).expect("a listener"));
    };
    wait("first");
    assert!(calls.try_recv().is_err(), "nothing waits yet");
    audit.cancel_ready();
    assert_eq!(calls.try_recv(), Ok("first"));
    wait("second");
    handle.feed(vec![quote(1), quote(2)]).expect("it runs");
    handle.advance(3).expect("it runs");
    handle.state().expect("it runs");
    assert_eq!((calls.try_recv(), calls.try_recv().is_err()), (Ok("second"), true));
    wait("at once");
    assert_eq!(calls.try_recv(), Ok("at once"));
    while audit.try_recv().is_some() {}
    wait("the end");
    handle.abort();
    assert_eq!(calls.recv(), Ok("the end"));
    while !audit.has_ended() {}
    wait("after it");
    assert_eq!(calls.try_recv(), Ok("after it"));
}

fn assert_closed(handle: &SystemHandle) {
    let closed = |result: Result<(), Error>| assert_eq!(result.expect_err("it has ended").code, Code::Closed);
    assert!(!handle.is_running());
    closed(handle.feed(vec![print(1)]));
    closed(handle.feed_store(store()));
    closed(handle.advance(1));
    closed(handle.set_trading_enabled(true));
    closed(handle.handle(Vec::new()));
    closed(handle.command(buy()));
    closed(handle.state().map(drop));
    closed(handle.take_audit(1).map(drop));
    closed(handle.take_errors().map(drop));
    closed(handle.end_and_wait(Ending::Finish).map(drop));
    handle.abort();
}

#[test]
fn after_the_end_every_call_is_closed() {
    for ending in [Ending::Finish, Ending::Shutdown(OpenOrders::Cancel), Ending::Shutdown(OpenOrders::Keep)] {
        let handle = idle(Clock::Manual);
        handle.end_and_wait(ending).expect("an outcome");
        assert_closed(&handle);
    }
    let handle = idle(Clock::Wall);
    handle.abort();
    assert_closed(&handle);
}

/// Fails, or breaks, on the first print.
struct Broken(bool);

impl HostedStrategy for Broken {}

impl Strategy for Broken {
    fn interest(&self) -> Interest {
        Interest { trades: true, books: false, bars: false }
    }
    fn on_trade(&mut self, _ctx: &mut Context<'_>, _trade: &Trade) -> Result<(), Halt> {
        assert!(!self.0, "a strategy that panics");
        Err(Error::overflow("what it counted").into())
    }
}

#[test]
fn a_strategy_that_fails_ends_the_system_and_the_end_says_why() {
    let handle = system(Broken(false), Clock::Manual, Some(0));
    handle.feed(vec![print(1)]).expect("it runs");
    handle.advance(2).expect("it runs");
    assert_eq!(handle.state().expect_err("it has failed").code, Code::Closed);
    assert!(!handle.is_running());
    assert_eq!(handle.end_and_wait(Ending::Finish).expect_err("why").code, Code::Overflow);
}

#[test]
fn a_strategy_that_panics_leaves_nobody_waiting() {
    let handle = system(Broken(true), Clock::Manual, Some(0));
    handle.feed(vec![print(1)]).expect("it runs");
    handle.advance(2).expect("it runs");
    // Which of the two depends on whether the message was there before the panic.
    let code = handle.end_and_wait(Ending::Finish).expect_err("a panic").code;
    assert!(matches!(code, Code::Bug | Code::Closed), "{code:?}");
}

#[test]
fn commands_race_the_end() {
    for round in 0..200 {
        let handle = Arc::new(idle(Clock::Manual));
        let other = Arc::clone(&handle);
        let sender = std::thread::spawn(move || (0..100).map(|_| other.command(buy())).take_while(Result::is_ok).count());
        if round % 2 == 0 {
            handle.end_and_wait(Ending::Shutdown(OpenOrders::Cancel)).expect("an outcome");
        } else {
            handle.abort();
        }
        assert!(sender.join().expect("no panic") <= 100);
        assert_closed(&handle);
    }
}

#[test]
fn dropped_handles_end_their_systems() {
    let audit = {
        let handle = idle(Clock::Wall);
        handle.feed(vec![quote(0)]).expect("it runs");
        handle.take_audit(10).expect("it runs")
    };
    while audit.recv(Duration::from_millis(1)).is_some() || !audit.has_ended() {}
}

#[test]
fn audits_in_files_are_compared() {
    let folder = std::env::temp_dir().join(format!("haggle-audit-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let audit = |name: &str, extra: bool| {
        let handle = system(Idle, Clock::Manual, Some(0));
        let audit = handle.take_audit(1_000).expect("it runs");
        handle.feed(vec![quote(1), quote(2)]).expect("it runs");
        handle.advance(3).expect("it runs");
        if extra {
            handle.command(buy()).expect("it runs");
        }
        handle.end_and_wait(Ending::Finish).expect("an outcome");
        let updates: Vec<Update> = std::iter::from_fn(|| audit.try_recv()).collect();
        let file = folder.join(name);
        save_audit(handle.names(), &updates, &file).expect("a file");
        file
    };
    let (one, two, other) = (audit("one", false), audit("two", false), audit("other", true));
    assert_eq!(diff_audit(&one, &two).expect("two files"), None);
    let difference = diff_audit(&one, &other).expect("two files").expect("a command more");
    assert_eq!(difference.line, 3, "after the start and two quotes");
    assert!(difference.right.is_some_and(|line| line.contains("SendOpenRequests")));
    assert_eq!(diff_audit(&one, &folder.join("none")).expect_err("no such file").path, "right");
    std::fs::remove_dir_all(&folder).expect("a folder of ours");
}
