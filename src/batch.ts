import { countOf, entriesOf } from './batch/entries'
import { Runs } from './batch/runs'
import { MultiBacktestSummary } from './results/multi'
import { checkConstant, checkRunOptions, prepare } from './run/arguments'
import { refuseInside } from './run-state'
import type { BacktestArgsConstant, BacktestArgsDynamic, RunOptions } from './types/backtest'

/**
 * Runs many back-tests over the same data, which is prepared once and copied for none.
 *
 * Native strategies run on `threads` Rust threads; strategies in modules (given by their URL) in as many worker
 * threads; objects and functions on this thread, one after the other, in slices of about 8 ms. Neither the number of
 * threads nor who is ready first changes a result. Only summaries are kept; `dynamics` may be a generator, from which
 * a few runs more are drawn than are under way.
 *
 * A run that fails does so alone: its summary has an `error` (see {@link MultiBacktestSummary}); no run at all is a
 * summary of none. `onProgress` counts market rows over all runs; a failed run counts as done.
 *
 * @example
 * import { runBacktests, sampleData } from 'haggle'
 * const { system, marketData } = sampleData.binanceSpot()
 * const multi = await runBacktests(
 *   { system, marketData, balances: { USDT: 10_000 } },
 *   [10, 20, 50].map((fast) => ({ id: `fast ${fast}`, strategy: { native: 'emaCross', fast, slow: 200 } })),
 * )
 * console.log(multi)
 *
 * @throws HaggleError where data, config or options make no sense, where an id comes twice (`dynamics[3].id`);
 *   what the iterable throws; the signal's reason, where it aborts.
 */
export async function runBacktests(constant: BacktestArgsConstant, dynamics: Iterable<BacktestArgsDynamic>, options: RunOptions = {}): Promise<MultiBacktestSummary> {
  refuseInside('runBacktests')
  checkConstant(constant)
  checkRunOptions(options)
  options.signal?.throwIfAborted()
  const start = performance.now()
  const entries = entriesOf(dynamics)
  const prepared = prepare(constant)
  try {
    const summaries = await new Runs(prepared, options).all(entries, countOf(dynamics))
    return MultiBacktestSummary.of(summaries, performance.now() - start)
  } finally {
    prepared.close()
  }
}

/**
 * The same without a promise: it returns when all runs are over, and nothing else happens on this thread meanwhile.
 * Native strategies have their threads, one for each core; strategies in modules need {@link runBacktests}.
 *
 * @example
 * import { runBacktestsSync, sampleData } from 'haggle'
 * const { system, marketData } = sampleData.binanceSpot()
 * const { summaries } = runBacktestsSync({ system, marketData, balances: { USDT: 10_000 } }, [{ strategy: { native: 'buyAndHold' } }])
 * console.log(summaries[0]?.tradingSummary.portfolio.pnl)
 *
 * @throws HaggleError, and what the iterable throws, as {@link runBacktests}.
 */
export function runBacktestsSync(constant: BacktestArgsConstant, dynamics: Iterable<BacktestArgsDynamic>): MultiBacktestSummary {
  refuseInside('runBacktestsSync')
  checkConstant(constant)
  const start = performance.now()
  const entries = entriesOf(dynamics)
  const prepared = prepare(constant)
  try {
    return MultiBacktestSummary.of(new Runs(prepared, {}).allSync(entries), performance.now() - start)
  } finally {
    prepared.close()
  }
}
