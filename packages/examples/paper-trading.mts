// Paper trading: a strategy on live trades from ccxt, or on recorded ones where there is no network.
//
//   node paper-trading.mjs            recorded trades
//   npm install ccxt
//   node paper-trading.mjs binance    live, until Ctrl-C
import { setTimeout as sleep } from 'node:timers/promises'
import { backtestSync, EngineEvent, sampleData, startSystem, type Bar, type Context, type Fill, type PublicTrade, type Strategy, type TradeLike } from 'haggle'

const SYMBOL = 'BTC/USDT'

/** What of ccxt is used here. */
interface Venue {
  fetchOHLCV(symbol: string, timeframe: string, since?: number, limit?: number): Promise<number[][]>
  watchTrades(symbol: string): Promise<TradeLike[]>
  close(): Promise<unknown>
}

/** Buys when the fast average of prices is above the slow one, and sells when it is below. Candles only warm the averages up. */
class Cross implements Strategy {
  fast = NaN
  slow = NaN
  fills = 0

  onBar(_ctx: Context, bar: Bar): void {
    this.see(bar.close)
  }

  onTrade(ctx: Context, trade: PublicTrade): void {
    this.see(trade.price)
    if (ctx.openOrders.length > 0) return
    if (this.fast > this.slow * 1.00002 && ctx.position === 0) ctx.buy({ quote: 1_000 })
    else if (this.fast < this.slow * 0.99998 && ctx.position > 0) ctx.closePosition()
  }

  onFill(_ctx: Context, fill: Fill): void {
    this.fills++
    console.log(`${fill.side.padEnd(4)} ${fill.quantity} at ${fill.price}, fee ${fill.fee} ${fill.feeAsset}`)
  }

  see(price: number): void {
    this.fast = Number.isNaN(this.fast) ? price : this.fast + (price - this.fast) / 20
    this.slow = Number.isNaN(this.slow) ? price : this.slow + (price - this.slow) / 100
  }
}

const [, , exchange] = process.argv
const venue = exchange === undefined ? recorded() : await live(exchange)
const strategy = new Cross()
const system = startSystem(
  { exchange: exchange ?? 'binance_spot', instruments: [{ symbol: SYMBOL, tickSize: '0.01', lotSize: '0.00001' }], latency: '20ms', fees: { maker: '0.001', taker: '0.001' } },
  { id: 'cross', balances: { USDT: 10_000 }, strategy, risk: { maxNotional: 2_000, maxDrawdown: '0.05' }, tradingEnabled: false },
)

// The last candle is not over yet: its trades are still to come.
const candles = await venue.fetchOHLCV(SYMBOL, '1m', undefined, 100)
system.feedEvents(candles.slice(0, -1), { symbol: SYMBOL, timeframe: '1m' })
system.setTradingEnabled(true)
console.log(`warmed up by ${candles.length - 1} candles: fast ${strategy.fast.toFixed(2)}, slow ${strategy.slow.toFixed(2)}`)

let isOver = false
process.once('SIGINT', () => { isOver = true })
for (let calls = 0, failures = 0; !isOver && calls < (exchange === undefined ? 60 : Infinity); calls++) {
  try {
    system.feedEvents(await venue.watchTrades(SYMBOL))
    failures = 0
  } catch (error) {
    // What was lost meanwhile is lost: the book is forgotten, and orders stay as they are.
    console.log(`connection lost: ${(error as Error).message}`)
    system.sendEvent(EngineEvent.marketReconnecting(exchange ?? 'binance_spot'))
    if (++failures > 10) break
    await sleep(Math.min(100 * 2 ** failures, 30_000))
  }
}

// A market order fills at the next print that comes after it.
system.closePositions()
for (let calls = 0; calls < 100 && Object.keys(system.state().positions).length > 0; calls++) system.feedEvents(await venue.watchTrades(SYMBOL))
console.log(system.state().positions)
const run = await system.shutdownWithSummary()
await venue.close()
console.log(run)
console.log(`${strategy.fills} fills, ${run.events} events`)

async function live(name: string): Promise<Venue> {
  // The name in a variable, so that this compiles where ccxt is not installed.
  const module = 'ccxt'
  const { default: ccxt } = await import(module) as { default: { pro: Record<string, new (options: object) => Venue> } }
  const Exchange = ccxt.pro[name]
  if (Exchange === undefined) throw new Error(`ccxt knows no exchange '${name}'`)
  return new Exchange({ newUpdates: true })
}

/** The trades of the package's sample in the place of a venue, stamped as if they came now; one call fails. */
function recorded(): Venue {
  const { system: config, marketData } = sampleData.binanceSpot()
  const trades: TradeLike[] = []
  backtestSync(
    { system: config, marketData: marketData.select({ symbols: [SYMBOL] }), balances: { USDT: 1 } },
    { strategy: { onTrade(_ctx, { price, quantity, side }) { trades.push({ symbol: SYMBOL, price, amount: quantity, side: side.toLowerCase() }) } } },
  )
  let calls = 0
  return {
    async fetchOHLCV(_symbol, _timeframe, _since, limit = 100) {
      const open = Math.floor(Date.now() / 60_000) * 60_000
      const price = trades[0]!.price as number
      return Array.from({ length: limit }, (_, at) => [open - (limit - 1 - at) * 60_000, price, price + 1, price - 1, price, 1])
    },
    async watchTrades() {
      await sleep(2)
      if (++calls === 40) throw new Error('socket hang up')
      const timestamp = Date.now()
      return trades.splice(0, 50).map((trade) => ({ ...trade, timestamp }))
    },
    async close() {},
  }
}
