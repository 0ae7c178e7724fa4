import { NativeJob, runNativeSync, type NativePrepared } from '#native'
import { WorkerPool } from './batch/worker-pool'
import { call, fromNative, isError } from './native/errors'
import { isOf } from './options'
import { BacktestRun, type RunOutcome } from './results/run'
import { checkConstant, checkDynamic, checkRunOptions, isNative, nativeArguments, prepare, moduleArguments, strategyOf, verifyHashes, type NativeArguments } from './run/arguments'
import { Progress } from './run/progress'
import { FOREVER_MS, Session, SLICE_MS } from './run/session'
import { refuseInside } from './run-state'
import type { BacktestArgsConstant, BacktestArgsDynamic, RunOptions } from './types/backtest'

/**
 * Back-tests a strategy: over market data, against a simulated exchange, with exact money.
 *
 * A strategy that is an object (or a function that makes one) runs on this thread, in slices of about 8 ms, so that
 * timers, progress and abort go on; a native one runs on a thread of its own; one given as the URL of a module, whose
 * default export is a function that makes it, in a worker thread.
 *
 * @example
 * import { backtest, sampleData } from 'haggle'
 * const { system, marketData } = sampleData.binanceSpot()
 * const run = await backtest(
 *   { system, marketData, balances: { USDT: 10_000 } },
 *   { strategy: { native: 'emaCross', fast: 50, slow: 200 } },
 * )
 * console.log(run)
 *
 * @throws HaggleError with the path of the field, before anything runs, where an argument makes no sense.
 * @throws What a callback throws, as it is; the signal's reason, where it aborts.
 */
export async function backtest(constant: BacktestArgsConstant, dynamic: BacktestArgsDynamic = {}, options: RunOptions = {}): Promise<BacktestRun> {
  refuseInside('backtest')
  checkConstant(constant)
  checkDynamic(dynamic)
  checkRunOptions(options)
  options.signal?.throwIfAborted()
  const run = await runOnce(constant, dynamic, options)
  if (options.verify) verifyHashes(run.resultHash, (await runOnce(constant, dynamic, { ...options, onProgress: () => {} })).resultHash)
  return run
}

/**
 * The same without a promise: it returns when the run is over, and nothing else happens meanwhile.
 *
 * @example
 * import { backtestSync, sampleData } from 'haggle'
 * const { system, marketData } = sampleData.binanceSpot()
 * const run = backtestSync({ system, marketData, balances: { USDT: 10_000 } }, { strategy: { native: 'buyAndHold' } })
 * console.log(run.tradingSummary.portfolio.pnl)
 *
 * @throws HaggleError and all that a callback throws, as {@link backtest}.
 */
export function backtestSync(constant: BacktestArgsConstant, dynamic: BacktestArgsDynamic = {}): BacktestRun {
  refuseInside('backtestSync')
  checkConstant(constant)
  checkDynamic(dynamic)
  const prepared = prepare(constant)
  try {
    const strategy = strategyOf(dynamic)
    if (strategy === undefined || isNative(strategy)) {
      const [text, signals] = nativeArguments(dynamic, strategy)
      return BacktestRun.of(call(() => runNativeSync(prepared, text, signals)) as RunOutcome)
    }
    const session = new Session(prepared, dynamic, strategy)
    try {
      session.slice(FOREVER_MS)
      return BacktestRun.of(session.finish())
    } finally {
      session.close()
    }
  } finally {
    prepared.close()
  }
}

async function runOnce(constant: BacktestArgsConstant, dynamic: BacktestArgsDynamic, options: RunOptions): Promise<BacktestRun> {
  const prepared = prepare(constant)
  try {
    const rows = call(() => prepared.rows())
    const progress = new Progress(options)
    const run = BacktestRun.of(await outcomeOf(prepared, dynamic, options, progress, rows))
    progress.end(rows)
    return run
  } finally {
    prepared.close()
  }
}

function outcomeOf(prepared: NativePrepared, dynamic: BacktestArgsDynamic, options: RunOptions, progress: Progress, rows: number): Promise<RunOutcome> {
  if (isOf(dynamic.strategy, URL)) return runInWorker(prepared, dynamic, dynamic.strategy, options, progress, rows)
  const strategy = strategyOf(dynamic)
  if (strategy === undefined || isNative(strategy)) return runOnThread(prepared, nativeArguments(dynamic, strategy), options, progress, rows)
  return runInSlices(new Session(prepared, dynamic, strategy), options, progress, rows)
}

async function runInSlices(session: Session, { signal }: RunOptions, progress: Progress, rows: number): Promise<RunOutcome> {
  try {
    let isRunning = true
    while (isRunning) {
      isRunning = session.slice(SLICE_MS)
      progress.report(session.done, rows)
      await new Promise(setImmediate)
      signal?.throwIfAborted()
    }
    const outcome = session.finish()
    signal?.throwIfAborted()
    return outcome
  } finally {
    session.close()
  }
}

async function runOnThread(prepared: NativePrepared, [text, signals]: NativeArguments, options: RunOptions, progress: Progress, rows: number): Promise<RunOutcome> {
  const job = call(() => new NativeJob())
  const run = async (): Promise<RunOutcome> => {
    const outcome = await call(() => job.start(prepared, text, signals))
    if (isError(outcome)) throw fromNative(outcome)
    return outcome as RunOutcome
  }
  return elsewhere(run, () => { job.stop() }, options, progress, () => [job.done, rows])
}

async function runInWorker(prepared: NativePrepared, dynamic: BacktestArgsDynamic, { href: url }: URL, options: RunOptions, progress: Progress, rows: number): Promise<RunOutcome> {
  const request = { url, dynamic: moduleArguments(dynamic), isWhole: true }
  const pool = new WorkerPool(prepared, 1)
  const run = async (): Promise<RunOutcome> => (await pool.run(request) as { outcome: RunOutcome }).outcome
  try {
    return await elsewhere(run, () => { void pool.close() }, options, progress, () => [pool.done, rows])
  } finally {
    await pool.close()
  }
}

/** Waits for a run on another thread, which `stop` makes end soon, however it ends then. */
async function elsewhere(
  run: () => Promise<RunOutcome>, stop: () => void, { signal }: RunOptions, progress: Progress, look: () => readonly [number, number],
): Promise<RunOutcome> {
  let failure: { error: unknown } | undefined
  const fail = (error: unknown): void => {
    failure ??= { error }
    stop()
  }
  const abort = (): void => { fail(signal!.reason) }
  signal?.addEventListener('abort', abort, { once: true })
  const end = progress.poll(look, fail)
  try {
    const outcome = await run()
    if (failure) throw failure.error
    return outcome
  } catch (error) {
    throw failure ? failure.error : error
  } finally {
    end()
    signal?.removeEventListener('abort', abort)
  }
}
