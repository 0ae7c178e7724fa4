//! One step a line, an arrow, the events it should cause in all streams, account by account, parted by commas. A line that starts with a
//! bar goes on with the line above; `#` starts a comment. The invariants are checked after each line, and so is that a client that was
//! restored from a snapshot goes on in the same way.
//!
//! ```text
//! a buy 3@100 [post|ioc|fok]          account, side, lots @ limit; its order number is counted from 0 over all accounts
//! a sell 3                            a market order
//! a cancel 0 / a cancel_all / a amend 0 5@101 / a amend 0 5 / a amend 0 @101
//! a fill 0 / a fill 0 2@99            forced
//! a disconnect / a reconnect
//! reject Code [2] / fail timeout [after] / late 5 / twice      what goes wrong next
//! ticker 99 101 / ticker 99x5 101x7 / last 100 / print sell 4@99 / book 99x5,98x9 101x7 / halt / resume
//! advance 5                           milliseconds
//! a state 0 / a seen 0 / a free USDT / a total BTC / a open     -> what is answered
//!
//! a0 Open 0/3                         an order as it stands: filled/quantity; Failed(...) with the reason
//! a0 maker 3@100                      a fill; `fee 0.3 USDT` where there is one
//! a0 cancelled / a0 kept Code         answers to cancels
//! a! text                             forced; `a reconnecting`, `a snapshot 2` (open orders), `a lost 3`
//! ```

use haggle_client::{AccountId, Client, Failing, LimitOptions, Settings, Ticker};
use haggle_model::read::{Field, parse};
use haggle_model::time::MILLISECOND;
use haggle_model::wire::{AccountEvent, AccountEventKind, ApiError, ConnectivityError, Name, Order, OrderError, OrderState, TimeInForce};
use haggle_model::{Decimal, Liquidity, Result, Side};

const SYMBOL: &str = "BTC/USDT";
const ACCOUNTS: [&str; 3] = ["a", "b", "c"];

pub fn decimal(text: &str) -> Decimal {
    text.parse().unwrap_or_else(|_| panic!("'{text}' is no number"))
}

fn symbol() -> Name {
    Name::from(SYMBOL)
}

/// Three accounts with 100 BTC and 10,000 USDT each, ticks and lots of one; `more` is added to the settings.
pub fn settings(more: &str) -> Settings {
    let json = format!(
        r#"{{"symbols":[{{"symbol":"BTC/USDT","tickSize":1,"lotSize":1}}],"balances":{{"BTC":100,"USDT":10000}}{}{more}}}"#,
        if more.is_empty() { "" } else { "," }
    );
    Settings::spot(&Field::root(&parse(&json).expect("json"))).expect("settings")
}

fn client(more: &str) -> Client {
    let mut client = Client::new(settings(more)).expect("a client");
    for name in &ACCOUNTS[1..] {
        let balances = [(Name::from("BTC"), decimal("100")), (Name::from("USDT"), decimal("10000"))];
        client.account(name, &balances).expect("an account");
    }
    for at in 0..ACCOUNTS.len() {
        client.poll_event(account(at)).expect("open");
    }
    client
}

fn account(at: usize) -> AccountId {
    AccountId::nth(at as u16)
}

/// Runs a table from its first line to its last.
pub fn run(more: &str, table: &str) {
    let mut client = client(more);
    let mut lines = table.lines().enumerate().map(|(at, line)| (at, line.split('#').next().unwrap_or_default().trim())).peekable();
    while let Some((at, line)) = lines.next() {
        if line.is_empty() {
            continue;
        }
        let (step, expected) = line.split_once("->").unwrap_or((line, ""));
        let mut expected = expected.to_owned();
        while let Some((_, more)) = lines.next_if(|(_, line)| line.starts_with('|')) {
            expected.push(' ');
            expected.push_str(&more[1..]);
        }
        let saved = client.snapshot().expect("a snapshot");
        let actual = apply(&mut client, step.trim());
        assert_eq!(actual, words(&expected), "line {at}: {step}");
        client.invariants().unwrap_or_else(|error| panic!("line {at}: {step}: {error}"));
        let mut other = Client::new(settings(more)).expect("a client");
        other.restore(&saved).expect("restored");
        assert_eq!(apply(&mut other, step.trim()), actual, "line {at}: {step}: after a restore");
        assert_eq!(other.state_hash().expect("hash"), client.state_hash().expect("hash"), "line {at}: {step}");
    }
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn apply(client: &mut Client, step: &str) -> String {
    let tokens: Vec<&str> = step.split_whitespace().collect();
    let answer = match ACCOUNTS.iter().position(|name| *name == tokens[0]) {
        Some(at) => ask(client, account(at), &tokens[1..]),
        None => tell(client, &tokens).map(|()| None),
    };
    match answer {
        Err(error) => format!("error {} {}", error.code.as_str(), error.path).trim_end().to_owned(),
        Ok(Some(answer)) => answer,
        Ok(None) => {
            let mut shown = Vec::new();
            for (at, name) in ACCOUNTS.iter().enumerate() {
                let events = client.drain_events(account(at)).expect("events");
                shown.extend(events.iter().filter_map(|event| show(name, event)));
            }
            shown.join(", ")
        }
    }
}

fn ask(client: &mut Client, account: AccountId, tokens: &[&str]) -> Result<Option<String>> {
    match tokens[0] {
        "buy" | "sell" => {
            let side = if tokens[0] == "buy" { Side::Buy } else { Side::Sell };
            let (quantity, price) = terms(tokens[1]);
            let quantity = quantity.expect("a quantity");
            match price {
                None => client.open_market_order(account, &symbol(), side, quantity)?,
                Some(price) => {
                    let has = |flag: &str| tokens.contains(&flag);
                    let time_in_force = match () {
                        () if has("ioc") => TimeInForce::ImmediateOrCancel,
                        () if has("fok") => TimeInForce::FillOrKill,
                        () => TimeInForce::GoodUntilCancelled,
                    };
                    let options = LimitOptions { post_only: has("post"), time_in_force, cid: None };
                    client.open_limit_order(account, &symbol(), side, quantity, price, &options)?
                }
            };
        }
        "cancel" => drop(client.cancel_order(account, tokens[1])?),
        "cancel_all" => drop(client.cancel_all(account, None)?),
        "amend" => {
            let (quantity, price) = terms(tokens[2]);
            client.amend_order(account, tokens[1], price, quantity)?;
        }
        "fill" => {
            let (quantity, price) = tokens.get(2).map_or((None, None), |text| terms(text));
            client.fill_order(account, tokens[1], quantity, price)?;
        }
        "disconnect" => client.disconnect(account)?,
        "reconnect" => client.reconnect(account)?,
        "state" => return client.fetch_order(account, tokens[1]).map(|order| Some(state(&order))),
        "seen" => {
            let seen = client.settled(account, tokens[1])?;
            return Ok(Some(seen.map_or_else(|| "waits".to_owned(), |order| state(&order))));
        }
        "open" => {
            let open = client.fetch_open_orders(account, None)?;
            return Ok(Some(open.iter().map(|order| order.key.cid.clone()).collect::<Vec<_>>().join(" ")));
        }
        "free" | "total" => {
            let balance = client.fetch_balance(account, &Name::from(tokens[1]))?.balance;
            return Ok(Some(if tokens[0] == "free" { balance.free } else { balance.total }.to_string()));
        }
        other => panic!("'{other}' is no step"),
    }
    Ok(None)
}

fn tell(client: &mut Client, tokens: &[&str]) -> Result<()> {
    let rest = &tokens[1..];
    match tokens[0] {
        "reject" => client.reject_next(rest[0], rest.get(1).map_or(1, |times| times.parse().expect("times"))),
        "fail" => client.fail_next(Failing::parse(rest[0])?, 1, rest.contains(&"after")),
        "late" => client.delay_next(rest[0].parse::<i64>().expect("ms") * MILLISECOND, 1),
        "twice" => client.duplicate_next(1),
        "advance" => client.advance(rest[0].parse::<i64>().expect("ms") * MILLISECOND),
        "last" => client.set_ticker(&symbol(), &Ticker { last: Some(decimal(rest[0])), ..Ticker::default() }),
        "ticker" => {
            let side = |text: &str| match text.split_once('x') {
                Some((price, size)) => (Some(decimal(price)), Some(decimal(size))),
                None => (Some(text).filter(|text| *text != "-").map(decimal), None),
            };
            let ((bid, bid_size), (ask, ask_size)) = (side(rest[0]), side(rest[1]));
            client.set_ticker(&symbol(), &Ticker { last: None, bid, ask, bid_size, ask_size })
        }
        "print" => {
            let side = if rest[0] == "buy" { Side::Buy } else { Side::Sell };
            let (quantity, price) = terms(rest[1]);
            client.push_trade(&symbol(), side, price.expect("a price"), quantity.expect("a quantity"))
        }
        "book" => {
            let levels = |text: &str| -> Vec<(Decimal, Decimal)> {
                let level = |text: &str| text.split_once('x').map(|(price, size)| (decimal(price), decimal(size))).expect("a level");
                text.split(',').map(level).collect()
            };
            client.push_book(&symbol(), &levels(rest[0]), &levels(rest[1]))
        }
        "halt" => client.halt(&symbol(), true),
        "resume" => client.halt(&symbol(), false),
        other => panic!("'{other}' is no step"),
    }
}

/// `quantity@price`, each of which may be missing.
fn terms(text: &str) -> (Option<Decimal>, Option<Decimal>) {
    let (quantity, price) = text.split_once('@').unwrap_or((text, ""));
    let read = |text: &str| Some(text).filter(|text| !text.is_empty()).map(decimal);
    (read(quantity), read(price))
}

fn why(error: &OrderError) -> String {
    match error {
        OrderError::Rejected(ApiError::BalanceInsufficient(asset, numbers)) => format!("BalanceInsufficient {asset} {numbers}"),
        OrderError::Rejected(ApiError::OrderRejected(text)) => text.clone(),
        OrderError::Rejected(other) => format!("{other:?}"),
        OrderError::Connectivity(ConnectivityError::Socket(_)) => "Socket".to_owned(),
        OrderError::Connectivity(other) => format!("{other:?}"),
    }
}

pub fn state(order: &Order) -> String {
    let state = match &order.state {
        OrderState::OpenInFlight { is_unknown: true } => "Unknown".to_owned(),
        OrderState::OpenInFlight { .. } => "InFlight".to_owned(),
        OrderState::Open(_) => "Open".to_owned(),
        OrderState::CancelInFlight(_) => "Cancelling".to_owned(),
        OrderState::Cancelled { .. } => "Cancelled".to_owned(),
        OrderState::FullyFilled => "Filled".to_owned(),
        OrderState::Expired => "Expired".to_owned(),
        OrderState::OpenFailed(error) => format!("Failed({})", why(error)),
    };
    format!("{state} {}/{}", order.filled_quantity.unwrap_or_default(), order.terms.quantity)
}

fn number(cid: &str) -> &str {
    cid.rsplit('-').next().unwrap_or(cid)
}

/// An event in short; balances are not shown.
fn show(name: &str, event: &AccountEvent) -> Option<String> {
    let kind = match event {
        AccountEvent::Reconnecting(_) => return Some(format!("{name} reconnecting")),
        AccountEvent::Item(_, kind) => kind,
    };
    Some(match kind {
        AccountEventKind::BalanceSnapshot(_) => return None,
        AccountEventKind::Snapshot(snapshot) => {
            format!("{name} snapshot {}", snapshot.instruments.iter().map(|item| item.orders.len()).sum::<usize>())
        }
        AccountEventKind::OrderSnapshot(order) => format!("{name}{} {}", number(&order.key.cid), state(order)),
        AccountEventKind::OrderCancelled(response) => {
            let outcome = match &response.state {
                Ok(_) => "cancelled".to_owned(),
                Err(error) => format!("kept {}", why(error)),
            };
            format!("{name}{} {outcome}", number(&response.key.cid))
        }
        AccountEventKind::Trade(fill) => {
            let liquidity = if fill.liquidity == Some(Liquidity::Maker) { "maker" } else { "taker" };
            let fee = if fill.fee.is_zero() {
                String::new()
            } else {
                format!(" fee {} {}", fill.fee, fill.fee_asset.as_ref().map_or_else(String::new, ToString::to_string))
            };
            format!("{name}{} {liquidity} {}@{}{fee}", number(fill.cid.as_deref().unwrap_or_default()), fill.quantity, fill.price)
        }
        AccountEventKind::Overflow(lost) => format!("{name} lost {lost}"),
        AccountEventKind::Forced(what) => format!("{name}! {what}"),
    })
}
