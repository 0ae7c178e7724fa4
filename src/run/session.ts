import { NativeRun, reasonsJson, type NativePrepared } from '#native'
import { call, fromGlue } from '../native/errors'
import type { RunOutcome } from '../results/run'
import { inside } from '../run-state'
import { ContextView } from '../strategy/context'
import { Desk, type NativeNames } from '../strategy/desk'
import { hooksOf, type Hooks } from '../strategy/hooks'
import type { BacktestArgsDynamic } from '../types/backtest'
import type { Reason } from '../types/orders'
import type { Strategy } from '../types/strategy'
import { scriptArguments } from './arguments'

/** Without end: a synchronous run is one slice. @internal */
export const FOREVER_MS = 1e9
/** A run on the calling thread gives way to timers, promises and signals after this many milliseconds. @internal */
export const SLICE_MS = 8

/** A run whose strategy is JavaScript: the core's part, and ours. @internal */
export class Session {
  readonly #run: NativeRun
  readonly #hooks: Hooks
  readonly #desk: Desk
  readonly #start = performance.now()

  constructor(prepared: NativePrepared, dynamic: BacktestArgsDynamic, strategy: Strategy) {
    const names = call(() => prepared.names()) as NativeNames
    // The core has to know which hooks there are before the memory that they read exists.
    const has = Object.fromEntries(Object.entries(HOOK_OF).filter(([, name]) => name === undefined || strategy[name] !== undefined).map(([key]) => [key, () => {}]))
    this.#run = call(() => new NativeRun(prepared, scriptArguments(dynamic), has))
    this.#desk = new Desk(bufferOf(this.#run), names, dynamic.id ?? 'backtest', reasons())
    const ctx = new ContextView(this.#desk, dynamic.seed ?? 0)
    if (dynamic.risk?.check) this.#desk.checkBy(dynamic.risk.check.bind(dynamic.risk), ctx)
    this.#hooks = hooksOf(strategy, this.#desk, ctx)
  }

  /** Market rows applied so far. */
  get done(): number {
    return this.#run.done
  }

  /** Runs for about this long; false once all events have been handled. */
  slice(budgetMs: number): boolean {
    return this.#call(() => this.#run.slice(budgetMs, this.#hooks))
  }

  /** Ends the run; what it leaves. */
  finish(): RunOutcome {
    const outcome = this.#call(() => this.#run.finish(this.#hooks, performance.now() - this.#start)) as RunOutcome
    Object.assign(outcome.orders.cids, this.#desk.cids)
    this.#desk.explain(outcome.orders)
    this.#desk.close(outcome.orders)
    return outcome
  }

  /** Gives the shared memory back, however the run went. */
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

/** As many as the core keeps blocks to lease again. */
const BUFFERS_MAX = 8
const buffers = new Map<number, ArrayBuffer>()

/**
 * The memory that a run shares with its strategy. Where a block is leased again, so is the buffer over it: each one
 * waits for a finalizer, of which none runs in a synchronous loop of runs.
 */
function bufferOf(run: NativeRun): ArrayBuffer {
  const { block } = run
  let buffer = buffers.get(block)
  if (!buffer) {
    buffer = call(() => run.buffer())
    // The oldest one goes first.
    if (buffers.size === BUFFERS_MAX) buffers.delete(buffers.keys().next().value!)
    buffers.set(block, buffer)
  }
  return buffer
}

let reasonTable: ReadonlyMap<number, Reason> | undefined

function reasons(): ReadonlyMap<number, Reason> {
  reasonTable ??= new Map((JSON.parse(reasonsJson()) as [number, string, string][]).map(([number, code, message]) =>
    [number, Object.freeze({ code, message, details: Object.freeze({}) })]))
  return reasonTable
}
