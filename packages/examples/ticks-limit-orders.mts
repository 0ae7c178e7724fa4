// Quotes and prints with limit orders: a small market maker, and what the queue model is worth.
import { backtest, sampleData, type Context, type FillsInit, type Fill, type Strategy } from 'haggle'

/** Rests a bid and an offer at the best prices, and moves them when the market does. */
class Maker implements Strategy {
  makerFills = 0

  onBook(ctx: Context): void {
    if (!(ctx.bid > 0 && ctx.ask > 0)) return
    const [order] = ctx.openOrders
    if (order) {
      // Prices of orders are exact texts, those of the market numbers: Number() of one gives the other.
      const best = order.side === 'Buy' ? ctx.bid : ctx.ask
      if (order.state.kind === 'Open' && Number(order.price) !== best) ctx.cancel(order)
      return
    }
    if (ctx.position === 0) ctx.buy('0.01', { price: ctx.bid, postOnly: true })
    else ctx.sell(ctx.position, { price: ctx.ask, postOnly: true })
  }

  onFill(_ctx: Context, fill: Fill): void {
    if (fill.liquidity === 'Maker') this.makerFills++
  }
}

const { system, marketData } = sampleData.binanceSpot()
const btc = marketData.select({ symbols: ['BTC/USDT'] })

for (const queue of ['risk-averse', 'probabilistic', 'none'] satisfies FillsInit['queue'][]) {
  const strategy = new Maker()
  const run = await backtest(
    { system: { ...system, latency: '20ms', fees: { maker: '0', taker: '0.001' }, fills: { queue } }, marketData: btc, balances: { USDT: 10_000 } },
    { id: queue, strategy },
  )
  console.log(`\nqueue: ${queue}`)
  console.log(run.fills)
  console.log(`orders             ${run.orders.length}`)
  console.log(`fills as a maker   ${strategy.makerFills}`)
  console.log(`PnL                ${run.tradingSummary.portfolio.pnl} USDT`)
  for (const { code, message } of run.warnings) console.log(`warning            ${code}: ${message}`)
}
