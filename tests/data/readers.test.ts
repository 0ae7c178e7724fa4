import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { MarketData, sampleData } from '../../src/index'
import { bytes, bytesOf, hashOf, rejected, sharedData, temporary } from './files'

const TRADES = 'timestamp,side,price,amount\n1723161600000,buy,100.50,2\n1723161600001,sell,100.25,0.125\n'
const BARS = 'Date,Open,High,Low,Close,Volume\n2024-01-01,10,12,9,11,100\n2024-01-02,11,11.5,10.5,10.75,50\n'
const btc = { symbol: 'BTC/USDT' }

describe('CSV', () => {
  it('comes from a path, a URL, and bytes, plain or gzipped', async () => {
    const path = temporary('trades.csv')
    writeFileSync(path, TRADES)
    const data = await MarketData.fromCsv(path, btc)
    expect(data.length).toBe(2)
    expect(data.symbols).toEqual(['BTC/USDT'])
    expect([data.start, data.end]).toEqual(['2024-08-09T00:00:00Z', '2024-08-09T00:00:00.001Z'])
    const whole = await hashOf(data)
    for (const source of [pathToFileURL(path), bytes(TRADES), Buffer.from(TRADES), gzipSync(TRADES), new Uint8Array(new SharedArrayBuffer(TRADES.length)).fill(0)]) {
      if (source instanceof Uint8Array && source.buffer instanceof SharedArrayBuffer) source.set(bytes(TRADES))
      expect(await hashOf(await MarketData.fromCsv(source, btc))).toBe(whole)
    }
  })

  it('has bars at their close, whichever end their stamp is', async () => {
    const open = await MarketData.fromCsv(bytes(BARS), { ...btc, timeframe: '1d', stamp: 'open' })
    expect([open.start, open.end]).toEqual(['2024-01-02T00:00:00Z', '2024-01-03T00:00:00Z'])
    const close = await MarketData.fromCsv(bytes(BARS), { ...btc, timeframe: 86_400_000, stamp: 'close' })
    expect([close.start, close.end]).toEqual(['2024-01-01T00:00:00Z', '2024-01-02T00:00:00Z'])
  })

  it('takes columns by name and by place, and a part of the time', async () => {
    const text = TRADES.replace('price', 'cost').replace('amount', 'many')
    const named = await MarketData.fromCsv(bytes(text), { ...btc, columns: { price: 'cost', quantity: 3 } })
    expect(await hashOf(named)).toBe(await hashOf(await MarketData.fromCsv(bytes(TRADES), btc)))
    for (const from of ['2024-08-09T00:00:00.001Z', 1_723_161_600_001, 1_723_161_600_001_000_000n, new Date(1_723_161_600_001)]) {
      expect((await MarketData.fromCsv(bytes(TRADES), { ...btc, from })).length).toBe(1)
    }
    expect((await MarketData.fromCsv(bytes(TRADES), { ...btc, to: 1_723_161_600_001 })).length).toBe(1)
  })

  it('sorts rows that are out of order, unless they have to be in it', async () => {
    const text = TRADES.split('\n').slice(0, 1).concat(TRADES.split('\n').slice(1, 3).reverse(), '').join('\n')
    const data = await MarketData.fromCsv(bytes(text), btc)
    expect([data.start, data.end]).toEqual(['2024-08-09T00:00:00Z', '2024-08-09T00:00:00.001Z'])
    expect(await rejected(MarketData.fromCsv(bytes(text), { ...btc, strictOrder: true }))).toMatchObject({
      code: 'INVALID_DATA', path: 'source', message: expect.stringMatching(/line 3, .*out of order by exchange time/),
    })
  })

  it('of daily GOOG is read as it is', async (test) => {
    const path = sharedData('goog_daily.csv')
    if (!path) return test.skip()
    const data = await MarketData.fromCsv(path, { symbol: 'GOOG/USD', timeframe: '1d', stamp: 'open' })
    expect(data.length).toBe(2_148)
    expect([data.start, data.end]).toEqual(['2004-08-20T00:00:00Z', '2013-03-02T00:00:00Z'])
  })
})

describe('Parquet', () => {
  it('gives back what was written', async () => {
    const { marketData } = sampleData.binanceSpot()
    const path = temporary('sample.parquet')
    await marketData.writeParquet(pathToFileURL(path))
    const read = await MarketData.fromParquet(path)
    expect([read.length, read.symbols, read.start, read.end]).toEqual([marketData.length, marketData.symbols, marketData.start, marketData.end])
    expect(await hashOf(read)).toBe(await hashOf(marketData))
    const part = await MarketData.fromParquet(await bytesOf(marketData), { kind: 'trades', from: '2025-03-25T23:08:00Z' })
    expect(part.length).toBeGreaterThan(0)
    expect(part.length).toBeLessThan(11_032)
    expect(Date.parse(part.start)).toBeGreaterThanOrEqual(Date.parse('2025-03-25T23:08:00Z'))
  })

  it('says where it cannot be written or read', async () => {
    const { marketData } = sampleData.binanceSpot()
    expect(await rejected(marketData.writeParquet(temporary('no/such/folder')))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'path' })
    expect(await rejected(marketData.writeParquet(7 as never))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'path' })
    expect(await rejected(MarketData.fromParquet(bytes('PAR1 is how it begins'), btc))).toMatchObject({ code: 'INVALID_DATA', path: 'source' })
    const whole = await bytesOf(marketData)
    expect(await rejected(MarketData.fromParquet(whole.subarray(0, whole.length - 100)))).toMatchObject({ code: 'INVALID_DATA', path: 'source' })
  })
})

describe('JSON Lines', () => {
  const event = (instrument: number | string, kind: object): string =>
    JSON.stringify({ Item: { time_exchange: '2025-01-01T00:00:00Z', time_received: '2025-01-01T00:00:00.5Z', exchange: 'binance_spot', instrument, kind } })
  const trade = { Trade: { id: '9', price: 100.5, amount: 0.2, side: 'Buy' } }
  const quote = { OrderBookL1: { last_update_time: '2025-01-01T00:00:00Z', best_bid: { price: '10.50', amount: '1' }, best_ask: { price: '11', amount: '2' } } }

  it('has instruments by index and by name', async () => {
    const lines = [event(1, trade), event(0, quote)].join('\n')
    const data = await MarketData.fromJsonLines(bytes(lines), { instruments: ['BTC/USDT', 'ETH/USDT'] })
    expect(data.symbols).toEqual(['BTC/USDT', 'ETH/USDT'])
    const array = `[${lines.split('\n').map((line) => line.replace('{"Item":', '{"Item":{"Ok":').replace(/$/, '}')).join(',')}]`
    expect(await hashOf(await MarketData.fromJsonLines(bytes(array), { instruments: ['BTC/USDT', 'ETH/USDT'] }))).toBe(await hashOf(data))
    expect((await MarketData.fromJsonLines(bytes(event('ethusdt', trade)))).symbols).toEqual(['ethusdt'])
  })

  it('has to say what an index means, in whole lines', async () => {
    expect(await rejected(MarketData.fromJsonLines(bytes(event(2, trade)), { instruments: ['BTC/USDT'] }))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'options.instruments' })
    const path = temporary('lines.jsonl')
    writeFileSync(path, `${event(0, trade)}\n{"Item":\n`)
    const error = await rejected(MarketData.fromJsonLines(path, { instruments: ['BTC/USDT'] }))
    expect(error).toMatchObject({ code: 'INVALID_DATA', path: 'source' })
    expect(error.message).toContain(`${path}: line 2: `)
  })

  it('of the sample is the sample that comes with the package', async (test) => {
    const path = sharedData('binance_spot_l1_trades.jsonl.gz')
    if (!path) return test.skip()
    const data = await MarketData.fromJsonLines(path, { instruments: ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'] })
    const { marketData } = sampleData.binanceSpot()
    expect([data.length, data.symbols, data.start, data.end]).toEqual([marketData.length, marketData.symbols, marketData.start, marketData.end])
  })
})
