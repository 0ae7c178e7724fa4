//! Own orders that would meet: the resting one goes, or the arriving one, or neither.

use crate::harness::Venue;
use haggle_model::SelfTrade;

fn expire_taker(venue: Venue) -> Venue {
    venue.rules(|rules| rules.self_trade = SelfTrade::ExpireTaker)
}

#[test]
fn expire_maker_ends_every_resting_order_in_reach() {
    Venue::l1().run(
        "
        quote 99x5 103x7
        sell 1 limit 1@101         -> opened 1
        sell 2 limit 1@102         -> opened 2
        sell 3 limit 1@104         -> opened 3
        buy  4 limit 1@100         -> opened 4
        buy  5 limit 1@102         -> expired 1 SelfTrade | expired 2 SelfTrade | opened 5
        buy  6 market 2            -> taker 6 2@103 of 2/2        # 104 is beyond its reach
        sell 7 market 9            -> expired 5 SelfTrade | expired 4 SelfTrade | taker 7 5@99 of 5/9, expired 7 LiquidityMissing
        buy  8 limit 9@103         -> taker 8 5@103 of 5/9, opened 8
        sell 9 limit 1@100 ioc     -> expired 9 LiquidityMissing
        ",
    );
}

#[test]
fn expire_taker_ends_the_arriving_order() {
    expire_taker(Venue::l1()).run(
        "
        quote 99x5 103x7
        sell 1 limit 1@101         -> opened 1
        buy  2 limit 1@101         -> expired 2 SelfTrade
        buy  3 market 2            -> expired 3 SelfTrade
        buy  4 limit 1@100         -> opened 4
        locked USDT                -> 100
        ",
    );
}

#[test]
fn fills_before_the_own_order_stand_where_the_taker_goes() {
    expire_taker(Venue::l2()).run(
        "
        snapshot 95x9 / 100x2 101x2 103x9
        sell 1 limit 1@102         -> opened 1
        buy  2 market 9            -> taker 2 2@100 of 2/9, taker 2 2@101 of 4/9, expired 2 SelfTrade
        update / 100x3 101x3
        buy  3 limit 9@102 fok     -> expired 3 FillOrKillUnfilled need=9 available=6
        buy  4 limit 6@102 ioc     -> taker 4 3@100 of 3/6, taker 4 3@101 of 6/6
        update / 100x1
        buy  5 limit 2@101         -> taker 5 1@100 of 1/2, opened 5     # the own order lies beyond its limit
        buy  6 limit 2@102         -> expired 6 SelfTrade
        ",
    );
}

#[test]
fn an_order_reaches_as_far_as_it_takes_or_rests() {
    Venue::l2().run(
        "
        snapshot 95x9 / 100x2 101x2 110x9
        sell 1 limit 1@102         -> opened 1
        sell 2 limit 1@105         -> opened 2
        buy  3 limit 3@106 ioc     -> taker 3 2@100 of 2/3, taker 3 1@101 of 3/3   # 102 is within its limit, not its reach
        buy  4 limit 3@104 ioc     -> taker 4 1@101 of 1/3, expired 4 LiquidityMissing
        buy  5 limit 1@104         -> expired 1 SelfTrade | opened 5
        buy  6 limit 9@120 fok     -> expired 2 SelfTrade | taker 6 9@110 of 9/9
        ",
    );
}

#[test]
fn a_post_only_order_at_or_through_an_own_order_is_refused() {
    for venue in [Venue::l1(), Venue::l1().rules(|rules| rules.self_trade = SelfTrade::None)] {
        venue.run(
            "
            quote 99x5 110x7
            sell 1 limit 1@105         -> opened 1
            buy  2 limit 1@105 post    -> rejected 2 PostOnlyWouldTake price=105 best=105
            buy  3 limit 1@106 post    -> rejected 3 PostOnlyWouldTake price=106 best=105
            buy  4 limit 1@104 post    -> opened 4
            amend 4 @105               -> amend_rejected 4 PostOnlyWouldTake price=105 best=105
            cancel 1                   -> cancelled 1 Requested
            amend 4 @105               -> amended 4 1@105
            ",
        );
    }
}

#[test]
fn none_lets_them_cross() {
    Venue::l1().rules(|rules| rules.self_trade = SelfTrade::None).run(
        "
        quote 99x5 103x7
        sell 1 limit 1@101         -> opened 1
        buy  2 limit 1@101         -> opened 2
        buy  3 market 2            -> taker 3 2@103 of 2/2
        print sell 1@101           -> maker 2 1@101 of 1/1
        print buy 1@101            -> maker 1 1@101 of 1/1
        ",
    );
}

#[test]
fn an_order_that_is_killed_or_refused_reaches_nothing() {
    Venue::l1().run(
        "
        quote 99x5 103x7
        sell 1 limit 1@101         -> opened 1
        buy  2 limit 8@103 fok     -> expired 2 FillOrKillUnfilled need=8 available=7
        buy  3 market 200          -> rejected 3 BalanceInsufficient asset=USDT need=20600 free=10000
        cancel 1                   -> cancelled 1 Requested
        ",
    );
}

#[test]
fn on_prints_alone_a_market_order_meets_own_orders_at_its_price() {
    Venue::trades().run(
        "
        print sell 9@100
        sell 1 limit 2@101         -> opened 1
        buy  2 market 2
        print sell 9@99            -> taker 2 2@100 of 2/2
        ",
    );
    let table = |outcome: &str| {
        format!(
            "
            print sell 9@100
            sell 1 limit 2@101     -> opened 1
            buy  2 market 2
            print sell 9@100       -> {outcome}
            sell 3 limit 2@102     -> opened 3
            "
        )
    };
    Venue::trades().run(&table("expired 1 SelfTrade | taker 2 2@101 of 2/2"));
    expire_taker(Venue::trades()).run(&table("expired 2 SelfTrade"));
}

#[test]
fn on_bars_orders_meet_at_the_open() {
    let table = |open: &str, outcome: &str| {
        format!(
            "
            bar_close 100 100 100 100
            sell 1 limit 2@105     -> opened 1
            bar_open  100 100 100 100
            bar_close 100 100 100 100
            buy  2 limit 2@105     -> opened 2
            bar_open  {open} -> {outcome}
            "
        )
    };
    Venue::bars().run(&table("105 105 105 105", "expired 1 SelfTrade | taker 2 2@105 of 2/2"));
    expire_taker(Venue::bars()).run(&table("105 105 105 105", "expired 2 SelfTrade"));
    // What is filled as a whole reaches no further than it takes.
    Venue::bars().run(&table("104 104 104 104", "taker 2 2@104 of 2/2"));
    expire_taker(Venue::bars()).run(&table("104 104 104 104", "taker 2 2@104 of 2/2"));
    // A limit that rests with a part reaches to its limit.
    Venue::bars().run(
        "
        sell 1 limit 2@105         -> opened 1
        buy  2 limit 2@106         -> opened 2
        bar_open  104 104 104 104 1  -> expired 1 SelfTrade | taker 2 1@104 of 1/2
        ",
    );
}
