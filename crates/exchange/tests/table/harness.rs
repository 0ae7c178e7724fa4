//! One step a line, an arrow, the events it should cause: events of a bundle are parted by commas, bundles by bars. A line
//! that starts with a bar goes on with the line above; `#` starts a comment. Every line is a millisecond, unless `&` says that
//! it is the same instant as the line above. The books are checked after each.
//!
//! ```text
//! quote 99x5 101x7                    bid and ask, price x size; `-` where there is no such side
//! snapshot 99x5 98x2 / 101x7          bids / asks of a whole book; `update` likewise, and 98x0 removes a level
//! print sell 4@99                     aggressor, quantity @ price
//! gap                                 a reconnect
//! bar_open  100 110 90 105 [50]       open, high, low, close, volume
//! bar_close 100 110 90 105 [50]
//! opens 10 50                         bars of both markets open at one instant: the second market's at 10, told first, the first one's at 50
//! buy 1 limit 3@100 [ioc|fok|day|until:20] [post] [reduce]    order number, kind, lots @ limit
//! sell 2 market 3 [fok]               market quote:100.5, market equity:0.5 and the same in limits: limit quote:100@5
//! cancel 1 / amend 1 3@101 / amend 1 3 / amend 1 @101 / amend 1
//! time 20                             from here on at 20 ms; what expires then expires
//! end                                 the run ends: every order with it
//! watch / close 9                     equity watched / position closed under this order number
//! total USDT / free USDT / locked USDT / fees USDT / position / mark / crossed / cuts     -> the number
//! book                                -> all levels, as a snapshot has them
//! m1 quote 99x5 101x7                 any of these on the second market
//!
//! opened 1                            maker 1 3@100 of 3/5 [fee 0.3 USDT]       filled so far / quantity
//! rejected 1 Reason key=value         likewise expired, cancelled, cancel_rejected, amend_rejected
//! amended 1 3@101
//! ```

use haggle_exchange::{Exchange, Limits, Setup, Spec};
use haggle_model::time::{DAY, MILLISECOND, NEVER, Nanos};
use haggle_model::{
    AssetId, Bar, BookLevel, BookUpdate, Decimal, Execution, Feed, FillRules, Filters, Increment, InstrumentId, MarketEvent, OpenRequest,
    OrderEvent, OrderEventKind, OrderKind, OrderNumber, Quote, ReasonCode, Request, Side, Size, TimeInForce, Trade,
};

const ASSETS: [&str; 3] = ["BTC", "USDT", "BNB"];

/// What a table runs on: a spot account without fees, ticks and lots of one, 100 BTC and 10,000 USDT.
pub struct Venue {
    pub execution: Execution,
    pub filters: Filters,
    pub tick: &'static str,
    pub lot: &'static str,
    pub balances: [&'static str; 3],
    pub last_time: Nanos,
    feed: Feed,
}

pub fn decimal(text: &str) -> Decimal {
    text.parse().unwrap_or_else(|_| panic!("'{text}' is no number"))
}

impl Venue {
    fn new(feed: Feed) -> Self {
        let mut execution = Execution::default();
        (execution.fees.maker, execution.fees.taker) = (Decimal::ZERO, Decimal::ZERO);
        let balances = ["100", "10000", "0"];
        Self { execution, filters: Filters::default(), tick: "1", lot: "1", balances, last_time: NEVER, feed }
    }

    pub fn l1() -> Self {
        Self::new(Feed::Quotes)
    }

    pub fn l2() -> Self {
        Self::new(Feed::Book)
    }

    pub fn trades() -> Self {
        Self::new(Feed::Trades)
    }

    pub fn bars() -> Self {
        Self::new(Feed::Bars)
    }

    /// The same venue with something changed.
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub fn rules(mut self, change: impl FnOnce(&mut FillRules)) -> Self {
        change(&mut self.execution.fills);
        self
    }

    /// The same venue with these fees, maker before taker.
    pub fn fees(mut self, maker: &str, taker: &str) -> Self {
        (self.execution.fees.maker, self.execution.fees.taker) = (decimal(maker), decimal(taker));
        self
    }

    fn exchange(&self) -> Exchange {
        let (tick, lot) = (Increment::new(decimal(self.tick)), Increment::new(decimal(self.lot)));
        let (tick, lot) = (tick.expect("a tick"), lot.expect("a lot"));
        let spec = |at: u16, base: u16| Spec {
            instrument: InstrumentId(at),
            base: AssetId(base),
            quote: AssetId(1),
            tick,
            lot,
            limits: Limits::new(&self.filters, tick, lot).expect("filters"),
            account: self.execution.account,
            feed: self.feed,
            has_volume: false,
        };
        Exchange::new(Setup {
            execution: self.execution.clone(),
            specs: vec![spec(0, 0), spec(1, 2)],
            assets: ASSETS.map(str::to_owned).to_vec(),
            balances: (0..3).map(|at| (AssetId(at), decimal(self.balances[at as usize]))).collect(),
            fee_asset: match &self.execution.fees.charged_in {
                haggle_model::FeeAsset::Named(name) => ASSETS.iter().position(|asset| asset == name).map(|at| AssetId(at as u16)),
                _ => None,
            },
            last_time: self.last_time,
        })
        .expect("an exchange")
    }

    /// Runs a table from its first line to its last.
    pub fn run(&self, table: &str) {
        let mut exchange = self.exchange();
        let mut now = DAY;
        let mut lines = table.lines().enumerate().map(|(at, line)| (at, line.split('#').next().unwrap_or_default().trim())).peekable();
        while let Some((at, line)) = lines.next() {
            if line.is_empty() {
                continue;
            }
            let (step, expected) = line.split_once("->").unwrap_or((line, ""));
            let mut expected = expected.to_owned();
            while let Some((_, more)) = lines.next_if(|(_, line)| line.starts_with('|')) {
                expected.push(' ');
                expected.push_str(more);
            }
            let step = step.strip_prefix('&').unwrap_or_else(|| {
                now += MILLISECOND;
                step
            });
            let actual = apply(&mut exchange, step.trim(), &mut now);
            assert_eq!(actual, words(&expected), "line {at}: {}", step.trim());
            exchange.check().unwrap_or_else(|error| panic!("line {at}: {}: {error}", step.trim()));
        }
    }
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn apply(exchange: &mut Exchange, step: &str, now: &mut Nanos) -> String {
    let mut tokens: Vec<&str> = step.split_whitespace().collect();
    let at = usize::from(tokens[0] == "m1");
    tokens.drain(..at);
    let outcome = match tokens[0] {
        "quote" => exchange.apply(at, &MarketEvent::Quote(quote(&tokens)), *now),
        "snapshot" | "update" => {
            let (bids, asks) = levels(&tokens[1..]);
            let update = BookUpdate { bids: bids.into(), asks: asks.into(), is_snapshot: tokens[0] == "snapshot" };
            exchange.apply(at, &MarketEvent::Book(update), *now)
        }
        "print" => {
            let (quantity, price) = pair(tokens[2], '@');
            let trade = Trade { price, quantity, side: side(tokens[1]), time: *now };
            exchange.apply(at, &MarketEvent::Trade(trade), *now)
        }
        "gap" => exchange.apply(at, &MarketEvent::Gap, *now),
        "bar_open" => {
            let bar = bar(&tokens, *now);
            let open = MarketEvent::BarOpen { time: *now, price: bar.open, volume: bar.volume };
            exchange.apply(at, &open, *now).and_then(|()| meet_opens(exchange, *now))
        }
        "opens" => {
            let open = |token: &str| MarketEvent::BarOpen { time: *now, price: number(token), volume: 0 };
            let second = exchange.apply(1, &open(tokens[1]), *now);
            second.and_then(|()| exchange.apply(0, &open(tokens[2]), *now)).and_then(|()| meet_opens(exchange, *now))
        }
        "bar_close" => {
            // It opened with the last `bar_open`, or without one with itself.
            let opened = exchange.markets()[at].bar_time;
            let bar = bar(&tokens, if opened == Nanos::MIN { *now } else { opened });
            exchange.apply(at, &MarketEvent::Bar(bar), *now)
        }
        "time" => {
            *now = DAY + number(tokens[1]) * MILLISECOND;
            exchange.expire(*now)
        }
        "end" => exchange.expire_all(*now, ReasonCode::RunEnded),
        "watch" => exchange.watch_equity(*now).map(|_| ()),
        "close" => exchange.close_position(at, order(tokens[1]), *now).map(|_| ()),
        "buy" | "sell" => exchange.handle(at, &Request::Open(open(&tokens, at)), *now),
        "cancel" => exchange.handle(at, &Request::Cancel(order(tokens[1])), *now),
        "amend" => {
            let (quantity, price) = tokens.get(2).map_or((None, None), |change| {
                let (quantity, price) = change.split_once('@').unwrap_or((change, ""));
                ((!quantity.is_empty()).then(|| number(quantity)), (!price.is_empty()).then(|| number(price)))
            });
            exchange.handle(at, &Request::Amend { order: order(tokens[1]), price, quantity }, *now)
        }
        _ => return ask(exchange, at, &tokens),
    };
    if let Err(error) = outcome {
        return format!("error {}", error.code.as_str());
    }
    let mut events = Vec::new();
    exchange.take_events(&mut events);
    let events: Vec<OrderEvent> = events.into_iter().filter_map(|event| event.as_order().cloned()).collect();
    assert!(events.iter().all(|event| event.time == *now), "an event at another time: {events:?}");
    let mut text = String::new();
    for (place, event) in events.iter().enumerate() {
        text.push_str(&show(event));
        if place + 1 < events.len() {
            text.push_str(if event.ends_bundle { " | " } else { ", " });
        } else {
            assert!(event.ends_bundle, "the last bundle does not end: {events:?}");
        }
    }
    text
}

fn meet_opens(exchange: &mut Exchange, now: Nanos) -> haggle_model::Result<()> {
    while exchange.meet_open(now)? {}
    Ok(())
}

fn ask(exchange: &Exchange, at: usize, tokens: &[&str]) -> String {
    let market = &exchange.markets()[at];
    let account = || {
        let place = ASSETS.iter().position(|asset| *asset == tokens[1]).unwrap_or_else(|| panic!("no asset {}", tokens[1]));
        *exchange.ledger().account(AssetId(place as u16))
    };
    let value = match tokens[0] {
        "total" => account().total,
        "free" => account().free(),
        "locked" => account().locked,
        "fees" => account().fees,
        "position" => market.position.quantity,
        "mark" => market.mark().unwrap_or_default(),
        "crossed" => market.crossed.into(),
        "cuts" => exchange.volume_cuts().into(),
        "book" => {
            let book = market.book.as_ref().expect("a market with a book");
            let side = |side| book.levels(side).map(|(price, size)| format!("{price}x{size}")).collect::<Vec<_>>().join(" ");
            return words(&format!("{} / {}", side(Side::Buy), side(Side::Sell)));
        }
        other => panic!("'{other}' is no step"),
    };
    value.normalize().to_string()
}

fn show(event: &OrderEvent) -> String {
    let number = event.order.0;
    match &event.kind {
        OrderEventKind::Opened => format!("opened {number}"),
        OrderEventKind::Filled(fill) => {
            let who = fill.liquidity.as_str().to_lowercase();
            let fee = if fill.fee.is_zero() { String::new() } else { format!(" fee {} {}", fill.fee, ASSETS[fill.fee_asset.index()]) };
            format!("{who} {number} {}@{} of {}/{}{fee}", fill.quantity, fill.price, fill.filled, fill.order_quantity)
        }
        OrderEventKind::Cancelled(reason) => format!("cancelled {number} {reason}"),
        OrderEventKind::Expired(reason) => format!("expired {number} {reason}"),
        OrderEventKind::Rejected(reason) => format!("rejected {number} {reason}"),
        OrderEventKind::CancelRejected(reason) => format!("cancel_rejected {number} {reason}"),
        OrderEventKind::AmendRejected(reason) => format!("amend_rejected {number} {reason}"),
        OrderEventKind::Amended { price, quantity } => format!("amended {number} {quantity}@{price}"),
        OrderEventKind::InDoubt => format!("in_doubt {number}"),
    }
}

fn number(text: &str) -> i64 {
    text.parse().unwrap_or_else(|_| panic!("'{text}' is no whole number"))
}

fn order(text: &str) -> OrderNumber {
    OrderNumber(number(text) as u32)
}

fn pair(text: &str, mark: char) -> (i64, i64) {
    let (a, b) = text.split_once(mark).unwrap_or_else(|| panic!("'{text}' has no {mark}"));
    (number(a), number(b))
}

fn side(text: &str) -> Side {
    match text {
        "buy" => Side::Buy,
        "sell" => Side::Sell,
        _ => panic!("'{text}' is no side"),
    }
}

fn quote(tokens: &[&str]) -> Quote {
    let level = |text: &str| if text == "-" { (0, 0) } else { pair(text, 'x') };
    let ((bid, bid_size), (ask, ask_size)) = (level(tokens[1]), level(tokens[2]));
    Quote { bid, bid_size, ask, ask_size }
}

fn levels(tokens: &[&str]) -> (Vec<BookLevel>, Vec<BookLevel>) {
    let mut sides = tokens.split(|token| *token == "/").map(|side| {
        let level = |text: &&str| {
            let (price, size) = pair(text, 'x');
            BookLevel { price, size }
        };
        side.iter().map(level).collect()
    });
    (sides.next().unwrap_or_default(), sides.next().unwrap_or_default())
}

fn bar(tokens: &[&str], time_open: Nanos) -> Bar {
    let at = |place: usize| tokens.get(place).map_or(0, |text| number(text));
    Bar { time_open, time_close: time_open, open: at(1), high: at(2), low: at(3), close: at(4), volume: at(5) }
}

fn open(tokens: &[&str], at: usize) -> OpenRequest {
    let kind = if tokens[2] == "limit" { OrderKind::Limit } else { OrderKind::Market };
    let (size, price) = tokens[3].split_once('@').map_or((tokens[3], 0), |(size, price)| (size, number(price)));
    let size = match size.split_once(':') {
        Some(("quote", amount)) => Size::Quote(decimal(amount)),
        Some(("equity", share)) => Size::Equity(decimal(share)),
        _ => Size::Lots(number(size)),
    };
    let mut request = OpenRequest {
        order: order(tokens[1]),
        instrument: InstrumentId(at as u16),
        side: side(tokens[0]),
        kind,
        size,
        price,
        time_in_force: if kind == OrderKind::Limit { TimeInForce::GoodUntilCancelled } else { TimeInForce::ImmediateOrCancel },
        post_only: false,
        reduce_only: false,
    };
    for option in &tokens[4..] {
        match *option {
            "post" => request.post_only = true,
            "reduce" => request.reduce_only = true,
            "ioc" => request.time_in_force = TimeInForce::ImmediateOrCancel,
            "fok" => request.time_in_force = TimeInForce::FillOrKill,
            "day" => request.time_in_force = TimeInForce::GoodUntilEndOfDay,
            _ => match option.split_once("until:") {
                Some((_, time)) => request.time_in_force = TimeInForce::GoodUntil(DAY + number(time) * MILLISECOND),
                None => panic!("'{option}' is no option"),
            },
        }
    }
    request
}
