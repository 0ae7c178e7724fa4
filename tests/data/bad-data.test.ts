import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { MarketData, type ReadOptions } from '../../src/index'
import { bytes, rejected, temporary } from './files'

const btc = { symbol: 'BTC/USDT' }
const daily: ReadOptions = { ...btc, timeframe: '1d', stamp: 'open' }

describe('a source', () => {
  it('that cannot be read is named', async () => {
    for (const read of [MarketData.fromCsv, MarketData.fromParquet, MarketData.fromJsonLines]) {
      for (const path of [temporary('missing'), temporary('.'), '', 'a\0b']) {
        const error = await rejected(read.call(MarketData, path, btc))
        expect(error).toMatchObject({ code: 'INVALID_DATA', path: 'source' })
        expect(error.message).toMatch(/^source: cannot read /)
      }
    }
  })

  it.each([[undefined], [7], [null], [{}], [[]], [new ArrayBuffer(8)], [new Float64Array(1)], [new URL('https://example.org/a.csv')]])('is no %s', async (source) => {
    expect(await rejected(MarketData.fromCsv(source as never, btc))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'source' })
  })

  it('may be a list, each of which is named by its place or its path', async () => {
    expect(await rejected(MarketData.fromCsv(['a.csv', 7 as never], btc))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'source[1]' })
    const [good, bad] = [temporary('good.csv'), temporary('worse.csv')]
    writeFileSync(good, 'time,price,qty\n1,1,1\n')
    writeFileSync(bad, 'time,price,qty\n1,x,1\n')
    expect((await rejected(MarketData.fromCsv([good, bad], btc))).message).toContain(`source: ${bad}: line 2, column 'price'`)
    expect((await rejected(MarketData.fromCsv(temporary('nothing-*.csv'), btc))).message).toMatch(/cannot read .*: no file fits/)
  })

  it('is not what was transferred away', async () => {
    const source = bytes('time,price,qty\n1,1,1\n')
    structuredClone(source, { transfer: [source.buffer as ArrayBuffer] })
    expect(await rejected(MarketData.fromCsv(source, btc))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'source', message: expect.stringContaining('detached') })
  })
})

describe('a bad line', () => {
  it.each([
    ['1723161601,x,1', "line 3, column 'Price': 'x' is no decimal number"],
    ['1723161601,,1', "line 3, column 'Price': the price is missing"],
    ['1723161601,NaN,1', "line 3, column 'Price': the price is missing"],
    ['1723161601,inf,1', "line 3, column 'Price': 'inf' is no decimal number"],
    ['1723161601,0,1', "line 3, column 'Price': the price has to be above zero"],
    ['1723161601,-1,1', "line 3, column 'Price': the price has to be above zero"],
    ['1723161601,1,-1', "line 3, column 'qty': the quantity is negative"],
    ['soon,1,1', "line 3, column 'time': 'soon' is no time"],
    [',1,1', "line 3, column 'time': the row has no time"],
    ['1723161601,1', 'line 3: 2 cells, but the lines before have 3'],
  ])('%s is told with its number', async (line, message) => {
    const path = temporary('bad.csv')
    writeFileSync(path, `time,Price,qty\n1723161600,1,1\n${line}\n`)
    const error = await rejected(MarketData.fromCsv(path, btc))
    expect(error).toMatchObject({ code: 'INVALID_DATA', path: 'source' })
    expect(error.message).toContain(`source: ${path}: ${message}`)
    expect((await rejected(MarketData.fromCsv(readFileSync(path), btc))).message).toContain(`source: ${message}`)
  })

  it.each([
    ['10,9,11,10,1', "column 'High': the high of the bar is below its low"],
    ['10,9,8,9,1', "column 'Open': the open of the bar is outside of its range"],
    ['10,11,9,12,1', "column 'Close': the close of the bar is outside of its range"],
    ['10,11,9,10,-1', "column 'Volume': the volume is negative"],
    ['0,11,9,10,1', "column 'Open': the open has to be above zero"],
  ])('of bars, %s, is one that no bar can have', async (bar, message) => {
    const error = await rejected(MarketData.fromCsv(bytes(`Date,Open,High,Low,Close,Volume\n2024-01-01,${bar}\n`), daily))
    expect(error).toMatchObject({ code: 'INVALID_DATA', path: 'source', message: expect.stringContaining(`line 2, ${message}`) })
  })

  it.each([
    ['more decimals than there are digits', '1,1e-19,1\n'],
    ['a price that leaves no room for the decimals of another', '1,1e17,1\n2,0.001,1\n'],
    ['more digits than 64 bits', '1,12345678901234567890,1\n'],
  ])('with %s overflows', async (_, lines) => {
    expect(await rejected(MarketData.fromCsv(bytes(`time,price,qty\n${lines}`), btc))).toMatchObject({ code: 'OVERFLOW', path: 'source' })
  })

  it.each([[''], ['time,price,qty\n']])('has to be there: %j has no rows', async (text) => {
    expect((await rejected(MarketData.fromCsv(bytes(text), btc))).message).toBe('source: the data has no rows')
  })

  it('has to lie between from and to', async () => {
    expect((await rejected(MarketData.fromCsv(bytes('time,price,qty\n1,1,1\n'), { ...btc, from: 2_000 }))).message).toContain('no rows between from and to')
  })
})

describe('a read option', () => {
  const trades = 'time,price,qty\n1723161600,1,1\n'
  const bars = 'time,open,high,low,close\n1723161600,1,1,1,1\n'
  it.each<[string, string, object | undefined, string, string, string | undefined]>([
    ['missing symbol', trades, undefined, 'INVALID_ARGUMENT', 'options.symbol', undefined],
    ['missing timeframe', bars, { ...btc, stamp: 'open' }, 'INVALID_ARGUMENT', 'options.timeframe', undefined],
    ['missing stamp', bars, { ...btc, timeframe: '1d' }, 'INVALID_ARGUMENT', 'options.stamp', undefined],
    ['unknown field', trades, { ...btc, timefram: '1d' }, 'UNKNOWN_NAME', 'options.timefram', "did you mean 'timeframe'?"],
    ['unknown kind', trades, { ...btc, kind: 'trade' }, 'UNKNOWN_NAME', 'options.kind', "did you mean 'trades'?"],
    ['unknown stamp', bars, { ...daily, stamp: 'opened' }, 'UNKNOWN_NAME', 'options.stamp', "did you mean 'open'?"],
    ['books', trades, { ...btc, kind: 'book' }, 'INVALID_DATA', 'options.columns.kind', undefined],
    ['zero timeframe', bars, { ...daily, timeframe: 0 }, 'INVALID_ARGUMENT', 'options.timeframe', undefined],
    ['negative timeframe', bars, { ...daily, timeframe: -1 }, 'INVALID_ARGUMENT', 'options.timeframe', undefined],
    ['timeframe without a unit', bars, { ...daily, timeframe: '60' }, 'INVALID_ARGUMENT', 'options.timeframe', undefined],
    ['time that is none', trades, { ...btc, from: 'yesterday' }, 'INVALID_ARGUMENT', 'options.from', undefined],
    ['time that is NaN', trades, { ...btc, to: Number.NaN }, 'INVALID_ARGUMENT', 'options.to', undefined],
    ['symbol of another type', trades, { symbol: 7 }, 'INVALID_ARGUMENT', 'options.symbol', undefined],
    ['strictness of another type', trades, { ...btc, strictOrder: 'yes' }, 'INVALID_ARGUMENT', 'options.strictOrder', undefined],
    ['column that is not there', trades, { ...btc, columns: { price: 'prize' } }, 'UNKNOWN_NAME', 'options.columns.price', "did you mean 'price'?"],
    ['column of another type', trades, { ...btc, columns: { price: 1.5 } }, 'INVALID_ARGUMENT', 'options.columns.price', undefined],
    ['field that no row has', trades, { ...btc, columns: { prize: 'price' } }, 'UNKNOWN_NAME', 'options.columns.prize', "did you mean 'price'?"],
    ['clock that cannot be', trades, { ...btc, exchangeTime: 'aligned' }, 'INVALID_DATA', 'options.exchangeTime', undefined],
    ['function', trades, { ...btc, columns: () => 1 }, 'INVALID_ARGUMENT', 'options.columns', undefined],
  ])('%s', async (_, text, options, code, path, hint) => {
    expect(await rejected(MarketData.fromCsv(bytes(text), options as ReadOptions))).toMatchObject({ code, path, ...(hint ? { hint } : {}) })
  })

  it.each([[null], ['BTC/USDT'], [[]], [7], [new Map()]])('has a name: %j are none', async (options) => {
    expect(await rejected(MarketData.fromCsv(bytes(trades), options as never))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'options' })
  })
})
