import { NativeRun, nextEventFunction, type NativePrepared } from '#native'
import { call } from '../native/errors'
import type { RunOutcome } from '../results/run'
import type { NativeNames } from '../strategy/desk'
import type { Hooks } from '../strategy/hooks'
import { HOOK, PAUSED } from '../strategy/layout'
import type { BacktestArgsDynamic } from '../types/backtest'
import type { Strategy } from '../types/strategy'
import { scriptArguments } from './arguments'
import { hookNames, Stage } from './stage'

/** Without end: a synchronous run is one slice. @internal */
export const FOREVER_MS = 1e9
/** A run on the calling thread gives way to timers, promises and signals after this many milliseconds. @internal */
export const SLICE_MS = 8

let nextEvent: (() => number) | undefined

/**
 * Calls what the core names, by the hooks' numbers there, until the slice is over; false once all events have been handled. The core
 * itself calls the hooks of what is rarer than market rows.
 */
function throughSlice({ trade, book, bar }: Hooks): boolean {
  nextEvent ??= nextEventFunction()
  const next = nextEvent
  for (;;) {
    const event = next()
    if (event === HOOK.trade) trade!()
    else if (event === HOOK.book) book!()
    else if (event === HOOK.bar) bar!()
    else return event === PAUSED
  }
}

/** A run whose strategy is JavaScript: the core's part, and ours. @internal */
export class Session {
  readonly #run: NativeRun
  readonly #stage: Stage
  readonly #start = performance.now()

  constructor(prepared: NativePrepared, dynamic: BacktestArgsDynamic, strategy: Strategy) {
    const names = call(() => prepared.names()) as NativeNames
    this.#run = call(() => new NativeRun(prepared, scriptArguments(dynamic), hookNames(strategy)))
    this.#stage = new Stage(this.#run, names, dynamic, strategy)
  }

  /** Market rows applied so far. */
  get done(): number {
    return this.#run.done
  }

  /** Runs for about this long; false once all events have been handled. */
  slice(budgetMs: number): boolean {
    const { hooks } = this.#stage
    return this.#stage.call(() => {
      this.#run.beginSlice(budgetMs, hooks)
      try {
        return throughSlice(hooks)
      } catch (error) {
        this.#run.breakOff()
        throw error
      }
    })
  }

  /** Ends the run; what it leaves. */
  finish(): RunOutcome {
    const outcome = this.#stage.call(() => this.#run.finish(this.#stage.hooks, performance.now() - this.#start)) as RunOutcome
    this.#stage.desk.leave(outcome.orders)
    return outcome
  }

  /** Gives the shared memory back, however the run went. */
  close(): void {
    this.#stage.desk.close()
    this.#run.close()
  }
}
