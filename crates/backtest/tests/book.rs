//! Runs over books of levels: what a strategy sees, and a run over a recorded book whose facts come from another program.

mod common;

use common::{FOREIGN, Seen, constant, drive, dynamic, free, prepare, script, shared_data, warnings};
use haggle_backtest::{Outcome, Prepared, Run, Tiling};
use haggle_data::{BuildOptions, Builder, ExchangeTime, Num, ReadOptions, Stamps, Store, read_csv};
use haggle_engine::{Context, Draft, Halt, HostedStrategy, Interest, Strategy};
use haggle_model::time::{Nanos, SECOND};
use haggle_model::{Liquidity, Side, Size};
use std::sync::Arc;

/// A message: exchange time, arrival, whether it is a snapshot, bids, asks.
type Message<'a> = (Nanos, Nanos, bool, &'a [(i64, i64)], &'a [(i64, i64)]);

fn tape(messages: &[Message<'_>]) -> Builder {
    let mut builder = Builder::new(BuildOptions { exchange_time: Some(ExchangeTime::Venue), ..BuildOptions::default() });
    let place = builder.instrument("A/B", None).expect("an instrument");
    for (exchange, received, is_snapshot, bids, asks) in messages {
        let stamps = Stamps { exchange: Some(*exchange), received: Some(*received) };
        builder.message(place, stamps, *is_snapshot).expect("a message");
        for (side, levels) in [(Side::Buy, bids), (Side::Sell, asks)] {
            for (price, size) in *levels {
                let num = |value| Num::new(value, 0).expect("a number");
                builder.level(place, stamps, *is_snapshot, side, num(*price), num(*size)).expect("a level");
            }
        }
    }
    builder
}

fn show(ctx: &Context<'_>) -> String {
    let side = |side| ctx.market().levels(side).map(|(price, size)| format!("{price}x{size}")).collect::<Vec<_>>().join(" ");
    format!("{} / {}", side(Side::Buy), side(Side::Sell))
}

#[test]
fn a_strategy_sees_each_message_as_a_whole_when_it_arrives() {
    let mut builder = tape(&[
        (0, 10, true, &[(99, 5), (98, 2)], &[(101, 7)]),
        (20, 30, false, &[(99, 0), (97, 4)], &[(101, 0), (103, 1)]),
        // Told later, heard of sooner.
        (22, 25, false, &[], &[(102, 3)]),
    ]);
    let stamps = Stamps { exchange: Some(40), received: Some(50) };
    let side = |price, size| Some((Num::new(price, 0).expect("a price"), Num::new(size, 0).expect("a size")));
    builder.quote(0, stamps, side(100, 1), side(102, 9)).expect("a quote");
    builder.gap(0, Stamps::one(60)).expect("a gap");
    let store = Arc::new(builder.finish().expect("good data"));
    let mut books = Vec::new();
    let (outcome, log) = script(&free("0"), store, |ctx, seen| {
        if matches!(seen, Seen::Book) {
            let market = ctx.market();
            assert_eq!(market.level(Side::Buy, 0), Some((market.quote.bid, market.quote.bid_size)).filter(|best| best.1 > 0));
            assert_eq!(market.price(Side::Sell, 0), market.quote.ask as f64);
            books.push(format!("{}: {}", ctx.now(), show(ctx)));
        }
        if ctx.now() == 50 {
            let market = ctx.market();
            assert_eq!((market.price(Side::Buy, 1), market.size(Side::Buy, 1)), (98.0, 2.0));
            assert!(market.price(Side::Sell, 2).is_nan() && market.size(Side::Sell, 2) == 0.0);
        }
        if matches!(seen, Seen::Stop) {
            assert_eq!(show(ctx), " / ", "after a reconnect there is no book");
        }
    });
    assert_eq!(
        books,
        ["10: 99x5 98x2 / 101x7", "25: 99x5 98x2 / 101x7 102x3", "30: 98x2 97x4 / 102x3 103x1", "50: 100x1 98x2 97x4 / 102x9 103x1",]
    );
    assert_eq!(outcome.events, 5);
    assert_eq!(log.iter().filter(|line| line.ends_with("book")).count(), 4);
}

#[test]
fn data_without_levels_have_the_best_one() {
    let (_, log) = script(&free("0"), common::steady([0, SECOND]).store(), |ctx, seen| {
        if matches!(seen, Seen::Book) {
            let market = ctx.market();
            assert_eq!(show(ctx), "100x10 / 101x10");
            assert_eq!((market.level(Side::Buy, 0), market.level(Side::Buy, 1)), (Some((100, 10)), None));
        }
    });
    assert_eq!(log.len(), 4);
}

#[test]
fn crossing_messages_are_counted_in_the_result() {
    let store = tape(&[(0, 0, true, &[(99, 5)], &[(101, 7)]), (1, 1, false, &[(102, 1)], &[]), (2, 2, false, &[], &[(100, 1)])]);
    let (outcome, _) = script(&free("0"), Arc::new(store.finish().expect("data")), |_, _| {});
    assert_eq!(warnings(&outcome), ["CROSSED_BOOK"]);
    let message = outcome.summary["warnings"][0]["message"].as_str().expect("a message");
    assert_eq!(message, "'x': 2 messages crossed a book, and the older side's crossing levels were removed");
}

/// Every so many books: buys 20 by the market, and bids for 1 at the third level.
#[derive(Default)]
struct Walker {
    books: u64,
    third_bids: Vec<i64>,
    last: String,
}

impl HostedStrategy for Walker {}

impl Strategy for Walker {
    fn interest(&self) -> Interest {
        Interest { books: true, ..Interest::default() }
    }

    fn on_book(&mut self, ctx: &mut Context<'_>) -> Result<(), Halt> {
        self.books += 1;
        if self.books.is_multiple_of(14_000) {
            let third = ctx.market().level(Side::Buy, 2).map_or(0, |(price, _)| price);
            self.third_bids.push(third);
            ctx.submit(Draft::market(ctx.instrument, Side::Buy, Size::Lots(20_000)));
            ctx.submit(Draft::limit(ctx.instrument, Side::Buy, Size::Lots(1_000), third));
        }
        Ok(())
    }

    fn on_stop(&mut self, ctx: &mut Context<'_>) -> Result<(), Halt> {
        let market = ctx.market();
        let top = |side| market.levels(side).take(3).collect::<Vec<_>>();
        let counts = [Side::Buy, Side::Sell].map(|side| market.levels(side).count());
        self.last = format!("{:?} {:?} {counts:?}", top(Side::Buy), top(Side::Sell));
        Ok(())
    }
}

fn recorded() -> Option<Store> {
    let bytes = shared_data("binance_usdm_btcusdt_l2.csv.gz")?;
    Some(read_csv(&bytes, &ReadOptions { symbol: Some("BTC/USDT".to_owned()), ..ReadOptions::default() }).expect("the file"))
}

const CONFIG: &str =
    r#"{"system":{"exchange":"x","instruments":["BTC/USDT"],"fees":{"maker":0,"taker":0},"latency":0},"balances":{"USDT":10000000}}"#;

fn walk(prepared: &Arc<Prepared>, steps: u64) -> (Outcome, Walker) {
    drive(Run::new(Arc::clone(prepared), dynamic(FOREIGN), Walker::default()).expect("a run"), steps).expect("no error")
}

/// The figures come from a program of its own over the file: two sorted maps, one loop.
#[test]
fn a_recorded_book_gives_the_fills_that_it_shows() {
    let Some(store) = recorded() else { return };
    let store = Arc::new(store);
    let prepared = prepare(CONFIG, Arc::clone(&store));
    let (outcome, walker) = walk(&prepared, 10_000);
    assert_eq!(walker.books, 72_594);
    assert_eq!(walker.third_bids, [618_044, 617_248, 616_272, 616_330, 616_705]);
    assert_eq!(walker.last, "[(616597, 1486), (616590, 2), (616581, 33)] [(616598, 981), (616599, 188), (616600, 7977)] [5018, 4578]");
    assert_eq!(warnings(&outcome), ["CROSSED_BOOK"]);

    // Market orders: time, price x lots over all levels, number of levels, last price.
    let mut walks = Vec::new();
    for number in [0, 2, 4, 6, 8] {
        let fills: Vec<_> = outcome.fills.iter().filter(|fill| fill.order.0 == number).collect();
        assert!(fills.iter().all(|fill| fill.liquidity == Liquidity::Taker));
        assert_eq!(fills.iter().map(|fill| fill.quantity).sum::<i64>(), 20_000);
        let cost: i64 = fills.iter().map(|fill| fill.price * fill.quantity).sum();
        walks.push((fills[0].time, cost, fills.len(), fills.last().map_or(0, |fill| fill.price)));
    }
    assert_eq!(
        walks,
        [
            (1_723_161_319_325_101_694, 12_363_120_285, 56, 618_210),
            (1_723_161_397_985_927_431, 12_345_202_985, 3, 617_265),
            (1_723_161_475_145_362_803, 12_328_335_891, 66, 616_515),
            (1_723_161_521_056_378_833, 12_330_094_555, 87, 616_603),
            (1_723_161_579_854_625_699, 12_336_422_955, 94, 616_900),
        ]
    );
    // Resting ones: a print went beyond, or the other side came to them.
    let makers = outcome.fills.iter().filter(|fill| fill.liquidity == Liquidity::Maker);
    assert_eq!(
        makers.map(|fill| (fill.order.0, fill.time, fill.price, fill.quantity)).collect::<Vec<_>>(),
        [
            (1, 1_723_161_319_895_000_000, 618_044, 1_000),
            (3, 1_723_161_402_045_000_000, 617_248, 1_000),
            (5, 1_723_161_479_261_000_000, 616_272, 1_000),
            (7, 1_723_161_521_660_000_000, 616_330, 1_000),
            (9, 1_723_161_580_934_000_000, 616_705, 250),
            (9, 1_723_161_580_935_000_000, 616_705, 750),
        ]
    );

    // The same by slices of any size, and over data that was cut and put together again.
    for steps in [1_000_000, 977] {
        assert_eq!(walk(&prepared, steps).0.result_hash, outcome.result_hash);
    }
    let middle = Some(1_723_161_400_000_000_000);
    let late = store.select(None, middle, None).expect("the second part");
    let (_, cut) = walk(&prepare(CONFIG, Arc::new(late)), 10_000);
    assert_eq!(cut.last, walker.last);
}

#[test]
fn a_book_that_repeats_begins_anew_with_its_snapshot() {
    let messages: [Message<'_>; 2] = [(0, 0, true, &[(99, 5)], &[(101, 7)]), (5, 5, false, &[(99, 0), (98, 1)], &[])];
    let store = Arc::new(tape(&messages).finish().expect("data"));
    let prepared = Arc::new(Prepared::new(constant(&free("0")), store, Tiling { passes: 3, period: 10 }).expect("fits"));
    let mut books = Vec::new();
    let act = |ctx: &mut Context<'_>, seen: &Seen<'_>| {
        if matches!(seen, Seen::Book) {
            books.push(show(ctx));
        }
    };
    let run = Run::new(prepared, dynamic(FOREIGN), common::Script { act, log: Vec::new() }).expect("a run");
    drive(run, 1).expect("no error");
    assert_eq!(books, ["99x5 / 101x7", "98x1 / 101x7"].repeat(3));
}
