import type { AssetBalance } from '../orders/account'
import type { EngineEvent } from '../events/engine-event'
import type { OrderSnapshot } from '../orders/event'
import type { OrderRequestCancel, OrderRequestOpen } from '../orders/request'
import type { BacktestArgsConstant, BacktestArgsDynamic } from './backtest'
import type { MarketOptions } from './events'
import type { Reason } from './orders'
import type { Duration, Texts, Time } from './primitives'
import type { ClosedTrade } from './results'

/**
 * How a system starts.
 *
 * @example
 * import { startSystem, type SystemOptions } from 'haggle'
 * const options: SystemOptions = { clock: 'manual', start: '2025-01-01T00:00:00Z', balances: { USDT: 1_000 }, tradingEnabled: false }
 * const system = startSystem({ instruments: ['BTC/USDT'] }, options)
 * console.log(system.state().tradingState)   // Disabled
 * await system.shutdown()
 */
export interface SystemOptions extends Omit<BacktestArgsConstant, 'system' | 'marketData' | 'closeAtEnd'>, Omit<BacktestArgsDynamic, 'riskFreeReturn'> {
  /** The time of day (the default: `Date.now` and `setTimeout`), or one that moves only when it is told to. */
  clock?: 'wall' | 'manual'
  /** What time it is at the start by a manual clock; that of the first market row if not given. */
  start?: Time
  /** Off, a strategy is informed and its requests are refused; commands work all the same. Default: on. */
  tradingEnabled?: boolean
}

/**
 * What a system's engine knows.
 *
 * @example
 * import { startSystem, type SystemState } from 'haggle'
 * const system = startSystem({ instruments: ['BTC/USDT'] }, { clock: 'manual', start: 0, balances: { USDT: 1_000 } })
 * const state: SystemState = system.state()
 * console.log(state.equity, state.balances.length, state.orders.length)   // 1000 2 0
 * await system.shutdown()
 */
export interface SystemState {
  /** Number of the last tick of the audit; missing before the first one. */
  readonly sequence?: number
  /** Of its last event, as RFC 3339 text. */
  readonly time: string
  readonly tradingState: 'Enabled' | 'Disabled'
  /** In the reporting asset; NaN before the first prices of what is held. */
  readonly equity: number
  readonly balances: readonly AssetBalance[]
  /** Those that work or are in flight. */
  readonly orders: readonly OrderSnapshot[]
  /** What fills came to, by symbol (`exchange:symbol` where two exchanges have it), signed; those that are not zero. */
  readonly positions: Readonly<Record<string, string>>
}

/**
 * What a copy of the engine knows, made of the audit's ticks alone.
 *
 * @example
 * import { startSystem, type ReplicaState } from 'haggle'
 * const system = startSystem({ instruments: ['BTC/USDT'] }, { clock: 'manual', start: 0, balances: { USDT: 1_000 } })
 * const copy: ReplicaState = system.takeAudit().state()
 * console.log(copy.isStale, copy.equity === system.state().equity)   // false true
 * await system.shutdown()
 */
export interface ReplicaState extends SystemState {
  /** Whether ticks were lost before it read them: it does not follow any more. */
  readonly isStale: boolean
}

/**
 * Requests of one kind: those that left, and those that did not, with the reason.
 *
 * @example
 * import { OrderRequestOpen, startSystem, type Sent } from 'haggle'
 * const system = startSystem({ instruments: ['BTC/USDT'] }, { clock: 'manual', start: 0, balances: { USDT: 1_000 } })
 * const audit = system.takeAudit()
 * system.sendOpenRequests(new OrderRequestOpen({ key: { exchange: 'mock', instrument: 'BTC/USDT' }, side: 'Buy', quantity: 1, price: 90 }))
 * await system.shutdown()
 * for await (const tick of audit) {
 *   if (tick.kind !== 'Process') continue
 *   for (const output of tick.outputs) {
 *     if (output.kind !== 'Commanded') continue
 *     const opens: Sent<OrderRequestOpen> = output.opens
 *     console.log(opens.sent.length, opens.errors.length)   // 1 0
 *     break
 *   }
 * }
 */
export interface Sent<R> {
  readonly sent: readonly R[]
  readonly errors: readonly { readonly request: R, readonly reason: Reason }[]
}

/**
 * An amend that left.
 *
 * @example
 * import { startSystem, type AmendOutput } from 'haggle'
 * const system = startSystem({ instruments: ['BTC/USDT'], latency: 0 }, {
 *   clock: 'manual', balances: { USDT: 1_000 },
 *   strategy: { onTrade(ctx) { ctx.openOrders[0] ? ctx.amend(ctx.openOrders[0], { price: 91 }) : ctx.buy(1, { price: 90 }) } },
 * })
 * const audit = system.takeAudit()
 * system.feedEvents([1, 2].map((timestamp) => ({ symbol: 'BTC/USDT', timestamp, price: 100, amount: 1, side: 'buy' })))
 * system.advance('1s')
 * await system.shutdown()
 * const amends: AmendOutput[] = []
 * for await (const tick of audit) {
 *   if (tick.kind === 'Process') for (const output of tick.outputs) if (output.kind === 'AlgoOrders') amends.push(...output.amends ?? [])
 * }
 * console.log(amends.map(({ price }) => price).join())   // 91
 */
export type AmendOutput = Texts<'id'> & Partial<Texts<'price' | 'quantity'>>

/**
 * What an engine did about an event, by its kind.
 *
 * @example
 * import { startSystem, type EngineOutput } from 'haggle'
 * const system = startSystem({ instruments: ['BTC/USDT'] }, { clock: 'manual', start: 0, balances: { USDT: 1_000 } })
 * const audit = system.takeAudit()
 * system.cancelOrders()
 * await system.shutdown()
 * const outputs: EngineOutput[] = []
 * for await (const tick of audit) if (tick.kind === 'Process') outputs.push(...tick.outputs)
 * console.log(outputs[0]?.kind)   // Commanded
 */
export type EngineOutput =
  | { readonly kind: 'Commanded' | 'AlgoOrders', readonly opens: Sent<OrderRequestOpen>, readonly cancels: Sent<OrderRequestCancel>, readonly amends?: readonly AmendOutput[] }
  | { readonly kind: 'PositionExit', readonly trade: ClosedTrade }
  | { readonly kind: 'AccountDisconnect' | 'MarketDisconnect', readonly exchange: string }

/**
 * A step of an engine, by its kind: an event was handled; so many ticks were lost; it ended.
 *
 * @example
 * import { AuditTick, type AuditTickOf } from 'haggle'
 * const tick: AuditTickOf = AuditTick.fromJSON({ event: 'FeedEnded', context: { sequence: 7, time: '2025-01-01T00:00:00Z' } })
 * console.log(tick.kind, tick.sequence)   // FeedEnded 7
 */
export type AuditTickOf =
  | { readonly kind: 'Process', readonly sequence: number, readonly time: string, readonly event: EngineEvent, readonly outputs: readonly EngineOutput[] }
  | { readonly kind: 'Gap', readonly sequence: number, readonly time: string, readonly lost: number }
  | { readonly kind: 'FeedEnded', readonly sequence: number, readonly time: string }

/**
 * Where two audits part: the number of the line, from 0, and what stands there; missing where a file has ended.
 *
 * @example
 * import { diffAudit, startSystem, type AuditDifference } from 'haggle'
 * for (const tradingEnabled of [true, false]) {
 *   const system = startSystem({ instruments: ['BTC/USDT'] }, { clock: 'manual', start: 0, balances: { USDT: 1_000 }, tradingEnabled })
 *   const saved = system.takeAudit().save(`${tradingEnabled}.jsonl`)
 *   await system.shutdown()
 *   await saved
 * }
 * const difference: AuditDifference | undefined = diffAudit('true.jsonl', 'false.jsonl')
 * console.log(difference?.left !== difference?.right)   // true
 */
export interface AuditDifference {
  readonly line: number
  readonly left?: string
  readonly right?: string
}

/**
 * What rows of ccxt's do not say themselves.
 *
 * @example
 * import { startSystem, type FeedOptions } from 'haggle'
 * const system = startSystem({ instruments: ['BTC/USDT'] }, { clock: 'manual', balances: { USDT: 1_000 } })
 * const options: FeedOptions = { symbol: 'BTC/USDT', timeframe: '1m' }
 * console.log(system.feedEvents([[0, 100, 104, 99, 103, 12.5]], options))   // 1
 * await system.shutdown()
 */
export interface FeedOptions extends MarketOptions {
  /** Of rows without one, as OHLCV rows. */
  symbol?: string
  /** Of OHLCV rows, which are stamped at their open. */
  timeframe?: Duration
}
