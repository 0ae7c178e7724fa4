//! Tables of commands and what they should cause, run on both books.
//!
//! One command a line, an arrow, the events it should append, parted by commas. `#` starts a comment.
//!
//! ```text
//! limit 1 A buy 5@100 [ioc|fok|post]    -> opened 1
//! market 2 B sell 7 [fok]               -> opened 2, fill 1/2 5@100 left 0/2, expired 2 left 2 LiquidityMissing
//! cancel 1                              -> cancelled 1 left 5 Requested
//! amend 1 7@101   amend 1 7   amend 1 @101   amend 1
//! book                                  -> 1:5@101 2:3@100 | 4:1@102      (id:left@price by priority, bids | asks)
//! limit 1 A buy 0@100                   -> error INVALID_ARGUMENT at quantity
//! ```

use haggle_book::{Command, Event, FastBook, NaiveBook, OrderBook, SelfTradeRule, TimeInForce};
use haggle_model::Side;

/// Runs a table on a new book of either kind.
pub fn check(rule: SelfTradeRule, table: &str) {
    run("NaiveBook", &mut NaiveBook::new(rule), table);
    run("FastBook", &mut FastBook::with_capacity(rule, 0), table);
}

fn run(name: &str, book: &mut dyn OrderBook, table: &str) {
    for (number, line) in table.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        let (command, expected) = line.split_once("->").unwrap_or_else(|| panic!("no arrow in line {number}: {line}"));
        let actual = if command.trim() == "book" { contents(book) } else { apply(book, &parse(command)) };
        assert_eq!(actual, words(expected), "{name}, line {number}: {}", command.trim());
    }
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn apply(book: &mut dyn OrderBook, command: &Command) -> String {
    let before = (book.state_hash(), book.len());
    let mut events = Vec::new();
    if let Err(error) = book.apply(command, &mut events) {
        assert_eq!((before, events.len()), ((book.state_hash(), book.len()), 0), "a refused command left a trace");
        return format!("error {} at {}", error.code.as_str(), error.path);
    }
    events.iter().map(show).collect::<Vec<_>>().join(", ")
}

fn contents(book: &dyn OrderBook) -> String {
    let side = |side| {
        let mut orders = Vec::new();
        book.visit(side, &mut |order| orders.push(format!("{}:{}@{}", order.id, order.left(), order.price)));
        orders.join(" ")
    };
    words(&format!("{} | {}", side(Side::Buy), side(Side::Sell)))
}

fn show(event: &Event) -> String {
    match *event {
        Event::Opened { id } => format!("opened {id}"),
        Event::Filled { maker, taker, price, quantity, maker_left, taker_left } => {
            format!("fill {maker}/{taker} {quantity}@{price} left {maker_left}/{taker_left}")
        }
        Event::Cancelled { id, left, reason } => format!("cancelled {id} left {left} {}", reason.as_str()),
        Event::Expired { id, left, reason } => format!("expired {id} left {left} {}", reason.as_str()),
        Event::Rejected { id, reason } => format!("rejected {id} {}", reason.as_str()),
        Event::CancelRejected { id, reason } => format!("cancel rejected {id} {}", reason.as_str()),
        Event::Amended { id, price, quantity } => format!("amended {id} {quantity}@{price}"),
        Event::AmendRejected { id, reason } => format!("amend rejected {id} {}", reason.as_str()),
    }
}

fn unreadable(text: &str) -> ! {
    panic!("cannot read '{text}'")
}

fn number(text: &str) -> i64 {
    text.parse().unwrap_or_else(|_| unreadable(text))
}

fn account(text: &str) -> u32 {
    u32::from(text.as_bytes()[0] - b'A')
}

fn side(text: &str) -> Side {
    match text {
        "buy" => Side::Buy,
        "sell" => Side::Sell,
        _ => unreadable(text),
    }
}

fn time_in_force(text: &str) -> TimeInForce {
    match text {
        "gtc" | "post" => TimeInForce::GoodUntilCancelled,
        "ioc" | "post+ioc" => TimeInForce::ImmediateOrCancel,
        "fok" => TimeInForce::FillOrKill,
        _ => unreadable(text),
    }
}

fn parse(text: &str) -> Command {
    let fields: Vec<&str> = text.split_whitespace().collect();
    let some = |text: &str| (!text.is_empty()).then(|| number(text));
    match fields[..] {
        ["limit", id, owner, direction, at, ref flags @ ..] => {
            let (quantity, price) = at.split_once('@').unwrap_or_else(|| unreadable(at));
            let flag = flags.first().unwrap_or(&"gtc");
            Command::Limit {
                id: number(id) as u64,
                account: account(owner),
                side: side(direction),
                price: number(price),
                quantity: number(quantity),
                time_in_force: time_in_force(flag),
                post_only: flag.starts_with("post"),
            }
        }
        ["market", id, owner, direction, quantity, ref flags @ ..] => Command::Market {
            id: number(id) as u64,
            account: account(owner),
            side: side(direction),
            quantity: number(quantity),
            time_in_force: time_in_force(flags.first().unwrap_or(&"ioc")),
        },
        ["cancel", id] => Command::Cancel { id: number(id) as u64 },
        ["amend", id] => Command::Amend { id: number(id) as u64, price: None, quantity: None },
        ["amend", id, at] => {
            let (quantity, price) = at.split_once('@').unwrap_or((at, ""));
            Command::Amend { id: number(id) as u64, price: some(price), quantity: some(quantity) }
        }
        _ => unreadable(text),
    }
}
