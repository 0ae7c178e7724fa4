//! Matching among own accounts against the naive book of orders: after every command the same orders rest with the same lots left, and the
//! same trades were done.

use haggle_book::{Command, Event, NaiveBook, OrderBook, SelfTradeRule};
use haggle_client::{AccountId, Client, LimitOptions, Settings};
use haggle_model::read::{Field, parse};
use haggle_model::seed::Stream;
use haggle_model::wire::{Name, TimeInForce};
use haggle_model::{Decimal, Side};
use std::collections::BTreeMap;

const COMMANDS: usize = 400;
const ACCOUNTS: u16 = 3;

fn client(rule: &str) -> Client {
    let json = format!(
        r#"{{"symbols":[{{"symbol":"A/B","tickSize":1,"lotSize":1}}],"balances":{{"A":1000000,"B":100000000}},"fills":{{"selfTrade":"{rule}"}}}}"#
    );
    let settings = Settings::spot(&Field::root(&parse(&json).expect("json"))).expect("settings");
    let mut client = Client::new(settings).expect("a client");
    for name in ["two", "three"] {
        let balances = [("A", 1_000_000), ("B", 100_000_000)].map(|(asset, amount)| (Name::from(asset), Decimal::from(amount)));
        client.account(name, &balances).expect("an account");
    }
    client
}

/// Lots left by order number.
fn resting(client: &Client) -> BTreeMap<u64, Decimal> {
    let open = (0..ACCOUNTS).flat_map(|at| client.fetch_open_orders(AccountId::nth(at), None).expect("orders"));
    open.map(|order| {
        let number = order.key.cid.rsplit('-').next().and_then(|number| number.parse().ok()).expect("a number");
        (number, order.terms.quantity - order.filled_quantity.unwrap_or_default())
    })
    .collect()
}

fn trades(client: &Client) -> Vec<(u64, Decimal, Decimal)> {
    // Each trade is one fill of either side.
    let fills = (0..ACCOUNTS).flat_map(|at| client.fetch_trades(AccountId::nth(at), None).expect("fills"));
    let mut fills: Vec<_> = fills.map(|fill| (fill.id.parse().expect("a number"), fill.price, fill.quantity)).collect();
    fills.sort_unstable();
    assert!(fills.chunks(2).all(|pair| pair.len() == 2 && pair[0] == pair[1]), "a trade has two sides");
    fills.dedup();
    fills
}

fn run(seed: u64, rule: &str, naive_rule: SelfTradeRule) -> usize {
    let mut client = client(rule);
    let mut naive = NaiveBook::new(naive_rule);
    let mut events: Vec<Event> = Vec::new();
    let mut dice = Stream::new(seed, "commands", 0);
    let mut roll = |sides: i64| dice.up_to(sides - 1);
    let mut sent: Vec<u16> = Vec::new();
    for at in 0..COMMANDS {
        let account = roll(i64::from(ACCOUNTS)) as u16;
        let side = if roll(2) == 0 { Side::Buy } else { Side::Sell };
        let (price, quantity) = (95 + roll(10), 1 + roll(9));
        let id = sent.len() as u64;
        let owner = u32::from(account);
        let command = match roll(10) {
            0 => {
                client.open_market_order(AccountId::nth(account), &Name::from("A/B"), side, quantity.into()).expect("an order");
                sent.push(account);
                Command::Market { id, account: owner, side, quantity, time_in_force: haggle_book::TimeInForce::ImmediateOrCancel }
            }
            1..=6 => {
                let (force, time_in_force) = match roll(8) {
                    0 => (TimeInForce::ImmediateOrCancel, haggle_book::TimeInForce::ImmediateOrCancel),
                    1 => (TimeInForce::FillOrKill, haggle_book::TimeInForce::FillOrKill),
                    _ => (TimeInForce::GoodUntilCancelled, haggle_book::TimeInForce::GoodUntilCancelled),
                };
                let post_only = force == TimeInForce::GoodUntilCancelled && roll(4) == 0;
                let options = LimitOptions { post_only, time_in_force: force, cid: None };
                let (lots, limit) = (quantity.into(), price.into());
                client.open_limit_order(AccountId::nth(account), &Name::from("A/B"), side, lots, limit, &options).expect("an order");
                sent.push(account);
                Command::Limit { id, account: owner, side, price, quantity, time_in_force, post_only }
            }
            kind => {
                let Some(whose) = sent.len().checked_sub(1).map(|last| roll(last as i64 + 1) as usize) else { continue };
                let (id, account) = (whose as u64, AccountId::nth(sent[whose]));
                if naive.order(id).is_none() {
                    continue;
                }
                let name = whose.to_string();
                if kind == 7 {
                    client.cancel_order(account, &name).expect("an order");
                    Command::Cancel { id }
                } else {
                    let (price, quantity) = (Some(price).filter(|_| kind == 8), Some(quantity).filter(|_| kind == 9 || at % 3 == 0));
                    if price.is_none() && quantity.is_none() {
                        continue;
                    }
                    client.amend_order(account, &name, price.map(Decimal::from), quantity.map(Decimal::from)).expect("an order");
                    Command::Amend { id, price, quantity }
                }
            }
        };
        naive.apply(&command, &mut events).expect("a command");
        client.invariants().unwrap_or_else(|error| panic!("seed {seed}, command {at}: {error}"));
        let mut expected = BTreeMap::new();
        for side in [Side::Buy, Side::Sell] {
            naive.visit(side, &mut |order| {
                expected.insert(order.id, Decimal::from(order.left()));
            });
        }
        assert_eq!(resting(&client), expected, "{rule}, seed {seed}, command {at}: {command:?}");
    }
    let expected: Vec<(u64, Decimal, Decimal)> = (0..)
        .zip(events.iter().filter_map(|event| match event {
            Event::Filled { price, quantity, .. } => Some((*price, *quantity)),
            _ => None,
        }))
        .map(|(id, (price, quantity))| (id, price.into(), quantity.into()))
        .collect();
    assert_eq!(trades(&client), expected, "seed {seed}");
    expected.len()
}

#[test]
fn the_same_orders_rest_and_trade_as_in_the_naive_book() {
    let rules = [("expireMaker", SelfTradeRule::ExpireMaker), ("expireTaker", SelfTradeRule::ExpireTaker), ("none", SelfTradeRule::None)];
    for (rule, naive_rule) in rules {
        let done: usize = (0..8).map(|seed| run(seed, rule, naive_rule)).sum();
        assert!(done > 500, "{done} trades under {rule}");
    }
}
