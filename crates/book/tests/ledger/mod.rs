//! Orders kept from commands and events alone, as the clients of a book would keep them.

use haggle_book::{Command, Event, Order, OrderId};
use haggle_model::Side;
use std::collections::BTreeMap;

/// An order as its owner would know it.
#[derive(Clone, Copy, Debug)]
struct Known {
    side: Side,
    quantity: i64,
    filled: i64,
}

/// What commands and events say about all working orders. It panics where an event does not fit.
#[derive(Default)]
pub struct Ledger {
    working: BTreeMap<OrderId, Known>,
    /// Lots bought and sold over all fills.
    pub bought: i128,
    pub sold: i128,
}

impl Ledger {
    pub fn apply(&mut self, command: &Command, events: &[Event]) {
        for event in events {
            match *event {
                Event::Opened { id } => {
                    let (Command::Limit { side, quantity, .. } | Command::Market { side, quantity, .. }) = *command else {
                        panic!("{command:?} opened an order");
                    };
                    let before = self.working.insert(id, Known { side, quantity, filled: 0 });
                    assert!(before.is_none(), "{id} was opened twice");
                }
                Event::Filled { maker, taker, quantity, maker_left, taker_left, .. } => {
                    assert!(quantity > 0);
                    assert_ne!(self.fill(maker, quantity, maker_left), self.fill(taker, quantity, taker_left), "both on one side");
                }
                Event::Cancelled { id, left, .. } | Event::Expired { id, left, .. } => {
                    let order = self.working.remove(&id).expect("only a working order ends");
                    assert_eq!(order.quantity - order.filled, left, "{event:?}");
                }
                Event::Amended { id, quantity, .. } => {
                    self.working.get_mut(&id).expect("only a working order is amended").quantity = quantity;
                }
                Event::Rejected { .. } | Event::CancelRejected { .. } | Event::AmendRejected { .. } => {
                    assert_eq!(events.len(), 1, "a refusal stands alone");
                }
            }
        }
    }

    fn fill(&mut self, id: OrderId, quantity: i64, left: i64) -> Side {
        let order = self.working.get_mut(&id).expect("only a working order is filled");
        order.filled += quantity;
        assert_eq!(order.quantity - order.filled, left, "order {id}");
        let Known { side, .. } = *order;
        *(if side == Side::Buy { &mut self.bought } else { &mut self.sold }) += i128::from(quantity);
        if left == 0 {
            self.working.remove(&id);
        }
        side
    }

    /// The working orders are those that rest, and as far filled.
    pub fn check(&self, resting: &[Order], what: &str) {
        assert_eq!(self.working.len(), resting.len(), "{what}: orders that neither rest nor ended");
        for order in resting {
            let known = self.working.get(&order.id).expect("a resting order is a working one");
            assert_eq!((known.side, known.quantity, known.filled), (order.side, order.quantity, order.filled), "{what}");
        }
    }
}
