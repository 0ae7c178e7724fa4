/**
 * How to run.
 *
 * @example
 * import { backtest, sampleData, type RunOptions } from 'haggle'
 * const options: RunOptions = { signal: AbortSignal.timeout(60_000), verify: true, onProgress(done, total) { if (done === total) console.log('all rows') } }
 * const run = await backtest({ ...sampleData.binanceSpot(), balances: { USDT: 10_000 } }, { strategy: { native: 'buyAndHold' } }, options)
 * console.log(run.resultHash.length)   // 32
 */
export interface RunOptions {
  /** Ends the run; the promise is rejected with the signal's reason. */
  signal?: AbortSignal
  /** Market rows done, of how many; of a batch over all runs. From a generator, the total grows as runs are drawn. */
  onProgress?(done: number, total: number): void
  /** Of a batch: threads for native strategies, and as many for those in modules. Default: the number of cores; at most 64 are used. */
  threads?: number
  /** Runs twice and compares the result hashes. */
  verify?: boolean
}
