import type { Name } from './primitives'
import type { Size } from './strategy'

/** For each bar of an instrument whether it has a signal: `true` or 1, else `false` or 0; NaN at the start is warm-up. */
export type SignalFlags = ArrayLike<boolean | number>

/**
 * Entries and exits, as market orders. At one bar exits come before entries; an entry and a short entry at one bar are
 * an error. What opens short positions needs an account that is `'cash-settled'`.
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

/** Signals of one instrument, index i for its bar i in the market data of the run: entries and exits, or targets. */
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
 * const closes = [10, 11, 12, 11, 10]
 * const strategy: Signals = { native: 'signals', entries: closes.map((close) => close > 11), exits: closes.map((close) => close < 11) }
 */
export type Signals =
  /** Of `symbol`, or of the only instrument of the system. */
  | ({ native: 'signals', symbol?: Name, instruments?: undefined } & SignalArrays)
  /** Of several instruments, by their names. */
  | { native: 'signals', instruments: Readonly<Record<string, SignalArrays>> }
