//! Times in force, and the end of data.

use crate::harness::Venue;
use haggle_model::time::{DAY, MILLISECOND};

#[test]
fn good_until_a_time_ends_at_it() {
    Venue::l1().run(
        "
        quote 99x5 101x7
        buy  1 limit 5@99 until:20 -> opened 1
        buy  2 limit 9@101 until:30 -> taker 2 7@101 of 7/9, opened 2
        sell 3 limit 5@110 until:25 -> opened 3
        time 19
        time 20                    -> expired 1 TimeInForceEnded
        time 40                    -> expired 3 TimeInForceEnded | expired 2 TimeInForceEnded
        buy  4 limit 5@99 until:40 -> expired 4 TimeInForceEnded      # over before it arrived
        buy  5 limit 5@99 until:42 -> expired 5 TimeInForceEnded      # over as it arrives
        locked USDT                -> 0
        ",
    );
}

#[test]
fn what_ended_before_its_time_does_not_expire() {
    Venue::l1().run(
        "
        quote 99x5 101x7
        buy  1 limit 5@101 until:20 -> taker 1 5@101 of 5/5
        buy  2 limit 5@99 until:20 -> opened 2
        cancel 2                   -> cancelled 2 Requested
        buy  3 limit 5@98 until:20 -> opened 3
        amend 3 6@97               -> amended 3 6@97
        time 20                    -> expired 3 TimeInForceEnded
        ",
    );
}

#[test]
fn end_of_day_is_the_next_midnight() {
    let midnight = DAY / MILLISECOND;
    Venue::l1().run(&format!(
        "
        quote 99x5 101x7
        buy  1 limit 5@99 day      -> opened 1
        time {}
        time {midnight}            -> expired 1 TimeInForceEnded
        & buy 2 limit 5@99 day     -> opened 2        # at midnight: a whole day more
        time {}
        time {}                    -> expired 2 TimeInForceEnded
        ",
        midnight - 1,
        2 * midnight - 1,
        2 * midnight
    ));
}

#[test]
fn orders_that_wait_for_a_price_expire_too() {
    Venue::trades().run(
        "
        print sell 9@100
        buy  1 limit 5@105 until:20 -> opened 1
        time 20                    -> expired 1 TimeInForceEnded
        print sell 9@100
        ",
    );
}

#[test]
fn after_its_last_row_an_exchange_opens_nothing() {
    for venue in [Venue::l1(), Venue::trades(), Venue::bars()] {
        venue.with(|venue| venue.last_time = DAY + 10 * MILLISECOND).run(
            "
            buy  1 limit 5@10      -> opened 1
            time 10
            & buy 2 limit 5@10     -> opened 2
            buy  3 limit 5@10      -> expired 3 DataEnded
            buy  4 market 5        -> expired 4 DataEnded
            buy  5 limit 5000@10   -> expired 5 DataEnded
            end                    -> expired 1 RunEnded | expired 2 RunEnded
            cancel 1               -> cancel_rejected 1 OrderAlreadyCancelled
            locked USDT            -> 0
            ",
        );
    }
}
