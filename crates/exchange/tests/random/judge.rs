//! What a step's events have to be like: one end for every order, fills where the rows allow them, and no more than they allow.

use crate::watch::{Row, Watch, decimal};
use haggle_model::{Decimal, Depth, Feed, Fill, Liquidity, OrderEvent, OrderEventKind, OrderKind, QueueModel, Side, Size, TimeInForce};
use proptest::prelude::*;

type Checked = Result<(), TestCaseError>;

impl Watch {
    /// Takes the events of a step, one by one, and checks the whole at its end.
    pub fn judge(&mut self, row: Row) -> Checked {
        let mut events = Vec::new();
        self.exchange.take_events(&mut events);
        let events: Vec<OrderEvent> = events.into_iter().filter_map(|event| event.as_order().cloned()).collect();
        prop_assert!(events.last().is_none_or(|event| event.ends_bundle), "the last bundle does not end");
        for bundle in events.split_inclusive(|event| event.ends_bundle) {
            let mut filled = bundle.iter().filter(|event| matches!(event.kind, OrderEventKind::Filled(_))).map(|event| event.order);
            let first = filled.next();
            prop_assert!(filled.all(|order| Some(order) == first), "fills of two orders in one bundle: {bundle:?}");
        }
        let mut spent = 0;
        for event in &events {
            prop_assert_eq!(event.time, self.now);
            for (asset, balance) in event.balances.iter().flatten() {
                self.told[asset.index()] = *balance;
            }
            self.judge_event(event, row, &mut spent)?;
        }
        self.judge_books()
    }

    fn judge_event(&mut self, event: &OrderEvent, row: Row, spent: &mut i64) -> Checked {
        let Some(order) = self.orders.get_mut(&event.order.0) else {
            let is_answer = matches!(event.kind, OrderEventKind::CancelRejected(_) | OrderEventKind::AmendRejected(_));
            prop_assert!(is_answer, "an event of an order that was never sent: {event:?}");
            return Ok(());
        };
        match &event.kind {
            OrderEventKind::CancelRejected(_) => prop_assert!(order.is_over, "a cancel of a working order was refused: {event:?}"),
            OrderEventKind::AmendRejected(_) | OrderEventKind::InDoubt => {}
            _ => prop_assert!(!order.is_over, "after its end: {event:?}"),
        }
        match &event.kind {
            OrderEventKind::Opened => {
                prop_assert!(!order.is_open, "opened twice");
                order.is_open = true;
                if order.quantity == 0 {
                    // Given as an amount: the books tell its lots.
                    let rests =
                        self.exchange.markets()[0].resting.iter().map(Vec::len).sum::<usize>() + self.exchange.markets()[0].waiting.len();
                    prop_assert!(rests > 0);
                }
            }
            OrderEventKind::Amended { price, quantity } => {
                (order.request.price, order.quantity, order.step) = (*price, *quantity, self.step);
                if order.request.kind == OrderKind::Limit || *quantity > 0 {
                    order.request.size = Size::Lots(*quantity);
                }
                order.joined = None;
            }
            OrderEventKind::Filled(fill) => {
                prop_assert_eq!(fill.filled, order.filled + fill.quantity);
                (order.filled, order.quantity) = (fill.filled, fill.order_quantity);
                self.judge_fill(event, fill, row, spent)?;
            }
            OrderEventKind::Rejected(_) => prop_assert!(order.filled == 0 && !order.is_open, "rejected after it opened: {event:?}"),
            _ => {}
        }
        if let Some(order) = self.orders.get_mut(&event.order.0)
            && event.kind.is_terminal()
        {
            order.is_over = true;
            let is_whole = order.filled == 0 || order.filled == order.quantity;
            prop_assert!(is_whole || order.request.time_in_force != TimeInForce::FillOrKill, "part of a fill-or-kill order: {event:?}");
        }
        Ok(())
    }

    fn judge_fill(&mut self, event: &OrderEvent, fill: &Fill, row: Row, spent: &mut i64) -> Checked {
        self.fills += 1;
        let step = self.step;
        let Some(order) = self.orders.get_mut(&event.order.0) else { return Ok(()) };
        let (side, limit) = (order.request.side, order.request.price);
        let is_limit = order.request.kind == OrderKind::Limit;
        let is_taker = fill.liquidity == Liquidity::Taker;
        prop_assert!(fill.quantity > 0 && fill.filled <= fill.order_quantity, "{fill:?}");
        prop_assert!(!is_limit || !side.better(limit, fill.price), "through its limit of {limit}: {fill:?}");
        prop_assert!(!(order.request.post_only && is_taker), "post-only took");
        if order.request.reduce_only {
            let held = decimal(side.sign()) * self.position;
            prop_assert!(
                held.is_sign_negative() && decimal(fill.quantity) <= -held,
                "reduce-only with a position of {}: {fill:?}",
                self.position
            );
        }
        if !is_taker && !matches!(row, Row::BarClose(_)) {
            prop_assert_eq!(fill.price, limit, "a maker's price is its own");
        }
        // Where, and how much.
        let share = self.execution.fills.volume_share;
        let part = |size: i64| if share == Decimal::ONE { size } else { size / 2 };
        *spent += fill.quantity;
        match (self.feed, row) {
            (Feed::Quotes, Row::Request) => {
                prop_assert!(is_taker);
                let best = self.quote.and_then(|quote| quote.side(side.opposite()));
                prop_assert!(best.is_some_and(|(best, _)| !side.better(fill.price, best)), "better than the best {best:?}: {fill:?}");
                self.taken[side.opposite() as usize] += fill.quantity;
            }
            (Feed::Quotes, Row::Quote(quote)) => {
                prop_assert!(!is_taker && order.step < step);
                let best = quote.side(side.opposite());
                prop_assert!(best.is_some_and(|(best, _)| !side.better(limit, best)), "not reached: {fill:?}");
                self.taken[side.opposite() as usize] += fill.quantity;
            }
            (Feed::Book, Row::Request) => {
                prop_assert!(is_taker);
                self.shown.take(side.opposite(), fill, *spent, part)?;
            }
            (Feed::Book, Row::Book) => {
                prop_assert!(!is_taker && order.step < step);
                self.shown.reach(side.opposite(), limit, *spent, part)?;
            }
            (Feed::Quotes | Feed::Book, Row::Print(aggressor, price, quantity)) => {
                prop_assert!(!is_taker && order.step < step);
                prop_assert!(aggressor != side && !side.better(limit, price), "not hit: {fill:?}");
                prop_assert!(price != limit || *spent <= part(quantity), "more than the print of {quantity}");
                prop_assert!(share == Decimal::ONE || *spent <= part(quantity), "more than the share of {quantity}");
                if price == limit {
                    order.from_prints += fill.quantity;
                    let ahead = order.joined.filter(|_| self.execution.fills.queue == QueueModel::RiskAverse);
                    prop_assert!(ahead.is_none_or(|ahead| order.from_prints <= order.printed - ahead), "before its turn: {fill:?}");
                }
            }
            (Feed::Trades, Row::Print(_, price, quantity)) => {
                prop_assert!(order.step < step, "filled by a print before it");
                prop_assert!(*spent <= part(quantity), "more than the print of {quantity}");
                if is_taker {
                    prop_assert!(!side.better(fill.price, price));
                } else {
                    let touches = self.execution.fills.queue == QueueModel::None && price == limit;
                    prop_assert!(side.better(price, limit) || touches, "not beyond: {fill:?}");
                }
            }
            (Feed::Bars, Row::BarOpen(bar)) => {
                prop_assert!(is_taker && order.step < step && !side.better(fill.price, bar.open));
            }
            (Feed::Bars, Row::BarClose(bar)) => {
                prop_assert!(!is_taker && order.step < self.bar_step, "filled by a bar that had opened when it came: {fill:?}");
                let extreme = if side == Side::Buy { bar.low } else { bar.high };
                prop_assert!(side.better(extreme, limit) || (self.execution.fills.touch && extreme == limit), "not on the path: {fill:?}");
                prop_assert!(fill.price == limit || (self.execution.fills.gap_at_open && fill.price == bar.open));
            }
            // At the close of the bar that has just ended, where that was asked for.
            (Feed::Bars, Row::Request) => {
                prop_assert!(is_taker && self.execution.fills.bar == haggle_model::BarFill::ThisClose);
                prop_assert!(self.bar.is_some_and(|bar| !side.better(fill.price, bar.close)));
            }
            _ => prop_assert!(false, "a fill out of nothing: {fill:?}"),
        }
        if self.execution.fills.depth == Depth::Displayed
            && let Some((_, size)) = self.quote.and_then(|quote| quote.side(side.opposite()))
        {
            let taken = self.taken[side.opposite() as usize];
            prop_assert!(taken <= part(size), "{taken} taken of {size}");
        }
        if let Some(bar) = self.bar {
            self.bar_spent += fill.quantity;
            prop_assert!(!self.knows_volume || self.bar_spent <= part(bar.volume), "{} of a bar's {}", self.bar_spent, bar.volume);
        }
        self.book(event, fill)
    }
}
