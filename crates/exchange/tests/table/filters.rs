//! Filters: they test whole orders on arrival, and the rejection names the numbers.

use crate::harness::{Venue, decimal};
use haggle_model::Filters;

fn with(venue: Venue, change: impl FnOnce(&mut Filters)) -> Venue {
    venue.with(|venue| change(&mut venue.filters))
}

#[test]
fn price() {
    let venue = with(Venue::l1(), |filters| (filters.price_min, filters.price_max) = (Some(decimal("49.5")), Some(decimal("200.5"))));
    venue.run(
        "
        quote 99x5 101x7
        buy  1 limit 1@49          -> rejected 1 PriceOutOfRange price=49 min=50
        buy  2 limit 1@50          -> opened 2
        sell 3 limit 1@201         -> rejected 3 PriceOutOfRange price=201 max=200
        sell 4 limit 1@200         -> opened 4
        buy  5 limit 1@0           -> rejected 5 PriceOutOfRange price=0 min=50
        ",
    );
    Venue::l1().run("buy 1 limit 1@0 -> rejected 1 PriceOutOfRange price=0 min=1");
}

#[test]
fn quantity() {
    let venue = with(Venue::l1(), |filters| (filters.quantity_min, filters.quantity_max) = (Some(decimal("1.5")), Some(decimal("9.9"))));
    venue.run(
        "
        quote 99x5 101x7
        buy  1 limit 1@99          -> rejected 1 QuantityOutOfRange quantity=1 min=2
        buy  2 market 10           -> rejected 2 QuantityOutOfRange quantity=10 max=9
        buy  3 limit 0@99          -> rejected 3 QuantityZero lot=1
        buy  4 market 0            -> rejected 4 QuantityZero lot=1
        sell 5 limit 9@99          -> taker 5 5@99 of 5/9, opened 5
        quote 98x5 99x7
        print buy 3@99             -> maker 5 3@99 of 8/9      # rests are not tested
        cancel 5                   -> cancelled 5 Requested
        buy  6 market quote:150    -> rejected 6 QuantityOutOfRange quantity=1 min=2
        ",
    );
}

#[test]
fn notional_of_limits_at_their_price_and_of_market_orders_at_the_best_opposite_price() {
    let venue = with(Venue::l1(), |filters| (filters.notional_min, filters.notional_max) = (Some(decimal("200")), Some(decimal("505"))));
    venue.run(
        "
        quote 99x5 101x7
        buy  1 limit 2@99          -> rejected 1 NotionalOutOfRange notional=198 min=200
        buy  2 limit 2@100         -> opened 2
        sell 3 market 2            -> rejected 3 NotionalOutOfRange notional=198 min=200
        buy  4 market 2            -> taker 4 2@101 of 2/2
        buy  5 market 6            -> rejected 5 NotionalOutOfRange notional=606 max=505
        buy  6 market 5            -> taker 6 5@101 of 5/5
        buy  7 market quote:150    -> rejected 7 NotionalOutOfRange notional=101 min=200
        ",
    );
}

#[test]
fn notional_of_a_market_order_without_a_price_on_arrival_is_tested_when_it_fills() {
    for (venue, row) in [(Venue::trades(), "print sell 9@100"), (Venue::bars(), "bar_open 100 100 100 100 9")] {
        with(venue, |filters| filters.notional_min = Some(decimal("200"))).run(&format!(
            "
            buy  1 market 1
            {row}                  -> rejected 1 NotionalOutOfRange notional=100 min=200
            buy  2 market 1        -> rejected 2 NotionalOutOfRange notional=100 min=200
            "
        ));
    }
}

#[test]
fn notional_is_tested_once_though_the_order_goes_on_waiting() {
    with(Venue::trades(), |filters| filters.notional_min = Some(decimal("200"))).run(
        "
        buy  1 market 9
        buy  2 market 2
        print sell 9@100           -> taker 1 9@101 of 9/9
        print sell 9@99            -> taker 2 2@100 of 2/2
        ",
    );
}
