//! Spot: what orders reserve, what they are refused for, and what fills move.

use crate::harness::Venue;
use haggle_model::FeeAsset;

#[test]
fn a_limit_reserves_its_cost_and_a_sell_its_quantity() {
    Venue::l1().run(
        "
        quote 99x5 101x7
        buy  1 limit 50@99         -> opened 1
        sell 2 limit 60@110        -> opened 2
        locked USDT                -> 4950
        locked BTC                 -> 60
        buy  3 limit 52@98         -> rejected 3 BalanceInsufficient asset=USDT need=5096 free=5050
        sell 4 limit 41@110        -> rejected 4 BalanceInsufficient asset=BTC need=41 free=40
        buy  5 limit 51@98         -> opened 5
        sell 6 limit 40@110        -> opened 6
        free USDT                  -> 52
        free BTC                   -> 0
        ",
    );
}

#[test]
fn a_buy_reserves_the_larger_of_its_two_fees() {
    for (maker, taker, locked) in
        [("0.01", "0.02", "510"), ("0.03", "0.02", "515"), ("-0.01", "0", "500"), ("-0.01", "0.001", "500.5"), ("-0.02", "-0.01", "500")]
    {
        Venue::l1().fees(maker, taker).run(&format!(
            "
            quote 99x5 101x7
            buy  1 limit 5@100     -> opened 1
            locked USDT            -> {locked}
            sell 2 limit 5@110     -> opened 2
            locked BTC             -> 5
            "
        ));
    }
    Venue::l1().fees("0.01", "0.02").with(|venue| venue.execution.fees.charged_in = FeeAsset::Received).run(
        "
        quote 99x5 101x7
        buy  1 limit 5@100         -> opened 1
        locked USDT                -> 500
        ",
    );
}

#[test]
fn a_fill_frees_what_its_part_had_reserved() {
    Venue::l1().fees("0.01", "0.02").run(
        "
        quote 99x5 101x4
        buy  1 limit 10@102        -> taker 1 4@101 of 4/10 fee 8.08 USDT, opened 1
        total USDT                 -> 9587.92
        locked USDT                -> 624.24
        print sell 2@101           -> maker 1 6@102 of 10/10 fee 6.12 USDT
        total USDT                 -> 8969.8
        locked USDT                -> 0
        fees USDT                  -> 14.2
        total BTC                  -> 110
        ",
    );
}

#[test]
fn a_market_order_is_priced_whole_and_locks_nothing() {
    Venue::l1().fees("0", "0.01").run(
        "
        quote 99x5 100x7
        buy  1 market 100          -> rejected 1 BalanceInsufficient asset=USDT need=10100 free=10000
        buy  2 market 99           -> taker 2 7@100 of 7/99 fee 7 USDT, expired 2 LiquidityMissing
        sell 3 market 108          -> rejected 3 BalanceInsufficient asset=BTC need=108 free=107
        sell 4 limit 107@120       -> opened 4
        sell 5 market 1            -> rejected 5 BalanceInsufficient asset=BTC need=1 free=0
        ",
    );
    for (venue, row) in [(Venue::trades(), "print sell 9@100"), (Venue::bars(), "bar_open 101 101 101 101 9")] {
        venue.run(&format!(
            "
            buy  1 market 100
            locked USDT            -> 0
            {row}                  -> rejected 1 BalanceInsufficient asset=USDT need=10100 free=10000
            "
        ));
    }
}

#[test]
fn a_sale_brings_quote_at_once() {
    Venue::l1().with(|venue| venue.balances = ["3", "0", "0"]).run(
        "
        quote 99x5 100x7
        buy  1 limit 1@99          -> rejected 1 BalanceInsufficient asset=USDT need=99 free=0
        sell 2 market 3            -> taker 2 3@99 of 3/3
        buy  3 limit 3@99          -> opened 3
        ",
    );
}

#[test]
fn a_closed_position_leaves_its_dust() {
    Venue::l1().fees("0", "0.01").with(|venue| venue.execution.fees.charged_in = FeeAsset::Received).run(
        "
        quote 99x5 100x7
        buy  1 market 3            -> taker 1 3@100 of 3/3 fee 0.03 BTC
        position                   -> 2.97
        close 9                    -> taker 9 2@99 of 2/2 fee 1.98 USDT
        position                   -> 0.97
        total BTC                  -> 100.97
        close 10
        ",
    );
}

#[test]
fn on_spot_sold_inventory_is_not_bought_back() {
    Venue::l1().run(
        "
        quote 99x5 100x7
        sell 1 market 3            -> taker 1 3@99 of 3/3
        close 9
        total BTC                  -> 97
        ",
    );
}

#[test]
fn the_mark_is_the_last_mid_and_before_the_first_the_last_print() {
    Venue::l1().run(
        "
        mark                       -> 0
        print sell 1@100
        quote 99x5 -
        print buy 1@104
        mark                       -> 104
        quote 99x5 102x7
        mark                       -> 100.5
        print sell 1@90
        quote 98x5 -
        gap
        mark                       -> 100.5
        ",
    );
    Venue::trades().run(
        "
        print sell 1@100
        print buy 1@104
        mark                       -> 104
        ",
    );
    Venue::bars().run(
        "
        bar_open  100 110 90 105
        mark                       -> 100
        bar_close 100 110 90 105
        mark                       -> 105
        ",
    );
}
