import type { AssetBalance } from '../orders/account'
import type { EngineEvent } from '../events/engine-event'
import type { OrderSnapshot } from '../orders/event'
import type { OrderRequestCancel, OrderRequestOpen } from '../orders/request'
import type { BacktestArgsConstant, BacktestArgsDynamic } from './backtest'
import type { MarketOptions } from './events'
import type { Reason } from './orders'
import type { Duration, Texts, Time } from './primitives'
import type { ClosedTrade } from './results'

/** How a system starts. */
export interface SystemOptions extends Omit<BacktestArgsConstant, 'system' | 'marketData' | 'closeAtEnd'>, Omit<BacktestArgsDynamic, 'riskFreeReturn'> {
  /** The time of day (the default: `Date.now` and `setTimeout`), or one that moves only when it is told to. */
  clock?: 'wall' | 'manual'
  /** What time it is at the start by a manual clock; that of the first market row if not given. */
  start?: Time
  /** Off, a strategy is informed and its requests are refused; commands work all the same. Default: on. */
  tradingEnabled?: boolean
}

/** What a system's engine knows. */
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

/** What a copy of the engine knows, made of the audit's ticks alone. */
export interface ReplicaState extends SystemState {
  /** Whether ticks were lost before it read them: it does not follow any more. */
  readonly isStale: boolean
}

/** Requests of one kind: those that left, and those that did not, with the reason. */
export interface Sent<R> {
  readonly sent: readonly R[]
  readonly errors: readonly { readonly request: R, readonly reason: Reason }[]
}

/** An amend that left. */
export type AmendOutput = Texts<'id'> & Partial<Texts<'price' | 'quantity'>>

/** What an engine did about an event, by its kind. */
export type EngineOutput =
  | { readonly kind: 'Commanded' | 'AlgoOrders', readonly opens: Sent<OrderRequestOpen>, readonly cancels: Sent<OrderRequestCancel>, readonly amends?: readonly AmendOutput[] }
  | { readonly kind: 'PositionExit', readonly trade: ClosedTrade }
  | { readonly kind: 'AccountDisconnect' | 'MarketDisconnect', readonly exchange: string }

/** A step of an engine, by its kind: an event was handled; so many ticks were lost; it ended. */
export type AuditTickOf =
  | { readonly kind: 'Process', readonly sequence: number, readonly time: string, readonly event: EngineEvent, readonly outputs: readonly EngineOutput[] }
  | { readonly kind: 'Gap', readonly sequence: number, readonly time: string, readonly lost: number }
  | { readonly kind: 'FeedEnded', readonly sequence: number, readonly time: string }

/** Where two audits part: the number of the line, from 0, and what stands there; missing where a file has ended. */
export interface AuditDifference {
  readonly line: number
  readonly left?: string
  readonly right?: string
}

/** What rows of ccxt's do not say themselves. */
export interface FeedOptions extends MarketOptions {
  /** Of rows without one, as OHLCV rows. */
  symbol?: string
  /** Of OHLCV rows, which are stamped at their open. */
  timeframe?: Duration
}
