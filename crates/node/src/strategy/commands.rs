//! Commands in: what a callback asked for.
//!
//! The facade has checked them for the user, at the line that sent them; this checks them for memory and sense. They are taken whole:
//! what cannot be carried out here is a fault of ours, and ends the run with the command named, since a strategy whose later orders are
//! missing, or have other numbers than it knows, trades on what is not so.

use crate::block::Block;
use crate::layout::{
    AMEND_ORDER, AMEND_PRICE, AMEND_QUANTITY, CANCEL_ALL_INSTRUMENT, CANCEL_ORDER, COMMANDS_MAX, FLAG_LIMIT, FLAG_POST_ONLY,
    FLAG_REDUCE_ONLY, FLAG_SELL, FORCE_MASK, FORCE_SHIFT, ForceCode, OP, OPEN_AMOUNT, OPEN_FLAGS, OPEN_INSTRUMENT, OPEN_NUMBER, OPEN_PRICE,
    OPEN_SCALE, OPEN_UNTIL, Operation, SIZE_SHIFT, SizeCode, TIMER_AFTER, TIMER_TAG,
};
use haggle_engine::{Context, Draft, Halt};
use haggle_model::{Decimal, Error, InstrumentId, OrderNumber, ReasonCode, Result, Side, Size, TimeInForce};

/// Takes the commands of a callback.
pub fn take(block: &Block, count: f64, ctx: &mut Context<'_>) -> Result<(), Halt> {
    if !(count > 0.0 && count <= COMMANDS_MAX as f64 && count.fract() == 0.0) {
        return Err(bad("their number").into());
    }
    for at in 0..count as usize {
        let command = Command { block, base: block.command(at) };
        command.take(ctx).map_err(|error| command.ended(at, count, &error))?;
    }
    Ok(())
}

/// One command in the shared memory.
struct Command<'a> {
    block: &'a Block,
    base: usize,
}

impl Command<'_> {
    fn slot(&self, offset: usize) -> f64 {
        self.block.read(self.base + offset)
    }

    fn operation(&self) -> Result<Operation> {
        let code = integer(self.slot(OP))? as usize;
        Operation::ALL.get(code).copied().ok_or_else(|| bad("an operation"))
    }

    fn take(&self, ctx: &mut Context<'_>) -> Result<()> {
        match self.operation()? {
            Operation::Open => {
                let draft = self.draft(ctx)?;
                self.check_number(ctx.submit(draft))
            }
            Operation::OpenRefused => {
                let draft = self.draft(ctx)?;
                self.check_number(ctx.submit_refused(draft, ReasonCode::RiskCheckRefused.into()))
            }
            Operation::Cancel => {
                ctx.cancel(self.order(CANCEL_ORDER)?);
                Ok(())
            }
            Operation::CancelAll => {
                cancel_all(ctx, self.instrument(CANCEL_ALL_INSTRUMENT, ctx)?);
                Ok(())
            }
            Operation::Amend => {
                let optional = |value: f64| if value.is_nan() { Ok(None) } else { positive(value).map(Some) };
                ctx.amend(self.order(AMEND_ORDER)?, optional(self.slot(AMEND_PRICE))?, optional(self.slot(AMEND_QUANTITY))?);
                Ok(())
            }
            Operation::Timer => ctx.timer(self.block.read_i64(self.base + TIMER_AFTER), integer(self.slot(TIMER_TAG))? as u32),
        }
    }

    fn order(&self, offset: usize) -> Result<OrderNumber> {
        Ok(OrderNumber(integer(self.slot(offset))? as u32))
    }

    /// An instrument that the config has.
    fn instrument(&self, offset: usize, ctx: &Context<'_>) -> Result<InstrumentId> {
        let index = integer(self.slot(offset))?;
        if (index as usize) < ctx.engine.markets.len() { Ok(InstrumentId(index as u16)) } else { Err(bad("an instrument")) }
    }

    fn check_number(&self, number: OrderNumber) -> Result<()> {
        if f64::from(number.0) == self.slot(OPEN_NUMBER) { Ok(()) } else { Err(bad("an order's number")) }
    }

    fn draft(&self, ctx: &Context<'_>) -> Result<Draft> {
        let instrument = self.instrument(OPEN_INSTRUMENT, ctx)?;
        let flags = integer(self.slot(OPEN_FLAGS))? as u32;
        let has = |flag: u32| flags & flag != 0;
        let force = ForceCode::ALL.get((flags >> FORCE_SHIFT & FORCE_MASK) as usize).ok_or_else(|| bad("a time in force"))?;
        let time_in_force = match force {
            ForceCode::GoodUntilCancelled => TimeInForce::GoodUntilCancelled,
            ForceCode::GoodUntilEndOfDay => TimeInForce::GoodUntilEndOfDay,
            ForceCode::ImmediateOrCancel => TimeInForce::ImmediateOrCancel,
            ForceCode::FillOrKill => TimeInForce::FillOrKill,
            ForceCode::GoodUntil => TimeInForce::GoodUntil(self.block.read_i64(self.base + OPEN_UNTIL)),
        };
        let amount = positive(self.slot(OPEN_AMOUNT))?;
        let decimal = || -> Result<Decimal> { Ok(Decimal::new(amount, integer(self.slot(OPEN_SCALE))?.min(28) as u32)) };
        let size = match SizeCode::ALL.get((flags >> SIZE_SHIFT) as usize).ok_or_else(|| bad("a size"))? {
            SizeCode::Lots => Size::Lots(amount),
            SizeCode::Quote => Size::Quote(decimal()?),
            SizeCode::Equity => Size::Equity(decimal()?),
        };
        Ok(Draft {
            instrument,
            side: if has(FLAG_SELL) { Side::Sell } else { Side::Buy },
            size,
            price: has(FLAG_LIMIT).then(|| positive(self.slot(OPEN_PRICE))).transpose()?,
            time_in_force,
            post_only: has(FLAG_POST_ONLY),
            reduce_only: has(FLAG_REDUCE_ONLY),
        })
    }

    /// The end of the run, with the command named. Never an error of input: those do not end a live system.
    #[cold]
    fn ended(&self, at: usize, count: f64, error: &Error) -> Halt {
        let operation = self.operation().map_or("unknown", |operation| Operation::WORDS[operation as usize]);
        Error::bug(format!("command {} of {count} of a callback ({operation}) could not be carried out: {}", at + 1, error.message)).into()
    }
}

fn bad(what: &str) -> Error {
    Error::bug(format!("the command buffer holds {what} that no order can have"))
}

/// One command for any number of orders: those in flight, too, and those sent before it in the same callback.
fn cancel_all(ctx: &mut Context<'_>, instrument: InstrumentId) {
    for number in ctx.engine.markets[instrument.index()].open_orders.clone() {
        ctx.cancel(number);
    }
}

fn integer(value: f64) -> Result<i64> {
    if value >= 0.0 && value <= haggle_model::COUNT_MAX as f64 && value.fract() == 0.0 { Ok(value as i64) } else { Err(bad("a number")) }
}

fn positive(value: f64) -> Result<i64> {
    integer(value).and_then(|value| if value > 0 { Ok(value) } else { Err(bad("a zero")) })
}
