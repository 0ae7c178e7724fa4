//! A strategy given beforehand: for every bar of an instrument, what to do at its close.
//!
//! The arrays are pressed into a list of the bars at which something is to be done, so that any other bar costs a comparison.

mod arrays;
mod target;

pub use arrays::{Flags, TargetUnit};

use crate::context::{Context, Draft};
use crate::strategy::Halt;
use haggle_model::{Bar, Decimal, InstrumentId, Side, Size};
use std::sync::Arc;
use target::Target;

/// No bar has this number.
const NEVER: u32 = u32::MAX;

/// What to do at the close of a bar: any of these together, save both entries.
const LONG_ENTRY: u8 = 1;
const LONG_EXIT: u8 = 2;
const SHORT_ENTRY: u8 = 4;
const SHORT_EXIT: u8 = 8;

/// How entries are traded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// How much one is.
    pub size: Size,
    /// Whether an entry in the direction of the position does nothing, and one against it closes it first. Otherwise each
    /// entry is one more order.
    pub is_exclusive: bool,
}

impl Default for Entry {
    fn default() -> Self {
        Self { size: Size::Equity(Decimal::ONE), is_exclusive: true }
    }
}

/// Bars, in ascending order, and what to do at each.
#[derive(Clone, Debug)]
enum List {
    Flags(Arc<[(u32, u8)]>, Entry),
    Targets(Arc<[(u32, Target)]>),
}

/// The signals of one instrument, and how far its bars have come.
#[derive(Clone, Debug)]
pub struct Plan {
    list: List,
    /// Number of the bar that closes next.
    bar: u32,
    /// The next bar at which there is something to do.
    due: u32,
    /// Place in the list of what is to be done then.
    place: usize,
}

impl Plan {
    /// The plan of an instrument without signals.
    pub fn idle() -> Self {
        Self::new(List::Targets(Arc::default()))
    }

    fn new(list: List) -> Self {
        let mut plan = Self { list, bar: 0, due: NEVER, place: 0 };
        plan.due = plan.bar_of(0);
        plan
    }

    /// The bar of the list's entry at `place`.
    fn bar_of(&self, place: usize) -> u32 {
        let bar = match &self.list {
            List::Flags(list, _) => list.get(place).map(|(bar, _)| *bar),
            List::Targets(list) => list.get(place).map(|(bar, _)| *bar),
        };
        bar.unwrap_or(NEVER)
    }

    /// Acts on the signal that is due at the close of `bar`, the instrument's bar number `at`.
    #[cold]
    fn act(&mut self, ctx: &mut Context<'_>, at: u32, bar: &Bar) -> Result<(), Halt> {
        let next = self.bar_of(self.place + 1);
        match &self.list {
            List::Flags(list, entry) => {
                if !ctx.is_under_way() {
                    follow(ctx, list[self.place].1, *entry);
                }
            }
            List::Targets(list) => {
                // A target holds until the next one, so it may wait until the position is known.
                if ctx.is_under_way() {
                    if next == at + 1 {
                        self.place += 1;
                    }
                    self.due = at + 1;
                    return Ok(());
                }
                target::trade(ctx, &list[self.place].1, bar.close)?;
            }
        }
        self.place += 1;
        self.due = next;
        Ok(())
    }
}

/// Does what a bar's flags say: exits first, then an entry.
fn follow(ctx: &mut Context<'_>, flags: u8, entry: Entry) {
    let exit = match ctx.market().position_lots.signum() {
        1 => flags & LONG_EXIT,
        -1 => flags & SHORT_EXIT,
        _ => 0,
    };
    let is_closed = exit != 0 && ctx.close_position().is_some();
    let side = match flags & (LONG_ENTRY | SHORT_ENTRY) {
        LONG_ENTRY => Side::Buy,
        SHORT_ENTRY => Side::Sell,
        _ => return,
    };
    if entry.is_exclusive && !is_closed {
        ctx.turn(side, entry.size);
    } else {
        ctx.submit(Draft::market(ctx.instrument, side, entry.size));
    }
}

/// Follows signals that were computed beforehand. A signal of a bar acts at its close, so that bars alone fill it at the
/// next open. Orders are market orders. Where an order of the instrument is still under way at that close (which on bars
/// takes a latency longer than a bar), entries and exits are passed over, as by [`crate::Native`]'s crosses, and a target
/// waits.
#[derive(Clone, Debug)]
pub struct Signals {
    /// By instrument of the config.
    plans: Vec<Plan>,
}

impl Signals {
    /// Of one plan for each instrument of the config.
    pub const fn new(plans: Vec<Plan>) -> Self {
        Self { plans }
    }

    /// Bars until the first signal of any instrument.
    pub(crate) fn idle_rows(&self) -> u64 {
        self.plans.iter().map(|plan| u64::from(plan.due - plan.bar)).min().unwrap_or(0)
    }

    /// So many bars of an instrument went by, and no signal was among them.
    pub(crate) fn skipped(&mut self, instrument: InstrumentId, bars: u64) {
        if let Some(plan) = self.plans.get_mut(instrument.index()) {
            plan.bar += bars as u32;
        }
    }

    #[inline]
    pub(crate) fn on_bar(&mut self, ctx: &mut Context<'_>, bar: &Bar) -> Result<(), Halt> {
        let Some(plan) = self.plans.get_mut(ctx.instrument.index()) else { return Ok(()) };
        let at = plan.bar;
        plan.bar += 1;
        if at == plan.due { plan.act(ctx, at, bar) } else { Ok(()) }
    }
}
