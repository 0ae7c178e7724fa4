// What is run: the tiled sample, and the system that trades on it.
import type { BacktestArgsConstant } from 'haggle'

/** Rows of the sample: 38,968 best quotes and 11,032 prints of three instruments. */
export const SAMPLE_ROWS = 50_000
/** How far one pass of the tiled sample stands behind the one before, in nanoseconds. */
export const PERIOD_NS = 185_000_000_000

/** Everything but market data: real fees and latency, and so much money that no order is refused for want of it. */
export const constant = {
  system: {
    exchange: 'binance_spot',
    instruments: ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'],
    latency: '100ms',
    fees: { maker: '0.001', taker: '0.001' },
  },
  balances: { USDT: '1000000000', BTC: '10000', ETH: '100000', SOL: '1000000' },
  // As for the sample by itself: more samples of equity than a run of hours would choose.
  sampleInterval: '1s',
} satisfies Omit<BacktestArgsConstant, 'marketData'>

/** The same as the core reads it. */
export const constantText = JSON.stringify(constant)

/** What every run has switched on, in words. */
export const SWITCHED_ON = 'request latency 100 ms, fees 0.1 %, ledger, equity every 1 s, result hash and statistics on'

/** `100 x 50,000 = 5,000,000 rows`. */
export function rowsText(passes: number): string {
  return `sample tiled ${passes} x = ${(passes * SAMPLE_ROWS).toLocaleString('en')} rows`
}
