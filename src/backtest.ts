import {
  NativeJob, NativePrepared, NativeRandom, NativeRun, reasonsJson, runNativeSync,
} from '#native'
import { HaggleError, invalid, show } from './errors'
import { jsonText } from './json'
import { MarketData, nativeOf } from './market-data'
import { call, fromGlue, fromNative } from './native/errors'
import { BacktestRun, type RunOutcome } from './results/run'
import { inside, refuseInside } from './run-state'
import { ContextView } from './strategy/context'
import { Desk, type NativeNames } from './strategy/desk'
import { checkStrategy, hooksOf, type Hooks } from './strategy/hooks'
import { systemInit } from './system-config'
import type { BacktestArgsConstant, BacktestArgsDynamic, RunOptions } from './types/backtest'
import type { Reason } from './types/orders'
import type { NativeStrategy, Strategy } from './types/strategy'

/** A run in JavaScript gives way to timers, promises and signals after this many milliseconds. */
const SLICE_MS = 8
/** Progress is reported at most this often, in milliseconds. */
const PROGRESS_MS = 100
/** Without end: a synchronous run is one slice. */
const FOREVER_MS = 1e9
const RUN_OPTIONS = ['signal', 'onProgress', 'threads', 'verify']

/**
 * Back-tests a strategy: over market data, against a simulated exchange, with exact money.
 *
 * A strategy that is an object (or a function that makes one) runs on this thread, in slices of about 8 ms, so that
 * timers, progress and abort go on; a native one runs on a thread of its own.
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
  checkArguments(constant, dynamic)
  checkRunOptions(options)
  options.signal?.throwIfAborted()
  const run = await runOnce(constant, dynamic, options)
  if (options.verify) verify(run, await runOnce(constant, dynamic, { ...options, onProgress: () => {} }))
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
 * @throws HaggleError and whatever a callback throws, as {@link backtest}.
 */
export function backtestSync(constant: BacktestArgsConstant, dynamic: BacktestArgsDynamic = {}): BacktestRun {
  refuseInside('backtestSync')
  checkArguments(constant, dynamic)
  const prepared = prepare(constant)
  try {
    const strategy = strategyOf(dynamic)
    if (strategy === undefined || 'native' in strategy) {
      return BacktestRun.of(call(() => runNativeSync(prepared, dynamicText(dynamic, strategy))) as RunOutcome)
    }
    const session = new Session(prepared, dynamic, strategy)
    try {
      session.slice(FOREVER_MS)
      return session.finish()
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
    const strategy = strategyOf(dynamic)
    const progress = new Progress(options, call(() => prepared.rows()))
    const run = strategy === undefined || 'native' in strategy
      ? await runOnThread(prepared, dynamicText(dynamic, strategy), options, progress)
      : await runInSlices(new Session(prepared, dynamic, strategy), options, progress)
    progress.end()
    return run
  } finally {
    prepared.close()
  }
}

async function runInSlices(session: Session, { signal }: RunOptions, progress: Progress): Promise<BacktestRun> {
  try {
    let isRunning = true
    while (isRunning) {
      isRunning = session.slice(SLICE_MS)
      progress.report(session.done)
      await new Promise(setImmediate)
      signal?.throwIfAborted()
    }
    const run = session.finish()
    signal?.throwIfAborted()
    return run
  } finally {
    session.close()
  }
}

async function runOnThread(prepared: NativePrepared, dynamic: string, { signal }: RunOptions, progress: Progress): Promise<BacktestRun> {
  const job = call(() => new NativeJob())
  const stop = (): void => { job.stop() }
  let failure: { error: unknown } | undefined
  const timer = setInterval(() => {
    try {
      progress.report(job.done)
    } catch (error) {
      failure ??= { error }
      stop()
    }
  }, PROGRESS_MS / 2)
  signal?.addEventListener('abort', stop, { once: true })
  try {
    const outcome = await call(() => job.start(prepared, dynamic))
    if (failure) throw failure.error
    signal?.throwIfAborted()
    if (outcome instanceof Error) throw fromNative(outcome)
    return BacktestRun.of(outcome as RunOutcome)
  } finally {
    clearInterval(timer)
    signal?.removeEventListener('abort', stop)
  }
}

/** A run whose strategy is JavaScript: the core's part, and ours. */
class Session {
  readonly #run: NativeRun
  readonly #hooks: Hooks
  readonly #desk: Desk
  readonly #start = performance.now()

  constructor(prepared: NativePrepared, dynamic: BacktestArgsDynamic, strategy: Strategy) {
    const names = call(() => prepared.names()) as NativeNames
    // The core has to know which hooks there are before the memory that they read exists.
    const has = Object.fromEntries(Object.entries(HOOK_OF).filter(([, name]) => name === undefined || strategy[name] !== undefined).map(([key]) => [key, () => {}]))
    this.#run = call(() => new NativeRun(prepared, dynamicText(dynamic, 'javascript'), has))
    this.#desk = new Desk(call(() => this.#run.buffer()), names, dynamic.id ?? 'backtest', reasons())
    this.#hooks = hooksOf(strategy, this.#desk, new ContextView(this.#desk, new NativeRandom(dynamic.seed ?? 0)))
  }

  /** Market rows applied so far. */
  get done(): number {
    return this.#run.done
  }

  /** Runs for about this long; false once all events have been handled. */
  slice(budgetMs: number): boolean {
    return this.#call(() => this.#run.slice(budgetMs, this.#hooks))
  }

  finish(): BacktestRun {
    const outcome = this.#call(() => this.#run.finish(this.#hooks, performance.now() - this.#start)) as RunOutcome
    Object.assign(outcome.orders.cids, this.#desk.cids)
    this.#desk.close(outcome.orders)
    return BacktestRun.of(outcome)
  }

  close(): void {
    this.#desk.close()
    this.#run.close()
  }

  /** What a callback threw comes through untouched: nobody looks at it, as it may be a proxy, or look like an error of ours. */
  #call<T>(run: () => T): T {
    try {
      return inside(run)
    } catch (error) {
      throw this.#run.hasThrown ? error : fromGlue(error)
    }
  }
}

/** The core's names of hooks, and the callback that each one needs; the two without are always called. */
const HOOK_OF = {
  start: 'onStart', trade: 'onTrade', book: 'onBook', bar: 'onBar', order: undefined, bundle: undefined, timer: 'onTimer', stop: 'onStop',
} as const satisfies Record<keyof Hooks, keyof Strategy | undefined>

let reasonTable: ReadonlyMap<number, Reason> | undefined

function reasons(): ReadonlyMap<number, Reason> {
  reasonTable ??= new Map((JSON.parse(reasonsJson()) as [number, string, string][]).map(([number, code, message]) =>
    [number, Object.freeze({ code, message, details: Object.freeze({}) })]))
  return reasonTable
}

function prepare(constant: BacktestArgsConstant): NativePrepared {
  const { marketData, system, ...rest } = constant
  if (!(marketData instanceof MarketData)) throw invalid('marketData', `expected MarketData, found ${show(marketData)}`, 'MarketData.fromCsv(...), or sampleData.binanceSpot()')
  const text = jsonText({ system: systemInit(system), ...rest })
  return call(() => new NativePrepared(nativeOf(marketData, 'marketData'), text, 1, 0))
}

/** The strategy itself, made by its factory where it has one. */
function strategyOf({ strategy }: BacktestArgsDynamic): Strategy | NativeStrategy | undefined {
  if (strategy === undefined) return undefined
  if (strategy instanceof URL) {
    throw new HaggleError('UNSUPPORTED', 'strategies in modules of their own are not built yet', { path: 'strategy', hint: 'import the module, and give its strategy' })
  }
  const made = typeof strategy === 'function' ? strategy() : strategy
  if (made instanceof Promise) {
    made.catch(() => {})
    throw new HaggleError('STRATEGY_ASYNC', 'the factory returned a promise', { path: 'strategy', hint: 'do what has to be awaited before the back-test' })
  }
  if (typeof made === 'object' && made !== null && 'native' in made) return made
  checkStrategy(made, 'strategy')
  return made
}

function dynamicText(dynamic: BacktestArgsDynamic, strategy: NativeStrategy | Strategy | 'javascript' | undefined): string {
  return jsonText({ ...dynamic, strategy })
}

function checkArguments(constant: unknown, dynamic: unknown): void {
  for (const [path, given] of [['constant', constant], ['dynamic', dynamic]] as const) {
    if (typeof given !== 'object' || given === null) throw invalid(path, `expected the arguments of a back-test, found ${show(given)}`)
  }
}

function checkRunOptions(options: RunOptions): void {
  if (typeof options !== 'object' || options === null) throw invalid('options', `expected an object, found ${show(options)}`)
  for (const key of Object.keys(options)) {
    if (!RUN_OPTIONS.includes(key)) throw new HaggleError('UNKNOWN_NAME', `unknown field '${key}'`, { path: `options.${key}`, hint: `known: ${RUN_OPTIONS.join(', ')}` })
  }
  const { signal, onProgress, threads, verify } = options
  if (signal !== undefined && typeof signal?.throwIfAborted !== 'function') throw invalid('options.signal', `expected an AbortSignal, found ${show(signal)}`)
  if (onProgress !== undefined && typeof onProgress !== 'function') throw invalid('options.onProgress', `expected a function, found ${show(onProgress)}`)
  if (verify !== undefined && typeof verify !== 'boolean') throw invalid('options.verify', `expected true or false, found ${show(verify)}`)
  if (threads !== undefined && !(Number.isInteger(threads) && threads > 0)) throw invalid('options.threads', `expected a number of threads above zero, found ${show(threads)}`)
}

function verify(run: BacktestRun, again: BacktestRun): void {
  if (run.resultHash === again.resultHash) return
  throw invalid('strategy', `two runs of it gave different results: ${run.resultHash} and ${again.resultHash}`,
    'give a function that makes a fresh strategy, and use ctx.random() and ctx.now instead of Math.random() and Date')
}

/** Reports at most ten times a second, and always the end. */
class Progress {
  readonly #report: ((done: number, total: number) => void) | undefined
  readonly #total: number
  #last = performance.now()

  constructor(options: RunOptions, total: number) {
    this.#report = options.onProgress?.bind(options)
    this.#total = total
  }

  report(done: number): void {
    const now = performance.now()
    if (!this.#report || now - this.#last < PROGRESS_MS) return
    this.#last = now
    this.#report(done, this.#total)
  }

  end(): void {
    this.#report?.(this.#total, this.#total)
  }
}
