//! Volume share: at most that part of a displayed level, a print or a bar, over all own orders together.

use crate::harness::{Venue, decimal};
use haggle_model::{Depth, QueueModel};

fn half(venue: Venue) -> Venue {
    venue.rules(|rules| rules.volume_share = decimal("0.5"))
}

#[test]
fn of_the_displayed_size_with_what_was_taken_counted_in() {
    half(Venue::l1()).run(
        "
        quote 99x5 101x7
        buy  1 market 2            -> taker 1 2@101 of 2/2
        buy  2 market 2            -> taker 2 1@101 of 1/2, expired 2 LiquidityMissing      # 3 of 7
        buy  3 limit 2@101         -> opened 3
        quote 99x5 101x6           -> maker 3 2@101 of 2/2
        buy  4 market 2            -> taker 4 1@101 of 1/2, expired 4 LiquidityMissing
        sell 5 market 3 fok        -> expired 5 FillOrKillUnfilled need=3 available=2
        ",
    );
}

#[test]
fn of_assumed_levels_too() {
    half(Venue::l1()).rules(|rules| rules.depth = Depth::Walk { ticks: 1, share: decimal("1"), levels: 1 }).run(
        "
        quote 99x5 101x6
        buy  1 market 9            -> taker 1 3@101 of 3/9, taker 1 3@102 of 6/9, expired 1 LiquidityMissing
        ",
    );
}

#[test]
fn of_a_print_beyond_the_price_too() {
    half(Venue::l1()).run(
        "
        quote 90x5 105x7
        buy  1 limit 4@99          -> opened 1
        buy  2 limit 4@98          -> opened 2
        print sell 6@98            -> maker 1 3@99 of 3/4
        print sell 6@97            -> maker 1 1@99 of 4/4 | maker 2 2@98 of 2/4
        print sell 1@97
        ",
    );
}

#[test]
fn of_a_print_at_the_price_and_the_rest_of_it_moves_nobody_behind_an_unfilled_own_order() {
    half(Venue::l1()).run(
        "
        quote 99x2 105x7
        buy  1 limit 9@99          -> opened 1
        quote 99x20 105x7
        buy  2 limit 9@99          -> opened 2
        print sell 8@99            -> maker 1 4@99 of 4/9       # 2 ahead, 6 left, 4 allowed: 18 stay ahead of order 2
        print sell 10@99           -> maker 1 5@99 of 9/9       # the other 5 pass: 13 stay
        print sell 13@99
        print sell 2@99            -> maker 2 1@99 of 1/9
        ",
    );
}

#[test]
fn of_a_print_beyond_one_order_and_what_is_left_moves_the_queue_at_its_price() {
    half(Venue::l1()).run(
        "
        quote 98x4 105x7
        buy  1 limit 9@99          -> opened 1
        buy  2 limit 9@98          -> opened 2
        print sell 6@98            -> maker 1 3@99 of 3/9       # 3 pass: 1 stays ahead of order 2
        cancel 1                   -> cancelled 1 Requested
        print sell 4@98            -> maker 2 2@98 of 2/9
        ",
    );
}

#[test]
fn of_prints_alone_over_takers_and_makers() {
    half(Venue::trades()).rules(|rules| rules.queue = QueueModel::None).run(
        "
        print sell 1@100
        buy  1 limit 9@99          -> opened 1
        buy  2 market 2
        print sell 10@98           -> taker 2 2@99 of 2/2 | maker 1 3@99 of 3/9
        ",
    );
}

#[test]
fn of_a_bar_from_open_to_close() {
    half(Venue::bars()).run(
        "
        bar_close 100 100 100 100 10
        buy  1 market 3
        buy  2 limit 9@98          -> opened 2
        bar_open  100 110 90 100 10  -> taker 1 3@100 of 3/3
        bar_close 100 110 90 100 10  -> maker 2 2@98 of 2/9
        bar_open  100 110 90 100 10
        bar_close 100 110 90 100 10  -> maker 2 5@98 of 7/9
        bar_open  100 110 90 100 0   # volumes are known here: nothing was traded
        bar_close 100 110 90 100 0
        bar_open  100 110 90 100 10
        bar_close 100 110 90 100 10  -> maker 2 2@98 of 9/9
        ",
    );
}
