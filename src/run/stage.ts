import { reasonsJson } from '#native'
import { call, fromGlue } from '../native/errors'
import { inside } from '../run-state'
import { ContextView } from '../strategy/context'
import { Desk, type NativeNames } from '../strategy/desk'
import { hooksOf, type Hooks } from '../strategy/hooks'
import type { HOOK } from '../strategy/layout'
import type { BacktestArgsDynamic } from '../types/backtest'
import type { Reason } from '../types/orders'
import type { Strategy } from '../types/strategy'

/** What runs a JavaScript strategy: the core's part of a back-test or of a live system. @internal */
export interface Host {
  /** Which memory it shares with the strategy. */
  readonly block: number
  buffer(): ArrayBuffer
  /** Whether what the last call threw is the strategy's own. */
  readonly hasThrown: boolean
}

/** The core has to know which hooks there are before the memory that they read exists. @internal */
export function hookNames(strategy: Strategy): object {
  return Object.fromEntries(Object.entries(HOOK_OF).filter(([, name]) => name === undefined || strategy[name] !== undefined).map(([key]) => [key, () => {}]))
}

/** A strategy with what it looks at and what it is called by. @internal */
export class Stage {
  readonly desk: Desk
  readonly hooks: Hooks
  readonly #host: Host
  #isInside = false

  constructor(host: Host, names: NativeNames, { id, seed, risk }: BacktestArgsDynamic, strategy: Strategy) {
    this.#host = host
    this.desk = new Desk(bufferOf(host), names, id ?? 'backtest', reasons())
    const ctx = new ContextView(this.desk, seed ?? 0)
    if (risk?.check) this.desk.checkBy(risk.check.bind(risk), ctx)
    this.hooks = hooksOf(strategy, this.desk, ctx)
  }

  /**
   * Calls the core where it calls the strategy. What a callback threw comes through untouched: it is not looked at, as it may be
   * a proxy, or look like an error of ours.
   */
  call<T>(run: () => T): T {
    const wasInside = this.#isInside
    this.#isInside = true
    try {
      return inside(run)
    } catch (error) {
      throw this.#host.hasThrown ? error : fromGlue(error)
    } finally {
      this.#isInside = wasInside
    }
  }

  /** Whether the core is at work, so that a callback may be on the stack. */
  get isInside(): boolean {
    return this.#isInside
  }
}

/** The core's names of hooks, and the callback that each one needs; the two without are always called. */
const HOOK_OF = {
  start: 'onStart', trade: 'onTrade', book: 'onBook', bar: 'onBar', order: undefined, bundle: undefined, timer: 'onTimer', stop: 'onStop',
} as const satisfies Record<keyof Hooks & keyof typeof HOOK, keyof Strategy | undefined>

/** As many as the core keeps blocks to lease again. */
const BUFFERS_MAX = 8
const buffers = new Map<number, ArrayBuffer>()

/**
 * The memory that a run shares with its strategy. Where a block is leased again, so is the buffer over it: each one
 * waits for a finalizer, of which none runs in a synchronous loop of runs.
 */
function bufferOf(host: Host): ArrayBuffer {
  const { block } = host
  let buffer = buffers.get(block)
  if (!buffer) {
    buffer = call(() => host.buffer())
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
