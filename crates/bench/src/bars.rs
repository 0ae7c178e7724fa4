//! Native runs of signals over a long series of bars, tiled.

use crate::runs::{self, Measured};
use haggle_backtest::{Constant, Dynamic, Prepared, SignalArray, StrategyChoice, Tiling};
use haggle_data::{BuildOptions, Builder, Num, Store};
use haggle_engine::{Halt, Native};
use haggle_model::read::{Field, parse};
use haggle_model::seed::Stream;
use haggle_model::time::{Nanos, SECOND};
use haggle_model::{Error, Result};
use std::cmp::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

const MINUTE: Nanos = 60 * SECOND;
/// Bars of one pass.
const BARS: i64 = 100_000;
const PERIOD: Nanos = BARS * MINUTE;
const SYMBOL: &str = "A/B";
/// Ticks of 0.01: the walk begins at 100.00 and is pulled back there, so that no pass begins with a large gap.
const MIDDLE: i64 = 10_000;
/// Largest step of a price within a bar, in ticks, either way.
const STEP: i64 = 20;
/// A bar is pulled back by its distance from the middle over this.
const PULL: i64 = 2_000;
const SIGNALS: &str = r#"{"strategy":{"native":"signals","entries":0,"shortEntries":1,"size":{"quote":"10000"}}}"#;

static WALK: Mutex<Option<Arc<Store>>> = Mutex::new(None);

/// The walk; made once.
fn walk() -> Result<Arc<Store>> {
    let mut kept = WALK.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(store) = kept.as_ref() {
        return Ok(Arc::clone(store));
    }
    let mut stream = Stream::new(1, "bars", 0);
    let mut builder = Builder::new(BuildOptions::default());
    let place = builder.instrument(SYMBOL, None)?;
    let mut close = MIDDLE;
    for minute in 0..BARS {
        let open = close;
        close = open + stream.up_to(2 * STEP) - STEP + (MIDDLE - open) / PULL;
        let (high, low) = (open.max(close) + stream.up_to(STEP / 2), open.min(close) - stream.up_to(STEP / 2));
        let volume = 1_000 + stream.up_to(9_000);
        let prices = [Num::new(open, 2)?, Num::new(high, 2)?, Num::new(low, 2)?, Num::new(close, 2)?, Num::new(volume, 0)?];
        builder.bar(place, minute * MINUTE, (minute + 1) * MINUTE, prices)?;
    }
    let store = Arc::new(builder.finish()?);
    *kept = Some(Arc::clone(&store));
    Ok(store)
}

/// Where the average of the last `fast` closes crosses that of the last `slow` ones, over so many passes: upwards, downwards.
/// Sums of whole ticks, so that nothing is rounded.
fn crosses(store: &Store, passes: u32, fast: usize, slow: usize) -> [Vec<u8>; 2] {
    let closes = || (0..passes).flat_map(|_| store.bars.iter().map(|bar| bar.close));
    let late = |by: usize| std::iter::repeat_n(0, by).chain(closes());
    let [mut up, mut down] = [Vec::new(), Vec::new()];
    let (mut fast_sum, mut slow_sum, mut before) = (0i64, 0i64, None);
    for (bar, ((close, out_fast), out_slow)) in closes().zip(late(fast)).zip(late(slow)).enumerate() {
        fast_sum += close - out_fast;
        slow_sum += close - out_slow;
        let side = (fast_sum * slow as i64).cmp(&(slow_sum * fast as i64));
        let crossed = bar >= slow && before == Some(side.reverse());
        up.push(u8::from(crossed && side == Ordering::Greater));
        down.push(u8::from(crossed && side == Ordering::Less));
        before = (bar + 1 >= slow).then_some(side);
    }
    [up, down]
}

/// One run on this thread, from an empty run to its outcome; data, config and signals are joined before.
pub fn measure(constant: &str, passes: u32, fast: usize, slow: usize) -> Result<Measured, Halt> {
    if fast == 0 || fast >= slow {
        return Err(Error::argument("fast", "the fast period has to be below the slow one").into());
    }
    let store = walk()?;
    let [up, down] = crosses(&store, passes, fast, slow);
    let constant = Constant::read(&Field::root(&parse(constant)?))?;
    let prepared = Arc::new(Prepared::new(constant, store, Tiling { passes, period: PERIOD })?);
    let value = parse(SIGNALS)?;
    let dynamic = Dynamic::read_over(&Field::root(&value), &prepared, &[SignalArray::Flags(&up), SignalArray::Flags(&down)])?;
    let StrategyChoice::Native(strategy) = dynamic.strategy else { return Err(Error::bug("signals that are not native").into()) };
    let strategy: Native = *strategy;
    runs::measured(|| runs::drive(&prepared, strategy))
}
