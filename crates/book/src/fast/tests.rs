//! What only the inside of the fast book shows.

use super::*;
use crate::flow::{Mix, mixed_flow_of};

/// Capacities of everything that could allocate.
fn capacities(book: &FastBook) -> Vec<usize> {
    let parts = [book.nodes.capacity(), book.queues.capacity(), book.bids.capacity(), book.asks.capacity()];
    parts.concat().into_iter().chain([book.places.capacity()]).collect()
}

#[test]
fn steady_state_does_not_allocate() {
    let mix = Mix { resting: 1_000, ..Mix::default() };
    let commands = mixed_flow_of(3, 60_000, &mix);
    let mut book = FastBook::with_capacity(SelfTradeRule::default(), 4_096);
    let mut events = Vec::with_capacity(4_096);
    let before = (capacities(&book), events.capacity());
    for command in &commands {
        events.clear();
        book.apply(command, &mut events).expect("a command of the flow");
    }
    assert!(book.len() > 500, "{} orders rest", book.len());
    assert_eq!((capacities(&book), events.capacity()), before);
}

#[test]
fn an_order_is_one_cache_line() {
    assert_eq!((size_of::<Node>(), align_of::<Node>()), (64, 64));
}

/// The links, totals and places that a hash of the content does not see.
fn check_structure(book: &FastBook) {
    let (mut orders, mut queues) = (0, 0);
    for side in [Side::Buy, Side::Sell] {
        let mut better = None;
        for (key, queue) in book.ladder(side).iter() {
            assert!(better.is_none_or(|better| key < better), "prices are not sorted");
            better = Some(key);
            let Queue { quantity, head, tail, orders: count } = book.queues[queue];
            let (mut place, mut previous, mut total, mut seen) = (head, NONE, 0, 0);
            while place != NONE {
                let node = &book.nodes[place];
                assert_eq!((node.previous, node.queue, node.side, book.ladder(side).key(node.price)), (previous, queue, side, key));
                assert_eq!(book.places.get(node.id), Some(place));
                assert!(node.left > 0);
                (total, seen, previous, place) = (total + node.left, seen + 1, place, node.next);
            }
            assert_eq!((total, seen, previous), (quantity, count, tail));
            orders += seen as usize;
            queues += 1;
        }
    }
    assert_eq!((orders, orders, queues), (book.len(), book.nodes.taken(), book.queues.taken()));
}

#[test]
fn structure_holds_after_every_command() {
    for (seed, rule) in [SelfTradeRule::ExpireMaker, SelfTradeRule::ExpireTaker, SelfTradeRule::None].into_iter().enumerate() {
        let mix = Mix { resting: 100, accounts: 4 };
        let mut book = FastBook::with_capacity(rule, 0);
        let mut events = Vec::new();
        for command in mixed_flow_of(seed as u64, 10_000, &mix) {
            book.apply(&command, &mut events).expect("a command of the flow");
            check_structure(&book);
        }
    }
}
