import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { MarketData, sampleData, type MarketDataRow } from '../../src/index'
import { thrown } from '../facade/thrown'
import { bytes, hashOf, rejected, temporary } from './files'

const btc = { symbol: 'BTC/USDT' }
const { marketData: sample } = sampleData.binanceSpot()
const lines = Array.from({ length: 200_000 }, (_, i) => `${1_723_161_600_000 + i},${100 + i % 7},1`).join('\n')
const csv = bytes(`time,price,qty\n${lines}\n`)

describe('a load', () => {
  it('tells how far it is, and at last all', async () => {
    const path = temporary('progress.parquet')
    await sample.writeParquet(path)
    for (const load of [
      (onProgress: (done: number, total: number) => void) => MarketData.fromCsv(csv, { ...btc, onProgress }),
      (onProgress: (done: number, total: number) => void) => MarketData.fromParquet(path, { onProgress }),
      (onProgress: (done: number, total: number) => void) => MarketData.mergeAsync([sample, sample], { onProgress }),
      (onProgress: (done: number, total: number) => void) => sample.selectAsync({ symbols: ['BTC/USDT'] }, { onProgress }),
    ]) {
      const seen: [number, number][] = []
      await load((done, total) => { seen.push([done, total]) })
      expect(seen.at(-1)![0]).toBe(seen.at(-1)![1])
      expect(seen.at(-1)![0]).toBeGreaterThan(0)
      expect(seen.every(([done, total]) => done <= total)).toBe(true)
    }
  })

  it('ends when it is no longer wanted', async () => {
    const reason = new Error('enough')
    await expect(MarketData.fromCsv(csv, { ...btc, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const controller = new AbortController()
    const loads = [
      MarketData.fromCsv([csv, csv, csv, csv, csv, csv], { ...btc, signal: controller.signal }),
      MarketData.mergeAsync(Array.from({ length: 40 }, () => sample), { signal: controller.signal }),
    ]
    controller.abort(reason)
    // All at once: one that rejected while another was awaited would count as unhandled.
    await Promise.all(loads.map((load) => expect(load).rejects.toBe(reason)))
    const thrownByCaller = new Error('mine')
    await expect(MarketData.fromCsv(Array.from({ length: 12 }, () => csv), { ...btc, onProgress: () => { throw thrownByCaller } })).rejects.toBe(thrownByCaller)
  })

  it.each([['signal', {}], ['signal', 7], ['onProgress', 'yes'], ['onProgress', {}]])('%s is no %j', async (name, value) => {
    const options = { [name]: value } as object
    expect(await rejected(MarketData.fromCsv(csv, { ...btc, ...options }))).toMatchObject({ code: 'INVALID_ARGUMENT', path: `options.${name}` })
    expect(await rejected(sample.selectAsync({}, options))).toMatchObject({ code: 'INVALID_ARGUMENT', path: `options.${name}` })
  })
})

describe('merge and select as promises', () => {
  it('give what they give at once, while other work goes on', async () => {
    const parts = [sample.select({ to: '2025-03-25T23:08:30Z' }), sample.select({ from: '2025-03-25T23:08:30Z' })]
    let turns = 0
    const timer = setInterval(() => { turns++ }, 0)
    const merged = await MarketData.mergeAsync(Array.from({ length: 30 }, () => parts).flat())
    clearInterval(timer)
    expect(merged.length).toBe(30 * 50_000)
    expect(turns).toBeGreaterThan(0)
    expect(await hashOf(await MarketData.mergeAsync(parts))).toBe(await hashOf(MarketData.merge(...parts)))
    expect(await hashOf(await sample.selectAsync({ symbols: [1] }))).toBe(await hashOf(sample.select({ symbols: [1] })))
  })

  it('refuse what they refuse at once', async () => {
    expect(await rejected(MarketData.mergeAsync([]))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'parts' })
    expect(await rejected(MarketData.mergeAsync([{} as never]))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'parts[0]' })
    expect(await rejected(MarketData.mergeAsync(sample as never))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'parts' })
    expect(await rejected(sample.selectAsync({ symbols: ['BTC/USD'] }))).toMatchObject({ code: 'UNKNOWN_NAME', path: 'symbols[0]' })
    expect(await rejected(sample.selectAsync({}, { sginal: 1 } as never))).toMatchObject({ code: 'UNKNOWN_NAME', path: 'options.sginal' })
  })
})

describe('back out again', () => {
  it('rows are values, from which the same data come', async () => {
    const trades = [...sample.rows({ symbol: 'BTC/USDT', kind: 'trades' })] as Extract<MarketDataRow, { kind: 'trade' }>[]
    expect(trades.length).toBe(6_770)
    expect(Object.isFrozen(trades[0])).toBe(true)
    expect(trades[0]).toMatchObject({ kind: 'trade', symbol: 'BTC/USDT', side: expect.stringMatching(/^(Buy|Sell)$/) })
    const again = MarketData.fromColumns({
      time: trades.map(({ timeExchange }) => timeExchange), timeReceived: trades.map(({ timeReceived }) => timeReceived),
      price: trades.map(({ price }) => price), quantity: trades.map(({ quantity }) => quantity), side: trades.map(({ side }) => side),
    }, { symbol: 'BTC/USDT', exchangeTime: 'venue' })
    const columns = again.columns('BTC/USDT', 'trades')
    expect(columns).toEqual(sample.columns('BTC/USDT', 'trades'))
    expect(columns.price![0]).toBe(Number(trades[0]!.price))
  })

  it('rows come by kind and time, one after the other', () => {
    expect([...sample.rows()].length).toBe(50_000)
    const from = '2025-03-25T23:08:30Z'
    const late = [...sample.rows({ from, kind: 'quotes', symbol: 1 })]
    expect(late.every((row) => row.kind === 'quote' && row.symbol === 'ETH/USDT' && row.time >= Date.parse(from))).toBe(true)
    let count = 0
    for (const _ of sample.rows()) if (++count === 3) break
    expect(count).toBe(3)
    expect([...sample.rows({ from: 0, to: 1 })]).toEqual([])
    const twice = sample.rows({ to: '2025-03-25T23:07:01Z' })
    expect([...twice]).toEqual([...twice])
  })

  it('a book row has its levels, a bar its open, a quote without a side null', async () => {
    const head = 'time,kind,side,price,quantity\n'
    const book = await MarketData.fromCsv(bytes(`${head}1,snapshot,bid,99.9,1\n1,snapshot,ask,100.1,2\n2,best,bid,99.9,1\n2,best,ask,100.1,0\n`), { ...btc, kind: 'book' })
    expect([...book.rows()]).toMatchObject([
      { kind: 'book', isSnapshot: true, bids: [['99.9', '1']], asks: [['100.1', '2']] },
      { kind: 'quote', bid: '99.9', bidSize: '1', ask: null, askSize: null },
    ])
    const [bar] = [...MarketData.fromOhlcv([[0, 10, 12, 9, 11, 100]], { ...btc, timeframe: '1d' }).rows()]
    expect(bar).toEqual({ kind: 'bar', symbol: 'BTC/USDT', time: 86_400_000, timeExchange: '1970-01-02T00:00:00Z', timeReceived: '1970-01-02T00:00:00Z', timeOpen: '1970-01-01T00:00:00Z', open: '10', high: '12', low: '9', close: '11', volume: '100' })
  })

  it('columns are of one kind', () => {
    const quotes = sample.columns('SOL/USDT', 'quotes')
    expect(Object.keys(quotes)).toEqual(['time', 'timeReceived', 'bid', 'bidSize', 'ask', 'askSize'])
    expect(quotes.bid!.length).toBe(9_301)
    expect(sample.columns('SOLUSDT', 'bars').open!.length).toBe(0)
  })

  it.each<[() => unknown, string, string]>([
    [() => sample.rows({ symbol: 'BTC/USD' }), 'UNKNOWN_NAME', 'options.symbol'],
    [() => sample.rows({ kind: 'trade' as never }), 'UNKNOWN_NAME', 'options.kind'],
    [() => sample.rows({ from: 'x' as never }), 'INVALID_ARGUMENT', 'options.from'],
    [() => sample.rows({ form: 1 } as never), 'UNKNOWN_NAME', 'options.form'],
    [() => sample.columns('BTC/USDT', 'book' as never), 'INVALID_ARGUMENT', 'kind'],
    [() => sample.columns('BTC/USD', 'bars'), 'UNKNOWN_NAME', 'symbol'],
  ])('%s is refused', (use, code, path) => {
    expect(thrown(use)).toMatchObject({ code, path })
  })
})

describe('a file that is written', () => {
  it('is there whole or not at all, and its error names it', async () => {
    const folder = temporary('written')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'a.parquet'), 'before')
    await sample.writeParquet(join(folder, 'a.parquet'))
    expect(await hashOf(await MarketData.fromParquet(join(folder, 'a.parquet')))).toBe(await hashOf(sample))
    mkdirSync(join(folder, 'b.parquet'), { recursive: true })
    for (const path of [join(folder, 'b.parquet'), join(folder, 'none', 'c.parquet'), '/dev/full']) {
      if (path === '/dev/full' && !existsSync(path)) continue
      expect(await rejected(sample.writeParquet(path))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'path', message: expect.stringContaining(`cannot write ${path}: `) })
    }
    expect(readdirSync(folder).sort()).toEqual(['a.parquet', 'b.parquet'])
  })
})

describe('holes', () => {
  it('lie between bars, and behind reconnects', async () => {
    const minute = 60_000
    const data = MarketData.fromOhlcv([0, 1, 4, 5, 7].map((i) => [i * minute, 1, 1, 1, 1, 1]), { ...btc, timeframe: '1m' })
    expect(data.holes()).toEqual([
      { symbol: 'BTC/USDT', from: '1970-01-01T00:02:00Z', to: '1970-01-01T00:04:00Z', missing: 2 },
      { symbol: 'BTC/USDT', from: '1970-01-01T00:06:00Z', to: '1970-01-01T00:07:00Z', missing: 1 },
    ])
    const event = (time: string): string => `{"Item":{"time_exchange":"${time}","exchange":"x","instrument":0,"kind":{"Trade":{"id":"1","price":1,"amount":1,"side":"Buy"}}}}`
    const lines = bytes(`${event('2025-01-01T00:00:00Z')}\n{"Reconnecting":"x"}\n${event('2025-01-01T00:00:09Z')}\n`)
    expect((await MarketData.fromJsonLines(lines, { instruments: ['BTC/USDT'] })).holes()).toEqual([{ symbol: 'BTC/USDT', from: '2025-01-01T00:00:00Z', to: '2025-01-01T00:00:09Z', missing: 0 }])
    expect(sample.holes()).toEqual([])
  })
})

describe('files that claim more than they hold', () => {
  const folder = join(__dirname, '../../../shared/cases/hard')
  it.each(['b02-rows-890-bytes', 'b03-string-17kB'])('%s', async (name) => {
    const path = join(folder, `${name}.parquet`)
    if (!existsSync(path)) return console.log('notice: no hard cases beside the repository')
    const before = process.memoryUsage().rss
    expect(await rejected(MarketData.fromParquet(path, { symbol: 'A/B' }))).toMatchObject({ code: 'OVERFLOW', path: 'source', hint: expect.stringContaining('limits') })
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6)
  })
})
