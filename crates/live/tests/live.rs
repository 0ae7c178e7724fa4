//! A system steered from outside: under a manual clock it is the back-test, order by order.

#[path = "../../backtest/tests/common/mod.rs"]
mod common;

use common::{Script, Seen, Tape, constant, dynamic, prepare};
use haggle_backtest::{Dynamic, Outcome, Prepared, Run, Status, StrategyChoice, Tiling};
use haggle_data::Store;
use haggle_engine::{Context, Draft, Halt, HostedStrategy, InstrumentFilter, Interest, OrderState, Strategy};
use haggle_live::{Command, Live, OpenOrders};
use haggle_model::time::Nanos;
use haggle_model::{InstrumentId, MarketEvent, MarketRow, OrderNumber, ReasonCode, Side, Size, Trade};
use std::sync::{Arc, LazyLock};

const SAMPLE: &str = r#"{"system":{"exchange":"binance_spot","instruments":["BTC/USDT","ETH/USDT","SOL/USDT"]},"balances":{"USDT":10000}}"#;
const JITTER: &str = r#"{"system":{"exchange":"binance_spot","instruments":["BTC/USDT","ETH/USDT","SOL/USDT"],
    "latency":{"open":"50ms","jitter":"80ms"}},"balances":{"USDT":1000000,"BTC":10,"ETH":100,"SOL":1000}}"#;
const NATIVES: [&str; 3] = [
    r#"{"strategy":{"native":"buyAndHold"}}"#,
    r#"{"strategy":{"native":"smaCross","fast":20,"slow":50}}"#,
    r#"{"strategy":{"native":"emaCross","fast":10,"slow":20}}"#,
];

fn sample() -> Arc<Store> {
    static STORE: LazyLock<Arc<Store>> = LazyLock::new(|| Arc::new(haggle_data::sample::binance_spot().expect("the sample")));
    Arc::clone(&STORE)
}

fn joined(config: &str) -> Arc<Prepared> {
    Arc::new(Prepared::new(constant(config), sample(), Tiling::ONCE).expect("data and config fit"))
}

/// Two orders per hundred events: a limit at the own best, its cancel and a market order; and a timer now and then.
#[derive(Clone, Default)]
struct Quoter {
    events: u64,
    side: bool,
    resting: Option<OrderNumber>,
}

impl Quoter {
    fn on_event(&mut self, ctx: &mut Context<'_>) -> Result<(), Halt> {
        self.events += 1;
        let side = if self.side { Side::Sell } else { Side::Buy };
        if self.events.is_multiple_of(100) {
            if let Some(number) = self.resting.take() {
                ctx.cancel(number);
            }
            ctx.submit(Draft::market(ctx.instrument, side, Size::Lots(100)));
            self.side = !self.side;
            ctx.timer(3_000_000, 7)?;
        } else if self.events.is_multiple_of(50) && ctx.market().quote.bid_size > 0 && ctx.market().quote.ask_size > 0 {
            let price = if self.side { ctx.market().quote.ask } else { ctx.market().quote.bid };
            self.resting = Some(ctx.submit(Draft::limit(ctx.instrument, side, Size::Lots(100), price)));
        }
        Ok(())
    }
}

impl HostedStrategy for Quoter {}

impl Strategy for Quoter {
    fn interest(&self) -> Interest {
        Interest { trades: true, books: true, bars: false }
    }
    fn on_trade(&mut self, ctx: &mut Context<'_>, _trade: &Trade) -> Result<(), Halt> {
        self.on_event(ctx)
    }
    fn on_book(&mut self, ctx: &mut Context<'_>) -> Result<(), Halt> {
        self.on_event(ctx)
    }
    fn on_timer(&mut self, ctx: &mut Context<'_>, _tag: u32) -> Result<(), Halt> {
        if self.events.is_multiple_of(3) {
            ctx.close_position();
        }
        Ok(())
    }
}

fn back_test<S: HostedStrategy>(prepared: &Arc<Prepared>, dynamic: Dynamic, strategy: S) -> Outcome {
    let mut run = Run::new(Arc::clone(prepared), dynamic, strategy).expect("a run");
    while run.advance(10_000).expect("no error") == Status::Running {}
    run.finish().expect("an end").0
}

fn assert_same(live: &Outcome, back_test: &Outcome) {
    assert_eq!(live.fills, back_test.fills);
    assert_eq!(live.orders, back_test.orders);
    assert_eq!(live.closed_trades, back_test.closed_trades);
    assert_eq!(live.result_hash, back_test.result_hash);
    assert_eq!(live.events, back_test.events);
}

/// Feeds all at once, and lets the clock run with the end.
fn fed_at_once<S: HostedStrategy>(prepared: &Arc<Prepared>, dynamic: Dynamic, strategy: S) -> Outcome {
    let mut live = Live::new(&prepared.setup, dynamic, strategy, None).expect("a system");
    assert_eq!(live.feed_store(&prepared.store).expect("good rows"), prepared.rows());
    live.finish().expect("an end").0
}

/// Feeds so many rows at a time, and moves the clock in between by steps that are no multiple of anything.
fn fed_in_pieces<S: HostedStrategy>(prepared: &Arc<Prepared>, dynamic: Dynamic, strategy: S, count: usize) -> Outcome {
    let store = &prepared.store;
    let rows: Vec<MarketRow> = rows_of(store);
    let mut live = Live::new(&prepared.setup, dynamic, strategy, None).expect("a system");
    for piece in rows.chunks(count) {
        let until = piece[0].time - 1;
        while live.now() > Nanos::MIN && live.now() + 37_000_001 < until {
            live.advance_to(live.now() + 37_000_001).expect("no error");
        }
        if live.now() > Nanos::MIN || piece[0].time > rows[0].time {
            live.advance_to(until).expect("no error");
        }
        live.feed(piece.iter().cloned()).expect("good rows");
    }
    live.finish().expect("an end").0
}

fn rows_of(store: &Store) -> Vec<MarketRow> {
    let row = |(at, row): (usize, &haggle_data::Row)| MarketRow {
        instrument: InstrumentId(row.instrument),
        time: row.time,
        arrival: store.arrival_time(at),
        event: store.event_of(at, row, row.time).into_owned(),
    };
    store.rows.iter().enumerate().map(row).collect()
}

#[test]
fn a_fed_sample_gives_the_fills_of_the_back_test() {
    let prepared = joined(SAMPLE);
    for arguments in NATIVES {
        let arguments = dynamic(arguments);
        let StrategyChoice::Native(strategy) = arguments.strategy.clone() else { panic!("a native strategy") };
        let expected = back_test(&prepared, arguments.clone(), (*strategy).clone());
        assert!(!expected.fills.is_empty());
        assert_same(&fed_at_once(&prepared, arguments.clone(), (*strategy).clone()), &expected);
        assert_same(&fed_in_pieces(&prepared, arguments, *strategy, 1_000), &expected);
    }
}

#[test]
fn orders_cancels_timers_and_jitter_come_to_the_same() {
    for config in [SAMPLE, JITTER] {
        let prepared = joined(config);
        let expected = back_test(&prepared, dynamic(common::FOREIGN), Quoter::default());
        assert!(expected.orders.iter().any(|order| order.state == OrderState::Cancelled), "cancels are part of it");
        assert_same(&fed_at_once(&prepared, dynamic(common::FOREIGN), Quoter::default()), &expected);
        for count in [1, 77, 20_000] {
            assert_same(&fed_in_pieces(&prepared, dynamic(common::FOREIGN), Quoter::default(), count), &expected);
        }
    }
}

#[test]
fn bars_open_and_close_in_time() {
    let day = 86_400_000_000_000;
    let mut tape = Tape::new();
    for (at, open) in (0..40).zip([10, 12, 9, 14, 15, 11, 8, 13].into_iter().cycle()) {
        tape = tape.bar("BTC/USDT", (at * day, (at + 1) * day), [open, open + 3, open - 2, open + 1]);
    }
    let prepared = prepare(r#"{"system":{"instruments":["BTC/USDT"]},"balances":{"USDT":1000}}"#, tape.store());
    let arguments = dynamic(r#"{"strategy":{"native":"smaCross","fast":2,"slow":4}}"#);
    let StrategyChoice::Native(strategy) = arguments.strategy.clone() else { panic!("a native strategy") };
    let expected = back_test(&prepared, arguments.clone(), (*strategy).clone());
    assert!(expected.fills.len() > 4);
    assert_same(&fed_at_once(&prepared, arguments, *strategy), &expected);
}

const SMALL: &str = r#"{"system":{"instruments":["BTC/USDT"],"latency":{"open":10,"cancel":10,"response":5}},"balances":{"USDT":1000}}"#;

fn quotes() -> Arc<Store> {
    Tape::new().quote("BTC/USDT", (100, 100), (99, 5), (101, 5)).quote("BTC/USDT", (5_000, 5_000), (99, 5), (101, 5)).store()
}

fn small<F: FnMut(&mut Context<'_>, &Seen<'_>)>(act: F) -> Live<Script<F>> {
    let prepared = prepare(SMALL, quotes());
    let mut live = Live::new(&prepared.setup, dynamic(common::FOREIGN), Script { act, log: Vec::new() }, Some(0)).expect("a system");
    live.feed_store(&prepared.store).expect("good rows");
    live
}

fn limit(price: i64) -> Command {
    Command::SendOpenRequests(vec![Draft::limit(InstrumentId(0), Side::Buy, Size::Lots(1), price).into()])
}

#[test]
fn commands_go_past_a_strategy_that_may_not_trade() {
    let mut live = small(|ctx, seen| {
        if matches!(seen, Seen::Book) {
            ctx.submit(Draft::market(ctx.instrument, Side::Buy, Size::Lots(1)));
        }
    });
    live.set_trading_enabled(false).expect("no error");
    live.advance_to(1_000).expect("no error");
    let sent = live.command(&limit(90)).expect("no error");
    assert_eq!((sent.opens.sent.len(), sent.opens.errors.len()), (1, 0));
    live.advance_to(100_000_000).expect("no error");
    assert_eq!(live.engine().order(sent.opens.sent[0].order).map(|order| &order.state), Some(&OrderState::Open));
    let cancelled = live.command(&Command::CancelOrders(InstrumentFilter::None)).expect("no error");
    assert_eq!(cancelled.cancels.sent.len(), 1);
    let (outcome, _) = live.finish().expect("an end");
    let states: Vec<&OrderState> = outcome.orders.iter().map(|order| &order.state).collect();
    assert_eq!(states[0], &OrderState::OpenFailed(ReasonCode::TradingDisabled.into()));
    assert!(states.contains(&&OrderState::Cancelled), "{states:?}");
}

#[test]
fn a_shutdown_cancels_open_orders_or_keeps_them_to_the_end() {
    for (open_orders, expected) in
        [(OpenOrders::Cancel, OrderState::Cancelled), (OpenOrders::Keep, OrderState::Expired(ReasonCode::RunEnded.into()))]
    {
        let mut live = small(|_, _| {});
        live.advance_to(1_000).expect("no error");
        live.command(&limit(90)).expect("no error");
        live.advance_to(100_000_000).expect("no error");
        let (outcome, script) = live.shutdown(open_orders).expect("an end");
        assert_eq!(outcome.orders[0].state, expected);
        assert!(script.log.last().is_some_and(|line| line.ends_with("stop")), "{:?}", script.log);
    }
}

#[test]
fn a_shutdown_drops_what_has_not_come_yet() {
    let mut live = small(|_, _| {});
    live.advance_to(1_000).expect("no error");
    let (outcome, script) = live.shutdown(OpenOrders::Cancel).expect("an end");
    assert_eq!(outcome.events, 1, "{:?}", script.log);
    assert_eq!(script.log, ["0: start", "100: book", "1000: stop"]);
}

#[test]
fn rows_that_no_market_has_are_refused_and_the_rest_goes_on() {
    let mut live = small(|_, _| {});
    let quote = |bid, ask| MarketRow {
        instrument: InstrumentId(0),
        time: 6_000,
        arrival: 6_000,
        event: MarketEvent::Quote(haggle_model::Quote { bid, bid_size: 1, ask, ask_size: 1 }),
    };
    assert_eq!(live.feed([quote(101, 99)]).expect("dropped"), 0, "a crossed quote");
    let error = live.feed([quote(98, 99), quote(-1, 99)]).expect_err("a price below zero");
    assert_eq!(error.code, haggle_model::Code::InvalidData);
    let error = live.feed([MarketRow { instrument: InstrumentId(3), ..quote(98, 99) }]).expect_err("no such instrument");
    assert_eq!(error.path, "instrument");
    live.advance_to(10_000).expect("no error");
    assert_eq!((live.rows_delivered(), live.engine().markets[0].quote.bid), (3, 98));
}

#[test]
fn rows_that_come_late_come_now() {
    let mut live = small(|_, _| {});
    live.advance_to(10_000).expect("no error");
    live.feed([MarketRow { instrument: InstrumentId(0), time: 7_000, arrival: 7_001, event: MarketEvent::Gap }]).expect("a good row");
    assert_eq!(live.next_time(), 10_000);
    live.advance_to(10_000).expect("no error");
    assert_eq!(live.engine().markets[0].quote.bid_size, 0, "after a reconnect there is no book");
}

/// The grids of the sample and its round trip, as a config that needs no data.
const EXPLICIT: &str = r#"{"system":{"exchange":"binance_spot","latency":{"open":"100ms","cancel":"100ms","response":"0ms"},"instruments":[
    {"symbol":"BTC/USDT","tickSize":"0.01","lotSize":"0.00001"},
    {"symbol":"ETH/USDT","tickSize":"0.01","lotSize":"0.0001"},
    {"symbol":"SOL/USDT","tickSize":"0.01","lotSize":"0.001"}]},"balances":{"USDT":10000}}"#;

#[test]
fn without_data_the_config_says_what_ticks_and_lots_are() {
    let prepared = joined(EXPLICIT);
    let setup = haggle_backtest::RunSetup::live(constant(EXPLICIT)).expect("a good config");
    for arguments in NATIVES {
        let arguments = dynamic(arguments);
        let StrategyChoice::Native(strategy) = arguments.strategy.clone() else { panic!("a native strategy") };
        let expected = back_test(&prepared, arguments.clone(), (*strategy).clone());
        let mut live = Live::new(&setup, arguments, *strategy, None).expect("a system");
        live.feed_store(&sample()).expect("rows on the grid");
        assert_same(&live.finish().expect("an end").0, &expected);
    }
}

#[test]
fn where_the_config_is_silent_there_are_eight_decimals() {
    let setup = haggle_backtest::RunSetup::live(constant(SAMPLE)).expect("a good config");
    assert!(setup.market_specs.iter().all(|spec| (spec.tick.scale(), spec.lot.scale()) == (8, 8)));
    let mut live = Live::new(&setup, dynamic(common::FOREIGN), Quoter::default(), None).expect("a system");
    assert_eq!(live.feed_store(&sample()).expect("rows on the grid"), 50_000);
    assert_eq!(live.finish().expect("an end").0.events, 50_000);
    let rich = SAMPLE.replace("10000", "10000000000");
    let error = haggle_backtest::RunSetup::live(constant(&rich)).expect_err("more digits than are exact");
    assert_eq!((error.code, error.path.as_str()), (haggle_model::Code::Overflow, "system.instruments[0]"));
}

#[test]
fn an_instrument_is_handled_by_the_best_data_it_has_had() {
    let setup = haggle_backtest::RunSetup::live(constant(SMALL)).expect("a good config");
    let act = |ctx: &mut Context<'_>, seen: &Seen<'_>| {
        if matches!(seen, Seen::Trade(trade) if [1_000_000, 301_000_000].contains(&trade.time)) {
            ctx.submit(Draft::market(ctx.instrument, Side::Buy, Size::Lots(10)));
        }
    };
    let mut live = Live::new(&setup, dynamic(common::FOREIGN), Script { act, log: Vec::new() }, Some(0)).expect("a system");
    let print = |time: Nanos| MarketRow {
        instrument: InstrumentId(0),
        time,
        arrival: time,
        event: MarketEvent::Trade(Trade { side: Side::Buy, price: 100, quantity: 1_000, time }),
    };
    let ms = 1_000_000;
    live.feed([print(ms), print(50 * ms), print(100 * ms)]).expect("good rows");
    live.advance_to(99 * ms).expect("no error");
    let lots = |live: &Live<_>| live.engine().markets[0].position_lots;
    assert_eq!(lots(&live), 10, "prints alone: a market order takes the next print");
    let quote = haggle_model::Quote { bid: 99, bid_size: 1_000, ask: 101, ask_size: 1_000 };
    live.advance_to(200 * ms).expect("no error");
    live.feed([MarketRow { event: MarketEvent::Quote(quote), ..print(300 * ms) }, print(301 * ms)]).expect("good rows");
    live.advance_to(330 * ms).expect("no error");
    let (outcome, _) = live.finish().expect("an end");
    assert_eq!(outcome.fills.last().map(|fill| fill.price), Some(101), "with quotes it takes the best ask");
}
