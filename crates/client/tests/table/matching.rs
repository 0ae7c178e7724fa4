//! Without market data the orders are the market.

use crate::harness::run;

#[test]
fn price_then_time() {
    run(
        "",
        "
        a sell 3@101        -> a0 Open 0/3
        b sell 3@100        -> b1 Open 0/3
        a sell 3@100        -> a2 Open 0/3
        c buy 7@101         -> a2 maker 3@100, a0 maker 1@101, b1 maker 3@100, c3 Open 0/7, c3 taker 3@100, c3 taker 3@100, c3 taker 1@101
        a state 0           -> Open 1/3
        c state 3           -> Filled 7/7
        c total BTC         -> 107
        c total USDT        -> 9299
        b total USDT        -> 10300
        a total BTC         -> 96
        a free BTC          -> 94
        c buy 5@101         -> a0 maker 2@101, c4 Open 0/5, c4 taker 2@101
        c open              -> c-4
        c free USDT         -> 8794
        ",
    );
}

#[test]
fn orders_that_take_at_once() {
    run(
        "",
        "
        a buy 3             -> a0 Expired 0/3
        b sell 2@100        -> b1 Open 0/2
        a buy 3             -> a2 taker 2@100, a2 Expired 2/3, b1 maker 2@100
        b sell 2@100        -> b3 Open 0/2
        a buy 3@100 fok     -> a4 Expired 0/3
        a buy 3@100 ioc     -> a5 taker 2@100, a5 Expired 2/3, b3 maker 2@100
        b sell 2@100        -> b6 Open 0/2
        a buy 2@100 fok     -> a7 taker 2@100, b6 maker 2@100
        b sell 2@100        -> b8 Open 0/2
        a buy 1@100 post    -> a9 Failed(PostOnlyWouldTake price=100 best=100) 0/1
        a buy 1@99 post     -> a10 Open 0/1
        ",
    );
}

#[test]
fn a_market_order_is_priced_as_a_whole() {
    run(
        "",
        "
        b sell 50@100       -> b0 Open 0/50
        b sell 40@200       -> b1 Open 0/40
        a buy 76            -> a2 Failed(BalanceInsufficient USDT need=10200 free=10000) 0/76
        a buy 75            -> a3 taker 50@100, a3 taker 25@200, b0 maker 50@100, b1 maker 25@200
        a total USDT        -> 0
        a sell 176          -> a4 Expired 0/176
        c buy 1@10          -> c5 Open 0/1
        a sell 176          -> a6 Failed(BalanceInsufficient BTC need=176 free=175) 0/176
        ",
    );
}

#[test]
fn own_orders_do_not_meet() {
    let table = |taker: &str| {
        format!(
            "
            a sell 3@100        -> a0 Open 0/3
            b sell 3@101        -> b1 Open 0/3
            a buy 4@101         -> {taker}
            "
        )
    };
    run("", &table("a2 Open 0/4, a0 Expired 0/3, a2 taker 3@101, b1 maker 3@101"));
    run(r#""fills":{"selfTrade":"expireTaker"}"#, &table("a2 Open 0/4, a2 Expired 0/4"));
    run(r#""fills":{"selfTrade":"none"}"#, &table("a2 Open 0/4, a0 maker 3@100, a2 taker 3@100, a2 taker 1@101, b1 maker 1@101"));
    run(
        "",
        "
        a sell 3@100        -> a0 Open 0/3
        a buy 3@100 fok     -> a1 Expired 0/3
        a state 0           -> Open 0/3
        ",
    );
    run(
        r#""fills":{"selfTrade":"expireTaker"}"#,
        "
        b sell 1@99         -> b0 Open 0/1
        a sell 3@100        -> a1 Open 0/3
        b sell 3@101        -> b2 Open 0/3
        a buy 2@101 fok     -> a3 Expired 0/2           # its own order is in the way
        a buy 1@101 fok     -> a4 taker 1@99, b0 maker 1@99
        ",
    );
}

#[test]
fn amending_keeps_the_place_only_for_less_at_the_same_price() {
    run(
        "",
        "
        a sell 5@100        -> a0 Open 0/5
        b sell 5@100        -> b1 Open 0/5
        a amend 0 4         -> a0 Open 0/4
        c buy 1             -> a0 maker 1@100, c2 taker 1@100
        a amend 0 6         -> a0 Open 1/6
        c buy 1             -> b1 maker 1@100, c3 taker 1@100
        b amend 1 @99       -> b1 Open 1/5
        c buy 1             -> b1 maker 1@99, c4 taker 1@99
        c buy 1@98          -> c5 Open 0/1
        a amend 0 @98       -> a0 Open 1/6, a0 taker 1@98, c5 maker 1@98
        a open              -> mock-0
        a state 0           -> Open 2/6
        a amend 0 2         -> a0 cancelled
        b amend 1 200       -> b1 Open 2/5
        b state 1           -> Open 2/5
        ",
    );
}

#[test]
fn cancels_and_what_they_find() {
    run(
        "",
        "
        a sell 5@100        -> a0 Open 0/5
        a cancel 0          -> a0 cancelled
        a cancel 0          -> a0 kept OrderAlreadyCancelled
        a sell 1@100        -> a1 Open 0/1
        b buy 1             -> a1 maker 1@100, b2 taker 1@100
        a cancel mock-1     -> a1 kept OrderAlreadyFullyFilled
        b cancel 1          -> error UNKNOWN_NAME order
        a buy 1@10          -> a3 Open 0/1
        a buy 1@11          -> a4 Open 0/1
        a cancel_all        -> a3 cancelled, a4 cancelled
        a free USDT         -> 10100
        ",
    );
}

#[test]
fn fees_are_paid_by_both_sides() {
    run(
        r#""fees":{"maker":"0.01","taker":"0.02"}"#,
        "
        a sell 10@100       -> a0 Open 0/10
        b buy 10@100        -> a0 maker 10@100 fee 10 USDT, b1 Open 0/10, b1 taker 10@100 fee 20 USDT
        a total USDT        -> 10990
        b total USDT        -> 8980
        ",
    );
}

#[test]
fn a_forced_fill_leaves_the_rest_in_its_place() {
    run(
        "",
        "
        a sell 5@100        -> a0 Open 0/5
        b sell 5@100        -> b1 Open 0/5
        a fill 0 2          -> a! fillOrder mock-0, a0 maker 2@100
        c buy 4             -> a0 maker 3@100, b1 maker 1@100, c2 taker 3@100, c2 taker 1@100
        b fill 1 1@99       -> error INVALID_ARGUMENT price
        b fill 1 9          -> error INVALID_ARGUMENT quantity
        b fill 1 @120       -> b! fillOrder b-1, b1 maker 4@120
        b fill 1            -> error INVALID_ARGUMENT order
        ",
    );
}

#[test]
fn own_orders_are_no_liquidity_when_an_order_is_priced() {
    run(
        "",
        "
        a sell 50@10        -> a0 Open 0/50
        b sell 100@150      -> b1 Open 0/100
        a buy 80            -> a2 Failed(BalanceInsufficient USDT need=12000 free=10000) 0/80
        a open              -> mock-0
        a buy 60            -> a0 Expired 0/50, a3 taker 60@150, b1 maker 60@150
        ",
    );
}
