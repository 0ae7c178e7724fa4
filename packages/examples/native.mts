// Strategies of the core's own: baselines to compare with, run without a call into JavaScript.
import { backtest, sampleData, type NativeStrategy } from 'haggle'

const { system, marketData } = sampleData.binanceSpot()
const constant = { system, marketData: marketData.select({ symbols: ['BTC/USDT'] }), balances: { USDT: 10_000 } }

const strategies: [id: string, NativeStrategy][] = [
  ['buyAndHold', { native: 'buyAndHold' }],
  ['emaCross 50/200', { native: 'emaCross', fast: 50, slow: 200 }],
  ['emaCross 200/1000', { native: 'emaCross', fast: 200, slow: 1_000 }],
  ['smaCross 50/200', { native: 'smaCross', fast: 50, slow: 200 }],
]
// Each one has a thread of its own: started together, they share the cores.
const runs = await Promise.all(strategies.map(([id, strategy]) => backtest(constant, { id, strategy })))
for (const { id, fills, tradingSummary: { portfolio } } of runs) {
  console.log(`${id.padEnd(20)} PnL ${Number(portfolio.pnl).toFixed(2).padStart(8)}   fees ${Number(portfolio.fees).toFixed(2).padStart(6)}   fills ${String(fills.length).padStart(3)}`)
}
