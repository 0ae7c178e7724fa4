//! Taking orders on L1: what is displayed at the best and no more, unless a named option says otherwise.

use crate::harness::{Venue, decimal};
use haggle_model::{Depth, Slippage};

#[test]
fn market_orders_take_what_is_displayed_and_the_rest_expires() {
    Venue::l1().run(
        "
        quote 99x5 101x7
        buy  1 market 7     -> taker 1 7@101 of 7/7
        quote 99x5 101x6
        buy  2 market 9     -> taker 2 6@101 of 6/9, expired 2 LiquidityMissing
        sell 3 market 4     -> taker 3 4@99 of 4/4
        sell 4 market 4     -> taker 4 1@99 of 1/4, expired 4 LiquidityMissing
        sell 5 market 4     -> expired 5 LiquidityMissing
        ",
    );
}

#[test]
fn limit_orders_take_at_the_best_price_and_rest_at_their_own() {
    Venue::l1().run(
        "
        quote 99x5 101x7
        buy  1 limit 7@105         -> taker 1 7@101 of 7/7
        quote 99x5 101x8
        buy  2 limit 10@102        -> taker 2 8@101 of 8/10, opened 2
        locked USDT                -> 204
        quote 99x5 102x1           -> maker 2 1@102 of 9/10
        quote 99x5 103x1
        print sell 1@102           -> maker 2 1@102 of 10/10      # nothing is ahead of the rest
        sell 3 limit 9@98          -> taker 3 5@99 of 5/9, opened 3
        locked BTC                 -> 4
        sell 4 limit 1@100         -> opened 4
        quote 98x1 103x1           -> maker 3 1@98 of 6/9
        ",
    );
}

#[test]
fn in_a_locked_quote_the_rest_of_a_taker_joins_its_own_side() {
    Venue::l1().run(
        "
        quote 100x5 100x2
        buy  1 limit 4@100         -> taker 1 2@100 of 2/4, opened 1
        print sell 5@100
        print sell 1@100           -> maker 1 1@100 of 3/4
        ",
    );
}

#[test]
fn immediate_or_cancel() {
    Venue::l1().run(
        "
        quote 99x5 101x7
        buy  1 limit 3@101 ioc     -> taker 1 3@101 of 3/3
        buy  2 limit 9@101 ioc     -> taker 2 4@101 of 4/9, expired 2 LiquidityMissing
        buy  3 limit 9@101 ioc     -> expired 3 LiquidityMissing
        buy  4 limit 9@100 ioc     -> expired 4 LiquidityMissing
        sell 5 limit 9@99 ioc      -> taker 5 5@99 of 5/9, expired 5 LiquidityMissing
        sell 6 limit 9@100 ioc     -> expired 6 LiquidityMissing
        locked USDT                -> 0
        locked BTC                 -> 0
        ",
    );
}

#[test]
fn fill_or_kill_sees_only_the_displayed_size() {
    Venue::l1().run(
        "
        quote 99x5 101x7
        buy  1 limit 8@110 fok     -> expired 1 FillOrKillUnfilled need=8 available=7
        buy  2 limit 8@100 fok     -> expired 2 FillOrKillUnfilled
        buy  3 limit 5@101 fok     -> taker 3 5@101 of 5/5
        buy  4 limit 3@101 fok     -> expired 4 FillOrKillUnfilled need=3 available=2
        sell 5 market 6 fok        -> expired 5 FillOrKillUnfilled need=6 available=5
        sell 6 market 5 fok        -> taker 6 5@99 of 5/5
        ",
    );
}

#[test]
fn a_side_of_size_zero_is_no_side() {
    Venue::l1().run(
        "
        buy  1 market 1            -> expired 1 BookMissing
        quote - 101x7
        sell 2 market 1            -> expired 2 LiquidityMissing
        sell 3 limit 1@90          -> opened 3
        buy  4 market 1            -> expired 3 SelfTrade | taker 4 1@101 of 1/1
        quote 99x5 -
        buy  5 market 1            -> expired 5 LiquidityMissing
        buy  6 limit 1@200 fok     -> expired 6 FillOrKillUnfilled
        ",
    );
}

#[test]
fn what_was_taken_is_remembered_until_that_side_changes() {
    Venue::l1().run(
        "
        quote 99x5 101x7
        buy  1 market 4            -> taker 1 4@101 of 4/4
        quote 99x5 101x7
        buy  2 market 4            -> taker 2 3@101 of 3/4, expired 2 LiquidityMissing
        quote 98x9 101x7           # the other side moved
        buy  3 market 4            -> expired 3 LiquidityMissing
        quote 98x9 101x6
        buy  4 market 7            -> taker 4 6@101 of 6/7, expired 4 LiquidityMissing
        quote 98x9 102x6
        buy  5 market 1            -> taker 5 1@102 of 1/1
        quote 98x9 101x6           # it comes back: another quote in between
        buy  6 market 7            -> taker 6 6@101 of 6/7, expired 6 LiquidityMissing
        ",
    );
}

#[test]
fn one_memory_for_all_own_orders_makers_included() {
    Venue::l1().run(
        "
        quote 99x5 103x7
        buy  1 limit 2@101         -> opened 1
        quote 99x5 101x3           -> maker 1 2@101 of 2/2
        buy  2 market 3            -> taker 2 1@101 of 1/3, expired 2 LiquidityMissing
        buy  3 limit 2@101         -> opened 3
        quote 98x5 101x3           # the ask is as it was: all of it is taken
        quote 98x5 101x4           -> maker 3 2@101 of 2/2
        ",
    );
}

#[test]
fn walks_assumed_levels_where_asked() {
    let walk = Depth::Walk { ticks: 2, share: decimal("0.5"), levels: 2 };
    Venue::l1().rules(|rules| rules.depth = walk).run(
        "
        quote 99x5 101x8
        buy  1 market 9            -> taker 1 8@101 of 8/9, taker 1 1@103 of 9/9
        buy  2 market 5            -> taker 2 3@103 of 3/5, taker 2 2@105 of 5/5   # assumed levels are there once, too
        buy  3 market 5            -> taker 3 2@105 of 2/5, expired 3 LiquidityMissing
        quote 99x5 101x9
        buy  4 limit 20@104        -> taker 4 9@101 of 9/20, taker 4 4@103 of 13/20, opened 4
        quote 99x5 104x9           -> maker 4 7@104 of 20/20
        sell 5 limit 9@96 fok      -> expired 5 FillOrKillUnfilled need=9 available=7
        sell 6 limit 7@97 fok      -> taker 6 5@99 of 5/7, taker 6 2@97 of 7/7
        ",
    );
}

#[test]
fn all_at_best_where_asked() {
    Venue::l1().rules(|rules| rules.depth = Depth::AllAtBest).run(
        "
        quote 99x5 101x8
        buy  1 market 50           -> taker 1 50@101 of 50/50
        sell 2 limit 60@99 fok     -> taker 2 60@99 of 60/60
        sell 3 limit 60@100 fok    -> expired 3 FillOrKillUnfilled
        ",
    );
}

#[test]
fn slippage_worsens_takers_but_never_past_their_limit() {
    Venue::l1().rules(|rules| rules.slippage = Slippage::Ticks(3)).run(
        "
        quote 99x5 101x8
        buy  1 market 1            -> taker 1 1@104 of 1/1
        buy  2 limit 1@103         -> taker 2 1@103 of 1/1
        buy  3 limit 1@101         -> taker 3 1@101 of 1/1
        sell 4 market 1            -> taker 4 1@96 of 1/1
        sell 5 limit 1@98          -> taker 5 1@98 of 1/1
        quote 2x5 8x8
        sell 6 market 1            -> taker 6 1@1 of 1/1      # a price is at least a tick
        buy  7 limit 1@5           -> opened 7
        print sell 1@4             -> maker 7 1@5 of 1/1      # not for makers
        ",
    );
    Venue::l1().rules(|rules| rules.slippage = Slippage::Fraction(decimal("0.01"))).run(
        "
        quote 99x5 101x8
        buy  1 market 1            -> taker 1 1@103 of 1/1    # 1.01 ticks: to the worse tick
        sell 2 market 1            -> taker 2 1@98 of 1/1     # 0.99 ticks
        buy  3 limit 1@102 ioc     -> taker 3 1@102 of 1/1
        ",
    );
}

#[test]
fn a_reconnect_leaves_no_book() {
    Venue::l1().run(
        "
        quote 99x5 101x8
        buy  1 limit 3@99          -> opened 1
        gap
        buy  2 market 1            -> expired 2 BookMissing
        buy  3 limit 1@200 ioc     -> expired 3 BookMissing
        buy  4 limit 1@200 fok     -> expired 4 BookMissing
        buy  5 limit 1@98          -> opened 5
        print sell 50@99           # its place is behind all that comes
        quote 99x6 101x8
        print sell 6@99
        print sell 2@99            -> maker 1 2@99 of 2/3
        buy  6 market 1            -> taker 6 1@101 of 1/1
        ",
    );
}

#[test]
fn a_quote_that_is_too_old_is_no_book() {
    Venue::l1().rules(|rules| rules.quote_age_max = Some(10_000_000)).run(
        "
        quote 99x5 101x8
        time 10
        buy  1 market 1            -> taker 1 1@101 of 1/1    # exactly as old as it may be
        buy  2 market 1            -> expired 2 BookMissing
        buy  3 limit 1@101 ioc     -> expired 3 BookMissing
        buy  4 limit 1@101         -> opened 4
        buy  5 limit 1@101 post    -> rejected 5 PostOnlyWouldTake price=101 best=101
        quote 99x5 101x9           -> maker 4 1@101 of 1/1
        buy  6 market 1            -> taker 6 1@101 of 1/1
        ",
    );
}

#[test]
fn post_only_never_takes() {
    Venue::l1().run(
        "
        quote 99x5 101x8
        buy  1 limit 1@101 post    -> rejected 1 PostOnlyWouldTake price=101 best=101
        buy  2 limit 1@105 post    -> rejected 2 PostOnlyWouldTake price=105 best=101
        buy  3 limit 1@100 post    -> opened 3
        sell 4 limit 1@99 post     -> rejected 4 PostOnlyWouldTake price=99 best=99
        sell 5 limit 1@101 post    -> opened 5
        buy  6 market 1 post       -> rejected 6 PostOnlyWouldTake
        sell 7 market 1 post       -> rejected 7 PostOnlyWouldTake
        buy  8 limit 1@100 post ioc -> expired 8 LiquidityMissing
        locked USDT                -> 100
        ",
    );
}

#[test]
fn reduce_only_never_opens_or_enlarges() {
    Venue::l1().run(
        "
        quote 99x50 101x50
        sell 1 market 1 reduce     -> rejected 1 ReduceOnlyWouldIncrease     # inventory is no position
        buy  2 market 5            -> taker 2 5@101 of 5/5
        buy  3 market 1 reduce     -> rejected 3 ReduceOnlyWouldIncrease
        sell 4 market 8 reduce fok -> expired 4 FillOrKillUnfilled need=8 available=5
        sell 5 market 2 reduce     -> taker 5 2@99 of 2/2
        sell 6 limit 2@110 reduce  -> opened 6
        sell 7 limit 9@99 reduce   -> taker 7 3@99 of 3/9, opened 7
        position                   -> 0
        print buy 1@111            -> expired 7 ReduceOnlyWouldIncrease | expired 6 ReduceOnlyWouldIncrease
        buy  8 market 2            -> taker 8 2@101 of 2/2
        sell 9 market 8 reduce     -> taker 9 2@99 of 2/8, expired 9 ReduceOnlyWouldIncrease
        position                   -> 0
        ",
    );
}
