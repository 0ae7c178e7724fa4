//! Resting orders on L1: at their own price, best price first, then oldest.

use crate::harness::Venue;

#[test]
fn the_opposite_best_fills_what_it_reaches_up_to_its_size() {
    Venue::l1().run(
        "
        quote 99x5 105x7
        buy  1 limit 4@100         -> opened 1
        buy  2 limit 4@102         -> opened 2
        buy  3 limit 4@102         -> opened 3
        quote 99x5 103x9
        quote 99x5 102x5           -> maker 2 4@102 of 4/4 | maker 3 1@102 of 1/4
        quote 99x5 100x4           -> maker 3 3@102 of 4/4 | maker 1 1@100 of 1/4
        quote 99x5 100x4           # as it was: all of it is taken
        quote 98x5 99x2            -> maker 1 2@100 of 3/4
        sell 4 limit 4@120         -> opened 4
        sell 5 limit 4@110         -> opened 5
        quote 115x3 125x2          -> maker 5 3@110 of 3/4
        quote 125x9 126x2          -> maker 5 1@110 of 4/4 | maker 4 4@120 of 4/4
        ",
    );
}

#[test]
fn a_print_beyond_the_price_fills_wholly() {
    Venue::l1().run(
        "
        quote 99x50 105x70
        buy  1 limit 4@99          -> opened 1
        buy  2 limit 4@98          -> opened 2
        print sell 1@98            -> maker 1 4@99 of 4/4       # beyond 99; at 98 its queue is not known
        print sell 1@97            -> maker 2 4@98 of 4/4
        sell 3 limit 4@105         -> opened 3
        print buy 1@106            -> maker 3 4@105 of 4/4
        ",
    );
}

#[test]
fn prints_of_the_other_aggressor_never_fill() {
    Venue::l1().run(
        "
        quote 99x5 105x7
        buy  1 limit 4@100         -> opened 1
        sell 2 limit 4@104         -> opened 2
        print buy 99@100
        print buy 99@90
        print sell 99@104
        print sell 99@120
        print sell 99@101
        print buy 99@103
        print sell 4@100           -> maker 1 4@100 of 4/4
        print buy 4@104            -> maker 2 4@104 of 4/4
        ",
    );
}

#[test]
fn a_print_is_spent_once_over_all_own_orders() {
    Venue::l1().run(
        "
        quote 90x5 105x7
        buy  1 limit 4@98          -> opened 1
        buy  2 limit 4@98          -> opened 2
        buy  3 limit 3@99          -> opened 3
        print sell 8@98            -> maker 3 3@99 of 3/3 | maker 1 4@98 of 4/4 | maker 2 1@98 of 1/4
        print sell 2@98            -> maker 2 2@98 of 3/4
        buy  4 limit 9@99          -> opened 4
        print sell 5@98            -> maker 4 9@99 of 9/9       # beyond fills wholly, and then nothing is left at 98
        ",
    );
}

#[test]
fn a_maker_gets_no_price_improvement() {
    Venue::l1().run(
        "
        quote 90x5 105x7
        buy  1 limit 4@98          -> opened 1
        quote 80x5 85x9            -> maker 1 4@98 of 4/4
        total USDT                 -> 9608
        ",
    );
}

#[test]
fn an_order_ended_by_reduce_only_does_not_stop_those_behind_it() {
    Venue::l1().run(
        "
        quote 99x50 101x50
        buy  1 market 2            -> taker 1 2@101 of 2/2
        sell 2 limit 2@104 reduce  -> opened 2
        sell 3 limit 2@105         -> opened 3
        sell 4 market 2            -> taker 4 2@99 of 2/2
        quote 106x9 107x9          -> expired 2 ReduceOnlyWouldIncrease | maker 3 2@105 of 2/2
        ",
    );
}
