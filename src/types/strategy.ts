import type { Order, TimeInForce } from './orders'
import type { Decimal, Duration, Name, Numbers, Side } from './primitives'
import type { Fill } from './results'
import type { Signals } from './signals'

/** A print in the market. `side` is the aggressor's, `time` in milliseconds. */
export type PublicTrade = Numbers<'time' | 'price' | 'quantity'> & { readonly side: Side }

/** A bar; times in milliseconds. It reaches a strategy at its close. */
export type Bar = Numbers<'time' | 'closeTime' | 'open' | 'high' | 'low' | 'close' | 'volume'>

/** The best quotes, and the levels behind them where the data has them; NaN where there is none. Level 0 is the best. */
export interface Book extends Numbers<'bid' | 'bidSize' | 'ask' | 'askSize'> {
  price(side: Side, level: number): number
  size(side: Side, level: number): number
}

/**
 * What trades. Callbacks are synchronous and return nothing: a returned promise fails the run, because it would go on
 * at a place that the clock decides. Only the callbacks that exist when the run starts are called. `ctx` and the views
 * it gives are used again for the next event: read them now, keep copies.
 *
 * @example
 * const strategy: Strategy = {
 *   onTrade(ctx, trade) {
 *     if (!ctx.position && trade.price < 87_000) ctx.buy({ quote: 100 })
 *   },
 * }
 */
export interface Strategy {
  onStart?(ctx: Context): void
  onTrade?(ctx: Context, trade: PublicTrade): void
  onBook?(ctx: Context, book: Book): void
  onBar?(ctx: Context, bar: Bar): void
  /** An own execution; `onOrder` for the same order follows. */
  onFill?(ctx: Context, fill: Fill): void
  onOrder?(ctx: Context, order: Order): void
  onTimer?(ctx: Context, tag: string): void
  onStop?(ctx: Context): void
}

/** What an amend changes; `quantity` is the order's new total. */
export type Change = { price?: Decimal, quantity?: Decimal }

/** A quantity of the base asset, an amount of quote to spend, or a share of equity, the last two computed at the fill. */
export type Size = Decimal | { quote: Decimal } | { equity: Decimal }

/** The prices given decide the kind of an order: none = market, price = limit, stop / takeProfit / trail (with or without price) = conditional. */
export type OrderOptions = { cid?: string, reduceOnly?: boolean }
  & ({ price?: undefined, postOnly?: undefined, timeInForce?: 'ImmediateOrCancel' | 'FillOrKill' }
    | { price: Decimal, timeInForce?: TimeInForce, postOnly?: boolean })
  & ({ stop?: undefined, takeProfit?: undefined, trail?: undefined } | { stop: Decimal } | { takeProfit: Decimal } | { trail: Decimal | `${number}%` })

/**
 * One instrument as the engine sees it. Prices are NaN until first seen; `position` is signed and exactly 0 when flat
 * or dust; orders are live views, so `order.state` changes.
 */
export interface Market extends Numbers<'bid' | 'ask' | 'mid' | 'last' | 'position' | 'entryPrice' | 'pnl'> {
  readonly symbol: string
  readonly exchange: string
  /** With those in flight. */
  readonly openOrders: readonly Order[]
  buy(size: Size, options?: OrderOptions): Order
  sell(size: Size, options?: OrderOptions): Order
  /** A market order over the whole position, rounded down to the lot; undefined when flat. */
  closePosition(): Order | undefined
  cancelAll(): void
}

/** The market of the current event, and the account. onStart, onTimer, onStop have a current market only in a one-instrument system. */
export interface Context extends Market, Numbers<'now' | 'equity'> {
  /** The virtual clock in nanoseconds; `now` is the same in milliseconds. */
  readonly nowNs: bigint
  of(name: Name): Market
  balance(asset: string, exchange?: string): Numbers<'free' | 'locked' | 'total'>
  amend(order: Order | string, change: Change): void
  cancel(order: Order | string): void
  /** Calls `onTimer` with the tag after this much virtual time. */
  timer(after: Duration, tag?: string): void
  /** Between 0 and 1, from the run's seed; unlike Math.random it gives a run again. */
  random(): number
}

/** A strategy that the core runs by itself: its own, as baselines, or {@link Signals} that were computed beforehand. */
export type NativeStrategy = { native: 'buyAndHold' } | { native: 'smaCross' | 'emaCross', fast: number, slow: number } | Signals

/** Object or factory: this thread. URL (a module whose default export is the factory): worker threads. Native: Rust threads. */
export type StrategyInput<P = void> = Strategy | NativeStrategy | URL | ((params: P) => Strategy | NativeStrategy)
