import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { MarketData, type ReadOptions, type TradeLike } from '../../src/index'
import { thrown } from '../facade/thrown'
import { bytes, hashOf } from './files'

const DAY = 86_400_000
const daily = { symbol: 'BTC/USDT', timeframe: '1d' } as const
const btc = { symbol: 'BTC/USDT' }
const good = [[0, 10, 12, 9, 11, 100], [DAY, 11, 11.5, 10.5, 10.75, 50]]

describe('OHLCV rows', () => {
  it('are bars stamped at their open, in whatever they come', async () => {
    const data = MarketData.fromOhlcv(good, daily)
    expect([data.length, data.start, data.end]).toEqual([2, '1970-01-02T00:00:00Z', '1970-01-03T00:00:00Z'])
    const csv = await MarketData.fromCsv(bytes(`time,open,high,low,close,volume\n${good.map((row) => [new Date(row[0]!).toISOString(), ...row.slice(1)].join(',')).join('\n')}\n`), { ...daily, stamp: 'open' })
    const hash = await hashOf(csv)
    function* generated() { yield* good }
    for (const rows of [good, new Set(good), generated(), good.map((row) => Float64Array.from(row)), Object.freeze(good)]) {
      expect(await hashOf(MarketData.fromOhlcv(rows, daily))).toBe(hash)
    }
    expect(MarketData.fromOhlcv(good, { ...daily, stamp: 'close' }).start).toBe('1970-01-01T00:00:00Z')
  })

  it('may lack their volume, and be many', () => {
    expect(MarketData.fromOhlcv([[0, 1, 1, 1, 1], [DAY, 1, 1, 1, 1, undefined]], daily).length).toBe(2)
    const many = Array.from({ length: 1_000 }, (_, i) => [i * DAY, 1, 1, 1, 1, 1])
    expect(MarketData.fromOhlcv(new Set(many), daily).length).toBe(1_000)
  })

  it.each<[unknown, string, string]>([
    [[good[0], [DAY, 1, Number.NaN, 1, 1, 1]], 'INVALID_DATA', 'rows[1][2]'],
    [[good[0], [DAY, 1, undefined, 1, 1, 1]], 'INVALID_DATA', 'rows[1][2]'],
    [[[0, Number.POSITIVE_INFINITY, 1, 1, 1, 1]], 'INVALID_DATA', 'rows[0][1]'],
    [[[0, 1, 1, 0, 1, 1]], 'INVALID_DATA', 'rows[0][3]'],
    [[[0, 1, 1, -1, 1, 1]], 'INVALID_DATA', 'rows[0][3]'],
    [[[0, 10, 9, 11, 10, 1]], 'INVALID_DATA', 'rows[0][2]'],
    [[[0, 1, 1, 1, 1, -1]], 'INVALID_DATA', 'rows[0][5]'],
    [[[Number.NaN, 1, 1, 1, 1, 1]], 'INVALID_DATA', 'rows[0][0]'],
    [[[1e300, 1, 1, 1, 1, 1]], 'INVALID_DATA', 'rows[0][0]'],
    [[[0, 1e300, 1e300, 1e300, 1e300, 1]], 'OVERFLOW', 'rows[0][1]'],
    [[[0, '1', 1, 1, 1, 1]], 'INVALID_DATA', 'rows[0][1]'],
    [[[0, 1, 1, 1]], 'INVALID_DATA', 'rows[0]'],
    [[[0, 1, 1, 1, 1, 1, 1]], 'INVALID_DATA', 'rows[0]'],
    [new Float64Array(6), 'INVALID_DATA', 'rows[0]'],
    [[good[0], null], 'INVALID_DATA', 'rows[1]'],
    [[], 'INVALID_DATA', 'rows'],
    // The row that has no room beside the others is named.
    [[[0, 1e17, 1e17, 1e17, 1e17, 1], [DAY, 0.001, 0.001, 0.001, 0.001, 1]], 'OVERFLOW', 'rows[1][1]'],
    ['rows', 'INVALID_ARGUMENT', 'rows'],
    [7, 'INVALID_ARGUMENT', 'rows'],
    [undefined, 'INVALID_ARGUMENT', 'rows'],
    [{ length: 1 }, 'INVALID_ARGUMENT', 'rows'],
    [Promise.resolve(good), 'INVALID_ARGUMENT', 'rows'],
  ])('%o are an error (%s, %s)', (rows, code, path) => {
    expect(thrown(() => MarketData.fromOhlcv(rows as never, daily))).toMatchObject({ code, path })
  })

  it('that are out of order are refused where they must not be', () => {
    expect(thrown(() => MarketData.fromOhlcv([...good].reverse(), { ...daily, strictOrder: true }))).toMatchObject({ code: 'INVALID_DATA', path: 'rows[1][0]' })
    expect(MarketData.fromOhlcv([...good].reverse(), daily).start).toBe('1970-01-02T00:00:00Z')
  })

  it.each<[object | undefined, string]>([
    [undefined, 'options.symbol'], [{ timeframe: '1d' }, 'options.symbol'], [btc, 'options.timeframe'], [{ ...daily, kind: 'trades' }, 'options.kind'],
    [{ ...daily, columns: { open: 3 } }, 'options.columns'], [{ ...daily, stamp: 1 }, 'options.stamp'],
  ])('need options: not %j', (options, path) => {
    expect(thrown(() => MarketData.fromOhlcv(good, options as never))).toMatchObject({ code: 'INVALID_ARGUMENT', path })
  })

  it('hand on what an iterator throws', () => {
    const error = new Error('mine')
    function* broken() { yield good[0]!; throw error }
    expect(() => MarketData.fromOhlcv(broken(), daily)).toThrow(error)
  })
})

describe('trades', () => {
  const trades: TradeLike[] = [
    { symbol: 'BTC/USDT', timestamp: 1_723_161_600_000, price: 100.5, amount: 2, side: 'buy', id: '1' },
    { symbol: 'BTC/USDT', timestamp: 1_723_161_600_001, price: 100.25, amount: 0.125, side: 'sell', id: '2' },
  ]

  it('are those of a CSV file, whatever their numbers are written in', async () => {
    const text = 'timestamp,side,price,amount\n1723161600000,buy,100.5,2\n1723161600001,sell,100.25,0.125\n'
    const hash = await hashOf(await MarketData.fromCsv(bytes(text), btc))
    const exact = trades.map((trade) => ({ ...trade, price: String(trade.price), timestamp: new Date(trade.timestamp as number) }))
    const mixed = [{ ...trades[0], amount: 2n, timestamp: 1_723_161_600_000_000_000n }, { ...trades[1], price: { toFixed: () => '100.25' }, timestamp: '2024-08-09T00:00:00.001Z' }]
    const shouted = trades.map((trade) => ({ ...trade, side: trade.side!.toUpperCase() }))
    const plain = trades.map(({ symbol: _, ...trade }) => trade)
    for (const [rows, options] of [[trades], [shouted], [new Set(trades)], [exact], [mixed], [plain, btc]] as [Iterable<TradeLike>, ReadOptions?][]) {
      expect(await hashOf(MarketData.fromTrades(rows, options))).toBe(hash)
    }
  })

  it('may be of several symbols', () => {
    expect(MarketData.fromTrades([{ ...trades[0], symbol: 'buy' }]).symbols).toEqual(['buy'])
    expect(MarketData.fromTrades([...trades, { ...trades[0], symbol: 'ETH/USDT' }]).symbols).toEqual(['BTC/USDT', 'ETH/USDT'])
    expect(MarketData.fromTrades([trades[0]!, { ...trades[1], symbol: undefined }] as TradeLike[], { symbol: 'SOL/USDT' }).symbols).toEqual(['BTC/USDT', 'SOL/USDT'])
  })

  it.each<[object | null, string, string]>([
    [{ price: Number.NaN }, 'INVALID_DATA', 'rows[1].price'],
    [{ price: undefined }, 'INVALID_DATA', 'rows[1].price'],
    [{ price: Number.POSITIVE_INFINITY }, 'INVALID_DATA', 'rows[1].price'],
    [{ price: 0 }, 'INVALID_DATA', 'rows[1].price'],
    [{ price: '-1' }, 'INVALID_DATA', 'rows[1].price'],
    [{ price: 'x' }, 'INVALID_DATA', 'rows[1].price'],
    [{ price: '1e-19' }, 'OVERFLOW', 'rows[1].price'],
    [{ price: [] }, 'INVALID_ARGUMENT', 'rows[1].price'],
    [{ price: 1e17, amount: 1 }, 'OVERFLOW', 'rows[1].price'],
    [{ amount: -1 }, 'INVALID_DATA', 'rows[1].amount'],
    [{ amount: null }, 'INVALID_DATA', 'rows[1].amount'],
    [{ side: 'give' }, 'INVALID_DATA', 'rows[1].side'],
    [{ side: 1 }, 'INVALID_DATA', 'rows[1].side'],
    [{ symbol: 1 }, 'INVALID_DATA', 'rows[1].symbol'],
    [{ symbol: undefined }, 'INVALID_DATA', 'rows[1].symbol'],
    [{ timestamp: undefined }, 'INVALID_DATA', 'rows[1].timestamp'],
    [{ timestamp: Number.NaN }, 'INVALID_DATA', 'rows[1].timestamp'],
    [{ timestamp: 'yesterday' }, 'INVALID_DATA', 'rows[1].timestamp'],
    [{ timestamp: 10n ** 30n }, 'INVALID_DATA', 'rows[1].timestamp'],
    [null, 'INVALID_DATA', 'rows[1]'],
  ])('with %o are an error (%s, %s)', (change, code, path) => {
    expect(thrown(() => MarketData.fromTrades([{ ...trades[0]!, price: 0.125 }, change && { ...trades[1], ...change }] as never))).toMatchObject({ code, path })
  })

  it('need a symbol, some rows, and options that fit', () => {
    expect(thrown(() => MarketData.fromTrades([{ timestamp: 0, price: 1, amount: 1 }]))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'options.symbol' })
    expect(thrown(() => MarketData.fromTrades([], btc))).toMatchObject({ code: 'INVALID_DATA', path: 'rows' })
    expect(thrown(() => MarketData.fromTrades(trades, { kind: 'bars' }))).toMatchObject({ path: 'options.kind' })
    expect(thrown(() => MarketData.fromTrades(trades, { columns: { price: 'cost' } }))).toMatchObject({ path: 'options.columns' })
    expect(thrown(() => MarketData.fromTrades(trades, { strictOrdr: true } as never))).toMatchObject({ code: 'UNKNOWN_NAME', path: 'options.strictOrdr', hint: "did you mean 'strictOrder'?" })
    expect(thrown(() => MarketData.fromTrades({} as never))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'rows' })
  })
})

describe('columns', () => {
  const millis = [1_723_161_600_000, 1_723_161_600_001]
  const columns = { time: millis, price: [100.5, 100.25], amount: [2, 0.125], side: [1, -1] }

  it('come in every kind of list', async () => {
    const hash = await hashOf(MarketData.fromColumns(columns, btc))
    for (const change of [
      { price: new Float64Array([100.5, 100.25]) }, { price: new Float32Array([100.5, 100.25]) }, { price: ['100.50', '100.25'] }, { price: { length: 2, 0: 100.5, 1: 100.25 } },
      { side: new Int8Array([1, -1]) }, { side: ['buy', 'sell'] }, { side: new BigInt64Array([1n, -1n]) },
      { time: BigInt64Array.from(millis, (time) => BigInt(time) * 1_000_000n) }, { time: BigUint64Array.from(millis, (time) => BigInt(time) * 1_000_000n) },
      { time: millis.map((time) => new Date(time)) }, { time: millis.map((time) => BigInt(time) * 1_000_000n) }, { time: millis.map((time) => new Date(time).toISOString()) },
      { price: new Float64Array(new SharedArrayBuffer(16)).map((_, i) => columns.price[i]!) }, { symbol: ['BTC/USDT', null] },
    ]) {
      expect(await hashOf(MarketData.fromColumns({ ...columns, ...change }, btc)), Object.keys(change)[0]).toBe(hash)
    }
  })

  it('of 32-bit floats mean the decimals that they were rounded from', () => {
    const data = MarketData.fromColumns({ ...columns, price: new Float32Array([0.1, 87_232.01]) }, btc)
    expect(JSON.stringify(data.length)).toBe('2')
    expect(String(new Float32Array([0.1])[0])).not.toBe('0.1')
    expect(inspectTick(data)).toBe('0.01')
  })

  it.each<[object, string, string]>([
    [{ price: [1, Number.NaN] }, 'INVALID_DATA', 'columns.price[1]'],
    [{ price: [1, undefined] }, 'INVALID_DATA', 'columns.price[1]'],
    [{ price: [1, Number.POSITIVE_INFINITY] }, 'INVALID_DATA', 'columns.price[1]'],
    [{ price: [0, 1] }, 'INVALID_DATA', 'columns.price[0]'],
    [{ price: [1, '1'] }, 'INVALID_DATA', 'columns.price[1]'],
    [{ price: ['1', 1] }, 'INVALID_DATA', 'columns.price[1]'],
    [{ price: [1n, 1] }, 'INVALID_DATA', 'columns.price[1]'],
    [{ price: [1n, 2n ** 63n] }, 'OVERFLOW', 'columns.price[1]'],
    [{ price: new BigUint64Array([1n, 2n ** 63n]) }, 'OVERFLOW', 'columns.price[1]'],
    [{ price: [1e300, 1] }, 'OVERFLOW', 'columns.price[0]'],
    [{ price: [1] }, 'INVALID_ARGUMENT', 'columns.price'],
    [{ price: new Float64Array(3) }, 'INVALID_ARGUMENT', 'columns.price'],
    [{ price: undefined }, 'INVALID_ARGUMENT', 'columns.price'],
    [{ price: '12' }, 'INVALID_ARGUMENT', 'columns.price'],
    [{ price: new Set([1, 2]) }, 'INVALID_ARGUMENT', 'columns.price'],
    [{ price: new DataView(new ArrayBuffer(16)) }, 'INVALID_ARGUMENT', 'columns.price'],
    [{ time: [0, Number.NaN] }, 'INVALID_DATA', 'columns.time[1]'],
    [{ time: [new Date(0), 1] }, 'INVALID_DATA', 'columns.time[1]'],
    [{ side: ['buy', 'give'] }, 'INVALID_DATA', 'columns.side[1]'],
  ])('%o are an error (%s, %s)', (change, code, path) => {
    expect(thrown(() => MarketData.fromColumns({ ...columns, ...change }, btc))).toMatchObject({ code, path })
  })

  it('are not read when their memory is gone', () => {
    const price = new Float64Array([1, 2])
    structuredClone(price, { transfer: [price.buffer] })
    expect(thrown(() => MarketData.fromColumns({ ...columns, price }, btc))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'columns.price', message: expect.stringContaining('detached') })
  })

  it('have names', () => {
    for (const none of [undefined, null, 7, [1], new Map()]) {
      expect(thrown(() => MarketData.fromColumns(none as never, btc))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'columns' })
    }
    expect(thrown(() => MarketData.fromColumns({}, btc))).toMatchObject({ code: 'INVALID_DATA', path: 'columns' })
    expect(thrown(() => MarketData.fromColumns({ ...columns, time: [], price: [], amount: [], side: [] }, btc))).toMatchObject({ code: 'INVALID_DATA', path: 'columns' })
    expect(thrown(() => MarketData.fromColumns(columns))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'options.symbol' })
    expect(thrown(() => MarketData.fromColumns({ time: millis, bid: [1, 1], ask: [2, 2] }, btc))).toMatchObject({ code: 'INVALID_DATA', path: 'columns.bidSize' })
    expect(MarketData.fromColumns({ when: millis, px: [1, 2], qty: [1, 1] }, { ...btc, columns: { time: 'when' } }).length).toBe(2)
    expect(thrown(() => MarketData.fromColumns({ when: millis, px: [1, 2], qty: [1, 1] }, { ...btc, columns: { time: 'whem' } }))).toMatchObject({ code: 'UNKNOWN_NAME', path: 'options.columns.time', hint: "did you mean 'when'?" })
  })
})

function inspectTick(data: MarketData): string | undefined {
  return /BTC\/USDT +\d+ +(\S+)/.exec(inspect(data))?.[1]
}
