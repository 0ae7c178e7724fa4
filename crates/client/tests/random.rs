//! Random worlds: the invariants hold after every call, a restored client goes on in the same way, the same calls give the same hash.

use haggle_client::{AccountId, Client, Failing, LimitOptions, Settings, Ticker};
use haggle_model::read::{Field, parse};
use haggle_model::seed::Stream;
use haggle_model::time::MILLISECOND;
use haggle_model::wire::{Name, TimeInForce};
use haggle_model::{Code, Decimal, Side};
use std::fmt::Write;

const STEPS: usize = 250;

/// What a world is like.
#[derive(Clone, Copy)]
struct World {
    settings: &'static str,
    /// The other instrument beside BTC/USDT.
    second: &'static str,
    /// Whether market data come.
    has_data: bool,
}

const WORLDS: [World; 8] = [
    World { second: "ETH/BTC", settings: r#""fees":{"maker":"-0.0001","taker":"0.001"}"#, has_data: false },
    World { second: "ETH/BTC", settings: r#""fees":{"maker":"0.001","taker":"0.002","chargedIn":"received"}"#, has_data: true },
    World { second: "ETH/BTC", settings: r#""latency":{"open":"3ms","cancel":"2ms","response":"4ms","jitter":"5ms"}"#, has_data: false },
    World { second: "ETH/BTC", settings: r#""latency":"7ms","fills":{"queue":"probabilistic"}"#, has_data: true },
    World { second: "ETH/BTC", settings: r#""fills":{"selfTrade":"none","volumeShare":0.5}"#, has_data: true },
    World {
        second: "ETH/BTC",
        settings: r#""fills":{"selfTrade":"expireTaker"},"fees":{"maker":0,"taker":"0.001","chargedIn":{"asset":"ETH"}}"#,
        has_data: false,
    },
    World { second: "ETH/USDT", settings: r#""account":"cash-settled","leverage":3,"fees":{"maker":0,"taker":"0.001"}"#, has_data: true },
    World { second: "ETH/USDT", settings: r#""account":"cash-settled","leverage":5"#, has_data: false },
];

fn settings(world: World, seed: u64) -> Settings {
    let json = format!(
        r#"{{"symbols":[{{"symbol":"BTC/USDT","tickSize":"0.5","lotSize":"0.1","minNotional":50}},
            {{"symbol":"{}","tickSize":"0.01","lotSize":1}}],
            "balances":{{"BTC":20,"USDT":"2000","ETH":50}},"seed":{seed},{}}}"#,
        world.second, world.settings
    );
    let mut settings = Settings::spot(&Field::root(&parse(&json).expect("json"))).expect("settings");
    (settings.events_max, settings.history_max) = (20, 15);
    settings
}

fn start(world: World, seed: u64) -> Client {
    let mut client = Client::new(settings(world, seed)).expect("a client");
    for name in ["two", "three"] {
        let balances = [("BTC", 20), ("USDT", 2_000)].map(|(asset, amount)| (Name::from(asset), Decimal::from(amount)));
        client.account(name, &balances).expect("an account");
    }
    client
}

struct Dice(Stream);

impl Dice {
    fn roll(&mut self, sides: i64) -> i64 {
        self.0.up_to(sides - 1)
    }

    fn side(&mut self) -> Side {
        if self.roll(2) == 0 { Side::Buy } else { Side::Sell }
    }

    fn price(&mut self, symbol: usize) -> Decimal {
        if symbol == 0 { Decimal::new(950 + 5 * self.roll(20), 1) } else { Decimal::new(10 + self.roll(20), 2) }
    }

    fn quantity(&mut self, symbol: usize) -> Decimal {
        if symbol == 0 { Decimal::new(1 + self.roll(60), 1) } else { Decimal::from(1 + self.roll(9)) }
    }
}

/// One call; what it gave back, as text.
fn step(client: &mut Client, dice: &mut Dice, world: World) -> String {
    let account = AccountId::nth(dice.roll(3) as u16);
    let at = dice.roll(2) as usize;
    let (symbol, side) = (Name::from(["BTC/USDT", world.second][at]), dice.side());
    let (quantity, price) = (dice.quantity(at), dice.price(at));
    let order = dice.roll(40).to_string();
    let coin = dice.roll(2) == 0;
    let kind = dice.roll(if world.has_data { 26 } else { 20 });
    let answer = match kind {
        0..=6 => {
            let time_in_force = match dice.roll(8) {
                0 => TimeInForce::ImmediateOrCancel,
                1 => TimeInForce::FillOrKill,
                2 => TimeInForce::GoodUntil(client.now() + dice.roll(40) * MILLISECOND),
                _ => TimeInForce::GoodUntilCancelled,
            };
            let post_only = coin && time_in_force == TimeInForce::GoodUntilCancelled;
            let options = LimitOptions { post_only, time_in_force, cid: None };
            client.open_limit_order(account, &symbol, side, quantity, price, &options).map(|order| format!("{order:?}"))
        }
        7..=8 => client.open_market_order(account, &symbol, side, quantity).map(|order| format!("{order:?}")),
        9..=10 => client.cancel_order(account, &order).map(|order| format!("{order:?}")),
        11..=12 => {
            let (price, quantity) = (Some(price).filter(|_| coin), Some(quantity).filter(|_| !coin || dice.roll(2) == 0));
            client.amend_order(account, &order, price, quantity).map(|order| format!("{order:?}"))
        }
        13 => client.fill_order(account, &order, Some(quantity).filter(|_| coin), None).map(|fill| format!("{fill:?}")),
        14..=15 => client.advance(dice.roll(10) * MILLISECOND).map(|()| String::new()),
        16 => match dice.roll(4) {
            0 => client.disconnect(account),
            1 => client.reconnect(account),
            2 => client.halt(&symbol, coin && dice.roll(2) == 0),
            _ => client.cancel_all(account, None).map(drop),
        }
        .map(|()| String::new()),
        17 => match dice.roll(5) {
            0 => client.fail_next(Failing::Timeout, 1, coin),
            1 => client.fail_next(Failing::RateLimit, 1, false),
            2 => client.delay_next(dice.roll(20) * MILLISECOND, 1),
            3 => client.fail_share(Failing::Timeout, dice.roll(3) as f64 / 10.0, coin),
            _ => client.reject_next("PriceOutOfRange", 1),
        }
        .map(|()| String::new()),
        18..=19 => client.drain_events(account).map(|events| format!("{events:?}")),
        20..=22 => {
            let tick = Decimal::new(if at == 0 { 5 } else { 1 }, if at == 0 { 1 } else { 2 });
            let ask_size = Some(quantity).filter(|_| coin);
            let ticker = Ticker { bid: Some(price), ask: Some(price + tick), bid_size: Some(quantity), ask_size, last: None };
            client.set_ticker(&symbol, &ticker).map(|()| String::new())
        }
        23..=24 => client.push_trade(&symbol, side, price, quantity).map(|()| String::new()),
        _ => {
            let tick = Decimal::new(if at == 0 { 5 } else { 1 }, if at == 0 { 1 } else { 2 });
            let (bids, asks) = ([(price, quantity), (price - tick, quantity)], [(price + tick, quantity)]);
            client.push_book(&symbol, &bids, &asks).map(|()| String::new())
        }
    };
    match answer {
        Ok(text) => text,
        Err(error) => {
            assert!(matches!(error.code, Code::UnknownName | Code::InvalidArgument), "{error}");
            error.to_string()
        }
    }
}

/// All that can be read of a client.
fn view(client: &Client) -> String {
    let mut text = client.state_hash().expect("a hash");
    for at in 0..3 {
        let account = AccountId::nth(at);
        let parts = (
            client.account_snapshot(account).expect("a snapshot"),
            client.fetch_orders(account, None).expect("orders"),
            client.fetch_trades(account, None).expect("trades"),
        );
        write!(text, "{parts:?}").expect("text");
    }
    text
}

fn run(world: World, seed: u64) -> String {
    let mut client = start(world, seed);
    let mut dice = Dice(Stream::new(seed, "world", 0));
    let saved_at = dice.roll(STEPS as i64) as usize;
    let mut twin: Option<Client> = None;
    for at in 0..STEPS {
        if at == saved_at {
            let bytes = client.snapshot().expect("a snapshot");
            let mut other = Client::new(settings(world, seed)).expect("a client");
            other.restore(&bytes).expect("restored");
            assert_eq!(other.snapshot().expect("a snapshot"), bytes, "seed {seed}: saved again");
            twin = Some(other);
        }
        let mut same = Dice(dice.0.clone());
        let answer = step(&mut client, &mut dice, world);
        client.invariants().unwrap_or_else(|error| panic!("seed {seed}, step {at}: {error}"));
        if let Some(twin) = &mut twin {
            assert_eq!(step(twin, &mut same, world), answer, "seed {seed}, step {at}");
        }
    }
    if let Some(twin) = &mut twin {
        assert_eq!(view(twin), view(&client), "seed {seed}");
    }
    view(&client)
}

#[test]
fn worlds_hold_together_and_repeat() {
    for (number, world) in WORLDS.into_iter().enumerate() {
        for seed in 0..25 {
            let seed = number as u64 * 1_000 + seed;
            let view = run(world, seed);
            if seed.is_multiple_of(5) {
                assert_eq!(run(world, seed), view, "seed {seed}: the same calls");
            }
        }
    }
}

#[test]
fn orders_trade_and_end_in_these_worlds() {
    let mut fills = 0;
    for world in WORLDS {
        let mut client = start(world, 1);
        let mut dice = Dice(Stream::new(1, "world", 0));
        for _ in 0..STEPS {
            step(&mut client, &mut dice, world);
        }
        fills += (0..3).map(|at| client.fetch_trades(AccountId::nth(at), None).expect("trades").len()).sum::<usize>();
    }
    assert!(fills > 50, "{fills} fills");
}
