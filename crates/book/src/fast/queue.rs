//! The orders of one price in order of time: a doubly linked list whose links are places in the slab of orders.

use super::FastBook;
use super::slab::NONE;
use crate::{AccountId, Order, OrderId};
use haggle_model::Side;

/// A resting order with its links, one cache line.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub struct Node {
    pub id: OrderId,
    pub price: i64,
    pub left: i64,
    pub filled: i64,
    pub account: AccountId,
    /// Place of the queue it stands in.
    pub queue: u32,
    /// The order before it in time, or [`NONE`].
    pub previous: u32,
    /// The order after it in time, or [`NONE`].
    pub next: u32,
    pub side: Side,
    pub post_only: bool,
}

/// The orders of one side at one price; never empty between commands.
#[derive(Clone, Copy, Debug)]
pub struct Queue {
    /// Lots not filled, over all orders.
    pub quantity: i64,
    /// The oldest order.
    pub head: u32,
    /// The youngest order.
    pub tail: u32,
    pub orders: u32,
}

impl Node {
    /// A node that stands in no queue yet.
    pub fn new(order: &Order) -> Self {
        let Order { id, account, side, price, filled, post_only, .. } = *order;
        Self { id, price, left: order.left(), filled, account, queue: NONE, previous: NONE, next: NONE, side, post_only }
    }

    pub fn order(&self) -> Order {
        let Self { id, account, side, price, left, filled, post_only, .. } = *self;
        Order { id, account, side, price, quantity: filled + left, filled, post_only }
    }
}

impl FastBook {
    /// Puts an order that stands in no queue at the back of its price. The caller has checked that the total fits.
    pub(super) fn link(&mut self, place: u32) {
        let Node { price, left, side, .. } = self.nodes[place];
        let ladder = self.ladder(side);
        let key = ladder.key(price);
        let queue = match ladder.search(key) {
            Ok(at) => {
                let queue = ladder.level(at);
                let Queue { quantity, tail, orders, .. } = &mut self.queues[queue];
                *quantity += left;
                *orders += 1;
                let previous = std::mem::replace(tail, place);
                self.nodes[previous].next = place;
                self.nodes[place].previous = previous;
                queue
            }
            Err(at) => {
                let queue = self.queues.insert(Queue { quantity: left, head: place, tail: place, orders: 1 });
                self.ladder_mut(side).insert(at, key, queue);
                self.nodes[place].previous = NONE;
                queue
            }
        };
        let node = &mut self.nodes[place];
        node.queue = queue;
        node.next = NONE;
    }

    /// Takes an order out of its queue, and the queue out of the ladder if it was the last.
    pub(super) fn unlink(&mut self, place: u32) {
        let Node { price, left, side, queue, previous, next, .. } = self.nodes[place];
        if previous == NONE && next == NONE {
            let ladder = self.ladder_mut(side);
            ladder.remove(ladder.key(price));
            self.queues.remove(queue);
            return;
        }
        let level = &mut self.queues[queue];
        level.quantity -= left;
        level.orders -= 1;
        if previous == NONE {
            level.head = next;
        } else {
            self.nodes[previous].next = next;
        }
        if next == NONE {
            self.queues[queue].tail = previous;
        } else {
            self.nodes[next].previous = previous;
        }
    }
}
