import type { RunOutcome } from '../../src/results/run'
import { ABSENT, NONE, type Decimals } from '../../src/table/column'

/** 2025-03-25T23:07:00Z. */
export const START = 1_742_944_020_000_000_000n

export const SUMMARY = {
  id: 'ema-12-26',
  risk_free_return: '0.02',
  result_hash: '3a7bd3e2360a3d29eea436fcfb7e44c7',
  seed: 42,
  trading_summary: {
    time_engine_start: '2025-03-25T23:07:00.773674205Z',
    time_engine_end: '2025-03-25T23:10:05.321Z',
    portfolio: {
      pnl: '-12.3456789', fees: '1234.5', start_equity: '10000', end_equity: '9987.6543211', total_return: '-0.00123456789',
      pnl_return: { value: '-0.00123456789', interval: 'Daily' }, sharpe_ratio: { value: '-1.5', interval: 'Daily' }, sortino_ratio: { value: '-2.25', interval: 'Daily' },
      calmar_ratio: null, pnl_drawdown: null, pnl_drawdown_mean: { mean_drawdown: '-0.001', mean_drawdown_ms: 61000 },
      pnl_drawdown_max: { value: '-0.0341', time_start: '2025-03-25T23:08:00Z', time_end: '2025-03-25T23:09:30Z' },
      win_rate: { value: '0.5' }, profit_factor: { value: '0.875' }, closed_trades: 1204, fills: 2409, returns: 184, sample_interval: '1s', volatility: '0.0000001',
    },
    instruments: {
      'BTC/USDT': {
        pnl: '-20', fees: '1000', pnl_return: { value: '-0.002', interval: 'Daily' }, sharpe_ratio: { value: '-3', interval: 'Daily' }, sortino_ratio: null, calmar_ratio: null,
        pnl_drawdown_max: null, win_rate: { value: '0.25' }, profit_factor: null, closed_trades: 4,
      },
      'binance_spot:ETH/USDT': {
        pnl: '7.6543211', fees: '0.0001234', pnl_return: { value: '0.00076', interval: 'Daily' }, sharpe_ratio: null, sortino_ratio: null, calmar_ratio: null,
        pnl_drawdown_max: { value: '-0.01', time_start: '2025-03-25T23:08:00Z', time_end: '2025-03-25T23:09:30Z' }, win_rate: null, profit_factor: null, closed_trades: 1200,
      },
    },
    assets: { 'binance_spot:USDT': { balance_end: { total: '9987.6543211', free: '9987.6543211' }, drawdown_max: null } },
  },
  warnings: [{ code: 'DATA_ALIGNED', message: 'prints carry the venue\'s stamps and quotes the recorder\'s: prints were moved by 129 ms, so that nothing is seen early' }],
  events: 50_000,
  duration_ms: 12.5,
  reporting_asset: 'USDT',
  data_hash: 'ffee',
} as const

const decimals = (...cells: readonly (readonly [bigint, number])[]): Decimals => ({
  values: BigInt64Array.from(cells, ([mantissa]) => BigInt.asIntN(64, mantissa)),
  high: BigInt64Array.from(cells, ([mantissa]) => mantissa >> 64n),
  scales: Uint8Array.from(cells, ([, scale]) => scale),
})

/** Three orders (a market buy, a resting sell that was filled in two parts, a refused one) and their fills. */
export function outcome(): RunOutcome {
  return {
    summary: JSON.stringify(SUMMARY),
    names: {
      instruments: [
        { symbol: 'BTC/USDT', exchange: 'binance_spot', tick: { mantissa: 1n, scale: 2 }, lot: { mantissa: 1n, scale: 5 } },
        { symbol: 'ES/USD', exchange: 'mock', tick: { mantissa: 25n, scale: 2 }, lot: { mantissa: 1n, scale: 0 } },
      ],
      assets: ['BTC', 'USDT', 'USD'],
      strategies: ['ema'],
    },
    orders: {
      id: BigInt64Array.of(0n, 1n, ABSENT),
      cids: { 1: 'take, "profit"' },
      instrument: Uint16Array.of(0, 1, 0),
      strategy: Uint16Array.of(0, 0, 0),
      side: Uint8Array.of(0, 1, 0),
      kind: Uint8Array.of(0, 1, 1),
      price: BigInt64Array.of(ABSENT, 21_001n, 8_700_000n),
      quantity: BigInt64Array.of(150_000n, 3n, 1n),
      filled: BigInt64Array.of(150_000n, 3n, 0n),
      average: decimals([8_723_201n, 2], [5250333333333333333333333333n, 24], [0n, NONE]),
      timeInForce: Uint8Array.of(2, 4, 0),
      goodUntil: BigInt64Array.of(0n, START + 60_000_000_000n, 0n),
      state: Uint8Array.of(3, 4, 6),
      time: BigInt64Array.of(START + 1n, START + 1_500_000_000n, START),
      sent: BigInt64Array.of(START, START, START),
      arrived: BigInt64Array.of(START + 1n, START + 1n, ABSENT),
      opened: BigInt64Array.of(ABSENT, START + 1n, ABSENT),
      ended: BigInt64Array.of(START + 1n, START + 1_500_000_000n, START),
      reason: Uint32Array.of(0xffff_ffff, 1, 0),
      reasons: [{ code: 'BalanceInsufficient', message: 'the free balance does not cover the order', details: { asset: 'USDT', need: '87', free: '1.5' } }, { code: 'Requested', message: 'the client cancelled the order', details: {} }],
    },
    fills: {
      id: BigInt64Array.of(0n, 1n, 2n),
      order: Uint32Array.of(0, 1, 1),
      time: BigInt64Array.of(START + 1n, START + 1_000_000n, START + 1_500_000_000n),
      price: BigInt64Array.of(8_723_201n, 21_001n, 21_002n),
      quantity: BigInt64Array.of(150_000n, 1n, 2n),
      filled: BigInt64Array.of(150_000n, 1n, 3n),
      fee: decimals([1_308_480_15n, 6], [-25n, 2], [5n, 0]),
      feeAsset: Uint16Array.of(1, 2, 2),
      liquidity: Uint8Array.of(1, 0, 0),
    },
    closedTrades: {
      instrument: Uint16Array.of(1), strategy: Uint16Array.of(0), side: Uint8Array.of(1), entryPrice: decimals([525025n, 2]), exitPrice: decimals([52505n, 1]),
      quantity: decimals([3n, 0]), pnl: decimals([-125n, 2]), fees: decimals([475n, 2]), entryTime: BigInt64Array.of(START), exitTime: BigInt64Array.of(START + 1_500_000n),
      pnlReturn: Float64Array.of(-0.0001), closedByEnd: Uint8Array.of(1),
    },
    equity: {
      time: BigInt64Array.from({ length: 25 }, (_, i) => START + BigInt(i) * 1_000_000_000n),
      value: Float64Array.from({ length: 25 }, (_, i) => 10_000 - i),
      drawdown: Float64Array.from({ length: 25 }, (_, i) => -i / 10_000),
    },
  }
}
