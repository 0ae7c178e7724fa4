//! Random commands made to hit corners.

use haggle_book::{Command, OrderId, TimeInForce};
use haggle_model::Side;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Where prices and quantities are drawn from.
#[derive(Clone, Copy, Debug)]
pub enum Range {
    /// Four prices around zero: long queues, everything crosses.
    Tight,
    /// Forty prices.
    Usual,
    /// Two thousand prices: levels come and go.
    Wide,
    /// Prices and quantities near the ends of `i64`: overflows.
    Extreme,
}

impl Range {
    pub const ALL: [Self; 4] = [Self::Tight, Self::Usual, Self::Wide, Self::Extreme];

    /// How far an order that is not meant to cross is moved away from the other side.
    const fn lean(self) -> i64 {
        match self {
            Self::Tight => 1,
            Self::Usual => 15,
            Self::Wide => 700,
            Self::Extreme => 0,
        }
    }
}

struct Random(ChaCha8Rng);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0.next_u64() % bound
    }

    fn price(&mut self, range: Range) -> i64 {
        match range {
            Range::Tight => self.below(4) as i64 - 2,
            Range::Usual => 1_000 + self.below(40) as i64,
            Range::Wide => self.below(2_000) as i64 - 1_000,
            Range::Extreme => [i64::MIN, i64::MIN + 1, -1, 0, i64::MAX - 1, i64::MAX][self.below(6) as usize],
        }
    }

    fn quantity(&mut self, range: Range) -> i64 {
        match range {
            Range::Extreme if self.below(2) == 0 => i64::MAX - self.below(3) as i64,
            Range::Extreme => i64::MAX / 4,
            _ => 1 + self.below(20) as i64,
        }
    }
}

/// Commands of every kind: a third of the orders cross, one in fifty uses a number that may rest already, some amends name
/// nothing or a total of zero, cancels name any number dealt so far.
pub fn random_commands(seed: u64, count: usize, range: Range) -> Vec<Command> {
    let mut random = Random(ChaCha8Rng::seed_from_u64(seed));
    let mut dealt: OrderId = 0;
    let mut commands = Vec::with_capacity(count);
    while commands.len() < count {
        // Recent numbers are more likely to rest.
        let reach = if random.below(2) == 0 { 40 } else { 1_000 };
        let known = dealt.saturating_sub(random.below(reach));
        let side = if random.below(2) == 0 { Side::Buy } else { Side::Sell };
        let account = random.below(5) as u32;
        let (price, quantity) = (random.price(range), random.quantity(range));
        let kind = random.below(100);
        let id = if kind >= 60 || random.below(50) == 0 {
            known
        } else {
            dealt += 1;
            dealt
        };
        commands.push(match kind {
            0..50 => {
                let time_in_force = match random.below(10) {
                    0 => TimeInForce::ImmediateOrCancel,
                    1 => TimeInForce::FillOrKill,
                    _ => TimeInForce::GoodUntilCancelled,
                };
                let post_only = random.below(5) == 0;
                // Two thirds of the orders lean to their own side, so that the book fills.
                let lean = if random.below(3) > 0 { range.lean() * side.sign() } else { 0 };
                Command::Limit { id, account, side, price: price - lean, quantity, time_in_force, post_only }
            }
            50..60 => {
                let time_in_force = [TimeInForce::ImmediateOrCancel, TimeInForce::FillOrKill][random.below(2) as usize];
                Command::Market { id, account, side, quantity, time_in_force }
            }
            60..85 => Command::Cancel { id },
            _ => {
                let price = (random.below(2) == 0).then_some(price);
                let quantity = match random.below(8) {
                    0..3 => None,
                    3 => Some(0),
                    _ => Some(quantity),
                };
                Command::Amend { id, price, quantity }
            }
        });
    }
    commands
}
