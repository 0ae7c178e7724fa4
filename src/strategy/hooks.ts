import { types } from 'node:util'
import { HaggleError, invalid, isRevoked, show } from '../errors'
import type { Strategy } from '../types/strategy'
import { BarView, BookView, TradeView, type ContextView } from './context'
import type { Desk } from './desk'
import { CURRENT, INSTRUMENT, MARKET } from './layout'

/** The functions that the core calls, without arguments: what the event is stands in the shared memory. @internal */
export interface Hooks {
  start?(): void
  trade?(): void
  book?(): void
  bar?(): void
  order(): void
  bundle(): void
  timer?(): void
  stop?(): void
}

const NAMES = ['onStart', 'onTrade', 'onBook', 'onBar', 'onFill', 'onOrder', 'onTimer', 'onStop'] as const

/** Refuses an object that is no strategy: one without callbacks, or with a misspelt one. @internal */
export function checkStrategy(strategy: unknown, path: string): asserts strategy is Strategy {
  if (typeof strategy !== 'object' || strategy === null || isRevoked(strategy)) throw invalid(path, `expected a strategy, found ${show(strategy)}`)
  const object = strategy as Readonly<Record<string, unknown>>
  for (const name of NAMES) {
    if (object[name] !== undefined && typeof object[name] !== 'function') throw invalid(`${path}.${name}`, `expected a function, found ${show(object[name])}`)
  }
  for (const name of namesOf(strategy)) {
    if (!/^on[A-Z]/.test(name) || typeof object[name] !== 'function' || (NAMES as readonly string[]).includes(name)) continue
    throw new HaggleError('UNKNOWN_NAME', `no callback is called '${name}'`, { path: `${path}.${name}`, hint: `known: ${NAMES.join(', ')}; a method of your own needs a name without 'on'` })
  }
  if (NAMES.every((name) => object[name] === undefined)) {
    throw invalid(path, 'the strategy has no callback, so it could never trade', `known: ${NAMES.join(', ')}`)
  }
}

/** Names of an object's fields, and of its class's methods and those that it inherits. */
function namesOf(object: object): Set<string> {
  const names = new Set(Object.keys(object))
  let prototype = Object.getPrototypeOf(object) as object | null
  while (prototype !== null && prototype !== Object.prototype) {
    for (const name of Object.getOwnPropertyNames(prototype)) names.add(name)
    prototype = Object.getPrototypeOf(prototype) as object | null
  }
  return names
}

/** The core's hooks of a strategy; only callbacks that exist now are ever called. @internal */
export function hooksOf(strategy: Strategy, desk: Desk, ctx: ContextView): Hooks {
  const { view } = desk
  const { onStart, onTrade, onBook, onBar, onFill, onOrder, onTimer, onStop } = strategy
  desk.showsFills = onFill !== undefined
  const trade = new TradeView(view)
  const bar = new BarView(view)
  const book = new BookView(view)
  const isSingle = desk.names.instruments.length === 1
  // These three have a current market only where there is one in all.
  const nowhere = (): void => {
    if (isSingle) return
    view[INSTRUMENT] = Number.NaN
    view.fill(Number.NaN, CURRENT, CURRENT + MARKET)
  }
  return {
    ...(onStart && { start: () => { nowhere(); settled(onStart.call(strategy, ctx), 'onStart') } }),
    ...(onTrade && { trade: () => { settled(onTrade.call(strategy, ctx, trade), 'onTrade') } }),
    ...(onBook && { book: () => { settled(onBook.call(strategy, ctx, book), 'onBook') } }),
    ...(onBar && { bar: () => { settled(onBar.call(strategy, ctx, bar), 'onBar') } }),
    order: () => { desk.apply() },
    bundle: () => {
      const { fills, touched } = desk
      desk.fills = []
      desk.touched = []
      if (onFill) for (const fill of fills) settled(onFill.call(strategy, ctx, fill), 'onFill')
      if (onOrder) for (const order of touched) settled(onOrder.call(strategy, ctx, order), 'onOrder')
    },
    ...(onTimer && { timer: () => { nowhere(); settled(onTimer.call(strategy, ctx, desk.tag()), 'onTimer') } }),
    ...(onStop && { stop: () => { nowhere(); settled(onStop.call(strategy, ctx), 'onStop') } }),
  }
}

function settled(result: unknown, name: string): void {
  if (result !== undefined) refuse(result, name)
}

function refuse(result: unknown, name: string): never {
  // The result of the promise is not read any more: it must not end the process as unhandled.
  if (types.isPromise(result)) result.catch(() => {})
  throw new HaggleError('STRATEGY_ASYNC', `${name} returned a value; callbacks are synchronous and return nothing`, {
    path: `strategy.${name}`,
    hint: 'leave out async and await, and braces round the body: (ctx) => { ctx.buy(1) }',
  })
}
