// Daily candles from a CSV file, and a moving-average cross written in TypeScript.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backtest, MarketData, type Bar, type Context, type Strategy } from 'haggle'

/** Two years of made-up daily candles: a random walk, the same every time. */
function candles(): string {
  let state = 1
  const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
  const lines = ['date,open,high,low,close,volume']
  let open = 10_000
  for (let day = 0; day < 730; day++) {
    const close = Math.max(1_000, open + Math.round((random() - 0.48) * 400))
    const [high, low] = [Math.max(open, close) + Math.round(random() * 100), Math.min(open, close) - Math.round(random() * 100)]
    const date = new Date(Date.UTC(2022, 0, 1 + day)).toISOString().slice(0, 10)
    lines.push([date, ...[open, high, low, close].map((cents) => (cents / 100).toFixed(2)), 1_000].join(','))
    open = close
  }
  return lines.join('\n')
}

/** Long while the average of the last `fast` closes is above that of the last `slow`, else flat. */
class SmaCross implements Strategy {
  readonly #closes: number[] = []
  readonly #fast: number
  readonly #slow: number

  constructor(fast: number, slow: number) {
    this.#fast = fast
    this.#slow = slow
  }

  onBar(ctx: Context, bar: Bar): void {
    this.#closes.push(bar.close)
    if (this.#closes.length < this.#slow || ctx.openOrders.length > 0) return
    const mean = (count: number) => this.#closes.slice(-count).reduce((sum, close) => sum + close, 0) / count
    const isAbove = mean(this.#fast) > mean(this.#slow)
    if (isAbove && ctx.position === 0) ctx.buy({ equity: 1 })
    if (!isAbove && ctx.position > 0) ctx.closePosition()
  }
}

const folder = await mkdtemp(join(tmpdir(), 'haggle-'))
try {
  const file = join(folder, 'candles.csv')
  await writeFile(file, candles())
  const marketData = await MarketData.fromCsv(file, { symbol: 'ACME/USD', timeframe: '1d', stamp: 'open' })
  console.log(marketData)

  const run = await backtest(
    { system: { instruments: ['ACME/USD'] }, marketData, balances: { USD: 10_000 }, closeAtEnd: true },
    { id: 'sma-cross', strategy: new SmaCross(10, 30) },
  )
  console.log(run)
  console.log(run.closedTrades)
} finally {
  await rm(folder, { recursive: true })
}
