//! With market data orders trade with that alone.

use crate::harness::run;

#[test]
fn a_ticker_without_sizes_has_no_end() {
    run(
        "",
        "
        ticker 99 101
        a buy 20            -> a0 taker 20@101
        a sell 100@99       -> a1 taker 100@99
        a buy 5@100         -> a2 Open 0/5
        ticker 98 100       -> a2 maker 5@100
        last 90
        a buy 1             -> a3 taker 1@90
        a sell 1            -> a4 taker 1@90
        ",
    );
}

#[test]
fn sizes_are_there_once() {
    run(
        "",
        "
        ticker 99x5 101x7
        a buy 10            -> a0 taker 7@101, a0 Expired 7/10
        b buy 10            -> b1 taker 7@101, b1 Expired 7/10      # every account has the venue for itself
        a buy 1             -> a2 Expired 0/1
        ticker 99x5 101x8
        a buy 1             -> a3 taker 1@101
        ticker 99 -
        a buy 1             -> a4 Expired 0/1
        ticker 102 101      -> error INVALID_ARGUMENT ticker.bid
        ticker - -          -> error INVALID_ARGUMENT ticker
        ",
    );
}

#[test]
fn what_rests_goes_on_resting_when_data_begin() {
    run(
        "",
        "
        a buy 3@100         -> a0 Open 0/3
        b sell 3@102        -> b1 Open 0/3
        ticker 99x5 103x5
        c buy 3@102         -> c2 Open 0/3              # the accounts do not meet any more
        a open              -> mock-0
        print sell 1@99     -> a0 maker 3@100, c2 maker 3@102
        ticker 102x1 104x1  -> b1 maker 1@102
        b cancel 1          -> b1 cancelled
        ",
    );
}

#[test]
fn prints_alone_fill_at_the_next_one() {
    run(
        "",
        "
        print buy 5@100
        a buy 3
        a state 0           -> InFlight 0/3
        print buy 2@100     -> a0 taker 2@101           # worse by the assumed spread
        ticker 99 103       -> a0 taker 1@103           # quotes tell more than prints: what waited takes them
        a state 0           -> Filled 3/3
        ",
    );
}

#[test]
fn a_book_is_walked() {
    run(
        "",
        "
        a sell 1@105        -> a0 Open 0/1
        book 99x5,98x5 101x2,102x3
        a buy 4             -> a1 taker 2@101, a1 taker 2@102
        a buy 4             -> a2 taker 1@102, a2 Expired 1/4
        book 99x5 98x1      -> error INVALID_ARGUMENT bids
        book 105x1 106x1    -> a0 maker 1@105
        ",
    );
}

#[test]
fn better_data_put_resting_orders_behind_all_that_they_show() {
    run(
        "",
        "
        ticker 99x5 101x7
        a buy 3@99          -> a0 Open 0/3              # five lots ahead
        book 99x20 101x1
        print sell 10@99
        print sell 12@99    -> a0 maker 2@99
        ",
    );
}

#[test]
fn a_halt_refuses_orders_and_fills_nothing() {
    run(
        "",
        "
        ticker 99 101
        a buy 3@100         -> a0 Open 0/3
        halt                -> a! halt BTC/USDT, b! halt BTC/USDT, c! halt BTC/USDT
        halt
        a buy 1             -> a1 Failed(TradingDisabled instrument=BTC/USDT) 0/1
        a amend 0 2         -> a0 Open 0/3
        ticker 97 98
        print sell 9@90
        b sell 1@200        -> b2 Failed(TradingDisabled instrument=BTC/USDT) 0/1
        resume              -> a! resume BTC/USDT, a0 maker 3@100, b! resume BTC/USDT, c! resume BTC/USDT
        a buy 1             -> a3 taker 1@98
        ",
    );
}
