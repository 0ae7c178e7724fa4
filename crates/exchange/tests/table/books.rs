//! Books of levels: messages, taking through them, and the queue at each level.

use crate::harness::Venue;
use haggle_model::{AccountKind, Depth, QueueModel, Slippage};

#[test]
fn messages_make_the_book() {
    Venue::l2().run(
        "
        snapshot 99x5 98x2 / 101x7 103x1
        mark                       -> 100
        update 98x0 97x4 / 102x3 101x6
        book                       -> 99x5 97x4 / 101x6 102x3 103x1
        snapshot 90x1 / 95x1       # of what was there nothing is left
        book                       -> 90x1 / 95x1
        ",
    );
}

#[test]
fn a_best_quote_moves_the_book_at_once_and_the_next_message_speaks_for_its_levels_again() {
    Venue::l2().run(
        "
        snapshot 99x5 98x2 / 101x7 103x1
        quote 98x4 102x2
        book                       -> 98x4 / 102x2 103x1
        quote 100x1 102x2
        book                       -> 100x1 98x4 / 102x2 103x1
        update 99x3 / 101x9
        book                       -> 100x1 99x3 98x4 / 101x9 102x2 103x1
        quote - 101x9
        book                       -> / 101x9 102x2 103x1
        ",
    );
}

#[test]
fn a_message_that_crosses_the_book_removes_the_older_side() {
    Venue::l2().run(
        "
        snapshot 99x5 98x2 / 101x7 103x1
        update 102x1 /
        book                       -> 102x1 99x5 98x2 / 103x1
        update / 99x2
        book                       -> 99x5 98x2 / 99x2 103x1     # locked is not crossed
        crossed                    -> 2
        update 105x1 / 104x1       # of its own levels neither is older
        book                       -> 99x5 98x2 /
        crossed                    -> 3
        ",
    );
}

#[test]
fn there_is_no_book_before_a_snapshot_and_after_a_reconnect() {
    Venue::l2().run(
        "
        update 99x5 / 101x7
        quote 99x5 101x7
        buy 1 market 1             -> expired 1 BookMissing
        buy 2 limit 1@101          -> opened 2
        snapshot 99x5 / 101x7      -> maker 2 1@101 of 1/1
        gap
        update 99x5 / 101x7
        sell 3 market 1            -> expired 3 BookMissing
        snapshot 99x5 / 101x7
        sell 4 market 1            -> taker 4 1@99 of 1/1
        ",
    );
}

#[test]
fn a_taking_order_walks_the_levels() {
    Venue::l2().run(
        "
        snapshot 99x5 98x2 / 101x2 102x3 105x4
        buy 1 market 6             -> taker 1 2@101 of 2/6, taker 1 3@102 of 5/6, taker 1 1@105 of 6/6
        & sell 2 limit 9@98        -> taker 2 5@99 of 5/9, taker 2 2@98 of 7/9, opened 2
        & sell 3 limit 3@98 ioc    -> expired 3 LiquidityMissing
        & buy 4 limit 9@105 fok    -> expired 4 FillOrKillUnfilled need=9 available=3
        ",
    );
    // A limit stops at its price; what is left of it rests there.
    Venue::l2().run(
        "
        snapshot 99x5 / 101x2 102x3 105x4
        buy 1 limit 9@102          -> taker 1 2@101 of 2/9, taker 1 3@102 of 5/9, opened 1
        buy 2 limit 1@101 post     -> rejected 2 PostOnlyWouldTake price=101 best=101     # as recorded
        ",
    );
}

#[test]
fn the_named_options_of_l1_say_nothing_where_levels_are_known() {
    for depth in [Depth::AllAtBest, Depth::Walk { ticks: 1, share: haggle_model::Decimal::ONE, levels: 3 }] {
        Venue::l2().rules(|rules| rules.depth = depth).run(
            "
            snapshot 99x5 / 101x2 105x1
            buy 1 market 6         -> taker 1 2@101 of 2/6, taker 1 1@105 of 3/6, expired 1 LiquidityMissing
            ",
        );
    }
}

#[test]
fn what_was_taken_is_gone_until_the_level_shows_another_size() {
    Venue::l2().run(
        "
        snapshot 99x5 / 101x3 102x3 103x9
        buy 1 market 4             -> taker 1 3@101 of 3/4, taker 1 1@102 of 4/4
        update / 101x3 104x1       # the same size says nothing new
        buy 2 market 1             -> taker 2 1@102 of 1/1
        quote 99x5 101x3
        buy 3 market 1             -> taker 3 1@102 of 1/1
        snapshot 99x5 / 101x3 102x4 103x9
        buy 4 market 2             -> taker 4 2@102 of 2/2
        update / 101x2
        buy 5 market 3             -> taker 5 2@101 of 2/3, taker 5 1@102 of 3/3
        update / 101x0
        update / 101x2             # its price had left the book
        buy 6 market 3             -> taker 6 2@101 of 2/3, taker 6 1@102 of 3/3
        quote 99x5 102x4
        buy 7 market 1             -> taker 7 1@103 of 1/1
        ",
    );
}

#[test]
fn slippage_and_share_hold_at_every_level() {
    Venue::l2().rules(|rules| rules.slippage = Slippage::Ticks(1)).run(
        "
        snapshot 99x5 / 101x2 103x3
        buy 1 market 3             -> taker 1 2@102 of 2/3, taker 1 1@104 of 3/3
        buy 2 limit 2@103          -> taker 2 2@103 of 2/2
        ",
    );
    Venue::l2().rules(|rules| rules.volume_share = haggle_model::Decimal::new(5, 1)).run(
        "
        snapshot 99x5 / 101x4 102x5
        buy 1 market 9             -> taker 1 2@101 of 2/9, taker 1 2@102 of 4/9, expired 1 LiquidityMissing
        ",
    );
}

#[test]
fn an_amount_buys_what_the_levels_leave_of_it() {
    Venue::l2().run(
        "
        snapshot 100x5 90x5 40x99 / 101x2 105x1 200x9
        buy 1 market quote:410     -> taker 1 2@101 of 2/3, taker 1 1@105 of 3/3
        # It goes below half of the best price.
        sell 2 market quote:1000   -> taker 2 5@100 of 5/11, taker 2 5@90 of 10/11, taker 2 1@40 of 11/11
        sell 3 market quote:90     -> taker 3 2@40 of 2/2
        ",
    );
}

#[test]
fn an_order_joins_the_back_of_its_level_wherever_that_is() {
    Venue::l2().run(
        "
        snapshot 99x5 97x3 / 101x7 103x2
        buy  1 limit 4@99          -> opened 1
        buy  2 limit 4@97          -> opened 2
        buy  3 limit 4@98          -> opened 3     # no level: nothing ahead
        sell 4 limit 2@103         -> opened 4
        print sell 5@99
        print sell 1@99            -> maker 1 1@99 of 1/4
        print sell 5@98            -> maker 1 3@99 of 4/4 | maker 3 2@98 of 2/4
        print sell 1@98            -> maker 3 1@98 of 3/4
        print sell 4@97            -> maker 3 1@98 of 4/4
        print sell 1@97            -> maker 2 1@97 of 1/4
        print buy 2@103
        print buy 1@103            -> maker 4 1@103 of 1/2
        print buy 1@104            -> maker 4 1@103 of 2/2
        ",
    );
}

#[test]
fn beyond_the_last_level_the_queue_is_unknown_until_the_level_is_shown() {
    Venue::l2().run(
        "
        snapshot 99x5 97x3 / 101x7
        buy  1 limit 4@96          -> opened 1
        print sell 9@96
        update 96x6 /
        print sell 6@96
        print sell 1@96            -> maker 1 1@96 of 1/4
        gap                        # then it stands behind all that comes
        snapshot 99x5 96x2 / 101x7
        print sell 2@96
        print sell 1@96            -> maker 1 1@96 of 2/4
        ",
    );
}

#[test]
fn risk_averse_only_prints_at_its_level_shorten_the_queue() {
    Venue::l2().run(
        "
        snapshot 99x9 98x4 / 101x7
        buy  1 limit 4@98          -> opened 1
        update 98x1 /
        update 98x0 /
        quote 99x9 101x7
        snapshot 99x9 98x20 / 101x7
        print sell 4@98
        print sell 1@98            -> maker 1 1@98 of 1/4
        ",
    );
}

#[test]
fn probabilistic_a_decrease_is_shared_at_every_level() {
    // 40 ahead and 60 behind: of the 50 that go, 20 were ahead.
    Venue::l2().rules(|rules| rules.queue = QueueModel::Probabilistic(1)).run(
        "
        snapshot 99x9 98x40 / 101x7
        buy  1 limit 4@98          -> opened 1
        update 98x100 /
        update 98x50 /
        print sell 20@98
        print sell 1@98            -> maker 1 1@98 of 1/4
        ",
    );
    // What prints explain moves nothing more; they are forgotten once the venue has spoken of the level.
    Venue::l2().rules(|rules| rules.queue = QueueModel::Probabilistic(1)).run(
        "
        snapshot 99x9 98x40 / 101x7
        buy  1 limit 4@98          -> opened 1
        print sell 10@98
        update 97x5 /              # of another level
        update 98x30 /
        print sell 29@98
        print sell 1@98
        update 98x30 /             # the same size: others joined
        update 98x2 /
        print sell 1@98            -> maker 1 1@98 of 1/4
        ",
    );
    Venue::l2().rules(|rules| rules.queue = QueueModel::Probabilistic(1)).run(
        "
        snapshot 99x40 98x4 / 101x7
        buy  1 limit 4@99          -> opened 1
        print sell 10@99
        quote 99x40 101x7          # has spoken of it: the prints are behind us
        quote 99x30 101x7          # 30 ahead of 40: 7 of the 10
        print sell 23@99
        print sell 1@99            -> maker 1 1@99 of 1/4
        ",
    );
}

#[test]
fn without_a_queue_any_print_at_the_price_fills() {
    Venue::l2().rules(|rules| rules.queue = QueueModel::None).run(
        "
        snapshot 99x50 98x9 / 101x7
        buy  1 limit 4@98          -> opened 1
        print sell 3@98            -> maker 1 3@98 of 3/4
        ",
    );
}

#[test]
fn levels_that_reach_a_resting_order_fill_it_at_its_price_up_to_their_sizes() {
    Venue::l2().run(
        "
        snapshot 99x5 / 103x7
        buy  1 limit 4@102         -> opened 1
        buy  2 limit 9@101         -> opened 2
        update 99x0 98x5 / 100x3 101x2 102x9 -> maker 1 3@102 of 3/4
        | maker 1 1@102 of 4/4
        | maker 2 1@101 of 1/9
        update / 100x3             # what was taken there is remembered
        update / 100x5             -> maker 2 5@101 of 6/9
        ",
    );
}

#[test]
fn own_orders_on_two_sides_do_not_meet() {
    Venue::l2().run(
        "
        snapshot 99x5 / 101x2 103x7
        sell 1 limit 4@102         -> opened 1
        buy  2 market 5            -> expired 1 SelfTrade | taker 2 2@101 of 2/5, taker 2 3@103 of 5/5
        ",
    );
}

#[test]
fn the_whole_walk_is_priced_before_anything_fills() {
    Venue::l2().with(|venue| venue.balances = ["0", "500", "0"]).run(
        "
        snapshot 99x5 / 100x2 101x2 200x9
        buy 1 market 5             -> rejected 1 BalanceInsufficient asset=USDT need=602 free=500
        buy 2 market 4             -> taker 2 2@100 of 2/4, taker 2 2@101 of 4/4
        total USDT                 -> 98
        position                   -> 4
        ",
    );
    Venue::l2().with(|venue| venue.execution.account = AccountKind::CashSettled).fees("0", "0.01").run(
        "
        snapshot 100x2 99x2 / 101x9
        sell 1 market 4            -> taker 1 2@100 of 2/4 fee 2 USDT, taker 1 2@99 of 4/4 fee 1.98 USDT
        position                   -> -4
        ",
    );
}
