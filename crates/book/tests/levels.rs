//! The book by levels against a naive one, over random messages near and far from the touch.

use haggle_book::LevelBook;
use haggle_model::{BookLevel, Quote, Side};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Two sorted maps, and the rules as they are written down.
#[derive(Default)]
struct Naive {
    sides: [BTreeMap<i64, i64>; 2],
    is_known: bool,
}

#[derive(Clone, Debug)]
enum Message {
    Snapshot(Vec<BookLevel>, Vec<BookLevel>),
    Update(Vec<BookLevel>, Vec<BookLevel>),
    Quote(Option<(i64, i64)>, Option<(i64, i64)>),
    Lose,
}

impl Naive {
    fn best(&self, side: Side) -> Option<i64> {
        let prices = &self.sides[side as usize];
        if side == Side::Buy { prices.keys().next_back() } else { prices.keys().next() }.copied()
    }

    fn apply(&mut self, message: &Message) -> bool {
        let (bids, asks) = match message {
            Message::Lose => {
                *self = Self::default();
                return false;
            }
            Message::Quote(bid, ask) => {
                if self.is_known {
                    self.sides[0].retain(|price, _| bid.is_some_and(|(best, _)| *price <= best));
                    self.sides[1].retain(|price, _| ask.is_some_and(|(best, _)| *price >= best));
                    self.sides[0].extend(bid.iter().copied());
                    self.sides[1].extend(ask.iter().copied());
                }
                return false;
            }
            Message::Snapshot(bids, asks) => {
                *self = Self { is_known: true, ..Self::default() };
                (bids, asks)
            }
            Message::Update(bids, asks) => (bids, asks),
        };
        if !self.is_known {
            return false;
        }
        for (side, levels) in self.sides.iter_mut().zip([bids, asks]) {
            side.extend(levels.iter().map(|level| (level.price, level.size)));
            side.retain(|_, size| *size > 0);
        }
        let mut has_crossed = false;
        while let (Some(bid), Some(ask)) = (self.best(Side::Buy), self.best(Side::Sell)) {
            if bid <= ask {
                break;
            }
            has_crossed = true;
            let new = [bids.iter().any(|level| level.price == bid), asks.iter().any(|level| level.price == ask)];
            if new != [true, false] {
                self.sides[0].remove(&bid);
            }
            if new != [false, true] {
                self.sides[1].remove(&ask);
            }
        }
        has_crossed
    }
}

/// Prices around a touch that jumps; a few lie far beyond any window.
fn price() -> impl Strategy<Value = i64> {
    prop_oneof![6 => 99_980..100_020i64, 2 => 90_000..110_000i64, 1 => 1..200_000i64, 1 => Just(1_000_000_000_000_000_000)]
}

fn levels() -> impl Strategy<Value = Vec<BookLevel>> {
    let size = prop_oneof![1 => Just(0i64), 2 => 1..50i64];
    prop::collection::vec((price(), size).prop_map(|(price, size)| BookLevel { price, size }), 0..12)
}

fn message() -> impl Strategy<Value = Message> {
    let quote = (price(), 0..3i64, 0..9i64, 0..9i64).prop_map(|(bid, spread, bid_size, ask_size)| {
        let side = |price, size| (size > 0).then_some((price, size));
        Message::Quote(side(bid, bid_size), side(bid + spread, ask_size))
    });
    prop_oneof![
        1 => (levels(), levels()).prop_map(|(bids, asks)| Message::Snapshot(bids, asks)),
        12 => (levels(), levels()).prop_map(|(bids, asks)| Message::Update(bids, asks)),
        4 => quote,
        1 => Just(Message::Lose),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]
    #[test]
    fn agrees_with_sorted_maps(messages in prop::collection::vec(message(), 1..60)) {
        let (mut book, mut naive) = (LevelBook::default(), Naive::default());
        for message in std::iter::once(&Message::Snapshot(Vec::new(), Vec::new())).chain(&messages) {
            let has_crossed = match message {
                Message::Snapshot(bids, asks) => book.apply(bids, asks, true),
                Message::Update(bids, asks) => book.apply(bids, asks, false),
                Message::Quote(bid, ask) => {
                    let ((bid, bid_size), (ask, ask_size)) = (bid.unwrap_or_default(), ask.unwrap_or_default());
                    book.set_best(&Quote { bid, bid_size, ask, ask_size });
                    false
                }
                Message::Lose => {
                    book.lose();
                    false
                }
            };
            prop_assert_eq!(has_crossed, naive.apply(message), "{:?}", message);
            prop_assert_eq!(book.is_known(), naive.is_known);
            for side in [Side::Buy, Side::Sell] {
                let mut expected: Vec<(i64, i64)> = naive.sides[side as usize].iter().map(|(price, size)| (*price, *size)).collect();
                if side == Side::Buy {
                    expected.reverse();
                }
                prop_assert_eq!(book.best(side), expected.first().copied());
                prop_assert_eq!(book.deepest(side), expected.last().map(|level| level.0));
                prop_assert_eq!(book.level(side, 2), expected.get(2).copied());
                for (price, size) in &expected {
                    prop_assert_eq!(book.size(side, *price), *size);
                    prop_assert_eq!(book.size(side, price + 1), naive.sides[side as usize].get(&(price + 1)).copied().unwrap_or(0));
                }
                prop_assert_eq!(book.levels(side).collect::<Vec<_>>(), expected);
            }
            if let (Some((bid, _)), Some((ask, _))) = (book.best(Side::Buy), book.best(Side::Sell)) {
                prop_assert!(bid <= ask, "crossed: {} {}", bid, ask);
            }
        }
    }
}
