import type { Time, Texts } from './primitives'
import type { Of } from './results'

/**
 * How long an order works: until filled or cancelled, until midnight UTC, at once, at once and whole, or until a moment.
 *
 * @example
 * import { OrderRequestOpen, type TimeInForce } from 'haggle'
 * const timeInForce: TimeInForce = { goodUntil: '2025-01-01T00:00:00Z' }
 * const key = { exchange: 'okx', instrument: 'BTC/USDT' }
 * console.log(typeof new OrderRequestOpen({ key, side: 'Buy', quantity: 1, price: 90, timeInForce }).timeInForce)   // object
 */
export type TimeInForce = 'GoodUntilCancelled' | 'GoodUntilEndOfDay' | 'ImmediateOrCancel' | 'FillOrKill' | { goodUntil: Time }

/**
 * Why an exchange or the engine refused or ended an order: a code of a closed table, a sentence, and the numbers (`need`, `free`, `limit` ...).
 *
 * @example
 * import { backtest, sampleData, type Reason } from 'haggle'
 * const run = await backtest({ ...sampleData.binanceSpot(), balances: { USDT: 1 } }, { strategy: { onTrade(ctx) { ctx.buy(1) } } })
 * const reasons: Reason[] = run.orders.toArray().flatMap(({ state }) => state.kind === 'OpenFailed' ? [state.reason] : [])
 * console.log(reasons[0]?.code)   // BalanceInsufficient
 */
export type Reason = Texts<'code' | 'message'> & { readonly details: Readonly<Record<string, string>> }

/**
 * An order that an exchange has accepted: its id there, when, and how much of it was filled.
 *
 * @example
 * import { OrderEvent, type Placed } from 'haggle'
 * const placed: Placed = { id: '7', timeExchange: '2025-01-01T00:00:00Z', filledQuantity: '0.5' }
 * const event = new OrderEvent({ key: { exchange: 'okx', instrument: 'BTC/USDT' }, state: { kind: 'Open', ...placed } })
 * console.log(event.isActive)   // true
 */
export type Placed = Texts<'id' | 'timeExchange' | 'filledQuantity'>

/**
 * Where an order is in its life: `OpenInFlight -> Open -> FullyFilled | Cancelled | Expired`, or `OpenFailed`;
 * `CancelInFlight` while a cancel travels. There is no state of its own for a partial fill: that is `Open` with a
 * `filledQuantity`. `unknown` marks an order of which a lost connection left open whether it arrived.
 *
 * @example
 * import { OrderEvent, type OrderState } from 'haggle'
 * const state: OrderState = { kind: 'CancelInFlight', order: null }
 * console.log(new OrderEvent({ key: { exchange: 'okx', instrument: 'BTC/USDT' }, state }).state.kind)   // CancelInFlight
 */
export type OrderState =
  | { readonly kind: 'OpenInFlight', readonly unknown?: true }
  | { readonly kind: 'FullyFilled' | 'Expired' }
  | ({ readonly kind: 'Open' } & Placed)
  | ({ readonly kind: 'Cancelled' } & Texts<'id' | 'timeExchange'>)
  | { readonly kind: 'CancelInFlight', readonly order: Placed | null }
  | { readonly kind: 'OpenFailed', readonly reason: Reason }

/**
 * An order. In a strategy it is a live view, so that `state` and `filledQuantity` change; in a result it is a frozen
 * value. `id` is the exchange's, `cid` the client's; `price` is missing for a market order, `averagePrice` before the
 * first fill.
 *
 * @example
 * import { backtest, sampleData, type Order } from 'haggle'
 * const run = await backtest({ ...sampleData.binanceSpot(), balances: { USDT: 10_000 } }, { strategy: { native: 'buyAndHold' } })
 * const orders: Order[] = run.orders.toArray()
 * console.log(orders.map(({ symbol, kind, state }) => `${symbol} ${kind} ${state.kind}`).length)   // 3
 */
export interface Order extends Of, Texts<'cid' | 'kind' | 'quantity' | 'filledQuantity'> {
  readonly id?: string
  readonly price?: string
  readonly averagePrice?: string
  readonly timeInForce: TimeInForce
  readonly state: OrderState
  /** Whether it may still be filled. */
  readonly isActive: boolean
  /** In a result: why it was cancelled, expired or never opened; missing where it was not. */
  readonly reason?: Reason
  /** In a result: when the engine sent it, ms. */
  readonly timeSent?: number
  /** In a result: when it reached the exchange, ms; missing where it did not. */
  readonly timeArrived?: number
  /** In a result: when the exchange took it in, ms; missing where it was filled, refused or ended at once. */
  readonly timeOpened?: number
  /** In a result: when it ended, ms. */
  readonly timeEnded?: number
}
