//! What a market order costs that is opened, filled and read back: `cargo run --release -p haggle-client --example speed`.

use haggle_client::{AccountId, Client, LimitOptions, Settings, Ticker};
use haggle_model::read::{Field, parse};
use haggle_model::wire::Name;
use haggle_model::{Decimal, Result, Side};
use std::io::Write;
use std::time::Instant;

const ROUNDS: u32 = 200_000;
const ME: AccountId = AccountId::FIRST;

fn main() -> Result<()> {
    for (name, is_open) in [("stream closed", false), ("stream drained", true)] {
        time(name, is_open, |client, symbol, side, _| {
            let order = client.open_market_order(ME, symbol, side, Decimal::ONE)?;
            assert!(!order.state.is_active());
            client.fetch_balance(ME, &Name::from("USDT")).map(drop)
        })?;
    }
    time("resting order, cancelled", false, |client, symbol, side, at| {
        let price = if side == Side::Buy { 50 + at % 10 } else { 150 + at % 10 };
        let order = client.open_limit_order(ME, symbol, side, Decimal::ONE, price.into(), &LimitOptions::default())?;
        client.cancel_order(ME, &order.key.cid).map(drop)
    })
}

fn time(name: &str, is_open: bool, mut body: impl FnMut(&mut Client, &Name, Side, u32) -> Result<()>) -> Result<()> {
    let json = parse(r#"{"symbols":["BTC/USDT"],"balances":{"BTC":100,"USDT":1000000}}"#)?;
    let mut client = Client::new(Settings::spot(&Field::root(&json))?)?;
    let symbol = Name::from("BTC/USDT");
    client.set_ticker(&symbol, &Ticker { bid: Some(100.into()), ask: Some(101.into()), ..Ticker::default() })?;
    if is_open {
        client.drain_events(ME)?;
    }
    let start = Instant::now();
    for at in 0..ROUNDS {
        body(&mut client, &symbol, if at % 2 == 0 { Side::Buy } else { Side::Sell }, at)?;
        if is_open {
            client.drain_events(ME)?;
        }
    }
    let nanos = start.elapsed().as_nanos() / u128::from(ROUNDS);
    writeln!(std::io::stdout(), "{name}: {nanos} ns").map_err(haggle_model::Error::bug)?;
    client.invariants()
}
