//! Sizes given as an amount of quote or a share of equity.

use crate::harness::{Venue, decimal};
use haggle_model::{AccountKind, Depth, Slippage};

#[test]
fn an_amount_is_the_largest_number_of_lots_whose_cost_with_fees_is_not_above_it() {
    Venue::l1().fees("0", "0.01").run(
        "
        quote 99x50 100x70
        buy  1 market quote:1009.99 -> taker 1 9@100 of 9/9 fee 9 USDT
        buy  2 market quote:1010    -> taker 2 10@100 of 10/10 fee 10 USDT
        buy  3 market quote:100.99  -> rejected 3 QuantityZero lot=1
        sell 4 market quote:990     -> taker 4 10@99 of 10/10 fee 9.9 USDT
        sell 5 market quote:989.99  -> taker 5 9@99 of 9/9 fee 8.91 USDT
        buy  6 market quote:-5      -> rejected 6 QuantityZero lot=1
        buy  7 market quote:99999   -> rejected 7 BalanceInsufficient asset=USDT need=99990 free=9943.19
        ",
    );
}

#[test]
fn an_amount_that_falls_short_by_the_last_digit_falls_short() {
    Venue::l1().run(
        "
        quote 2x50 3x70
        buy  1 market quote:2.9999999999999999999999999999 -> rejected 1 QuantityZero lot=1
        buy  2 market quote:3      -> taker 2 1@3 of 1/1
        ",
    );
}

#[test]
fn an_amount_pays_flat_fees_and_fees_per_contract_too() {
    let venue = Venue::l1().with(|venue| {
        venue.execution.fees.per_order = decimal("7");
        venue.execution.fees.per_contract = decimal("2");
    });
    venue.run(
        "
        quote 99x50 100x70
        buy  1 market quote:517    -> taker 1 5@100 of 5/5 fee 17 USDT
        buy  2 market quote:516.99 -> taker 2 4@100 of 4/4 fee 15 USDT
        buy  3 market quote:108.99 -> rejected 3 QuantityZero lot=1
        buy  4 limit quote:517@100 -> taker 4 5@100 of 5/5 fee 17 USDT
        ",
    );
}

#[test]
fn an_amount_counts_slippage_and_small_lots() {
    Venue::l1().with(|venue| venue.lot = "0.001").rules(|rules| rules.slippage = Slippage::Ticks(1)).run(
        "
        quote 2x50000 2x70000
        buy  1 market quote:10     -> taker 1 3333@3 of 3333/3333
        total USDT                 -> 9990.001
        ",
    );
}

#[test]
fn an_amount_walks_the_ladder_it_is_filled_from() {
    Venue::l1().rules(|rules| rules.depth = Depth::Walk { ticks: 10, share: decimal("1"), levels: 1 }).run(
        "
        quote 90x50 100x7
        buy  1 market quote:1000   -> taker 1 7@100 of 7/9, taker 1 2@110 of 9/9
        total USDT                 -> 9080
        buy  2 market quote:1000   -> taker 2 5@110 of 5/9, expired 2 LiquidityMissing
        ",
    );
}

#[test]
fn an_amount_pays_a_flat_fee_once() {
    let walk = Depth::Walk { ticks: 10, share: decimal("1"), levels: 1 };
    Venue::l1().rules(|rules| rules.depth = walk).with(|venue| venue.execution.fees.per_order = decimal("10")).run(
        "
        quote 90x50 100x7
        buy  1 market quote:930    -> taker 1 7@100 of 7/9 fee 10 USDT, taker 1 2@110 of 9/9
        ",
    );
    Venue::trades().with(|venue| venue.execution.fees.per_order = decimal("10")).run(
        "
        buy  1 market quote:510
        print sell 3@99            -> taker 1 3@100 of 3/5 fee 10 USDT
        print sell 3@99            -> taker 1 2@100 of 5/5
        ",
    );
}

#[test]
fn an_amount_at_a_limit_counts_the_larger_of_the_two_fees() {
    for (maker, taker) in [("0.01", "0"), ("0", "0.01"), ("-0.02", "0.01")] {
        Venue::l1().fees(maker, taker).run(
            "
            quote 90x50 105x70
            buy  1 limit quote:1010@100     -> opened 1
            locked USDT                     -> 1010
            buy  2 limit quote:1009.99@100  -> opened 2
            locked USDT                     -> 1919
            ",
        );
    }
}

#[test]
fn a_share_of_equity_on_spot_is_cut_to_what_is_free() {
    // Equity: 1,000 + 10 x 100 = 2,000.
    let venue = || Venue::l1().with(|venue| venue.balances = ["10", "1000", "0"]);
    venue().run(
        "
        quote 99x50 101x70
        buy  1 market equity:0.1   -> taker 1 1@101 of 1/1
        ",
    );
    venue().run(
        "
        quote 99x50 101x70
        buy  1 limit 3@100         -> opened 1
        buy  2 market equity:1     -> taker 2 6@101 of 6/6         # 700 are free
        sell 3 market equity:0.5   -> expired 1 SelfTrade | taker 3 10@99 of 10/10
        sell 4 market equity:1     -> taker 4 6@99 of 6/6          # all that there is
        sell 5 market equity:1     -> rejected 5 QuantityZero lot=1
        ",
    );
}

#[test]
fn a_share_of_equity_cash_settled_is_cut_to_the_buying_power() {
    let venue = Venue::l1().fees("0", "0.01").with(|venue| {
        venue.execution.account = AccountKind::CashSettled;
        venue.balances = ["0", "1000", "0"];
    });
    venue.run(
        "
        quote 99x50 101x70
        buy  1 market equity:0.5   -> taker 1 4@101 of 4/4 fee 4.04 USDT        # 500 / 102.01
        buy  2 market equity:1     -> taker 2 5@101 of 5/5 fee 5.05 USDT        # 591.96 of power
        buy  3 market equity:1     -> rejected 3 QuantityZero lot=1
        position                   -> 9
        total USDT                 -> 990.91
        ",
    );
}

#[test]
fn a_share_of_equity_is_computed_at_the_fill() {
    Venue::bars().with(|venue| venue.balances[0] = "0").run(
        "
        bar_close 100 100 100 100
        buy  1 market equity:1
        bar_open  111 111 111 111  -> taker 1 90@111 of 90/90
        bar_close 111 111 111 111
        ",
    );
}
