//! The rules of the book, one small table each, on both books.

mod table;

use haggle_book::SelfTradeRule::{self, ExpireMaker, ExpireTaker};
use table::check;

#[test]
fn price_goes_before_time() {
    check(
        ExpireMaker,
        "limit 1 A sell 5@102       -> opened 1
         limit 2 A sell 5@101       -> opened 2
         limit 3 A sell 5@101       -> opened 3
         limit 4 A sell 5@103       -> opened 4
         book                       -> | 2:5@101 3:5@101 1:5@102 4:5@103
         limit 9 B buy 12@102       -> opened 9, fill 2/9 5@101 left 0/7, fill 3/9 5@101 left 0/2, fill 1/9 2@102 left 3/0
         book                       -> | 1:3@102 4:5@103",
    );
}

#[test]
fn trades_at_the_makers_price_on_both_sides() {
    check(
        ExpireMaker,
        "limit 1 A sell 1@100       -> opened 1
         limit 2 B buy 1@110        -> opened 2, fill 1/2 1@100 left 0/0
         limit 3 A buy 1@100        -> opened 3
         limit 4 B sell 1@90        -> opened 4, fill 3/4 1@100 left 0/0
         book                       -> |",
    );
}

#[test]
fn what_is_left_of_a_limit_rests() {
    check(
        ExpireMaker,
        "limit 1 A sell 3@100       -> opened 1
         limit 2 B buy 5@100        -> opened 2, fill 1/2 3@100 left 0/2
         book                       -> 2:2@100 |
         limit 3 A sell 1@100       -> opened 3, fill 2/3 1@100 left 1/0
         book                       -> 2:1@100 |",
    );
}

#[test]
fn bids_stand_highest_first_asks_lowest_first_also_below_zero() {
    check(
        ExpireMaker,
        "limit 1 A buy 1@-5         -> opened 1
         limit 2 A buy 1@-3         -> opened 2
         limit 3 A buy 1@-4         -> opened 3
         limit 4 B sell 1@2         -> opened 4
         limit 5 B sell 1@-1        -> opened 5
         limit 6 B sell 1@0         -> opened 6
         book                       -> 2:1@-3 3:1@-4 1:1@-5 | 5:1@-1 6:1@0 4:1@2",
    );
}

#[test]
fn extreme_prices_are_prices() {
    check(
        ExpireMaker,
        "limit 1 A buy 1@-9223372036854775808    -> opened 1
         limit 2 A sell 1@9223372036854775807    -> opened 2
         limit 3 B buy 1@9223372036854775806     -> opened 3
         book                                    -> 3:1@9223372036854775806 1:1@-9223372036854775808 | 2:1@9223372036854775807
         limit 4 B buy 2@9223372036854775807     -> opened 4, fill 2/4 1@9223372036854775807 left 0/1
         market 5 C sell 3                       -> opened 5, fill 4/5 1@9223372036854775807 left 0/2, fill 3/5 1@9223372036854775806 left 0/1, fill 1/5 1@-9223372036854775808 left 0/0",
    );
}

#[test]
fn immediate_or_cancel_never_rests() {
    check(
        ExpireMaker,
        "limit 1 A buy 5@100 ioc    -> opened 1, expired 1 left 5 LiquidityMissing
         limit 2 A sell 3@100       -> opened 2
         limit 3 A sell 3@101       -> opened 3
         limit 4 B buy 5@100 ioc    -> opened 4, fill 2/4 3@100 left 0/2, expired 4 left 2 LiquidityMissing
         limit 5 B buy 2@101 ioc    -> opened 5, fill 3/5 2@101 left 1/0
         book                       -> | 3:1@101",
    );
}

#[test]
fn fill_or_kill_is_all_or_nothing() {
    check(
        ExpireMaker,
        "limit 1 A sell 3@100       -> opened 1
         limit 2 A sell 3@101       -> opened 2
         limit 3 B buy 4@100 fok    -> opened 3, expired 3 left 4 FillOrKillUnfilled
         limit 4 B buy 7@101 fok    -> opened 4, expired 4 left 7 FillOrKillUnfilled
         market 5 B buy 7 fok       -> opened 5, expired 5 left 7 FillOrKillUnfilled
         book                       -> | 1:3@100 2:3@101
         limit 6 B buy 4@101 fok    -> opened 6, fill 1/6 3@100 left 0/1, fill 2/6 1@101 left 2/0
         market 7 B buy 2 fok       -> opened 7, fill 2/7 2@101 left 0/0
         book                       -> |",
    );
}

#[test]
fn market_orders_take_at_any_price_and_never_rest() {
    check(
        ExpireMaker,
        "market 1 A buy 5           -> opened 1, expired 1 left 5 LiquidityMissing
         limit 2 A buy 2@100        -> opened 2
         limit 3 A buy 2@1          -> opened 3
         market 4 B sell 3          -> opened 4, fill 2/4 2@100 left 0/1, fill 3/4 1@1 left 1/0
         market 5 B sell 3          -> opened 5, fill 3/5 1@1 left 0/2, expired 5 left 2 LiquidityMissing
         book                       -> |",
    );
}

#[test]
fn post_only_is_refused_where_it_reaches_the_other_side() {
    check(
        ExpireMaker,
        "limit 1 A sell 5@100       -> opened 1
         limit 2 B buy 1@100 post   -> rejected 2 PostOnlyWouldTake
         limit 3 B buy 1@101 post   -> rejected 3 PostOnlyWouldTake
         limit 4 B buy 1@99 post    -> opened 4
         limit 5 A buy 1@100 post   -> rejected 5 PostOnlyWouldTake   # also before its own account
         book                       -> 4:1@99 | 1:5@100
         limit 2 B sell 1@100 post  -> opened 2                       # the number of a rejected order is free
         book                       -> 4:1@99 | 1:5@100 2:1@100",
    );
}

#[test]
fn cancel_takes_an_order_out_wherever_it_stands() {
    check(
        ExpireMaker,
        "limit 1 A buy 1@100        -> opened 1
         limit 2 A buy 2@100        -> opened 2
         limit 3 A buy 3@100        -> opened 3
         limit 4 A buy 4@100        -> opened 4
         cancel 2                   -> cancelled 2 left 2 Requested   # the middle
         cancel 1                   -> cancelled 1 left 1 Requested   # the head
         cancel 4                   -> cancelled 4 left 4 Requested   # the tail
         book                       -> 3:3@100 |
         cancel 3                   -> cancelled 3 left 3 Requested   # the last one
         book                       -> |
         cancel 3                   -> cancel rejected 3 OrderUnknown
         cancel 77                  -> cancel rejected 77 OrderUnknown",
    );
}

#[test]
fn cancel_names_what_was_not_filled() {
    check(
        ExpireMaker,
        "limit 1 A buy 5@100        -> opened 1
         market 2 B sell 2          -> opened 2, fill 1/2 2@100 left 3/0
         cancel 1                   -> cancelled 1 left 3 Requested
         limit 3 A buy 1@100        -> opened 3
         market 4 B sell 1          -> opened 4, fill 3/4 1@100 left 0/0
         cancel 3                   -> cancel rejected 3 OrderUnknown",
    );
}

#[test]
fn amend_keeps_the_place_only_for_less_at_the_same_price() {
    check(
        ExpireMaker,
        "limit 1 A buy 5@100        -> opened 1
         limit 2 B buy 5@100        -> opened 2
         limit 3 C buy 5@100        -> opened 3
         amend 1 3                  -> amended 1 3@100
         book                       -> 1:3@100 2:5@100 3:5@100 |
         amend 2 4@100              -> amended 2 4@100
         book                       -> 1:3@100 2:4@100 3:5@100 |
         amend 1 4                  -> amended 1 4@100                # more: to the back
         book                       -> 2:4@100 3:5@100 1:4@100 |
         amend 2                    -> amend rejected 2 AmendUnchanged
         amend 2 4@100              -> amend rejected 2 AmendUnchanged
         book                       -> 2:4@100 3:5@100 1:4@100 |
         amend 3 1@101              -> amended 3 1@101
         amend 3 @100               -> amended 3 1@100                # there and back again
         book                       -> 2:4@100 1:4@100 3:1@100 |
         amend 9 1                  -> amend rejected 9 OrderUnknown",
    );
}

#[test]
fn amend_counts_the_total_and_ends_at_what_is_filled() {
    check(
        ExpireMaker,
        "limit 1 A buy 10@100       -> opened 1
         market 2 B sell 4          -> opened 2, fill 1/2 4@100 left 6/0
         amend 1 7                  -> amended 1 7@100
         book                       -> 1:3@100 |
         amend 1 20@99              -> amended 1 20@99
         book                       -> 1:16@99 |
         amend 1 4                  -> cancelled 1 left 16 AmendedToFilled
         limit 3 A buy 10@100       -> opened 3
         amend 3 0                  -> cancelled 3 left 10 AmendedToFilled
         book                       -> |",
    );
}

#[test]
fn amend_may_take_unless_post_only() {
    check(
        ExpireMaker,
        "limit 1 A sell 3@101       -> opened 1
         limit 2 A sell 3@102       -> opened 2
         limit 3 B buy 5@99         -> opened 3
         limit 4 B buy 5@98 post    -> opened 4
         amend 4 6@101              -> amend rejected 4 PostOnlyWouldTake
         book                       -> 3:5@99 4:5@98 | 1:3@101 2:3@102
         amend 3 @101               -> amended 3 5@101, fill 1/3 3@101 left 0/2
         book                       -> 3:2@101 4:5@98 | 2:3@102
         amend 3 6@102              -> amended 3 6@102, fill 2/3 3@102 left 0/0
         book                       -> 4:5@98 |
         amend 4 6@101              -> amended 4 6@101
         limit 5 C sell 1@101       -> opened 5, fill 4/5 1@101 left 5/0",
    );
}

#[test]
fn expire_maker_cancels_own_orders_on_the_way_and_goes_on() {
    check(
        ExpireMaker,
        "limit 1 A sell 2@100       -> opened 1
         limit 2 B sell 2@100       -> opened 2
         limit 3 A sell 2@101       -> opened 3
         limit 4 A sell 2@102       -> opened 4
         limit 5 A buy 2@102        -> opened 5, cancelled 1 left 2 SelfTrade, fill 2/5 2@100 left 0/0
         book                       -> | 3:2@101 4:2@102              # not reached, not cancelled
         limit 6 A buy 1@101        -> opened 6, cancelled 3 left 2 SelfTrade
         book                       -> 6:1@101 | 4:2@102
         amend 6 @102               -> amended 6 1@102, cancelled 4 left 2 SelfTrade
         book                       -> 6:1@102 |",
    );
}

#[test]
fn expire_taker_ends_the_order_that_comes() {
    check(
        ExpireTaker,
        "limit 1 B sell 2@100       -> opened 1
         limit 2 A sell 2@101       -> opened 2
         limit 3 A buy 2@101        -> opened 3, fill 1/3 2@100 left 0/0   # filled before it meets its own
         limit 4 B sell 1@101       -> opened 4
         limit 5 A buy 2@101        -> opened 5, cancelled 5 left 2 SelfTrade
         market 6 A buy 2           -> opened 6, cancelled 6 left 2 SelfTrade
         limit 7 A buy 2@99         -> opened 7
         amend 7 3@105              -> amended 7 3@105, cancelled 7 left 3 SelfTrade
         book                       -> | 2:2@101 4:1@101",
    );
}

#[test]
fn without_a_rule_an_account_trades_with_itself() {
    check(
        SelfTradeRule::None,
        "limit 1 A sell 2@100       -> opened 1
         limit 2 A buy 3@100        -> opened 2, fill 1/2 2@100 left 0/1
         limit 3 A sell 2@99        -> opened 3, fill 2/3 1@100 left 0/1
         limit 4 A buy 1@99 fok     -> opened 4, fill 3/4 1@99 left 0/0",
    );
}

#[test]
fn fill_or_kill_does_not_count_own_orders() {
    let table = "limit 1 B sell 2@100    -> opened 1
         limit 2 A sell 2@101       -> opened 2
         limit 3 B sell 2@102       -> opened 3
         limit 4 A buy 5@102 fok    -> opened 4, expired 4 left 5 FillOrKillUnfilled
         book                       -> | 1:2@100 2:2@101 3:2@102";
    check(
        ExpireMaker,
        &format!(
            "{table}
         limit 5 A buy 3@102 fok    -> opened 5, fill 1/5 2@100 left 0/1, cancelled 2 left 2 SelfTrade, fill 3/5 1@102 left 1/0"
        ),
    );
    check(
        ExpireTaker,
        &format!(
            "{table}
         limit 5 A buy 3@102 fok    -> opened 5, expired 5 left 3 FillOrKillUnfilled
         limit 6 A buy 2@102 fok    -> opened 6, fill 1/6 2@100 left 0/0"
        ),
    );
}

#[test]
fn impossible_commands_are_errors_and_leave_no_trace() {
    check(
        ExpireMaker,
        "limit 1 A buy 5@100        -> opened 1
         limit 1 A buy 5@99         -> error INVALID_ARGUMENT at id
         market 1 B sell 5          -> error INVALID_ARGUMENT at id
         limit 2 A buy 0@99         -> error INVALID_ARGUMENT at quantity
         limit 2 A buy -1@99        -> error INVALID_ARGUMENT at quantity
         market 2 A buy 0           -> error INVALID_ARGUMENT at quantity
         market 2 A buy 1 gtc       -> error INVALID_ARGUMENT at time_in_force
         limit 2 A buy 1@99 post+ioc -> error INVALID_ARGUMENT at post_only
         amend 1 -1                 -> error INVALID_ARGUMENT at quantity
         book                       -> 1:5@100 |",
    );
}

#[test]
fn a_level_holds_what_i64_counts() {
    check(
        ExpireMaker,
        "limit 1 A buy 9223372036854775806@100   -> opened 1
         limit 2 A buy 1@100                     -> opened 2
         limit 3 A buy 1@100                     -> error OVERFLOW at quantity
         limit 3 A buy 2@99                      -> opened 3
         amend 3 @100                            -> error OVERFLOW at quantity
         amend 2 2                               -> error OVERFLOW at quantity
         amend 1 @100                            -> amend rejected 1 AmendUnchanged
         book                                    -> 1:9223372036854775806@100 2:1@100 3:2@99 |
         market 4 B sell 9223372036854775807 fok -> opened 4, fill 1/4 9223372036854775806@100 left 0/1, fill 2/4 1@100 left 0/0
         limit 5 A buy 9223372036854775807@99    -> error OVERFLOW at quantity
         limit 5 A buy 9223372036854775807@99 ioc -> opened 5, expired 5 left 9223372036854775807 LiquidityMissing",
    );
}
