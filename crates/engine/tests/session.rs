//! A session hosted by a few lines, against a venue that answers as a script says: late, twice, out of order, with ids of its own, and
//! of orders that it was never sent. The engine's state is right, or it names the event that it does not take in.

mod common;

use common::{engine, event, fill, system};
use haggle_engine::{
    Context, Departing, Draft, Engine, Event, Halt, HostedStrategy, Interest, OrderState, Outgoing, Session, Strategy, Venue,
};
use haggle_model::time::{NEVER, Nanos};
use haggle_model::{
    AccountChange, AccountChangeKind, AccountEvent, AssetId, Balance, Decimal, InstrumentId, MarketEvent, OrderEvent, OrderEventKind,
    OrderNumber, Position, Quote, ReasonCode, Request, Result, Side, Size, WorkingOrder,
};

const MARKET: InstrumentId = InstrumentId(0);

/// A venue that says what its script says, some time after each request that arrives.
#[derive(Default)]
struct Scripted {
    /// Answers by request, each with its delay.
    script: Vec<Vec<(Nanos, AccountEvent)>>,
    asked: Vec<Request>,
    under_way: Vec<(Nanos, AccountEvent)>,
}

impl Venue for Scripted {
    fn send(&mut self, request: &Departing, now: Nanos, _feed: Nanos) -> Result<()> {
        let answers = self.script.get(self.asked.len()).cloned().unwrap_or_default();
        self.asked.push(request.request);
        self.under_way.extend(answers.into_iter().map(|(delay, event)| (now + delay, event)));
        self.under_way.sort_by_key(|(time, _)| *time);
        Ok(())
    }

    fn next_time(&self) -> Nanos {
        self.under_way.first().map_or(NEVER, |(time, _)| *time)
    }

    fn drain(&mut self, now: Nanos, bundle: &mut Vec<AccountEvent>) -> Result<bool> {
        bundle.clear();
        if self.next_time() > now {
            return Ok(false);
        }
        bundle.push(self.under_way.remove(0).1);
        Ok(true)
    }
}

/// Buys once at the first quote, and writes down what it is told.
#[derive(Default)]
struct Buyer {
    lots: i64,
    told: Vec<String>,
}

impl HostedStrategy for Buyer {}

impl Strategy for Buyer {
    fn interest(&self) -> Interest {
        Interest { books: true, ..Interest::default() }
    }

    fn on_book(&mut self, ctx: &mut Context<'_>) -> std::result::Result<(), Halt> {
        if self.lots > 0 {
            ctx.submit(Draft::limit(MARKET, Side::Buy, Size::Lots(self.lots), 100));
        }
        Ok(())
    }

    fn on_account(&mut self, ctx: &mut Context<'_>, bundle: &[AccountEvent]) -> std::result::Result<(), Halt> {
        let names = bundle.iter().map(|event| match event {
            AccountEvent::Order(event) => format!("{:?}", event.kind).split(['(', ' ']).next().unwrap_or_default().to_owned(),
            AccountEvent::Change(change) => change.kind.as_str().to_owned(),
        });
        self.told.push(format!("{} {}", ctx.now(), names.collect::<Vec<_>>().join("+")));
        Ok(())
    }
}

/// The host: events in the order of time, requests to the venue.
fn host(session: &mut Session<Buyer>, venue: &mut Scripted) {
    let (mut bundle, mut outgoing) = (Vec::new(), Vec::new());
    let quote = MarketEvent::Quote(Quote { bid: 99, bid_size: 10, ask: 101, ask_size: 10 });
    session.process(1, &Event::Market { instrument: MARKET, time: 1, event: &quote }).expect("no error");
    let mut now = 1;
    loop {
        session.take_outgoing(&mut outgoing);
        for item in &outgoing {
            let Outgoing::Request(request) = item else { panic!("nothing is refused here") };
            venue.send(request, now, 0).expect("it leaves");
        }
        now = venue.next_time();
        if now == NEVER {
            return;
        }
        assert!(venue.drain(now, &mut bundle).expect("an answer"));
        session.process(now, &Event::Account(&bundle)).expect("no error");
    }
}

fn run(lots: i64, answers: Vec<(Nanos, AccountEvent)>) -> Session<Buyer> {
    let system = system(r#"{"instruments":["A/B"]}"#);
    let mut session = Session::new(engine(&system, "B"), Buyer { lots, told: Vec::new() });
    let mut venue = Scripted { script: vec![answers], ..Scripted::default() };
    host(&mut session, &mut venue);
    session
}

fn filled(id: u64, quantity: i64, filled: i64, of: i64) -> AccountEvent {
    let OrderEventKind::Filled(kind) = fill(100, quantity, filled, of, Decimal::ZERO, 1) else { panic!("a fill") };
    event(0, Side::Buy, OrderEventKind::Filled(haggle_model::Fill { id, ..kind })).into()
}

fn opened() -> AccountEvent {
    event(0, Side::Buy, OrderEventKind::Opened).into()
}

fn cancelled() -> AccountEvent {
    event(0, Side::Buy, OrderEventKind::Cancelled(ReasonCode::Requested.into())).into()
}

fn position(engine: &Engine) -> Decimal {
    engine.markets[0].position.quantity
}

/// What the engine did not take in, by its reason.
fn refused(engine: &Engine) -> Vec<&'static str> {
    engine.refused_events.iter().map(|refused| refused.reason).collect()
}

#[test]
fn late_answers_are_taken_in_as_they_come() {
    let session = run(10, vec![(5, opened()), (7, filled(1, 4, 4, 10)), (900, filled(2, 6, 10, 10))]);
    assert_eq!(session.strategy.told, ["6 Opened", "8 Filled", "901 Filled"]);
    assert_eq!(position(&session.engine), Decimal::TEN);
    assert_eq!(session.engine.open_count(), 0);
    assert!(refused(&session.engine).is_empty());
}

#[test]
fn a_fill_that_is_told_twice_counts_once() {
    let session = run(10, vec![(5, filled(1, 4, 4, 10)), (6, filled(1, 4, 4, 10)), (7, filled(2, 6, 10, 10)), (8, filled(2, 6, 10, 10))]);
    assert_eq!(position(&session.engine), Decimal::TEN, "also where the order is over by the second time");
    assert_eq!(refused(&session.engine), ["this fill was told before"; 2]);
    assert_eq!(session.engine.open_count(), 0);
}

#[test]
fn fills_that_come_in_another_order_all_count() {
    let session = run(10, vec![(5, filled(2, 6, 10, 10)), (6, filled(1, 4, 4, 10)), (7, opened())]);
    assert_eq!(position(&session.engine), Decimal::TEN);
    assert_eq!(session.engine.open_count(), 0, "the one that completes the order ends it");
    assert!(refused(&session.engine).is_empty());
}

#[test]
fn a_fill_after_the_end_counts_and_the_end_stays() {
    let session = run(10, vec![(5, opened()), (6, cancelled()), (7, filled(1, 4, 4, 10)), (8, cancelled())]);
    assert_eq!(position(&session.engine), Decimal::from(4));
    assert!(session.engine.order(OrderNumber(0)).is_none());
    assert_eq!(session.engine.open_count(), 0);
}

#[test]
fn what_cannot_be_is_named_and_changes_nothing() {
    let stranger = |order, side| -> AccountEvent { event(order, side, fill(100, 4, 4, 4, Decimal::ZERO, 1)).into() };
    let elsewhere = OrderEvent { instrument: InstrumentId(9), ..event(0, Side::Buy, OrderEventKind::Opened) };
    let balance = (AssetId(7), Balance::default());
    let unknown = AccountChange {
        sequence: 0,
        time: 1,
        kind: AccountChangeKind::Transfer { asset: AssetId(7), amount: Decimal::ONE },
        balances: vec![balance],
        ends_bundle: true,
    };
    let session = run(
        10,
        vec![
            (5, stranger(7, Side::Buy)),
            (6, stranger(0, Side::Sell)),
            (7, elsewhere.into()),
            (8, AccountEvent::Change(Box::new(unknown))),
            (9, opened()),
        ],
    );
    assert_eq!(
        refused(&session.engine),
        [
            "no such order was ever sent",
            "the order is on the other side",
            "it speaks of an instrument or an asset that there is not",
            "it speaks of an instrument or an asset that there is not"
        ]
    );
    assert_eq!(position(&session.engine), Decimal::ZERO);
    assert_eq!(session.engine.order(OrderNumber(0)).map(|order| order.state.clone()), Some(OrderState::Open));
}

#[test]
fn doubt_ends_with_the_venues_word_or_with_a_snapshot() {
    let doubt = || -> AccountEvent { event(0, Side::Buy, OrderEventKind::InDoubt).into() };
    let snapshot = |orders: Vec<WorkingOrder>| {
        let kind = AccountChangeKind::Snapshot { positions: vec![(MARKET, Position::default())], orders };
        let balances = vec![(AssetId(1), Balance { total: Decimal::TEN, free: Decimal::TEN })];
        AccountEvent::Change(Box::new(AccountChange { sequence: 0, time: 9, kind, balances, ends_bundle: true }))
    };
    let session = run(10, vec![(5, doubt())]);
    assert!(session.engine.order(OrderNumber(0)).is_some_and(|order| order.is_in_doubt && order.state == OrderState::OpenInFlight));
    let session = run(10, vec![(5, doubt()), (6, opened())]);
    assert!(session.engine.order(OrderNumber(0)).is_some_and(|order| !order.is_in_doubt && order.state == OrderState::Open));
    let session = run(10, vec![(5, doubt()), (6, snapshot(Vec::new()))]);
    assert!(session.engine.order(OrderNumber(0)).is_none(), "it never opened");
    assert_eq!(session.engine.balances[1].total, Decimal::TEN);
    let working = WorkingOrder { order: OrderNumber(0), price: 100, quantity: 10, filled: 3 };
    let session = run(10, vec![(5, doubt()), (6, snapshot(vec![working]))]);
    let order = session.engine.order(OrderNumber(0)).expect("it works");
    assert_eq!((order.state.clone(), order.filled, order.is_in_doubt), (OrderState::Open, 3, false));
}

#[test]
fn what_no_order_made_moves_balances_and_positions() {
    let change = |kind, balances| AccountEvent::Change(Box::new(AccountChange { sequence: 0, time: 1, kind, balances, ends_bundle: true }));
    let held = |total: i64| vec![(AssetId(1), Balance { total: total.into(), free: total.into() })];
    let session = run(
        10,
        vec![
            (5, filled(1, 10, 10, 10)),
            (6, change(AccountChangeKind::Transfer { asset: AssetId(1), amount: Decimal::from(50) }, held(50))),
            (
                7,
                change(
                    AccountChangeKind::Funding { instrument: MARKET, rate: Decimal::ONE, asset: AssetId(1), amount: Decimal::ONE },
                    held(51),
                ),
            ),
            (8, change(AccountChangeKind::Liquidation { instrument: MARKET, price: 90, quantity: -10 }, held(40))),
        ],
    );
    assert_eq!(session.strategy.told, ["6 Filled", "7 Transfer", "8 Funding", "9 Liquidation"]);
    assert_eq!((position(&session.engine), session.engine.balances[1].total), (Decimal::ZERO, Decimal::from(40)));
}

/// Sets timers for the very instant, for ever.
struct Restless;

impl HostedStrategy for Restless {}

impl Strategy for Restless {
    fn interest(&self) -> Interest {
        Interest::default()
    }

    fn on_start(&mut self, ctx: &mut Context<'_>) -> std::result::Result<(), Halt> {
        Ok(ctx.timer(0, 0)?)
    }

    fn on_timer(&mut self, ctx: &mut Context<'_>, _: u32) -> std::result::Result<(), Halt> {
        ctx.timer(0, 0)?;
        Ok(ctx.timer(0, 1)?)
    }
}

#[test]
fn answers_without_end_at_one_instant_are_an_error() {
    let system = system(r#"{"instruments":["A/B"]}"#);
    let mut session = Session::new(engine(&system, "B"), Restless);
    session.process(1, &Event::Start).expect("a start");
    let error = (0..100).find_map(|_| session.process(1, &Event::Timers { next_row: NEVER }).err());
    let Some(Halt::Error(error)) = error else { panic!("it goes on for ever") };
    assert_eq!(error.code.as_str(), "LIVELOCK");
}
