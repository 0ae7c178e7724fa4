import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { MarketData, sampleData } from '../../src/index'
import { nativeOf } from '../../src/market-data'
import { thrown } from '../facade/thrown'
import { hashOf, rejected, temporary } from './files'

const quotes = (symbol: string, bid: number, exchange?: string): MarketData =>
  MarketData.fromColumns({ time: [0, 1_000, 2_000], bid: [bid, bid, bid], bidSize: [1, 2, 3], ask: [bid + 1, bid + 1, bid + 1], askSize: [1, 1, 1] }, exchange ? { symbol, exchange } : { symbol })

describe('select', () => {
  const { marketData } = sampleData.binanceSpot()

  it('takes symbols by any of their names, and a part of the time', async () => {
    const btc = marketData.select({ symbols: ['BTC/USDT'] })
    expect(btc.symbols).toEqual(['BTC/USDT'])
    expect(btc.length).toBe(24_404)
    const hash = await hashOf(btc)
    for (const name of ['BTCUSDT', 'binance_spot:BTC/USDT', 0]) expect(await hashOf(marketData.select({ symbols: [name] }))).toBe(hash)
    expect(marketData.select({ symbols: [2, 'ETHUSDT'] }).symbols).toEqual(['ETH/USDT', 'SOL/USDT'])
    const middle = '2025-03-25T23:08:30Z'
    const [before, after] = [marketData.select({ to: middle }), marketData.select({ from: new Date(middle) })]
    expect(before.length + after.length).toBe(50_000)
    expect(Date.parse(before.end)).toBeLessThan(Date.parse(middle))
    expect(Date.parse(after.start)).toBeGreaterThanOrEqual(Date.parse(middle))
    expect(marketData.select({}).length).toBe(50_000)
    expect(marketData.length).toBe(50_000)
  })

  it.each<[unknown, string, string | undefined, string?]>([
    [{ symbols: ['BTC/USD'] }, 'UNKNOWN_NAME', 'symbols[0]', "did you mean 'BTC/USDT'?"],
    [{ symbols: ['BTC/USDT', 3] }, 'UNKNOWN_NAME', 'symbols[1]', 'known: BTC/USDT, ETH/USDT, SOL/USDT'],
    [{ symbols: [-1] }, 'UNKNOWN_NAME', 'symbols[0]'],
    [{ symbols: [null] }, 'INVALID_ARGUMENT', 'symbols[0]'],
    [{ symbols: 'BTC/USDT' }, 'INVALID_ARGUMENT', 'symbols'],
    [{ symbol: ['BTC/USDT'] }, 'UNKNOWN_NAME', 'symbol', "did you mean 'symbols'?"],
    [{ from: 'x' }, 'INVALID_ARGUMENT', 'from'],
    [{ to: Number.NaN }, 'INVALID_ARGUMENT', 'to'],
    [{ symbols: [] }, 'INVALID_DATA', undefined],
    [{ from: 0, to: 1 }, 'INVALID_DATA', undefined],
    [undefined, 'INVALID_ARGUMENT', 'part'],
    [['BTC/USDT'], 'INVALID_ARGUMENT', 'part'],
  ])('refuses %j', (part, code, path, hint) => {
    expect(thrown(() => marketData.select(part as never))).toMatchObject({ code, ...(path ? { path } : {}), ...(hint ? { hint } : {}) })
  })
})

describe('merge', () => {
  it('joins what was parted', async () => {
    const data = quotes('BTC/USDT', 100)
    const parts = [data.select({ to: 1_000 }), data.select({ from: 1_000 })]
    expect(parts.map((part) => part.length)).toEqual([1, 2])
    expect(await hashOf(MarketData.merge(...parts))).toBe(await hashOf(data))
    expect(await hashOf(MarketData.merge(...parts.reverse()))).toBe(await hashOf(data))
  })

  it('keeps exchanges apart', () => {
    const merged = MarketData.merge(quotes('BTC/USDT', 100, 'binance_spot'), quotes('BTC/USDT', 101, 'okx'), quotes('ETH/USDT', 5, 'okx'))
    expect(merged.symbols).toEqual(['binance_spot:BTC/USDT', 'okx:BTC/USDT', 'ETH/USDT'])
    expect(merged.select({ symbols: [1] }).symbols).toEqual(['BTC/USDT'])
    expect(merged.select({ symbols: merged.symbols }).length).toBe(9)
    expect(thrown(() => merged.select({ symbols: ['BTC/USDT'] }))).toMatchObject({ code: 'AMBIGUOUS_NAME', path: 'symbols[0]' })
  })

  it('needs parts that are open', () => {
    const data = quotes('BTC/USDT', 100)
    const closed = quotes('BTC/USDT', 100)
    closed.close()
    expect(thrown(() => MarketData.merge())).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'parts' })
    expect(thrown(() => MarketData.merge(data, {} as never))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'parts[1]' })
    expect(thrown(() => MarketData.merge([data] as never))).toMatchObject({ path: 'parts[0]', hint: 'write MarketData.merge(...parts)' })
    expect(thrown(() => MarketData.merge(data, closed))).toMatchObject({ code: 'CLOSED', path: 'parts[1]' })
  })
})

describe('close', () => {
  it('may come twice, and is the end of every other use', async () => {
    const data = quotes('BTC/USDT', 100)
    data.close()
    data.close()
    data[Symbol.dispose]()
    for (const use of [
      () => data.length, () => data.symbols, () => data.start, () => data.end, () => data.select({}), () => data.share(), () => nativeOf(data),
    ]) {
      expect(thrown(use).code).toBe('CLOSED')
    }
    expect(thrown(() => nativeOf(data, 'marketData')).path).toBe('marketData')
    expect((await rejected(data.writeParquet(temporary('closed')))).code).toBe('CLOSED')
    expect(inspect(data)).toBe('[MarketData, closed]')
  })

  it('leaves alone what was made of it, and what is under way', async () => {
    const data = quotes('BTC/USDT', 100)
    const part = data.select({ from: 1_000 })
    const path = temporary('under-way.parquet')
    const written = data.writeParquet(path)
    data.close()
    await written
    expect((await MarketData.fromParquet(path)).length).toBe(3)
    expect(part.length).toBe(2)
  })

  it('keeps memory flat, as does forgetting to close', async () => {
    const { marketData } = sampleData.binanceSpot()
    const grown = async (use: (part: MarketData) => void): Promise<number> => {
      const before = process.memoryUsage().rss
      for (let i = 0; i < 600; i++) {
        use(marketData.select({ to: '2025-03-25T23:08:30Z' }))
        await new Promise(setImmediate)
      }
      return process.memoryUsage().rss - before
    }
    // 600 selections of about 1.2 MB: kept, they would be 700 MB.
    expect(await grown((part) => { part.close() })).toBeLessThan(200e6)
    expect(await grown(() => {})).toBeLessThan(450e6)
  })
})

describe('the object', () => {
  it('cannot be made by hand, nor changed', () => {
    const Made = MarketData as unknown as new (native?: unknown) => MarketData
    expect(thrown(() => new Made()).code).toBe('INVALID_ARGUMENT')
    expect(thrown(() => new Made({ describe: () => ({ symbols: [] }) })).code).toBe('INVALID_ARGUMENT')
    const data = quotes('BTC/USDT', 100)
    expect(() => { (data as { length: number }).length = 7 }).toThrow(TypeError)
    expect(() => { (data.symbols as string[]).push('x') }).toThrow(TypeError)
  })

  it('prints what is in it', () => {
    const { marketData } = sampleData.binanceSpot()
    expect(inspect(marketData)).toBe([
      'MarketData: 50,000 rows, 2025-03-25T23:07:00.773684644Z to 2025-03-25T23:10:05.263970096Z, 3 m 4 s',
      'Instrument  Quotes  Trades  Tick size  Lot size',
      '\u2500'.repeat(47),
      'BTC/USDT    17,634   6,770       0.01   0.00001',
      'ETH/USDT    12,033   1,805       0.01    0.0001',
      'SOL/USDT     9,301   2,457       0.01     0.001',
    ].join('\n'))
    expect(inspect(MarketData.fromOhlcv([[0, 10, 12, 9, 11, 100]], { symbol: 'A/B', timeframe: '1d' }))).toBe([
      'MarketData: 1 row, 1970-01-02T00:00:00Z to 1970-01-02T00:00:00Z',
      'Instrument  Bars  Tick size  Lot size',
      '\u2500'.repeat(37),
      'A/B            1          1         1',
    ].join('\n'))
    expect(inspect({ a: { b: { marketData } } }, { depth: 2 })).toBe('{ a: { b: { marketData: [MarketData] } } }')
  })

  it('prints ten instruments of many', () => {
    const many = MarketData.merge(...Array.from({ length: 12 }, (_, i) => quotes(`A${i}/B`, 1)))
    expect(inspect(many).split('\n').slice(-2)).toEqual(['A9/B             3          1         1', '... 2 more instruments'])
  })
})
