// Reads the JSON of a run and prints it as a table.
import { BacktestSummary } from 'haggle'

const summary = BacktestSummary.fromJSON({
  id: 'example',
  risk_free_return: '0',
  result_hash: '0'.repeat(32),
  seed: 0,
  events: 0,
  duration_ms: 0,
  trading_summary: {
    time_engine_start: '2025-03-25T23:07:00Z',
    time_engine_end: '2025-03-25T23:10:05Z',
    portfolio: { pnl: '0', fees: '0', closed_trades: 0 },
    instruments: { 'BTC/USDT': { pnl: '0', fees: '0', closed_trades: 0 } },
    assets: {},
  },
})
console.log(summary)
