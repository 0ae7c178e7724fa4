import type { Name } from './primitives'
import type { Size } from './strategy'

/**
 * For each bar of an instrument whether it has a signal: `true` or 1, else `false` or 0; NaN at the start is warm-up.
 *
 * @example
 * import type { Signals, SignalFlags } from 'haggle'
 * const entries: SignalFlags = Uint8Array.of(0, 1, 0)
 * const strategy: Signals = { native: 'signals', entries, exits: [false, false, true] }
 * console.log(strategy.native)   // signals
 */
export type SignalFlags = ArrayLike<boolean | number>

/**
 * Entries and exits, as market orders. At one bar exits come before entries; an entry and a short entry at one bar are
 * an error. What opens short positions needs an account that is `'cash-settled'`.
 *
 * @example
 * import { backtest, MarketData, type EntrySignals } from 'haggle'
 * const rows = [10, 11, 12, 11, 10].map((close, day) => [day * 86_400_000, close, close, close, close, 100])
 * const marketData = MarketData.fromOhlcv(rows, { symbol: 'BTC/USDT', timeframe: '1d' })
 * const constant = { system: { instruments: ['BTC/USDT'] }, marketData, balances: { USDT: 1_000 } }
 * const signals: EntrySignals = { entries: [1, 0, 0, 0, 0], exits: [0, 0, 1, 0, 0], size: 2 }
 * const run = await backtest(constant, { strategy: { native: 'signals', ...signals } })
 * console.log(run.fills.toArray().map(({ side, quantity }) => `${side} ${quantity}`).join())   // Buy 2,Sell 2
 */
export interface EntrySignals {
  /** Opens a long position. */
  entries?: SignalFlags
  /** Closes a long position. */
  exits?: SignalFlags
  /** Opens a short position. */
  shortEntries?: SignalFlags
  /** Closes a short position. */
  shortExits?: SignalFlags
  /** Of an entry, in whole lots (the instrument's `lotSize`). Default: `{ equity: 1 }`, all there is. */
  size?: Size
  /**
   * `true`, the default: an entry against the position closes it and opens anew, as `smaCross` does; one in its
   * direction does nothing. `false`: each entry is one more order, so that entries add up, and one against the position
   * takes from it.
   */
  exclusive?: boolean
  targets?: undefined
  targetsIn?: undefined
}

/**
 * For each bar the position to be had, signed. A target that differs from the one before is traded, and no other:
 * the position is left alone while its worth changes. A change of sign closes first, and then opens.
 *
 * @example
 * import { backtest, MarketData, type TargetSignals } from 'haggle'
 * const rows = [10, 11, 12, 11, 10].map((close, day) => [day * 86_400_000, close, close, close, close, 100])
 * const marketData = MarketData.fromOhlcv(rows, { symbol: 'BTC/USDT', timeframe: '1d' })
 * const constant = { system: { instruments: ['BTC/USDT'] }, marketData, balances: { USDT: 1_000 } }
 * const signals: TargetSignals = { targets: [NaN, 2, 3, 3, 0] }
 * const run = await backtest(constant, { strategy: { native: 'signals', ...signals } })
 * console.log(run.fills.toArray().map(({ side, quantity }) => `${side} ${quantity}`).join())   // Buy 2,Buy 1
 */
export interface TargetSignals {
  /** NaN at the start is warm-up: flat. */
  targets: ArrayLike<number>
  /**
   * `'units'` of base (the default), rounded down to the lot; the position's worth in `'quote'`; or that as a share of
   * `'equity'`. Worth is by the close of the bar; what is opened or added becomes a quantity at the fill, fees included.
   */
  targetsIn?: 'units' | 'quote' | 'equity'
  entries?: undefined
  exits?: undefined
  shortEntries?: undefined
  shortExits?: undefined
  size?: undefined
  exclusive?: undefined
}

/**
 * Signals of one instrument, index i for its bar i in the market data of the run: entries and exits, or targets.
 *
 * @example
 * import type { SignalArrays, Signals } from 'haggle'
 * const instruments: Record<string, SignalArrays> = { 'BTC/USDT': { entries: [1, 0] }, 'ETH/USDT': { targets: [0, 1] } }
 * const strategy: Signals = { native: 'signals', instruments }
 * console.log(Object.keys(instruments).length, strategy.native)   // 2 signals
 */
export type SignalArrays = EntrySignals | TargetSignals

/**
 * A strategy that was computed beforehand: arrays over the bars, run by the core. The signal of a bar is known at its
 * close and acts then, so that bars fill it at the next open; on the last bar it does nothing. Each array has one value
 * for each bar of its instrument, after `select`. Arrays are read when the run starts, typed arrays without a copy.
 *
 * While an order of the instrument is under way (on bars, only with a latency longer than a bar) entries and exits are
 * passed over, as by `smaCross`, and a target waits.
 *
 * @example
 * import { backtest, MarketData, type Signals } from 'haggle'
 * const closes = [10, 11, 12, 11, 10]
 * const strategy: Signals = { native: 'signals', entries: closes.map((close) => close > 11), exits: closes.map((close) => close < 11) }
 * const rows = closes.map((close, day) => [day * 86_400_000, close, close, close, close, 100])
 * const marketData = MarketData.fromOhlcv(rows, { symbol: 'BTC/USDT', timeframe: '1d' })
 * const run = await backtest({ system: { instruments: ['BTC/USDT'] }, marketData, balances: { USDT: 1_000 } }, { strategy })
 * console.log(run.orders.at(0)?.side)   // Buy
 */
export type Signals =
  /** Of `symbol`, or of the only instrument of the system. */
  | ({ native: 'signals', symbol?: Name, instruments?: undefined } & SignalArrays)
  /** Of several instruments, by their names. */
  | { native: 'signals', instruments: Readonly<Record<string, SignalArrays>> }
