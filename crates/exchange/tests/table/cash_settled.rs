//! Cash-settled accounts: signed positions, buying power, and the end of an account.

use crate::harness::{Venue, decimal};
use haggle_model::{AccountKind, Depth};

fn cash(balance: &'static str, leverage: &str) -> Venue {
    Venue::l1().with(|venue| {
        venue.execution.account = AccountKind::CashSettled;
        venue.execution.leverage = decimal(leverage);
        venue.balances = ["0", balance, "0"];
    })
}

#[test]
fn fills_move_only_fees_and_realised_profit() {
    cash("1000", "1").fees("0", "0.01").run(
        "
        quote 99x50 101x50
        sell 1 market 5            -> taker 1 5@99 of 5/5 fee 4.95 USDT
        total USDT                 -> 995.05
        total BTC                  -> 0
        position                   -> -5
        buy  2 market 2            -> taker 2 2@101 of 2/2 fee 2.02 USDT
        total USDT                 -> 989.03
        buy  3 market 5            -> taker 3 5@101 of 5/5 fee 5.05 USDT
        position                   -> 2
        total USDT                 -> 977.98
        locked USDT                -> 0
        ",
    );
}

#[test]
fn an_order_beyond_the_buying_power_is_rejected() {
    cash("1000", "1").run(
        "
        quote 99x50 101x50
        buy  1 limit 11@100        -> rejected 1 BuyingPowerInsufficient need=1100 free=1000
        sell 2 limit 10@101        -> rejected 2 BuyingPowerInsufficient need=1010 free=1000
        buy  3 market 9            -> taker 3 9@101 of 9/9
        buy  4 market 1            -> rejected 4 BuyingPowerInsufficient need=101 free=91
        sell 5 market 20           -> rejected 5 BuyingPowerInsufficient need=1089 free=982     # 91, 900 that closing frees, 9 that it loses
        ",
    );
}

#[test]
fn what_closes_frees_its_buying_power() {
    cash("1000", "1").run(
        "
        quote 99x50 101x50
        buy  1 market 9            -> taker 1 9@101 of 9/9
        sell 2 limit 9@99 ioc      -> taker 2 9@99 of 9/9
        total USDT                 -> 982
        buy  3 market 9            -> taker 3 9@101 of 9/9
        sell 4 market 18           -> taker 4 18@99 of 18/18
        position                   -> -9
        ",
    );
}

#[test]
fn a_fill_or_kill_flip_over_several_levels_is_judged_as_a_whole() {
    // 24 lots at 96 on average: of 1,215.88 of power, closing 6 frees 600 and loses 2 x 24; 18 open for 1,728, and 23.04 of fee.
    let walk = Depth::Walk { ticks: 2, share: decimal("1"), levels: 3 };
    cash("920", "2").fees("0", "0.01").rules(|rules| rules.depth = walk).run(
        "
        quote 99x6 101x6
        buy  1 market 6            -> taker 1 6@101 of 6/6 fee 6.06 USDT
        sell 2 market 25 fok       -> rejected 2 BuyingPowerInsufficient need=1845.69 free=1766.44
        sell 3 market 24 fok       -> taker 3 6@99 of 6/24 fee 5.94 USDT, taker 3 6@97 of 12/24 fee 5.82 USDT, taker 3 6@95 of 18/24 fee 5.7 USDT, taker 3 6@93 of 24/24 fee 5.58 USDT
        position                   -> -18
        ",
    );
}

#[test]
fn leverage_multiplies_equity() {
    cash("1000", "5").run(
        "
        quote 99x50 101x50
        buy  1 limit 51@100        -> rejected 1 BuyingPowerInsufficient need=5100 free=5000
        buy  2 market 49           -> taker 2 49@101 of 49/49
        buy  3 market 1            -> rejected 3 BuyingPowerInsufficient need=101 free=-145
        ",
    );
}

#[test]
fn a_short_is_valued_at_the_price_it_takes_not_at_its_limit() {
    cash("1000", "1").run(
        "
        quote 99x50 101x50
        sell 1 limit 11@50         -> rejected 1 BuyingPowerInsufficient need=1089 free=1000
        sell 2 limit 10@50         -> taker 2 10@99 of 10/10
        ",
    );
}

#[test]
fn resting_orders_lock_nothing_and_expire_where_the_buying_power_is_gone() {
    cash("1000", "1").run(
        "
        quote 99x50 101x50
        buy  1 limit 9@100         -> opened 1
        buy  2 limit 9@98          -> opened 2
        locked USDT                -> 0
        print sell 1@97            -> maker 1 9@100 of 9/9 | expired 2 BuyingPowerInsufficient need=882 free=100
        position                   -> 9
        ",
    );
}

#[test]
fn shares_of_an_indivisible_cost_leave_the_books_exact() {
    cash("10000", "1").run(
        "
        quote 99x1 100x1
        buy  1 market 1            -> taker 1 1@100 of 1/1
        quote 99x1 101x2
        buy  2 market 2            -> taker 2 2@101 of 2/2
        quote 105x1 106x1
        sell 3 market 1            -> taker 3 1@105 of 1/1
        total USDT                 -> 10004.333333333333
        quote 105x2 106x1
        sell 4 market 2            -> taker 4 2@105 of 2/2
        total USDT                 -> 10013
        ",
    );
}

#[test]
fn an_account_without_equity_is_closed() {
    cash("1000", "5").run(
        "
        quote 99x50 101x50
        buy  1 market 40           -> taker 1 40@101 of 40/40
        buy  2 limit 1@50          -> opened 2
        watch
        quote 76x50 78x50
        watch                                              # 1,000 - 40 x 24 is 40
        quote 75x50 77x50
        watch                      -> expired 2 AccountClosed
        watch
        buy  3 limit 1@50          -> rejected 3 AccountClosed
        sell 4 market 40 reduce    -> rejected 4 AccountClosed
        cancel 2                   -> cancel_rejected 2 OrderAlreadyCancelled
        close 9                    -> taker 9 40@75 of 40/40
        total USDT                 -> -40
        position                   -> 0
        ",
    );
}

#[test]
fn a_position_is_closed_whole_whatever_is_displayed() {
    cash("1000", "1").run(
        "
        quote 99x50 101x50
        sell 1 market 9            -> taker 1 9@99 of 9/9
        quote 99x2 100x2
        close 9                    -> taker 9 9@100 of 9/9
        total USDT                 -> 991
        close 10
        ",
    );
}
