//! A native run over a recorded book of levels, with one own order in the queue of a level that is never reached.

use crate::runs::{Measured, drive, measured};
use haggle_backtest::{Constant, Prepared, Tiling};
use haggle_data::{ReadOptions, RowKind, Store, read_csv, read_file};
use haggle_engine::{Context, Draft, Halt, HostedStrategy, Interest, Strategy};
use haggle_model::read::{Field, parse};
use haggle_model::time::SECOND;
use haggle_model::{Result, Side, Size};
use std::sync::{Arc, Mutex, PoisonError};

static PREPARED: Mutex<Option<(u32, Arc<Prepared>)>> = Mutex::new(None);

/// Called for every message and best quote. Sends one order, to the first level that stands 1 % behind the best bid: the recorded price does
/// not go there.
#[derive(Debug, Default)]
struct Waiter {
    has_sent: bool,
}

impl HostedStrategy for Waiter {}

impl Strategy for Waiter {
    fn interest(&self) -> Interest {
        Interest { books: true, ..Interest::default() }
    }

    fn on_book(&mut self, ctx: &mut Context<'_>) -> Result<(), Halt> {
        if self.has_sent {
            return Ok(());
        }
        let best = ctx.market().quote.bid;
        let far = ctx.market().levels(Side::Buy).find(|(price, _)| price.saturating_mul(100) <= best.saturating_mul(99));
        if let Some((price, _)) = far {
            self.has_sent = true;
            ctx.submit(Draft::limit(ctx.instrument, Side::Buy, Size::Lots(1), price));
        }
        Ok(())
    }
}

fn prepare(path: &str, constant: &str, passes: u32) -> Result<Arc<Prepared>> {
    let mut kept = PREPARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, prepared)) = kept.as_ref().filter(|kept| kept.0 == passes) {
        return Ok(Arc::clone(prepared));
    }
    let options = ReadOptions { symbol: Some("BTC/USDT".to_owned()), ..ReadOptions::default() };
    let store = read_csv(&read_file(path)?, &options)?;
    // From a whole second to the next one after the last arrival.
    let last = (0..store.len()).map(|at| store.arrival_time(at)).max().unwrap_or_default();
    let length = last - store.start().unwrap_or_default();
    let tiling = Tiling { passes: passes.max(1), period: (length / SECOND + 1) * SECOND };
    let constant = parse(constant)?;
    let prepared = Arc::new(Prepared::new(Constant::read(&Field::root(&constant))?, Arc::new(store), tiling)?);
    *kept = Some((passes, Arc::clone(&prepared)));
    Ok(prepared)
}

/// Levels that one pass writes: those of its messages, and two for each best quote.
fn updates(store: &Store) -> usize {
    store.levels.len() + 2 * store.rows.iter().filter(|row| row.kind == RowKind::Quote).count()
}

/// One run over the file; how many levels it wrote.
pub fn measure(path: &str, constant: &str, passes: u32) -> Result<(Measured, u64), Halt> {
    let prepared = prepare(path, constant, passes)?;
    let run = measured(|| drive(&prepared, Waiter::default()))?;
    let written = updates(&prepared.store) as u64 * u64::from(prepared.tiling.passes);
    Ok((run, written))
}
