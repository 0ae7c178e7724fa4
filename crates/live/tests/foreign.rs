//! A venue that is not simulated: its account events, recorded as barter's JSON, are fed by a few lines of host. Its order ids are text.

use haggle_backtest::{Constant, RunSetup};
use haggle_engine::{Engine, Event, HostedStrategy, Idle, OrderState, Session};
use haggle_live::Names;
use haggle_model::read::{Field, parse};
use haggle_model::wire::{AccountEvent, Wire};
use haggle_model::{
    AssetId, Balance, Code, Decimal, InstrumentId, OpenRequest, OrderKind, OrderNumber, Request, Result, Side, Size, TimeInForce,
};

const CONFIG: &str = r#"{"system":{"instruments":[{"symbol":"BTC/USDT","tickSize":"0.1","lotSize":"0.001"}]},"balances":{"USDT":1000}}"#;

/// What a venue said of two orders that were sent as `mine-0` and `mine-1`.
const RECORDED: &[&str] = &[
    r#"{"exchange":0,"kind":{"OrderSnapshot":{"key":{"exchange":0,"instrument":0,"strategy":"mine","cid":"mine-0"},"side":"Buy","price":"100","quantity":"0.01","kind":"Limit","time_in_force":{"GoodUntilCancelled":{"post_only":false}},"state":{"Active":{"Open":{"id":"a7f-11","time_exchange":"2025-01-01T00:00:00Z","filled_quantity":"0"}}}}}}"#,
    r#"{"exchange":0,"kind":{"Trade":{"id":"T-900","order_id":"a7f-11","instrument":0,"strategy":"mine","time_exchange":"2025-01-01T00:00:01Z","side":"Buy","price":"100","quantity":"0.004","fees":{"asset":null,"fees":"0.0004"}}}}"#,
    r#"{"exchange":0,"kind":{"BalanceSnapshot":{"asset":1,"balance":{"total":"999.5996","free":"900"},"time_exchange":"2025-01-01T00:00:01Z"}}}"#,
    r#"{"exchange":0,"kind":{"Trade":{"id":"T-900","order_id":"a7f-11","instrument":0,"strategy":"mine","time_exchange":"2025-01-01T00:00:01Z","side":"Buy","price":"100","quantity":"0.004","fees":{"asset":null,"fees":"0.0004"}}}}"#,
    r#"{"exchange":0,"kind":{"OrderCancelled":{"key":{"exchange":0,"instrument":0,"strategy":"mine","cid":"mine-0"},"state":{"Ok":{"id":"a7f-11","time_exchange":"2025-01-01T00:00:02Z"}}}}}"#,
    r#"{"exchange":0,"kind":{"OrderCancelled":{"key":{"exchange":0,"instrument":0,"strategy":"mine","cid":"mine-1"},"state":{"Err":{"Rejected":"OrderAlreadyFullyFilled"}}}}}"#,
];

struct Host {
    names: Names,
    session: Session<Idle>,
}

impl Host {
    fn new() -> Self {
        let constant = Constant::read(&Field::root(&parse(CONFIG).expect("JSON"))).expect("a config");
        let setup = RunSetup::live(constant).expect("a good config");
        let engine = Engine::new(setup.market_specs.clone(), vec![Balance::default(); 2], setup.valuation.clone());
        let mut host = Self { names: Names::new(&setup, "mine").expect("names"), session: Session::new(engine, Idle) };
        for number in 0..2 {
            let request = OpenRequest {
                order: OrderNumber(number),
                instrument: InstrumentId(0),
                side: Side::Buy,
                kind: OrderKind::Limit,
                size: Size::Lots(10),
                price: 1_000,
                time_in_force: TimeInForce::GoodUntilCancelled,
                post_only: false,
                reduce_only: false,
            };
            host.session.engine.note_sent(&Request::Open(request));
            host.names.name_order(OrderNumber(number), &format!("mine-{number}x"));
        }
        host
    }

    fn say(&mut self, text: &str) -> Result<()> {
        let event = AccountEvent::from_text(&text.replace("mine-0", "mine-0x").replace("mine-1", "mine-1x"))?;
        for event in self.names.account_event(&self.session.engine, &event)? {
            self.session.process(event.time(), &Event::Account(&[event])).expect("no error");
        }
        Ok(())
    }
}

#[test]
fn recorded_account_events_of_a_venue_are_taken_in() {
    fn hosted<S: HostedStrategy>(_: &Session<S>) {}
    let mut host = Host::new();
    hosted(&host.session);
    host.say(RECORDED[0]).expect("an order");
    assert_eq!(host.session.engine.order(OrderNumber(0)).map(|order| order.state.clone()), Some(OrderState::Open));
    assert_eq!(host.names.venue_id(OrderNumber(0)), "a7f-11");
    host.say(RECORDED[1]).expect("a fill, by the venue's id alone");
    host.say(RECORDED[2]).expect("a balance");
    host.say(RECORDED[3]).expect("the same fill");
    let engine = &host.session.engine;
    assert_eq!(engine.markets[0].position.quantity, Decimal::new(4, 3), "a fill that is told twice counts once");
    assert_eq!(engine.order(OrderNumber(0)).map(|order| (order.filled, order.quantity)), Some((4, 10)));
    assert_eq!(engine.balances[AssetId(1).index()].total, Decimal::new(9_995_996, 4));
    assert_eq!(engine.refused_events.iter().map(|refused| refused.reason).collect::<Vec<_>>(), ["this fill was told before"]);
    host.say(RECORDED[4]).expect("a cancel");
    assert!(host.session.engine.order(OrderNumber(0)).is_none());
    host.say(RECORDED[5]).expect("a refused cancel");
    assert!(host.session.engine.order(OrderNumber(1)).is_some_and(|order| !order.is_cancelling));
}

#[test]
fn what_a_venue_says_of_strangers_is_named() {
    let mut host = Host::new();
    host.say(RECORDED[0]).expect("an order");
    host.say(&RECORDED[0].replace("mine-0", "theirs")).expect("the venue's id is known");
    let error = host.say(&RECORDED[0].replace("mine-0", "theirs").replace("a7f-11", "b8")).expect_err("an order that was never sent");
    assert_eq!((error.code, error.path.as_str()), (Code::UnknownName, "kind.OrderSnapshot.key.cid"));
    // It is open already, so its terms are looked at.
    let error = host.say(&RECORDED[0].replace(r#""quantity":"0.01""#, r#""quantity":"0.0100001""#)).expect_err("off the grid");
    assert_eq!((error.code, error.path.as_str()), (Code::InvalidData, "kind.OrderSnapshot.quantity"));
    let error = host.say(&RECORDED[1].replace("a7f-11", "b8")).expect_err("a fill of an order that was never sent");
    assert_eq!((error.code, error.path.as_str()), (Code::UnknownName, "kind.Trade.key.cid"));
    let error = host.say(&RECORDED[2].replace("\"asset\":1", "\"asset\":\"DOGE\"")).expect_err("no such asset");
    assert_eq!((error.code, error.path.as_str()), (Code::UnknownName, "kind.BalanceSnapshot.asset"));
}
