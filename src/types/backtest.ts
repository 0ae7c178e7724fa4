import type { MarketData } from '../market-data'
import type { SystemConfig } from '../system-config'
import type { SystemConfigInit } from './config'
import type { Balances, Decimal, Duration } from './primitives'
import type { RiskLimits } from './risk'
import type { StrategyInput } from './strategy'

/**
 * What all runs of a batch share. Returns are taken on the grid `sampleInterval`, ratios expressed per `summaryInterval`.
 *
 * @example
 * import { backtest, sampleData, type BacktestArgsConstant } from 'haggle'
 * const constant: BacktestArgsConstant = { ...sampleData.binanceSpot(), balances: { USDT: 10_000 }, summaryInterval: 'Annual365', closeAtEnd: true }
 * const run = await backtest(constant, { strategy: { native: 'buyAndHold' } })
 * console.log(run.tradingSummary.summaryInterval)   // Annual(365)
 */
export interface BacktestArgsConstant {
  system: SystemConfig | SystemConfigInit
  marketData: MarketData
  /** What the accounts hold at the start. */
  balances?: Balances
  /** What the Sharpe and Sortino ratios are expressed per; a year of 365 days (`'Annual365'`) if not given. */
  summaryInterval?: 'Daily' | 'Annual252' | 'Annual365' | Duration
  /** Default: the largest of 1d, 1h, 1m, 1s that gives 30 returns, but never finer than candles. */
  sampleInterval?: Duration
  /** Returns that make a year, such as 252; counted from the data if not given. */
  returnsPerYear?: Decimal
  /**
   * Which moments drawdowns are taken over, beside fills and the grid: `'marks'`, the default, takes each candle's close and its
   * adverse extreme, and each second of ticks, while something is held; `'closes'` the closes of candles alone, as published tables do.
   */
  drawdownOn?: 'marks' | 'closes'
  /** What equity is counted in; the quote of the first instrument if not given. */
  reportingAsset?: string
  /** Close positions with market orders at the last row. */
  closeAtEnd?: boolean
}

/**
 * What differs from run to run.
 *
 * @example
 * import { backtest, sampleData, type BacktestArgsDynamic } from 'haggle'
 * const dynamic: BacktestArgsDynamic = { id: 'hold', strategy: { native: 'buyAndHold' }, riskFreeReturn: '0.05', seed: 7 }
 * const run = await backtest({ ...sampleData.binanceSpot(), balances: { USDT: 10_000 } }, dynamic)
 * console.log(run.id, run.seed, run.riskFreeReturn)   // hold 7 0.05
 */
export interface BacktestArgsDynamic {
  /** The run's id, and its strategy's. Unique in a batch, where it is `backtest-0` and so on if not given. */
  id?: string
  /** An object or a function that makes one runs on the calling thread; a native one on a Rust thread; a module, by its URL, in a worker thread. */
  strategy?: StrategyInput
  /** A year's, as a fraction. */
  riskFreeReturn?: Decimal
  /** What its orders are held against before they leave; nothing if not given. */
  risk?: RiskLimits
  seed?: number
}

export type { RunOptions } from './run-options'
