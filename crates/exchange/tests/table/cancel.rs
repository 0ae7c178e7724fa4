//! Cancels, and the answers of late ones.

use crate::harness::Venue;
use haggle_model::time::{DAY, MILLISECOND};

#[test]
fn a_cancel_frees_what_was_reserved() {
    Venue::l1().run(
        "
        quote 99x5 101x7
        buy  1 limit 9@101         -> taker 1 7@101 of 7/9, opened 1
        sell 2 limit 3@110         -> opened 2
        locked USDT                -> 202
        cancel 1                   -> cancelled 1 Requested
        cancel 2                   -> cancelled 2 Requested
        locked USDT                -> 0
        locked BTC                 -> 0
        print sell 9@90
        print buy 9@120
        ",
    );
}

#[test]
fn late_cancels() {
    Venue::l1().run(
        "
        quote 99x5 101x7
        buy  1 limit 5@101         -> taker 1 5@101 of 5/5
        buy  2 limit 5@99          -> opened 2
        cancel 2                   -> cancelled 2 Requested
        buy  3 limit 5@99 until:20 -> opened 3
        buy  4 market 9            -> taker 4 2@101 of 2/9, expired 4 LiquidityMissing
        buy  5 limit 500@99        -> rejected 5 BalanceInsufficient asset=USDT need=49500 free=8798
        time 20                    -> expired 3 TimeInForceEnded
        cancel 1                   -> cancel_rejected 1 OrderAlreadyFullyFilled
        cancel 2                   -> cancel_rejected 2 OrderAlreadyCancelled
        cancel 3                   -> cancel_rejected 3 OrderAlreadyCancelled
        cancel 4                   -> cancel_rejected 4 OrderAlreadyCancelled
        cancel 5                   -> cancel_rejected 5 OrderAlreadyCancelled
        cancel 6                   -> cancel_rejected 6 OrderUnknown
        cancel 99                  -> cancel_rejected 99 OrderUnknown
        ",
    );
}

#[test]
fn what_waits_for_its_price_can_be_cancelled() {
    Venue::trades().run(
        "
        print sell 9@100
        buy  1 market 5
        buy  2 limit 5@105         -> opened 2
        cancel 1                   -> cancelled 1 Requested
        cancel 2                   -> cancelled 2 Requested
        print sell 9@100
        ",
    );
    Venue::bars().run(
        "
        buy  1 market 5
        buy  2 limit 5@105         -> opened 2
        cancel 1                   -> cancelled 1 Requested
        cancel 2                   -> cancelled 2 Requested
        bar_open  100 110 90 100
        bar_close 100 110 90 100
        ",
    );
}

#[test]
fn cancels_are_answered_after_the_data_end() {
    Venue::l1().with(|venue| venue.last_time = DAY + 10 * MILLISECOND).run(
        "
        quote 99x5 101x7
        buy  1 limit 5@99          -> opened 1
        time 11
        cancel 1                   -> cancelled 1 Requested
        cancel 1                   -> cancel_rejected 1 OrderAlreadyCancelled
        ",
    );
}
