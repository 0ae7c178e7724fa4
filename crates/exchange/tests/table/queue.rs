//! The queue ahead of a resting order on L1.

use crate::harness::Venue;
use haggle_model::QueueModel;

#[test]
fn an_order_that_joins_the_best_waits_for_the_displayed_size() {
    Venue::l1().run(
        "
        quote 99x5 101x7
        buy  1 limit 4@99          -> opened 1
        print sell 3@99
        print sell 2@99
        print sell 1@99            -> maker 1 1@99 of 1/4
        print sell 9@99            -> maker 1 3@99 of 4/4
        sell 2 limit 4@101         -> opened 2
        print buy 9@101            -> maker 2 2@101 of 2/4
        ",
    );
}

#[test]
fn an_order_that_betters_the_best_has_nothing_ahead() {
    Venue::l1().run(
        "
        quote 99x5 102x7
        buy  1 limit 4@100         -> opened 1
        quote 100x50 102x7         # others join behind it
        print sell 1@100           -> maker 1 1@100 of 1/4
        sell 2 limit 4@101         -> opened 2
        print buy 3@101            -> maker 2 3@101 of 3/4
        ",
    );
}

#[test]
fn an_order_behind_the_best_does_not_know_its_queue_until_its_price_is_the_best() {
    Venue::l1().run(
        "
        quote 99x5 101x7
        buy  1 limit 4@97          -> opened 1
        print sell 99@97
        quote 98x3 101x7
        print sell 99@97
        quote 97x6 101x7
        print sell 6@97
        print sell 1@97            -> maker 1 1@97 of 1/4
        ",
    );
}

#[test]
fn risk_averse_a_level_that_shrinks_vanishes_or_comes_back_does_not_shorten_the_queue() {
    Venue::l1().run(
        "
        quote 99x5 101x7
        buy  1 limit 4@99          -> opened 1
        quote 99x1 101x7
        print sell 1@99
        quote 98x9 101x7
        quote 99x2 101x7
        print sell 4@99
        print sell 1@99            -> maker 1 1@99 of 1/4
        ",
    );
}

#[test]
fn own_orders_queue_behind_each_other() {
    Venue::l1().run(
        "
        quote 99x5 101x7
        buy  1 limit 4@99          -> opened 1
        quote 99x20 101x7
        buy  2 limit 4@99          -> opened 2
        print sell 8@99            -> maker 1 3@99 of 3/4
        print sell 2@99            -> maker 1 1@99 of 4/4
        print sell 14@99
        print sell 1@99            -> maker 2 1@99 of 1/4
        ",
    );
}

#[test]
fn an_own_order_never_overtakes_one_before_it_though_the_level_shrank_in_between() {
    Venue::l1().run(
        "
        quote 99x9 101x7
        buy  1 limit 4@99          -> opened 1
        quote 99x1 101x7
        buy  2 limit 4@99          -> opened 2
        print sell 5@99
        print sell 6@99            -> maker 1 2@99 of 2/4
        print sell 3@99            -> maker 1 2@99 of 4/4 | maker 2 1@99 of 1/4
        ",
    );
}

#[test]
fn probabilistic_a_decrease_is_shared_between_ahead_and_behind() {
    let venue = |power| Venue::l1().rules(move |rules| rules.queue = QueueModel::Probabilistic(power));
    // 40 ahead, then the level grows to 100: 60 behind. It loses 50: 40 % of it is ahead, so 20 stay ahead.
    venue(1).run(
        "
        quote 99x40 101x7
        buy  1 limit 4@99          -> opened 1
        quote 99x100 101x7
        quote 99x50 101x7
        print sell 20@99
        print sell 1@99            -> maker 1 1@99 of 1/4
        ",
    );
    // 1600 of 5200 of the 50 are ahead: 15, so 25 stay.
    venue(2).run(
        "
        quote 99x40 101x7
        buy  1 limit 4@99          -> opened 1
        quote 99x100 101x7
        quote 99x50 101x7
        print sell 25@99
        print sell 1@99            -> maker 1 1@99 of 1/4
        ",
    );
    // 64 of 280: 11.4, rounded down.
    venue(3).run(
        "
        quote 99x40 101x7
        buy  1 limit 4@99          -> opened 1
        quote 99x100 101x7
        quote 99x50 101x7
        print sell 29@99
        print sell 1@99            -> maker 1 1@99 of 1/4
        ",
    );
}

#[test]
fn probabilistic_a_decrease_that_prints_explain_moves_nothing_more() {
    Venue::l1().rules(|rules| rules.queue = QueueModel::Probabilistic(1)).run(
        "
        quote 99x40 101x7
        buy  1 limit 4@99          -> opened 1
        print sell 10@99
        quote 99x30 101x7          # all of the ten were prints
        print buy 99@101           # on the other side
        print sell 29@99
        quote 99x1 101x7
        print sell 1@99
        print sell 1@99            -> maker 1 1@99 of 1/4
        ",
    );
}

#[test]
fn probabilistic_there_is_never_more_ahead_than_is_shown() {
    Venue::l1().rules(|rules| rules.queue = QueueModel::Probabilistic(3)).run(
        "
        quote 99x40 101x7
        buy  1 limit 4@99          -> opened 1
        quote 98x9 101x7
        quote 99x2 101x7
        print sell 3@99            -> maker 1 1@99 of 1/4
        ",
    );
}

#[test]
fn probabilistic_own_orders_keep_their_order() {
    // The later order's share of the decrease is so much larger that it alone would come to stand before the earlier one.
    Venue::l1().rules(|rules| rules.queue = QueueModel::Probabilistic(3)).run(
        "
        quote 99x40 101x7
        buy  1 limit 4@99          -> opened 1
        quote 99x60 101x7
        buy  2 limit 4@99          -> opened 2
        quote 99x100 101x7
        quote 99x1 101x7
        print sell 1@99
        print sell 2@99            -> maker 1 2@99 of 2/4
        ",
    );
}

#[test]
fn without_a_queue_any_print_at_the_price_fills() {
    Venue::l1().rules(|rules| rules.queue = QueueModel::None).run(
        "
        quote 99x50 101x7
        buy  1 limit 4@99          -> opened 1
        buy  2 limit 4@99          -> opened 2
        buy  3 limit 4@97          -> opened 3
        print sell 6@99            -> maker 1 4@99 of 4/4 | maker 2 2@99 of 2/4
        print sell 3@97            -> maker 2 2@99 of 4/4 | maker 3 1@97 of 1/4
        print buy 9@99
        ",
    );
}
