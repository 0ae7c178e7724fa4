//! A strategy on an engine against a client: what it is told, in which order, and that both sides agree after every step.

use haggle_client::{AccountId, Client, Failing, LimitOptions, Settings, StrategyTest, Ticker};
use haggle_engine::{Context, Draft, Halt, HostedStrategy, Interest, Strategy};
use haggle_model::read::{Field, parse};
use haggle_model::seed::Stream;
use haggle_model::time::{MILLISECOND, SECOND};
use haggle_model::wire::Name;
use haggle_model::{AccountEvent, Code, Decimal, InstrumentId, OrderEvent, OrderEventKind, OrderNumber, Side, Size, Trade};

const ME: AccountId = AccountId::FIRST;
const MARKET: InstrumentId = InstrumentId(0);

type Act = fn(&mut Context<'_>, &str) -> Result<(), Halt>;

/// Writes down what it is told, and acts on it.
struct Diary {
    log: Vec<String>,
    act: Act,
}

impl Diary {
    fn note(&mut self, ctx: &mut Context<'_>, words: &str) -> Result<(), Halt> {
        self.log.push(format!("{} {words}", ctx.now() / MILLISECOND));
        (self.act)(ctx, words)
    }
}

impl HostedStrategy for Diary {}

impl Strategy for Diary {
    fn interest(&self) -> Interest {
        Interest { trades: true, books: true, bars: true }
    }

    fn on_start(&mut self, ctx: &mut Context<'_>) -> Result<(), Halt> {
        self.note(ctx, "start")
    }

    fn on_trade(&mut self, ctx: &mut Context<'_>, trade: &Trade) -> Result<(), Halt> {
        self.note(ctx, &format!("trade {}", trade.price))
    }

    fn on_book(&mut self, ctx: &mut Context<'_>) -> Result<(), Halt> {
        let words = format!("book {} {}", ctx.market().quote.bid, ctx.market().quote.ask);
        self.note(ctx, &words)
    }

    fn on_account(&mut self, ctx: &mut Context<'_>, bundle: &[AccountEvent]) -> Result<(), Halt> {
        let word = |event: &OrderEvent| match &event.kind {
            OrderEventKind::Filled(fill) => format!("{} filled {}", event.order.0, fill.quantity),
            OrderEventKind::Opened => format!("{} opened", event.order.0),
            OrderEventKind::Amended { price, quantity } => format!("{} amended {quantity}@{price}", event.order.0),
            OrderEventKind::InDoubt => format!("{} in doubt", event.order.0),
            other => format!("{} {}", event.order.0, other.reason().map_or("", |reason| reason.code.as_str())),
        };
        if bundle.iter().all(|event| event.as_order().is_none()) {
            // Balances that an order of the test changed.
            return Ok(());
        }
        let words = bundle.iter().filter_map(AccountEvent::as_order).map(word).collect::<Vec<_>>().join(", ");
        self.note(ctx, &words)
    }

    fn on_timer(&mut self, ctx: &mut Context<'_>, tag: u32) -> Result<(), Halt> {
        self.note(ctx, &format!("timer {tag}"))
    }

    fn on_stop(&mut self, ctx: &mut Context<'_>) -> Result<(), Halt> {
        self.note(ctx, "stop")
    }
}

fn name() -> Name {
    Name::from("A/B")
}

/// Ticks and lots of one, 100 A and 10,000 B.
fn open(more: &str, act: Act) -> (Client, StrategyTest<Diary>) {
    let json = format!(r#"{{"symbols":[{{"symbol":"A/B","tickSize":1,"lotSize":1}}],"balances":{{"A":100,"B":10000}}{more}}}"#);
    let settings = Settings::spot(&Field::root(&parse(&json).expect("JSON"))).expect("settings");
    let mut client = Client::new(settings).expect("a client");
    let test = StrategyTest::new(&mut client, Diary { log: Vec::new(), act }, None).expect("a test");
    (client, test)
}

fn quote(client: &mut Client, bid: i64, ask: i64) {
    let ticker = Ticker { bid: Some(bid.into()), ask: Some(ask.into()), ..Ticker::default() };
    client.set_ticker(&name(), &ticker).expect("a ticker");
}

fn log(test: &mut StrategyTest<Diary>) -> Vec<String> {
    std::mem::take(&mut test.strategy_mut().log)
}

#[allow(clippy::unnecessary_wraps, reason = "an `Act`")]
fn bid(ctx: &mut Context<'_>, words: &str) -> Result<(), Halt> {
    if words.starts_with("book") {
        ctx.submit(Draft::limit(MARKET, Side::Buy, Size::Lots(5), 90));
    }
    Ok(())
}

#[test]
fn an_order_has_one_number_and_its_hosts_id_at_both_ends() {
    let (mut client, mut test) = open("", bid);
    test.start(&mut client).expect("a start");
    client.open_market_order(ME, &name(), Side::Buy, Decimal::ONE).expect("an order of the test");
    test.ids().borrow_mut().insert(1, "mine".into());
    quote(&mut client, 99, 101);
    quote(&mut client, 99, 101);
    test.catch_up(&mut client).expect("news");
    assert_eq!(log(&mut test), ["0 start", "0 book 99 101", "0 book 99 101", "0 1 opened", "0 2 opened"]);
    let order = client.fetch_order(ME, "mine").expect("the order");
    assert_eq!((order.key.cid.as_str(), order.key.strategy.as_str()), ("mine", "mock"));
    assert_eq!(client.fetch_order(ME, "2").expect("the other").key.cid, "mock-2");
    assert_eq!(test.engine().order(OrderNumber(1)).map(|order| order.quantity), Some(5));
    test.stop(&mut client).expect("a stop");
    quote(&mut client, 80, 85);
    assert_eq!(log(&mut test), ["0 stop"]);
    client.invariants().expect("a state that holds together");
}

#[test]
fn one_instant_after_the_other() {
    fn act(ctx: &mut Context<'_>, words: &str) -> Result<(), Halt> {
        if words == "start" {
            ctx.timer(7 * MILLISECOND, 1)?;
        }
        bid(ctx, if words.starts_with("timer") { "book" } else { words })
    }
    let (mut client, mut test) = open(r#","latency":{"open":"5ms","response":"2ms"}"#, act);
    test.start(&mut client).expect("a start");
    quote(&mut client, 99, 101);
    test.advance(&mut client, 6 * MILLISECOND).expect("time");
    assert_eq!(log(&mut test), ["0 start", "0 book 99 101"]);
    assert_eq!(test.next_time(&client), Some(7 * MILLISECOND));
    test.advance_to(&mut client, SECOND).expect("time");
    assert_eq!(log(&mut test), ["7 0 opened", "7 timer 1", "14 1 opened"]);
    assert_eq!(test.advance(&mut client, -1).map_err(code), Err(Some(Code::InvalidArgument)));
    assert_eq!(test.advance_to(&mut client, 0).map_err(code), Err(Some(Code::InvalidArgument)));
    assert_eq!(client.now(), SECOND);
}

fn code(halt: Halt) -> Option<Code> {
    match halt {
        Halt::Error(error) => Some(error.code),
        Halt::Thrown => None,
    }
}

#[test]
fn a_throw_leaves_the_client_as_it_is() {
    let (mut client, mut test) = open("", |_, words| if words.starts_with("book") { Err(Halt::Thrown) } else { Ok(()) });
    test.start(&mut client).expect("a start");
    quote(&mut client, 99, 101);
    assert_eq!(test.catch_up(&mut client).map_err(code), Err(None));
    client.hang_up();
    quote(&mut client, 90, 95);
    assert!(client.open_market_order(ME, &name(), Side::Buy, Decimal::ONE).is_ok());
    client.invariants().expect("a state that holds together");
}

#[test]
fn a_strategy_that_answers_itself() {
    fn act(ctx: &mut Context<'_>, words: &str) -> Result<(), Halt> {
        if !words.starts_with("book") {
            ctx.timer(0, 0)?;
        }
        Ok(())
    }
    let (mut client, mut test) = open("", act);
    assert_eq!(test.start(&mut client).map_err(code), Err(Some(Code::Livelock)));
}

/// Draws what it does from what it has seen. Refusals and amends look the same each time: it would answer them for ever.
fn trade(ctx: &mut Context<'_>, words: &str) -> Result<(), Halt> {
    if !["book", "trade", "timer", "opened", "filled"].iter().any(|word| words.contains(word)) {
        return Ok(());
    }
    let seen = words.bytes().fold(ctx.now() as u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let mut draws = Stream::new(seen, "trade", 0);
    let mut draw = |below: i64| draws.up_to(below - 1);
    let open = ctx.market().open_orders.clone();
    let side = if draw(2) == 0 { Side::Buy } else { Side::Sell };
    match draw(8) {
        0 => _ = ctx.submit(Draft::market(MARKET, side, Size::Lots(1 + draw(4)))),
        1 | 2 if open.len() < 6 => _ = ctx.submit(Draft::limit(MARKET, side, Size::Lots(1 + draw(9)), 95 + draw(10))),
        3 => open.first().into_iter().for_each(|order| ctx.cancel(*order)),
        4 => open.last().into_iter().for_each(|order| ctx.amend(*order, Some(95 + draw(10)), None)),
        5 if words.starts_with("book") => ctx.timer(draw(30) * MILLISECOND, 1)?,
        _ => {}
    }
    Ok(())
}

#[test]
fn engine_and_client_agree_whatever_happens() {
    let mut filled = 0;
    for seed in 0..60 {
        let latency = if seed % 2 == 0 { "" } else { r#","latency":{"open":"3ms","cancel":"2ms","response":"4ms","jitter":"5ms"}"# };
        let more = format!(r#","seed":{seed},"fees":{{"maker":"0.001","taker":"0.002","chargedIn":"received"}}{latency}"#);
        let (mut client, mut test) = open(&more, trade);
        let mut draws = Stream::new(seed, "world", 0);
        let mut draw = |below: i64| draws.up_to(below - 1);
        let mut foreign = Vec::new();
        test.start(&mut client).expect("a start");
        for _ in 0..150 {
            match draw(12) {
                0..=3 => {
                    let mid = 95 + draw(10);
                    quote(&mut client, mid, mid + 1 + draw(2));
                }
                4 => client
                    .push_trade(&name(), if draw(2) == 0 { Side::Buy } else { Side::Sell }, (95 + draw(10)).into(), (1 + draw(9)).into())
                    .expect("a print"),
                5 => {
                    let order =
                        client.open_limit_order(ME, &name(), Side::Buy, Decimal::ONE, (90 + draw(15)).into(), &LimitOptions::default());
                    foreign.push(order.expect("an order").key.cid);
                }
                6 => {
                    client
                        .fail_next(if draw(2) == 0 { Failing::Timeout } else { Failing::Disconnect }, 1, draw(2) == 0)
                        .expect("a failure");
                }
                7 => client.duplicate_next(1).expect("a doubled answer"),
                8 => client.delay_next(draw(20) * MILLISECOND, 1).expect("a late answer"),
                9 => client.reconnect(ME).expect("a connection"),
                10 => client.reject_next("QuantityOutOfRange", 1).expect("a rejection"),
                _ => test.advance(&mut client, draw(20) * MILLISECOND).expect("time"),
            }
            test.catch_up(&mut client).expect("news");
            client.invariants().expect("a state that holds together");
        }
        // Nothing more is asked for; what is under way arrives, and a new connection settles what is in doubt.
        test.strategy_mut().act = |_, _| Ok(());
        test.advance(&mut client, SECOND).expect("time");
        client.disconnect(ME).expect("no connection");
        client.reconnect(ME).expect("a connection");
        test.catch_up(&mut client).expect("news");
        filled += agree(&client, &test, &foreign, seed);
    }
    assert!(filled > 500, "only {filled} executions");
}

/// With nothing under way, the engine has the client's balances, and of all but the `foreign` orders the state and the executions.
fn agree(client: &Client, test: &StrategyTest<Diary>, foreign: &[String], seed: u64) -> usize {
    let engine = test.engine();
    for (held, known) in client.fetch_balances(ME, None).expect("balances").iter().zip(&engine.balances) {
        assert_eq!(held.balance, *known, "seed {seed}: {}", held.asset);
    }
    let mut known = engine.markets[0].open_orders.clone();
    for order in client.fetch_open_orders(ME, None).expect("orders").iter().filter(|order| !foreign.contains(&order.key.cid)) {
        let number = order.key.cid.rsplit('-').next().and_then(|number| number.parse().ok()).map(OrderNumber).expect("a made id");
        let mine = engine.order(number).expect("the engine's order");
        known.retain(|other| *other != number);
        assert_eq!((Some(mine.filled.into()), Decimal::from(mine.quantity)), (order.filled_quantity, order.terms.quantity), "seed {seed}");
        assert_eq!((Some(mine.request.price.into()), mine.is_cancelling), (order.terms.price, false), "seed {seed}: order {}", number.0);
    }
    assert_eq!(known, [], "seed {seed}: orders that only the engine has");
    let fills = client.fetch_trades(ME, None).expect("executions");
    let own = fills.iter().filter(|fill| !foreign.contains(fill.cid.as_ref().expect("an id")));
    let moved = own.map(|fill| if fill.side == Side::Buy { fill.quantity - fill.fee } else { -fill.quantity });
    assert_eq!(engine.markets[0].position.quantity, moved.sum::<Decimal>(), "seed {seed}: the position");
    fills.len()
}
