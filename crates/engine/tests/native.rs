//! The strategies that come with the engine, against their definition.

mod common;

use common::{engine, event, system};
use haggle_engine::{Context, Engine, Native, Strategy, from_parameters};
use haggle_model::read::{Field, parse};
use haggle_model::{Bar, Code, Decimal, InstrumentId, OrderEventKind, OrderNumber, ReasonCode, Request, Side, Size, Trade};
use proptest::prelude::{ProptestConfig, prop, prop_assert_eq, proptest};

fn strategy(text: &str) -> Result<Native, haggle_model::Error> {
    from_parameters(&Field::root(&parse(text).expect("json")))
}

/// Tells it of a close, and forgets its orders: what it asked for.
fn close(strategy: &mut Native, engine: &mut Engine, price: i64) -> Vec<(Side, Size)> {
    let bar = Bar { time_open: 0, time_close: 1, open: price, high: price, low: price, close: price, volume: 1 };
    strategy.on_bar(&mut Context { engine, instrument: InstrumentId(0) }, &bar).expect("no error");
    let sent: Vec<Request> = engine.outbox.drain(..).collect();
    sent.into_iter()
        .map(|request| {
            let Request::Open(open) = request else { panic!("only orders") };
            engine
                .apply(&[event(open.order.0, open.side, OrderEventKind::Expired(ReasonCode::LiquidityMissing.into())).into()])
                .expect("it fits");
            (open.side, open.size)
        })
        .collect()
}

const SHORT: &str = r#"{"instruments":["A/B"],"account":"cash-settled"}"#;

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_cross_of_simple_averages_is_strict(closes in prop::collection::vec(1..8i64, 1..60), fast in 1..4usize, more in 1..4usize) {
        let slow = fast + more;
        let mut engine = engine(&system(SHORT), "B");
        let mut strategy = strategy(&format!(r#"{{"native":"smaCross","fast":{fast},"slow":{slow}}}"#)).expect("good");
        // Sign of the fast average less the slow one, in whole numbers.
        let sum = |to: usize, n: usize| closes[to - n..to].iter().sum::<i64>();
        let sign = |to: usize| (sum(to, fast) * slow as i64 - sum(to, slow) * fast as i64).signum();
        for seen in 1..=closes.len() {
            let expected = if seen <= slow {
                vec![]
            } else {
                match (sign(seen - 1), sign(seen)) {
                    (-1, 1) => vec![(Side::Buy, Size::Equity(Decimal::ONE))],
                    (1, -1) => vec![(Side::Sell, Size::Equity(Decimal::ONE))],
                    _ => vec![],
                }
            };
            prop_assert_eq!(close(&mut strategy, &mut engine, closes[seen - 1]), expected, "after {} closes", seen);
        }
    }

    #[test]
    fn a_cross_of_exponential_averages_starts_at_the_first_price(closes in prop::collection::vec(1..100i64, 1..60), fast in 1..5usize, more in 1..5usize) {
        let slow = fast + more;
        let mut engine = engine(&system(SHORT), "B");
        let mut strategy = strategy(&format!(r#"{{"native":"emaCross","fast":{fast},"slow":{slow}}}"#)).expect("good");
        // Weights of the definition: 2 / (n + 1), as a sum over all prices.
        let average = |seen: usize, n: usize| {
            let weight = 2.0 / (n as f64 + 1.0);
            (1..seen).fold(closes[0] as f64, |average, at| average + weight * (closes[at] as f64 - average))
        };
        for seen in 1..=closes.len() {
            let gap = |seen: usize| average(seen, fast) - average(seen, slow);
            let sent = close(&mut strategy, &mut engine, closes[seen - 1]);
            if seen > slow && gap(seen).abs() > 1e-9 && gap(seen - 1).abs() > 1e-9 {
                let crossed = gap(seen).signum() != gap(seen - 1).signum();
                let side = if gap(seen) > 0.0 { Side::Buy } else { Side::Sell };
                prop_assert_eq!(sent, if crossed { vec![(side, Size::Equity(Decimal::ONE))] } else { vec![] });
            } else if seen <= slow {
                prop_assert_eq!(sent, vec![]);
            }
        }
    }
}

#[test]
fn a_spot_account_is_closed_where_a_cash_settled_one_flips() {
    let run = |account: &str| {
        let mut engine = engine(&system(&format!(r#"{{"instruments":["A/B"],"account":"{account}"}}"#)), "B");
        let mut strategy = strategy(r#"{"native":"smaCross","fast":1,"slow":2}"#).expect("good");
        close(&mut strategy, &mut engine, 10);
        close(&mut strategy, &mut engine, 11);
        let number = engine.reserve_number();
        engine.apply(&[event(number.0, Side::Buy, common::fill(11, 4, 4, 4, Decimal::ZERO, 1)).into()]).expect("it fits");
        close(&mut strategy, &mut engine, 9)
    };
    assert_eq!(run("spot"), [(Side::Sell, Size::Lots(4))]);
    assert_eq!(run("cash-settled"), [(Side::Sell, Size::Lots(4)), (Side::Sell, Size::Equity(Decimal::ONE))]);
}

#[test]
fn a_signal_is_passed_over_while_an_order_works_or_the_position_is_there() {
    let mut engine = engine(&system(SHORT), "B");
    let mut strategy = strategy(r#"{"native":"smaCross","fast":1,"slow":2}"#).expect("good");
    let trade = |strategy: &mut Native, engine: &mut Engine, price: i64| {
        let trade = Trade { price, quantity: 1, side: Side::Buy, time: 1 };
        strategy.on_trade(&mut Context { engine, instrument: InstrumentId(0) }, &trade).expect("no error");
        engine.outbox.len()
    };
    assert_eq!([10, 9, 11].map(|price| trade(&mut strategy, &mut engine, price)), [0, 0, 1]);
    assert_eq!([9, 12, 8].map(|price| trade(&mut strategy, &mut engine, price)), [1, 1, 1], "its order is still under way");
    engine.apply(&[event(0, Side::Buy, common::fill(11, 2, 2, 2, Decimal::ZERO, 1)).into()]).expect("it fits");
    assert_eq!(trade(&mut strategy, &mut engine, 12), 1, "long already");
    assert_eq!(trade(&mut strategy, &mut engine, 7), 3, "closed and sold");
}

#[test]
fn buy_and_hold_buys_each_instrument_once() {
    let mut engine = engine(&system(r#"{"instruments":["A/B","C/B"]}"#), "B");
    let mut strategy = strategy(r#"{"native":"buyAndHold"}"#).expect("good");
    for instrument in [1, 0, 1, 0, 1] {
        strategy.on_book(&mut Context { engine: &mut engine, instrument: InstrumentId(instrument) }).expect("no error");
    }
    let half = Size::Equity(Decimal::new(5, 1));
    let sent: Vec<_> = engine
        .outbox
        .iter()
        .map(|request| if let Request::Open(open) = request { (open.order, open.instrument.0, open.size) } else { panic!("only orders") })
        .collect();
    assert_eq!(sent, [(OrderNumber(0), 1, half), (OrderNumber(1), 0, half)]);
}

#[test]
fn bad_parameters_are_named() {
    for (text, code, path) in [
        (r#"{"native":"smaCros","fast":1,"slow":2}"#, Code::UnknownName, "native"),
        (r#"{"fast":1,"slow":2}"#, Code::InvalidArgument, "native"),
        (r#"{"native":"emaCross","fast":1}"#, Code::InvalidArgument, "slow"),
        (r#"{"native":"emaCross","fast":0,"slow":2}"#, Code::InvalidArgument, "fast"),
        (r#"{"native":"emaCross","fast":1.5,"slow":2}"#, Code::InvalidArgument, "fast"),
        (r#"{"native":"emaCross","fast":2,"slow":2}"#, Code::InvalidArgument, "fast"),
        (r#"{"native":"emaCross","fast":2,"slow":1000001}"#, Code::InvalidArgument, "slow"),
        (r#"{"native":"buyAndHold","fast":2}"#, Code::UnknownName, "fast"),
    ] {
        let error = strategy(text).expect_err(text);
        assert_eq!((error.code, error.path.as_str()), (code, path), "{text}");
    }
}
