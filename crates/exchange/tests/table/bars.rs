//! Bars: takers at the first open after them, makers where the path goes through their price.

use crate::harness::Venue;
use haggle_model::{BarFill, BarPath, Slippage};

#[test]
fn a_market_order_takes_the_next_open_and_is_told_at_the_open() {
    Venue::bars().rules(|rules| rules.slippage = Slippage::Ticks(2)).run(
        "
        bar_close 100 100 100 100
        buy  1 market 5
        bar_open  103 110 90 100   -> taker 1 5@105 of 5/5
        bar_close 103 110 90 100
        sell 2 market 5
        bar_open  101 110 90 100   -> taker 2 5@99 of 5/5
        ",
    );
}

#[test]
fn a_market_order_takes_once_and_the_rest_expires() {
    Venue::bars().run(
        "
        buy  1 market 5
        buy  2 market 5
        buy  3 market 5
        buy  4 market 5 fok
        bar_open  100 110 90 100 7 -> taker 1 5@100 of 5/5 | taker 2 2@100 of 2/5, expired 2 LiquidityMissing need=5 volume=2
                                   | expired 3 LiquidityMissing need=5 volume=0 | expired 4 FillOrKillUnfilled need=5 available=0
        ",
    );
}

#[test]
fn this_close_where_asked() {
    Venue::bars().rules(|rules| rules.bar = BarFill::ThisClose).run(
        "
        bar_open  100 110 90 105 9
        bar_close 100 110 90 105 9
        & buy  1 market 5          -> taker 1 5@105 of 5/5
        & buy  2 limit 9@106       -> taker 2 4@105 of 4/9, opened 2      # what is left of the bar's volume
        & sell 3 limit 1@110       -> opened 3
        & buy  4 market 1          -> expired 4 LiquidityMissing need=1 volume=0
        buy  5 market 1            # too late for this close
        bar_open  107 111 107 108 9 -> taker 5 1@107 of 1/1
        & buy 6 limit 1@100        -> opened 6
        bar_close 107 111 107 108 9 -> maker 3 1@110 of 1/1
        & bar_open  108 108 108 108 9
        & buy 7 market 1           # the close of this very instant is over
        bar_close 108 108 108 108 9
        bar_open  109 109 109 109 9 -> taker 7 1@109 of 1/1
        ",
    );
}

#[test]
fn a_limit_takes_the_open_that_reaches_it_at_the_open() {
    Venue::bars().run(
        "
        bar_close 100 100 100 100
        buy  1 limit 5@102         -> opened 1
        sell 2 limit 5@104         -> opened 2
        bar_open  101 101 101 101  -> taker 1 5@101 of 5/5
        bar_close 101 101 101 101
        bar_open  110 110 103 103
        bar_close 110 110 103 103  -> maker 2 5@104 of 5/5     # resting: at its limit, though the open jumped over it
        ",
    );
    Venue::bars().rules(|rules| rules.gap_at_open = true).run(
        "
        sell 2 limit 5@104         -> opened 2
        bar_open  101 101 101 101
        bar_close 101 101 101 101
        bar_open  110 110 103 103
        bar_close 110 110 103 103  -> maker 2 5@110 of 5/5
        ",
    );
}

#[test]
fn the_path_fills_what_it_goes_through_and_a_touch_only_where_asked() {
    let table = |touched: &str| {
        format!(
            "
            buy  1 limit 5@95      -> opened 1
            sell 2 limit 5@105     -> opened 2
            bar_open  100 105 95 100
            bar_close 100 105 95 100 {touched}
            "
        )
    };
    Venue::bars().run(&format!(
        "{}
        bar_open  100 106 94 100
        bar_close 100 106 94 100   -> maker 1 5@95 of 5/5 | maker 2 5@105 of 5/5
        ",
        table("")
    ));
    Venue::bars().rules(|rules| rules.touch = true).run(&table("-> maker 1 5@95 of 5/5 | maker 2 5@105 of 5/5"));
}

#[test]
fn a_limit_that_arrives_in_a_bar_is_not_filled_by_that_bar() {
    Venue::bars().run(
        "
        bar_open  100 110 90 100
        buy  1 limit 5@95          -> opened 1
        bar_close 100 110 90 100
        bar_open  100 110 96 100
        bar_close 100 110 96 100
        bar_open  100 110 94 100
        bar_close 100 110 94 100   -> maker 1 5@95 of 5/5
        ",
    );
}

#[test]
fn the_worst_path_closes_before_it_opens() {
    let table = |first: &str, second: &str| {
        format!(
            "
            buy  1 market 4
            bar_open  100 100 100 100   -> taker 1 4@100 of 4/4
            bar_close 100 100 100 100
            buy  2 limit 4@95           -> opened 2
            sell 3 limit 4@105          -> opened 3
            bar_open  100 106 94 100
            bar_close 100 106 94 100 5  -> {first} | {second}
            "
        )
        .replace("bar_open  100 106 94 100\n", "bar_open  100 106 94 100 5\n")
    };
    Venue::bars().run(&table("maker 3 4@105 of 4/4", "maker 2 1@95 of 1/4"));
    Venue::bars().rules(|rules| rules.path = BarPath::Nearest).run(&table("maker 2 4@95 of 4/4", "maker 3 1@105 of 1/4"));
}

#[test]
fn the_nearest_path_goes_to_the_nearer_extreme_first() {
    let table = |bar: &str, first: &str, second: &str| {
        format!(
            "
            buy  1 limit 4@95      -> opened 1
            sell 2 limit 4@105     -> opened 2
            bar_open  {bar}
            bar_close {bar}        -> {first} | {second}
            "
        )
    };
    let nearest = || Venue::bars().rules(|rules| rules.path = BarPath::Nearest);
    nearest().run(&table("100 106 90 100", "maker 2 4@105 of 4/4", "maker 1 4@95 of 4/4"));
    nearest().run(&table("100 110 94 100", "maker 1 4@95 of 4/4", "maker 2 4@105 of 4/4"));
    nearest().run(&table("100 106 94 100", "maker 1 4@95 of 4/4", "maker 2 4@105 of 4/4")); // as far: low first
}

#[test]
fn immediate_or_cancel_and_fill_or_kill_have_one_open() {
    Venue::bars().run(
        "
        buy  1 limit 5@101 ioc     -> opened 1
        buy  2 limit 5@99 ioc      -> opened 2
        buy  3 limit 5@101 fok     -> opened 3
        buy  4 limit 5@99 fok      -> opened 4
        bar_open  100 110 90 100 7 -> taker 1 5@100 of 5/5 | expired 2 LiquidityMissing
                                   | expired 3 FillOrKillUnfilled need=5 available=2 | expired 4 FillOrKillUnfilled
        locked USDT                -> 0
        ",
    );
}

#[test]
fn a_limit_that_found_too_little_at_the_open_rests_with_the_rest() {
    Venue::bars().run(
        "
        buy  1 limit 9@101         -> opened 1
        bar_open  100 110 99 100 7 -> taker 1 7@100 of 7/9
        locked USDT                -> 202
        bar_close 100 110 99 100 7 # the bar's volume is spent
        bar_open  103 110 99 100 7
        bar_close 103 110 99 100 7 -> maker 1 2@101 of 9/9
        ",
    );
}

#[test]
fn post_only_looks_at_the_last_close_and_never_takes_an_open() {
    Venue::bars().run(
        "
        bar_close 100 110 90 100
        buy  1 limit 1@100 post    -> rejected 1 PostOnlyWouldTake price=100 best=100
        buy  2 limit 1@99 post     -> opened 2
        buy  3 limit 1@99 post ioc -> opened 3
        buy  4 limit 1@99 post     -> opened 4
        bar_open  95 96 94 95      -> expired 3 LiquidityMissing
        cancel 4                   -> cancelled 4 Requested
        bar_close 95 96 94 95      -> maker 2 1@99 of 1/1
        ",
    );
}

#[test]
fn reduce_only_reduces_at_the_open_and_on_the_path() {
    Venue::bars().run(
        "
        buy  1 market 4
        bar_open  100 100 100 100  -> taker 1 4@100 of 4/4
        bar_close 100 100 100 100
        sell 2 limit 9@105 reduce  -> opened 2
        sell 3 market 9 reduce fok
        sell 4 market 1 reduce
        bar_open  100 110 90 100   -> expired 3 FillOrKillUnfilled need=9 available=4 | taker 4 1@100 of 1/1
        bar_close 100 110 90 100   -> maker 2 3@105 of 3/9
        bar_open  100 110 90 100
        bar_close 100 110 90 100   -> expired 2 ReduceOnlyWouldIncrease
        ",
    );
}
