// Market data in: CSV, Parquet, JSON Lines, ccxt's rows, typed arrays; and the same result from each.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backtest, MarketData } from 'haggle'

const symbol = 'BTC/USDT'
const text = (lines: string[]) => new TextEncoder().encode(lines.join('\n'))
const folder = await mkdtemp(join(tmpdir(), 'haggle-'))
try {
  // Three prints, five ways. A source is a path, a file: URL or bytes; here bytes, so that the data can be seen.
  const csv = await MarketData.fromCsv(text([
    'timestamp,price,amount,side',
    '2025-01-01T00:00:00.000Z,94000.1,0.5,buy',
    '2025-01-01T00:00:01.000Z,94000.2,0.25,sell',
    '2025-01-01T00:00:02.000Z,94000.3,1,buy',
  ]), { symbol })

  const file = join(folder, 'prints.parquet')
  await csv.writeParquet(file)
  const parquet = await MarketData.fromParquet(file)

  const event = (time: string, price: string, amount: string, side: string) =>
    `{"Item":{"time_exchange":"${time}","time_received":"${time}","exchange":"mock","instrument":0,"kind":{"Trade":{"id":"1","price":${price},"amount":${amount},"side":"${side}"}}}}`
  const jsonLines = await MarketData.fromJsonLines(text([
    event('2025-01-01T00:00:00Z', '94000.1', '0.5', 'Buy'),
    event('2025-01-01T00:00:01Z', '94000.2', '0.25', 'Sell'),
    event('2025-01-01T00:00:02Z', '94000.3', '1', 'Buy'),
  ]), { instruments: [symbol] })

  const start = Date.UTC(2025, 0, 1)
  const ccxt = MarketData.fromTrades([
    { symbol, timestamp: start, price: 94000.1, amount: 0.5, side: 'buy' },
    { symbol, timestamp: start + 1_000, price: 94000.2, amount: 0.25, side: 'sell' },
    { symbol, timestamp: start + 2_000, price: 94000.3, amount: 1, side: 'buy' },
  ])

  const columns = MarketData.fromColumns({
    time: BigInt64Array.from([0n, 1n, 2n], (second) => BigInt(start) * 1_000_000n + second * 1_000_000_000n),   // nanoseconds
    price: Float64Array.of(94000.1, 94000.2, 94000.3),
    quantity: [0.5, 0.25, 1],
    side: [1, -1, 1],
  }, { symbol })

  const hashes = new Set<string | undefined>()
  for (const marketData of [csv, parquet, jsonLines, ccxt, columns]) {
    const run = await backtest({ system: { instruments: [symbol] }, marketData, balances: { USDT: 10_000 } }, { strategy: { native: 'buyAndHold' } })
    hashes.add(run.resultHash)
  }
  console.log(columns)
  console.log(`the same rows, whichever way: ${hashes.size === 1}`)

  // Candles as ccxt's fetchOHLCV gives them: [milliseconds, open, high, low, close, volume], stamped at their open.
  console.log(MarketData.fromOhlcv([
    [start, 94_000, 94_500, 93_800, 94_200, 120],
    [start + 3_600_000, 94_200, 94_300, 94_000, 94_100, 80],
  ], { symbol, timeframe: '1h' }))
} finally {
  await rm(folder, { recursive: true })
}
