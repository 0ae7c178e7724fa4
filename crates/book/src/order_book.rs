//! The trait of both books, and the hash of what they hold.

use crate::{Command, Event, Level, Order, OrderId};
use haggle_model::{Result, Side};
use std::fmt;

/// A limit order book that matches by price, then time.
pub trait OrderBook {
    /// Applies a command and appends what happened to `events`, in the order it happened.
    ///
    /// On an error nothing has changed and nothing was appended: `INVALID_ARGUMENT` for a command that makes no sense
    /// ([`Command::check`]) or the number of an order that rests, `OVERFLOW` where a level's total would not fit `i64`.
    fn apply(&mut self, command: &Command, events: &mut Vec<Event>) -> Result<()>;

    /// The best level of a side: the highest bid, the lowest ask.
    fn best(&self, side: Side) -> Option<Level>;

    /// Up to `levels` levels of a side, best first.
    fn depth(&self, side: Side, levels: usize) -> Vec<Level>;

    /// A resting order.
    fn order(&self, id: OrderId) -> Option<Order>;

    /// Number of resting orders.
    fn len(&self) -> usize;

    /// Whether no order rests.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Visits the orders of a side by priority, best price first, then oldest, as long as `visit` says true.
    fn visit_while(&self, side: Side, visit: &mut dyn FnMut(&Order) -> bool);

    /// Visits all orders of a side by priority.
    fn visit(&self, side: Side, visit: &mut dyn FnMut(&Order)) {
        self.visit_while(side, &mut |order| {
            visit(order);
            true
        });
    }

    /// BLAKE3 over all orders, bids before asks, each side by priority. Equal for any two books with equal content.
    fn state_hash(&self) -> StateHash {
        let mut hasher = blake3::Hasher::new();
        for side in [Side::Buy, Side::Sell] {
            self.visit(side, &mut |order| {
                hasher.update(&record(order));
            });
        }
        let mut hash = [0; 16];
        hasher.finalize_xof().fill(&mut hash);
        StateHash(hash)
    }
}

/// The first 16 bytes of a BLAKE3; shown as 32 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StateHash(pub [u8; 16]);

impl fmt::Display for StateHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// An order as hashed: fixed size, little-endian, so that no two lists of orders give the same bytes.
fn record(order: &Order) -> [u8; 38] {
    let mut bytes = [0; 38];
    bytes[0] = order.side as u8;
    bytes[1] = u8::from(order.post_only);
    bytes[2..6].copy_from_slice(&order.account.to_le_bytes());
    bytes[6..14].copy_from_slice(&order.id.to_le_bytes());
    bytes[14..22].copy_from_slice(&order.price.to_le_bytes());
    bytes[22..30].copy_from_slice(&order.quantity.to_le_bytes());
    bytes[30..38].copy_from_slice(&order.filled.to_le_bytes());
    bytes
}
