// A strategy in TypeScript on the embedded sample: three minutes of real Binance spot quotes and trades.
import { backtest, consoleProgress, sampleData, type Strategy } from 'haggle'

/**
 * Rests a bid below the market and, once it has filled, an offer above; every order waits five seconds at the most.
 * It is here to show the API, not to earn: fees of 0.1 % a side cost more than the spread brings.
 */
class PatientMaker implements Strategy {
  onBook(ctx: Parameters<NonNullable<Strategy['onBook']>>[0]): void {
    if (ctx.openOrders.length > 0) return
    const goodUntil = ctx.nowNs + 5_000_000_000n
    if (ctx.position === 0) ctx.buy({ quote: 1_000 }, { price: ctx.bid, timeInForce: { goodUntil }, postOnly: true })
    else ctx.sell(ctx.position, { price: Math.max(ctx.ask, ctx.entryPrice), timeInForce: { goodUntil }, reduceOnly: true })
  }
}

const { system, marketData } = sampleData.binanceSpot()
const run = await backtest(
  { system, marketData, balances: { USDT: 10_000 } },
  { id: 'patient-maker', strategy: new PatientMaker() },
  { onProgress: consoleProgress() },
)

console.log(run)
console.log(`${run.fills.length} fills, the last ones:`)
console.table(run.fills.toArray().slice(-5).map(({ timeExchange, symbol, side, quantity, price, fee, liquidity }) => ({ timeExchange, symbol, side, quantity, price, fee, liquidity })))
console.log(`${Math.round(run.events / (run.durationMs / 1000)).toLocaleString('en')} events per second`)
console.log(`resultHash ${run.resultHash}`)
