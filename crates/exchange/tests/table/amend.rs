//! Amending: one step, under the same ids; if it is refused, the order stays as it was.

use crate::harness::{Venue, decimal};
use haggle_model::time::{DAY, MILLISECOND};
use haggle_model::{AccountKind, SelfTrade};

#[test]
fn a_smaller_quantity_at_the_same_price_keeps_the_place() {
    Venue::l1().run(
        "
        quote 99x5 101x7
        buy  1 limit 4@99          -> opened 1
        print sell 5@99
        amend 1 3                  -> amended 1 3@99
        locked USDT                -> 297
        print sell 1@99            -> maker 1 1@99 of 1/3
        amend 1 3@99               -> amend_rejected 1 AmendUnchanged
        amend 1                    -> amend_rejected 1 AmendUnchanged
        amend 1 2                  -> amended 1 2@99
        print sell 9@99            -> maker 1 1@99 of 2/2
        ",
    );
}

#[test]
fn a_larger_quantity_or_another_price_goes_to_the_back() {
    Venue::l1().run(
        "
        quote 99x5 103x7
        buy  1 limit 3@99          -> opened 1
        print sell 5@99
        amend 1 4                  -> amended 1 4@99
        print sell 5@99
        print sell 1@99            -> maker 1 1@99 of 1/4
        amend 1 @100               -> amended 1 4@100
        locked USDT                -> 300
        print sell 1@100           -> maker 1 1@100 of 2/4
        amend 1 3@99               -> amended 1 3@99
        print sell 5@99
        print sell 9@99            -> maker 1 1@99 of 3/3
        ",
    );
}

#[test]
fn to_the_back_is_behind_own_orders_too() {
    Venue::l1().run(
        "
        quote 90x5 103x7
        buy  1 limit 3@99          -> opened 1
        buy  2 limit 3@99          -> opened 2
        amend 1 4                  -> amended 1 4@99
        print sell 4@99            -> maker 2 3@99 of 3/3 | maker 1 1@99 of 1/4
        ",
    );
}

#[test]
fn to_what_is_filled_ends_it_as_a_cancel_does() {
    Venue::l1().run(
        "
        quote 99x5 101x7
        buy  1 limit 9@101         -> taker 1 7@101 of 7/9, opened 1
        amend 1 7                  -> cancelled 1 AmendedToFilled
        cancel 1                   -> cancel_rejected 1 OrderAlreadyCancelled
        sell 2 limit 9@105         -> opened 2
        amend 2 0@104              -> cancelled 2 AmendedToFilled
        locked USDT                -> 0
        locked BTC                 -> 0
        ",
    );
}

#[test]
fn it_may_take_and_is_not_opened_again() {
    Venue::l1().run(
        "
        quote 99x5 101x7
        buy  1 limit 9@98          -> opened 1
        amend 1 @101               -> amended 1 9@101, taker 1 7@101 of 7/9
        locked USDT                -> 202
        sell 2 limit 3@105         -> opened 2
        amend 2 4@99               -> amended 2 4@99, expired 1 SelfTrade | taker 2 4@99 of 4/4
        ",
    );
}

#[test]
fn refused_it_leaves_the_order_as_it_was() {
    let venue = Venue::l1().with(|venue| {
        venue.filters.price_max = Some(decimal("200"));
        venue.filters.quantity_min = Some(decimal("2"));
        venue.filters.notional_max = Some(decimal("20000"));
    });
    venue.run(
        "
        quote 99x5 101x7
        buy  1 limit 9@99 post     -> opened 1
        print sell 5@99
        amend 1 @201               -> amend_rejected 1 PriceOutOfRange price=201 max=200
        amend 1 1                  -> amend_rejected 1 QuantityOutOfRange quantity=1 min=2
        amend 1 210                -> amend_rejected 1 NotionalOutOfRange notional=20790 max=20000
        amend 1 102                -> amend_rejected 1 BalanceInsufficient asset=USDT need=9207 free=9109
        amend 1 @101               -> amend_rejected 1 PostOnlyWouldTake price=101 best=101
        locked USDT                -> 891
        print sell 1@99            -> maker 1 1@99 of 1/9        # its place, too
        amend 1 101                -> amended 1 101@99           # what it reserves already counts
        free USDT                  -> 1
        ",
    );
}

#[test]
fn late_amends() {
    Venue::l1().with(|venue| venue.last_time = DAY + 20 * MILLISECOND).run(
        "
        quote 99x5 101x7
        buy  1 limit 5@101         -> taker 1 5@101 of 5/5
        buy  2 limit 1@98          -> opened 2
        buy  3 limit 2@98          -> opened 3
        cancel 2                   -> cancelled 2 Requested
        amend 1 9                  -> amend_rejected 1 OrderAlreadyFullyFilled
        amend 2 9                  -> amend_rejected 2 OrderAlreadyCancelled
        amend 77 9                 -> amend_rejected 77 OrderUnknown
        time 21
        amend 3 @105               -> amend_rejected 3 DataEnded     # after the last row nothing fills
        amend 3 0                  -> cancelled 3 AmendedToFilled    # cancels are answered
        ",
    );
}

#[test]
fn an_amended_order_meets_own_orders_as_a_new_one_does() {
    let table = |outcome: &str| {
        format!(
            "
            quote 90x5 110x7
            sell 1 limit 2@105     -> opened 1
            buy  2 limit 2@95      -> opened 2
            amend 2 @106           -> amended 2 2@106{outcome}
            "
        )
    };
    Venue::l1().run(&table(", expired 1 SelfTrade"));
    Venue::l1().rules(|rules| rules.self_trade = SelfTrade::ExpireTaker).run(&table(", expired 2 SelfTrade"));
    Venue::l1().rules(|rules| rules.self_trade = SelfTrade::None).run(&table(""));
}

#[test]
fn on_bars_an_amended_price_meets_the_next_open() {
    Venue::bars().run(
        "
        bar_close 100 100 100 100
        buy  1 limit 5@90          -> opened 1
        amend 1 4@95               -> amended 1 4@95             # while it waits
        bar_open  100 100 96 100
        bar_close 100 100 96 100
        amend 1 @102               -> amended 1 4@102            # from the book
        bar_open  101 104 90 100   -> taker 1 4@101 of 4/4
        buy  2 limit 5@95          -> opened 2
        bar_open  100 100 96 100
        amend 2 @97                -> amended 2 5@97
        bar_close 100 100 96 100   # a new price is not filled by a bar that had opened
        bar_open  100 100 96 100
        amend 2 4                  -> amended 2 4@97
        bar_close 100 100 96 100   -> maker 2 4@97 of 4/4        # a smaller quantity keeps the place
        ",
    );
}

#[test]
fn on_prints_alone_an_amended_price_takes_or_rests() {
    Venue::trades().run(
        "
        print sell 9@100
        buy  1 limit 5@90          -> opened 1
        amend 1 @101               -> amended 1 5@101
        print sell 2@100           -> taker 1 2@101 of 2/5
        amend 1 @90                -> amended 1 5@90
        print sell 9@90
        print sell 1@89            -> maker 1 1@90 of 3/5
        ",
    );
}

#[test]
fn a_market_order_that_waits_has_only_a_quantity_to_change() {
    Venue::trades().with(|venue| venue.filters.notional_min = Some(decimal("150"))).run(
        "
        print sell 9@100
        buy  1 market 5
        amend 1 @90                -> amend_rejected 1 AmendUnchanged   # it has no price
        amend 1 1                  -> amend_rejected 1 NotionalOutOfRange notional=100 min=150
        amend 1 3                  -> amended 1 3@0
        buy  2 market quote:1000
        amend 2 @90                -> amend_rejected 2 AmendUnchanged   # its quantity is not known yet
        amend 2 2                  -> amended 2 2@0
        print sell 9@100           -> taker 1 3@101 of 3/3 | taker 2 2@101 of 2/2
        ",
    );
}

#[test]
fn cash_settled_an_amended_order_has_to_be_within_the_buying_power() {
    Venue::l1().with(|venue| venue.execution.account = AccountKind::CashSettled).run(
        "
        quote 99x500 101x500
        sell 1 limit 90@110        -> opened 1
        amend 1 91                 -> amend_rejected 1 BuyingPowerInsufficient need=10010 free=10000
        amend 1 90@111             -> amended 1 90@111
        ",
    );
}
