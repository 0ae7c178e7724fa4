//! What makes fills on candles honest: no fill by what was before an order, none beyond the volume, none after the money is gone.

use crate::harness::{Venue, decimal};
use haggle_model::{AccountKind, BarPath};

fn cash_settled(leverage: &str, path: BarPath) -> Venue {
    let change = |venue: &mut Venue| {
        (venue.execution.account, venue.execution.leverage) = (AccountKind::CashSettled, decimal(leverage));
        venue.execution.fills.path = path;
        venue.balances = ["0", "1000", "0"];
    };
    Venue::bars().with(change)
}

#[test]
fn a_bar_that_had_opened_when_an_order_arrived_fills_nothing_of_it() {
    Venue::bars().run(
        "
        bar_open  100 101 90 100 50
        buy  1 limit 1@95          -> opened 1      # passive: it rests at once
        buy  2 limit 1@100         -> opened 2      # it would take: it waits for the next open
        buy  3 market 1
        bar_close 100 101 90 100 50
        bar_open  100 101 96 100 50 -> taker 2 1@100 of 1/1 | taker 3 1@100 of 1/1
        bar_close 100 101 96 100 50
        & buy 4 limit 1@94         -> opened 4      # at the very close, and so before the open of that time
        & bar_open  100 101 93 100 50
        & buy 5 limit 1@94         -> opened 5      # after it
        bar_close 100 101 93 100 50 -> maker 1 1@95 of 1/1 | maker 4 1@94 of 1/1
        bar_open  100 101 93 100 50
        bar_close 100 101 93 100 50 -> maker 5 1@94 of 1/1
        ",
    );
}

#[test]
fn a_limit_that_is_passive_against_the_last_close_rests_and_fills_at_its_limit() {
    let jump = |calm: &str, order: &str, filled: &str| {
        format!(
            "
            bar_close 100 101 99 100 50
            {order}                    -> opened 1
            {calm}
            bar_open  90 92 88 91 50
            bar_close 90 92 88 91 50   -> {filled}
            "
        )
    };
    let calm = "bar_open 100 101 99 100 50\n bar_close 100 101 99 100 50\n";
    for (calm, order) in [("", "buy 1 limit 1@95"), (calm, "buy 1 limit 1@95"), ("", "buy 1 limit 1@95 post")] {
        Venue::bars().run(&jump(calm, order, "maker 1 1@95 of 1/1"));
        Venue::bars().rules(|rules| rules.gap_at_open = true).run(&jump(calm, order, "maker 1 1@90 of 1/1"));
    }
    // One that the close satisfied takes, at the open; where that runs away from it, it rests.
    Venue::bars().run(
        "
        bar_close 100 101 99 100 50
        buy  1 limit 1@102         -> opened 1
        buy  2 limit 1@100         -> opened 2
        bar_open  101 101 99 100 50 -> taker 1 1@101 of 1/1
        bar_close 101 101 99 100 50 -> maker 2 1@100 of 1/1
        ",
    );
    // The close is what counts, and not the price at which it came.
    Venue::bars().run(
        "
        bar_open  99 105 99 105 50
        buy  1 limit 1@100         -> opened 1      # it would take at 99
        bar_close 99 105 99 105 50
        bar_open  98 105 97 105 50
        bar_close 98 105 97 105 50 -> maker 1 1@100 of 1/1
        ",
    );
}

#[test]
fn a_volume_of_zero_fills_nothing_and_one_that_is_not_known_limits_nothing() {
    Venue::bars().run(
        "
        bar_close 100 101 99 100 10
        buy  1 market 3
        buy  2 limit 3@99          -> opened 2
        bar_open  100 101 90 100 0 -> expired 1 LiquidityMissing need=3 volume=0
        bar_close 100 101 90 100 0
        bar_open  100 101 90 100 2
        bar_close 100 101 90 100 2 -> maker 2 2@99 of 2/3
        cuts                       -> 2
        ",
    );
    Venue::bars().run(
        "
        bar_close 100 101 99 100
        buy  1 market 50
        buy  2 limit 40@99         -> opened 2
        bar_open  100 101 90 100   -> taker 1 50@100 of 50/50
        bar_close 100 101 90 100   -> maker 2 40@99 of 40/40
        cuts                       -> 0
        ",
    );
}

#[test]
fn each_bars_adverse_extreme_is_a_mark_for_solvency() {
    // Short 40 from 100 with 1,000: nothing is left at 125, though the bar closes at 106.
    let short = "
        bar_close 100 101 99 100
        sell 1 market 40
        bar_open  100 105 99 105   -> taker 1 40@100 of 40/40
        bar_close 100 105 99 105
        watch
        ";
    for path in [BarPath::Worst, BarPath::Nearest] {
        cash_settled("5", path).run(&format!(
            "{short}
            bar_open  105 124 104 106
            bar_close 105 124 104 106
            watch
            mark                       -> 106
            bar_open  106 126 104 106
            bar_close 106 126 104 106
            mark                       -> 126
            watch
            close 9                    -> taker 9 40@126 of 40/40
            total USDT                 -> -40
            "
        ));
    }
    // A long position is marked by the low.
    cash_settled("5", BarPath::Worst).run(
        "
        bar_close 100 101 99 100
        buy  1 market 40
        bar_open  100 105 99 105   -> taker 1 40@100 of 40/40
        bar_close 100 130 76 105
        watch
        bar_open  105 130 75 105
        bar_close 105 130 75 105
        mark                       -> 75
        watch
        close 9                    -> taker 9 40@75 of 40/40
        total USDT                 -> 0
        ",
    );
}

#[test]
fn what_the_path_reaches_before_the_extreme_acts_first() {
    let table = |high: i64, outcome: &str| {
        format!(
            "
            bar_close 100 100 100 100
            sell 1 market 30
            bar_open  100 100 100 100      -> taker 1 30@100 of 30/30
            bar_close 100 100 100 100
            sell 2 limit 10@110            -> opened 2      # adds to the loss on the way up
            buy  3 limit 30@95             -> opened 3      # would close at a profit, after it
            bar_open  100 {high} 90 100
            bar_close 100 {high} 90 100    -> {outcome}
            "
        )
    };
    // 30 x 25 + 10 x 15 is 900; with a high of 129, 30 x 29 + 10 x 19 is 1,060.
    cash_settled("5", BarPath::Worst).run(&format!(
        "{}
        mark                               -> 100
        ",
        table(125, "maker 3 30@95 of 30/30 | maker 2 10@110 of 10/10")
    ));
    cash_settled("5", BarPath::Worst).run(&format!(
        "{}
        mark                               -> 129
        watch                              -> expired 3 AccountClosed
        close 9                            -> taker 9 40@129 of 40/40
        total USDT                         -> -60
        ",
        table(129, "maker 2 10@110 of 10/10")
    ));
}

#[test]
fn a_position_opened_on_the_path_is_marked_only_by_prices_after_its_fill() {
    cash_settled("5", BarPath::Worst).run(
        "
        bar_close 100 100 100 100
        buy  1 limit 50@95         -> opened 1
        bar_open  100 200 80 100
        bar_close 100 200 80 100   -> maker 1 50@95 of 50/50     # the high came before
        mark                       -> 100
        watch
        sell 2 market 50
        bar_open  100 100 100 100  -> taker 2 50@100 of 50/50
        bar_close 100 100 100 100
        buy  3 limit 50@95         -> opened 3
        bar_open  100 200 60 100
        bar_close 100 200 60 100   -> maker 3 50@95 of 50/50
        mark                       -> 60
        watch
        close 9                    -> taker 9 50@60 of 50/50
        ",
    );
}

#[test]
fn with_several_instruments_one_extreme_counts_at_a_time() {
    cash_settled("5", BarPath::Worst).run(
        "
        bar_close 100 100 100 100
        m1 bar_close 100 100 100 100
        sell 1 market 20
        m1 sell 2 market 20
        bar_open  100 100 100 100      -> taker 1 20@100 of 20/20
        m1 bar_open  100 100 100 100   -> taker 2 20@100 of 20/20
        bar_close 100 140 100 100      # 800 of 1,000
        mark                           -> 100
        m1 bar_close 100 140 100 100
        m1 mark                        -> 100
        bar_open  100 150 100 100
        bar_close 100 151 100 100      # 1,020
        mark                           -> 151
        ",
    );
}

#[test]
fn orders_that_free_money_meet_an_open_before_those_that_need_it() {
    // 100 USDT and 100 BTC: the buy is older, and could not be paid before the sale.
    Venue::bars().with(|venue| venue.balances = ["100", "100", "0"]).run(
        "
        bar_close 50 50 50 50
        m1 bar_close 10 10 10 10
        m1 buy 1 market 200
        sell 2 market 40
        opens 10 50                    -> taker 2 40@50 of 40/40 | taker 1 200@10 of 200/200
        total USDT                     -> 100
        ",
    );
    // Cash-settled: the reduction of one position makes room for the other.
    cash_settled("1", BarPath::Worst).run(
        "
        bar_close 50 50 50 50
        m1 bar_close 10 10 10 10
        buy  1 market 20
        opens 10 50                    -> taker 1 20@50 of 20/20
        m1 buy 2 market 100
        sell 3 market 20
        opens 10 50                    -> taker 3 20@50 of 20/20 | taker 2 100@10 of 100/100
        ",
    );
}
