//! Fees: in quote, in what the fill brings, in a named asset, flat per order, per contract, and rebates.

use crate::harness::{Venue, decimal};
use haggle_model::{Depth, FeeAsset};

fn charged_in(venue: Venue, asset: FeeAsset) -> Venue {
    venue.with(|venue| venue.execution.fees.charged_in = asset)
}

fn named(asset: &str) -> Venue {
    charged_in(Venue::l1().fees("0.01", "0.01"), FeeAsset::Named(asset.to_owned()))
}

#[test]
fn in_quote_by_liquidity() {
    Venue::l1().fees("0.001", "0.002").run(
        "
        quote 99x5 101x7
        buy  1 market 3            -> taker 1 3@101 of 3/3 fee 0.606 USDT
        sell 2 market 3            -> taker 2 3@99 of 3/3 fee 0.594 USDT
        buy  3 limit 1@100         -> opened 3
        print sell 1@100           -> maker 3 1@100 of 1/1 fee 0.1 USDT
        fees USDT                  -> 1.3
        total USDT                 -> 9892.7
        position                   -> 1
        ",
    );
}

#[test]
fn in_the_asset_received() {
    charged_in(Venue::l1().fees("0", "0.002"), FeeAsset::Received).run(
        "
        quote 99x5 101x7
        buy  1 market 3            -> taker 1 3@101 of 3/3 fee 0.006 BTC
        position                   -> 2.994
        total BTC                  -> 102.994
        total USDT                 -> 9697
        sell 2 market 1            -> taker 2 1@99 of 1/1 fee 0.198 USDT
        position                   -> 1.994
        ",
    );
}

#[test]
fn a_maker_rebate_is_paid_out() {
    Venue::l1().fees("-0.001", "0.002").run(
        "
        quote 99x5 101x7
        buy  1 limit 1@100         -> opened 1
        print sell 1@100           -> maker 1 1@100 of 1/1 fee -0.1 USDT
        total USDT                 -> 9900.1
        fees USDT                  -> -0.1
        ",
    );
}

#[test]
fn in_a_named_asset_at_its_mark() {
    named("BNB").with(|venue| venue.balances[2] = "1").run(
        "
        m1 quote 19x5 21x5
        quote 99x5 101x7
        buy  1 market 2            -> taker 1 2@101 of 2/2 fee 0.101 BNB
        total BNB                  -> 0.899
        position                   -> 2
        total USDT                 -> 9798
        m1 quote 2x5 4x5
        buy  2 market 2            -> taker 2 2@101 of 2/2 fee 0.673333333334 BNB     # 2.02 / 3, rounded up
        buy  3 market 1            -> taker 3 1@101 of 1/1 fee 0.01 BTC               # 0.2257 BNB do not pay 0.3367
        sell 4 market 1            -> taker 4 1@99 of 1/1 fee 0.99 USDT
        total BNB                  -> 0.225666666666
        ",
    );
}

#[test]
fn a_named_asset_without_a_mark_pays_nothing() {
    named("BNB").with(|venue| venue.balances[2] = "1").run(
        "
        quote 99x5 101x7
        buy  1 market 2            -> taker 1 2@101 of 2/2 fee 0.02 BTC
        ",
    );
}

#[test]
fn a_named_asset_that_is_the_base_lowers_the_position_on_both_sides() {
    named("BTC").run(
        "
        quote 99x5 101x7
        buy  1 market 2            -> taker 1 2@101 of 2/2 fee 0.0202 BTC
        position                   -> 1.9798
        sell 2 market 1            -> taker 2 1@99 of 1/1 fee 0.0099 BTC
        position                   -> 0.9699
        total BTC                  -> 100.9699
        ",
    );
}

#[test]
fn a_named_asset_may_be_paid_from_what_the_order_had_reserved() {
    named("BTC").with(|venue| venue.balances[0] = "6").run(
        "
        quote 99x5 101x7
        sell 1 limit 5@100         -> opened 1
        print buy 5@100            -> maker 1 5@100 of 5/5 fee 0.05 BTC
        sell 2 limit 0@100         -> rejected 2 QuantityZero lot=1
        total BTC                  -> 0.95
        ",
    );
    named("BTC").with(|venue| venue.balances[0] = "5").run(
        "
        quote 99x5 101x7
        sell 1 limit 5@100         -> opened 1
        print buy 5@100            -> maker 1 5@100 of 5/5 fee 5 USDT     # all of it was sold
        ",
    );
    named("USDT").run(
        "
        quote 99x5 101x7
        buy  1 limit 60@100        -> opened 1
        print sell 60@99           -> maker 1 60@100 of 60/60 fee 60 USDT
        total USDT                 -> 3940
        ",
    );
}

#[test]
fn a_named_fee_does_not_take_what_the_same_order_still_has_to_pay() {
    let walk = Depth::Walk { ticks: 1, share: decimal("1"), levels: 1 };
    named("BTC").rules(|rules| rules.depth = walk).with(|venue| venue.balances[0] = "10").run(
        "
        quote 99x6 101x7
        sell 1 market 10           -> taker 1 6@99 of 6/10 fee 5.94 USDT, taker 1 4@98 of 10/10 fee 3.92 USDT
        ",
    );
    named("USDT").rules(|rules| rules.depth = walk).with(|venue| venue.balances[1] = "1015").run(
        "
        quote 99x6 101x7
        buy  1 market 10           -> taker 1 7@101 of 7/10 fee 0.07 BTC, taker 1 3@102 of 10/10 fee 0.03 BTC
        ",
    );
}

#[test]
fn flat_per_order_with_its_first_fill_and_per_contract_with_each() {
    let venue = Venue::l1().with(|venue| {
        venue.execution.fees.per_order = decimal("2");
        venue.execution.fees.per_contract = decimal("0.5");
    });
    venue.run(
        "
        quote 99x5 101x2
        buy  1 limit 6@101         -> taker 1 2@101 of 2/6 fee 3 USDT, opened 1
        locked USDT                -> 406
        quote 99x5 101x3           -> maker 1 3@101 of 5/6 fee 1.5 USDT
        amend 1 7                  -> amended 1 7@101
        locked USDT                -> 203
        print sell 9@100           -> maker 1 2@101 of 7/7 fee 1 USDT
        fees USDT                  -> 5.5
        buy  2 limit 2@100         -> opened 2
        locked USDT                -> 203
        ",
    );
}

#[test]
fn a_flat_fee_in_the_asset_received_comes_at_the_fill_price_rounded_up() {
    charged_in(Venue::l1(), FeeAsset::Received).with(|venue| venue.execution.fees.per_order = decimal("1")).run(
        "
        quote 2x50 3x70
        buy  1 market 9            -> taker 1 9@3 of 9/9 fee 0.333333333334 BTC
        total BTC                  -> 108.666666666666
        ",
    );
}

#[test]
fn a_fee_that_what_the_fill_brings_does_not_cover_ends_the_order() {
    let venue = Venue::l1().with(|venue| {
        venue.execution.fees.per_order = decimal("200");
        venue.balances = ["9", "50", "0"];
    });
    venue.run(
        "
        quote 99x5 102x7
        sell 1 market 1            -> rejected 1 BalanceInsufficient asset=USDT need=200 free=149
        sell 2 limit 1@101         -> opened 2
        print buy 1@101            -> expired 2 BalanceInsufficient asset=USDT need=200 free=151
        sell 3 market 2            -> taker 3 2@99 of 2/2 fee 200 USDT
        total USDT                 -> 48
        ",
    );
}
