//! A flow of commands as a busy market sends them, for benchmarks and tests, and a run of it.
//!
//! The mix, in a thousand commands once the book is full: about 460 limit orders that rest (a quarter of them post-only),
//! 440 cancels, 40 amends (half reduce, half move the price), 40 limit orders at the other side's best (20 of them rest
//! with what is left, 15 are immediate-or-cancel, 5 fill-or-kill) and 20 market orders. Adds and cancels in balance and a
//! trade in some twenty messages are what order-by-order feeds of liquid instruments look like. Cancels come at a rate
//! proportional to the orders that rest, each order alike (Cont, Stoikov and Talreja, "A stochastic model for order book
//! dynamics", 2010), so that the book settles a little below [`Mix::resting`] orders; that any order may be the next also
//! makes cancels miss the processor's caches as often as they can. Distances from the other side's best follow a power law
//! with an exponent of about 1.7 (Bouchaud, Mezard and Potters, "Statistical properties of stock order books", 2002,
//! report 1.6), cut off at 2,047 ticks; sizes follow one of about 2, cut off at 1,023 lots. Accounts are drawn evenly, so
//! some takers meet their own account. The draws use integers only: a seed gives the same commands everywhere.

use crate::{Command, Event, FastBook, OrderBook, OrderId, SelfTradeRule, StateHash, TimeInForce};
use haggle_model::{Result, Side};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Where an empty market starts, in ticks.
const START: i64 = 100_000;

/// What can be varied in the flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mix {
    /// Number of resting orders at which there are 440 cancels in a thousand commands; at least 1.
    pub resting: u32,
    /// Number of accounts; at least 1.
    pub accounts: u32,
}

impl Default for Mix {
    fn default() -> Self {
        Self { resting: 10_000, accounts: 64 }
    }
}

/// What a run of a flow came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlowReport {
    /// Commands applied.
    pub commands: u64,
    /// Events they caused.
    pub events: u64,
    /// Those among them that are fills.
    pub fills: u64,
    /// Hash of the book at the end.
    pub state_hash: StateHash,
}

/// The flow of a seed with the default mix: `count` commands, for an empty book.
pub fn mixed_flow(seed: u64, count: usize) -> Vec<Command> {
    mixed_flow_of(seed, count, &Mix::default())
}

/// The flow of a seed with a mix of one's own.
pub fn mixed_flow_of(seed: u64, count: usize, mix: &Mix) -> Vec<Command> {
    let mut generator = Generator::new(seed, *mix);
    (0..count).map(|_| generator.command()).collect()
}

/// Applies a flow to a book. The events of a command are dropped before the next one, as by a caller who has used them.
pub fn run_flow<B: OrderBook + ?Sized>(book: &mut B, commands: &[Command]) -> Result<FlowReport> {
    let mut buffer = Vec::with_capacity(1_024);
    let (mut events, mut fills) = (0, 0);
    for command in commands {
        buffer.clear();
        book.apply(command, &mut buffer)?;
        events += buffer.len() as u64;
        fills += buffer.iter().filter(|event| matches!(event, Event::Filled { .. })).count() as u64;
    }
    Ok(FlowReport { commands: commands.len() as u64, events, fills, state_hash: book.state_hash() })
}

/// Makes commands that fit the book they lead to; it runs one of its own to know which orders rest and where the best is.
struct Generator {
    mix: Mix,
    random: ChaCha8Rng,
    book: FastBook,
    events: Vec<Event>,
    /// Orders that rested when they came; those that are over are dropped when drawn.
    candidates: Vec<OrderId>,
    next_id: OrderId,
}

impl Generator {
    fn new(seed: u64, mix: Mix) -> Self {
        Self {
            mix: Mix { resting: mix.resting.max(1), accounts: mix.accounts.max(1) },
            random: ChaCha8Rng::seed_from_u64(seed),
            book: FastBook::new(SelfTradeRule::default()),
            events: Vec::new(),
            candidates: Vec::new(),
            next_id: 1,
        }
    }

    /// Evenly from `0..bound`, up to a bias below `bound / 2^32`.
    fn below(&mut self, bound: u32) -> u32 {
        ((u64::from(self.random.next_u32()) * u64::from(bound)) >> 32) as u32
    }

    /// From `0..2^octaves - 1` with a probability that falls as a power of the number: one octave after the other is left
    /// with a chance of `stay / 8`, and within an octave all are alike. The exponent is `1 + log2(8 / stay)`.
    fn power_law(&mut self, octaves: u32, stay: u32) -> i64 {
        let mut octave = 0;
        while octave + 1 < octaves && self.below(8) < stay {
            octave += 1;
        }
        i64::from((1 << octave) - 1 + self.below(1 << octave))
    }

    fn side(&mut self) -> Side {
        if self.below(2) == 0 { Side::Buy } else { Side::Sell }
    }

    fn quantity(&mut self) -> i64 {
        1 + self.power_law(10, 4)
    }

    fn new_id(&mut self) -> OrderId {
        self.next_id += 1;
        self.next_id - 1
    }

    /// A price that many ticks away from the other side's best, on the own side.
    fn price(&self, side: Side, distance: i64) -> i64 {
        let other = self.book.best(side.opposite()).map(|level| level.price);
        let own = self.book.best(side).map(|level| level.price);
        other.or(own).unwrap_or(START) - side.sign() * distance
    }

    fn command(&mut self) -> Command {
        let resting = self.book.len() as u64;
        let cancels = (440 * resting / u64::from(self.mix.resting)).min(4_400) as u32;
        let command = match self.below(560 + cancels) {
            0..460 => self.passive(),
            460..480 => self.marketable(TimeInForce::GoodUntilCancelled),
            480..495 => self.marketable(TimeInForce::ImmediateOrCancel),
            495..500 => self.marketable(TimeInForce::FillOrKill),
            500..520 => self.market(),
            520..560 => self.amend(),
            _ => self.cancel(),
        };
        self.events.clear();
        self.book.apply(&command, &mut self.events).expect("the ids are new, the sizes positive and small");
        if let Command::Limit { id, time_in_force: TimeInForce::GoodUntilCancelled, .. } = command {
            self.candidates.push(id);
        }
        command
    }

    fn limit(&mut self, side: Side, price: i64, time_in_force: TimeInForce, post_only: bool) -> Command {
        let (id, account, quantity) = (self.new_id(), self.below(self.mix.accounts), self.quantity());
        Command::Limit { id, account, side, price, quantity, time_in_force, post_only }
    }

    fn passive(&mut self) -> Command {
        let side = self.side();
        let distance = 1 + self.power_law(11, 5);
        let (price, post_only) = (self.price(side, distance), self.below(4) == 0);
        self.limit(side, price, TimeInForce::GoodUntilCancelled, post_only)
    }

    fn marketable(&mut self, time_in_force: TimeInForce) -> Command {
        let side = self.side();
        let price = self.price(side, 0);
        self.limit(side, price, time_in_force, false)
    }

    fn market(&mut self) -> Command {
        let (side, quantity) = (self.side(), self.quantity());
        let (id, account) = (self.new_id(), self.below(self.mix.accounts));
        Command::Market { id, account, side, quantity, time_in_force: TimeInForce::ImmediateOrCancel }
    }

    /// An order that rests; one time in four, if one is drawn that is over, that one: a request that comes too late.
    fn candidate(&mut self) -> Option<OrderId> {
        while !self.candidates.is_empty() {
            let drawn = self.below(self.candidates.len() as u32) as usize;
            let id = self.candidates[drawn];
            if self.book.order(id).is_some() {
                return Some(id);
            }
            self.candidates.swap_remove(drawn);
            if self.below(4) == 0 {
                return Some(id);
            }
        }
        None
    }

    fn cancel(&mut self) -> Command {
        match self.candidate() {
            Some(id) => Command::Cancel { id },
            None => self.passive(),
        }
    }

    fn amend(&mut self) -> Command {
        let Some(id) = self.candidate() else { return self.passive() };
        match self.book.order(id) {
            Some(order) if self.below(2) == 0 => {
                let distance = 1 + self.power_law(11, 5);
                Command::Amend { id, price: Some(self.price(order.side, distance)), quantity: None }
            }
            Some(order) => Command::Amend { id, price: None, quantity: Some(order.filled + order.left() / 2) },
            None => Command::Amend { id, price: None, quantity: Some(1) },
        }
    }
}
