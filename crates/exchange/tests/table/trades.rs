//! Prints alone: takers at the next prints, worse by half the assumed spread; makers only where a print went beyond.

use crate::harness::Venue;
use haggle_model::{QueueModel, Slippage};

#[test]
fn a_market_order_takes_the_first_print_after_it_up_to_its_quantity_then_the_next() {
    Venue::trades().run(
        "
        print sell 9@100
        buy  1 market 5
        print sell 3@100           -> taker 1 3@101 of 3/5
        print buy  9@102           -> taker 1 2@103 of 5/5
        sell 2 market 2
        print buy  9@102           -> taker 2 2@101 of 2/2
        print buy  9@102
        ",
    );
}

#[test]
fn half_of_the_assumed_spread_is_rounded_up_and_slippage_comes_on_top() {
    for (spread, slippage, buy, sell) in [(0, 0, 100, 100), (1, 0, 101, 99), (3, 0, 102, 98), (4, 0, 102, 98), (2, 5, 106, 94)] {
        let venue = Venue::trades().rules(|rules| {
            rules.spread = spread;
            rules.slippage = Slippage::Ticks(slippage);
        });
        venue.run(&format!(
            "
            buy  1 market 1
            print sell 1@100       -> taker 1 1@{buy} of 1/1
            sell 2 market 1
            print sell 1@100       -> taker 2 1@{sell} of 1/1
            "
        ));
    }
}

#[test]
fn orders_that_wait_share_a_print_oldest_first() {
    Venue::trades().run(
        "
        buy  1 market 4
        sell 2 market 4
        buy  3 market 4
        print sell 6@100           -> taker 1 4@101 of 4/4 | taker 2 2@99 of 2/4
        print sell 3@100           -> taker 2 2@99 of 4/4 | taker 3 1@101 of 1/4
        ",
    );
}

#[test]
fn a_limit_that_the_last_print_reaches_takes_and_is_never_filled_past_its_price() {
    Venue::trades().run(
        "
        print sell 9@100
        buy  1 limit 5@101         -> opened 1
        print sell 2@99            -> taker 1 2@100 of 2/5
        print sell 1@101           -> taker 1 1@101 of 3/5
        print sell 1@103           # past its limit: it rests
        print sell 9@101           # touched
        print sell 1@100           -> maker 1 1@101 of 4/5
        print buy  9@100           -> maker 1 1@101 of 5/5
        ",
    );
}

#[test]
fn a_resting_limit_fills_only_by_prints_beyond_it_at_most_their_quantity() {
    Venue::trades().run(
        "
        print sell 9@100
        buy  1 limit 5@98          -> opened 1
        buy  2 limit 5@97          -> opened 2
        sell 3 limit 5@103         -> opened 3
        print sell 9@98
        print sell 3@97            -> maker 1 3@98 of 3/5
        print sell 4@96            -> maker 1 2@98 of 5/5 | maker 2 2@97 of 2/5
        print buy  9@103
        print buy  2@104           -> maker 3 2@103 of 2/5
        ",
    );
    Venue::trades().rules(|rules| rules.queue = QueueModel::None).run(
        "
        print sell 9@100
        buy  1 limit 5@98          -> opened 1
        sell 2 limit 5@103         -> opened 2
        print sell 3@98            -> maker 1 3@98 of 3/5
        print buy  4@103           -> maker 2 4@103 of 4/5
        ",
    );
}

#[test]
fn a_print_is_spent_once_over_takers_and_makers() {
    Venue::trades().run(
        "
        print sell 9@100
        buy  1 limit 5@99          -> opened 1
        buy  2 market 4
        print sell 6@97            -> taker 2 4@98 of 4/4 | maker 1 2@99 of 2/5
        ",
    );
}

#[test]
fn before_the_first_print_a_limit_rests_without_price_improvement() {
    Venue::trades().run(
        "
        buy  1 limit 2@100         -> opened 1
        print sell 9@90            -> maker 1 2@100 of 2/2
        ",
    );
}

#[test]
fn immediate_or_cancel_has_one_print() {
    Venue::trades().run(
        "
        print sell 9@100
        buy  1 limit 5@102 ioc     -> opened 1
        print sell 3@100           -> taker 1 3@101 of 3/5, expired 1 LiquidityMissing
        buy  2 limit 5@102 ioc     -> opened 2
        print sell 3@103           -> expired 2 LiquidityMissing
        buy  3 limit 2@102 ioc     -> opened 3
        print sell 3@102           -> taker 3 2@102 of 2/2
        buy  4 market 3
        buy  5 limit 2@102 ioc     -> opened 5
        print sell 3@100           -> taker 4 3@101 of 3/3 | expired 5 LiquidityMissing
        locked USDT                -> 0
        ",
    );
}

#[test]
fn fill_or_kill_needs_the_whole_of_one_print() {
    Venue::trades().run(
        "
        print sell 9@100
        buy  1 limit 5@102 fok     -> opened 1
        print sell 4@100           -> expired 1 FillOrKillUnfilled need=5 available=4
        buy  2 limit 5@102 fok     -> opened 2
        print sell 5@100           -> taker 2 5@101 of 5/5
        buy  3 limit 5@102 fok     -> opened 3
        print sell 9@103           -> expired 3 FillOrKillUnfilled
        buy  4 market 5 fok
        print sell 4@100           -> expired 4 FillOrKillUnfilled need=5 available=4
        buy  5 market 5 fok
        print sell 5@100           -> taker 5 5@101 of 5/5
        buy  6 market 2
        buy  7 market quote:404 fok
        print sell 5@100           -> taker 6 2@101 of 2/2 | expired 7 FillOrKillUnfilled need=4 available=3
        buy  8 market quote:404 fok
        print sell 5@100           -> taker 8 4@101 of 4/4
        ",
    );
}

#[test]
fn post_only_looks_at_the_last_print() {
    Venue::trades().run(
        "
        buy  1 limit 1@100 post    -> opened 1
        print sell 9@100
        buy  2 limit 1@100 post    -> rejected 2 PostOnlyWouldTake price=100 best=100
        buy  3 limit 1@99 post     -> opened 3
        sell 4 limit 1@100 post    -> rejected 4 PostOnlyWouldTake price=100 best=100
        buy  5 limit 1@99 post ioc -> expired 5 LiquidityMissing
        print sell 9@98            -> maker 1 1@100 of 1/1 | maker 3 1@99 of 1/1
        ",
    );
}

#[test]
fn reduce_only_takes_no_more_than_the_position() {
    Venue::trades().run(
        "
        buy  1 market 3
        print sell 9@100           -> taker 1 3@101 of 3/3
        sell 2 market 5 reduce
        sell 3 market 2 reduce
        sell 4 limit 5@99 reduce fok -> opened 4
        print sell 9@100           -> taker 2 3@99 of 3/5 | expired 3 ReduceOnlyWouldIncrease | expired 4 FillOrKillUnfilled need=5 available=0
        print sell 9@100           -> expired 2 ReduceOnlyWouldIncrease
        position                   -> 0
        ",
    );
}

#[test]
fn an_amount_of_quote_is_never_exceeded_over_several_prints() {
    Venue::trades().fees("0", "0.01").run(
        "
        buy  1 market quote:1000
        print sell 3@99            -> taker 1 3@100 of 3/9 fee 3 USDT        # 9 x 101 = 909
        print sell 9@199           -> taker 1 3@200 of 6/9 fee 6 USDT        # 303 spent, 3 x 202 = 606
        print sell 9@99            -> expired 1 LiquidityMissing             # 909 spent: 91 pays for none
        total USDT                 -> 9091
        ",
    );
}

#[test]
fn a_market_order_that_can_no_longer_be_paid_expires_with_what_it_has() {
    Venue::trades().run(
        "
        buy  1 market 60
        print sell 30@99           -> taker 1 30@100 of 30/60
        buy  2 limit 50@90         -> opened 2
        print sell 30@99           -> expired 1 BalanceInsufficient asset=USDT need=3000 free=2500
        ",
    );
}
