import { mkdirSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { backtestSync, MarketData, type ReadOptions } from '../../src/index'
import { thrown } from '../facade/thrown'
import { bytes, hashOf, rejected, temporary } from './files'

const btc = { symbol: 'BTC/USDT' }
const daily: ReadOptions = { ...btc, timeframe: '1d', stamp: 'open' }
const DAY = 86_400_000
const read = (text: string, options: ReadOptions = btc): Promise<MarketData> => MarketData.fromCsv(bytes(text), options)
const codes = (data: MarketData): string[] => data.warnings.map(({ code }) => code)
const candle = (time: number, price: number, volume = 10): number[] => [time, price, price, price, price, volume]

describe('what the caller says', () => {
  const bars = 'open_time,open,high,low,close,volume,close_time\n1698364800000,10,12,9,11,5,1698368399999\n'

  it('wins over the name of another column', async () => {
    const hourly = { ...btc, timeframe: '1h' } as const
    expect((await read(bars, { ...hourly, stamp: 'close', columns: { time: 'close_time' } })).end).toBe('2023-10-27T00:59:59.999Z')
    expect((await read(bars, { ...hourly, stamp: 'close' })).end).toBe('2023-10-27T00:59:59.999Z')
    expect((await read(bars, hourly)).end).toBe('2023-10-27T01:00:00Z')
    expect(await rejected(read(bars, { ...hourly, columns: { time: 'close_time' } }))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'options.stamp' })
    const onlyOpen = bars.replace('close_time', 'x')
    expect(await rejected(read(onlyOpen, { ...hourly, stamp: 'close' }))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'options.stamp', message: expect.stringContaining("'open_time', which says otherwise") })
  })

  it('decides between kinds', async () => {
    const text = 'time,price,qty,bid,ask\n1723161600,1,2,3,4\n'
    expect([...(await read(text, { ...btc, columns: { price: 'price', quantity: 'qty' } })).rows()][0]).toMatchObject({ kind: 'trade', quantity: '2' })
  })

  it.each(['timeframe', 'stamp'])('%s is an error for rows that are no bars', async (name) => {
    const option = name === 'timeframe' ? { timeframe: '1m' } : { stamp: 'open' }
    const trades = 'time,price,qty\n1723161600,1,1\n'
    for (const text of [trades, 'time,bid,bidSize,ask,askSize\n1723161600,1,1,2,1\n', 'time,kind,side,price,qty\n1723161600,snapshot,bid,1,1\n']) {
      expect(await rejected(read(text, { ...btc, ...option } as ReadOptions))).toMatchObject({ code: 'INVALID_ARGUMENT', path: `options.${name}`, message: expect.stringContaining(`only bars have a ${name}`) })
    }
    expect(thrown(() => MarketData.fromTrades([{ timestamp: 0, price: 1, amount: 1 }], { ...btc, ...option } as ReadOptions))).toMatchObject({ code: 'INVALID_ARGUMENT', path: `options.${name}` })
    const path = temporary(`own-${name}.parquet`)
    await (await read(trades)).writeParquet(path)
    expect(await rejected(MarketData.fromParquet(path, option as ReadOptions))).toMatchObject({ code: 'INVALID_ARGUMENT', path: `options.${name}` })
  })

  it('a word that is no kind of row is told with its line', async () => {
    const error = await rejected(read('time,kind,side,price,amount\n1700000000,partial,bid,99,1\n', { ...btc, kind: 'book' }))
    expect(error).toMatchObject({ code: 'INVALID_DATA', path: 'source', message: expect.stringContaining("line 2, column 'kind': 'partial' is no kind of row (snapshot, update, best, quote, trade, bar)") })
  })
})

describe('times', () => {
  it.each([['20240102', '2024-01-03T00:00:00Z'], ['202401020930', '2024-01-03T09:30:00Z'], ['20240102093000', '2024-01-03T09:30:00Z'], ['2024/01/02', '2024-01-03T00:00:00Z'], ['02.01.2024', '2024-01-03T00:00:00Z'], ['1704153600', '2024-01-03T00:00:00Z']])('%s is a date', async (text, end) => {
    expect((await read(`date,open,high,low,close\n${text},1,2,1,2\n`, daily)).end).toBe(end)
  })

  it('in two columns', async () => {
    expect((await read('Date,Time,Open,High,Low,Close\n2024-01-02,09:30,1,2,1,2\n', { ...daily, timeframe: '1m' })).end).toBe('2024-01-02T09:31:00Z')
    expect((await read('Day,Clock,Open,High,Low,Close\n20240102,93000,1,2,1,2\n', { ...daily, timeframe: '1m', columns: { time: 'Day', timeOfDay: 'Clock' } })).end).toBe('2024-01-02T09:31:00Z')
  })

  it('in a form and a zone that the caller names', async () => {
    const text = 'time,price,qty\n07/02/2024 09:30 AM,1,1\n'
    const american = { ...btc, timeFormat: '%m/%d/%Y %I:%M %p', timeZone: 'America/New_York' }
    expect((await read(text, american)).start).toBe('2024-07-02T13:30:00Z')
    expect(await rejected(read(text))).toMatchObject({ code: 'INVALID_DATA', hint: expect.stringContaining('timeFormat') })
    expect((await read('time,price,qty\n20240102,1,1\n', { ...btc, timeFormat: 's' })).start).toBe('1970-08-23T06:15:02Z')
    expect(MarketData.fromOhlcv([candle(1_381_095_240, 1)], { ...btc, timeframe: '1m', timeFormat: 's' }).start).toBe('2013-10-06T21:35:00Z')
    expect(await rejected(read(text, { ...american, timeZone: 'America/New_Yrok' }))).toMatchObject({ code: 'UNKNOWN_NAME', path: 'options.timeZone', hint: "did you mean 'America/New_York'?" })
    expect(await rejected(read(text, { ...american, timeFormat: 'MM/dd' }))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'options.timeFormat' })
  })

  it('that no data has say what they would be', async () => {
    const error = await rejected(read('time,price,qty\n99999999999,1,1\n'))
    expect(error.message).toContain("line 2, column 'time': '99999999999' as seconds since 1970 would be about the year 5138")
  })

  it('of candles are held against the timeframe', () => {
    const minutes = { symbol: 'A/B', timeframe: '1m' } as const
    const seconds = [0, 1, 2, 3].map((i) => candle(1_381_095_240 + 60 * i, 1))
    expect(thrown(() => MarketData.fromOhlcv(seconds, minutes))).toMatchObject({ code: 'INVALID_DATA', path: 'rows', message: expect.stringContaining('candles of 1 m whose opens are 60 ms apart; are the stamps seconds?') })
    expect(MarketData.fromOhlcv(seconds, { ...minutes, timeFormat: 's' }).length).toBe(4)
    expect(thrown(() => MarketData.fromOhlcv(seconds.map(([time, ...rest]) => [time! * 1_000, ...rest]), { ...minutes, timeframe: '1d' }))).toMatchObject({ code: 'INVALID_DATA', hint: expect.stringContaining('is the timeframe 1 m') })
    const weekly = Array.from({ length: 12 }, (_, i) => candle(i * 7 * DAY, 1))
    expect(MarketData.fromOhlcv(weekly, { symbol: 'A/B', timeframe: '1d' }).warnings).toEqual([{ code: 'TIMEFRAME', message: 'bars of 1 d whose opens are at least 7 d apart: is the timeframe 7 d?' }])
  })
})

describe('lines', () => {
  it('may be comments, or skipped', async () => {
    const text = 'made by hand\n\n# a comment\ntime,price,qty\n# another\n1723161600,1,1\n#\n1723161601,2,1\n'
    expect((await read(text, { ...btc, skipLines: 1, comment: '#' })).length).toBe(2)
    expect((await rejected(read(text.replace('601,2', '601,x'), { ...btc, skipLines: 1, comment: '#' }))).message).toContain("line 8, column 'price'")
    expect(await rejected(read(text, { ...btc, comment: '' }))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'options.comment' })
    expect(await rejected(read(text, { ...btc, skipLines: -1 }))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'options.skipLines' })
    expect((await read('"time","price","qty"\n# one, "two"\n"1723161600","1.5","1"\n', { ...btc, comment: '#' })).length).toBe(1)
  })

  it('that cannot be read are left out and counted, on request', async () => {
    const text = 'time,price,qty\n1723161600,1,1\n1723161601,x,1\n1723161602,1\n1723161603,-1,1\n1723161604,2,1\n'
    const data = await read(text, { ...btc, badRows: 'skip' })
    expect(data.length).toBe(2)
    expect(data.warnings).toEqual([{ code: 'BAD_ROWS', message: "3 rows could not be read and were left out; the first: line 3, column 'price': 'x' is no decimal number" }])
    const run = backtestSync({ system: { instruments: ['BTC/USDT'] }, marketData: data, balances: { USDT: 1 } }, { strategy: { onTrade() {} } })
    expect(run.warnings).toContainEqual(data.warnings[0])
    expect(await rejected(read(text, { ...btc, badRows: 'drop' as never }))).toMatchObject({ code: 'UNKNOWN_NAME', path: 'options.badRows' })
    expect(MarketData.fromOhlcv([candle(0, 1), candle(DAY, -1), candle(2 * DAY, 1)], { symbol: 'A/B', timeframe: '1d', badRows: 'skip' }).length).toBe(2)
    // A limit is no bad row.
    expect(await rejected(read(text, { ...btc, badRows: 'skip', limits: { rows: 1 } }))).toMatchObject({ code: 'OVERFLOW' })
  })

  it('of several files follow each other, and the files may be named by a pattern', async () => {
    mkdirSync(temporary('many'), { recursive: true })
    const days = ['2024-08-09', '2024-08-10', '2024-08-11'].map((day) => `time,price,qty\n${day},1,1\n`)
    days.forEach((text, i) => { writeFileSync(temporary(`many/btc-${i}.csv${i === 2 ? '.gz' : ''}`), i === 2 ? gzipSync(text) : text) })
    const whole = await hashOf(await read(days.map((text, i) => i ? text.slice(text.indexOf('\n') + 1) : text).join('')))
    for (const source of [temporary('many/btc-*'), [0, 1].map((i) => temporary(`many/btc-${i}.csv`)).concat(temporary('many/btc-2.csv.gz')), days.map(bytes)]) {
      expect(await hashOf(await MarketData.fromCsv(source, btc))).toBe(whole)
    }
  })
})

describe('numbers', () => {
  it('lose the noise of doubles, on request nothing, or more', () => {
    const rows = [candle(0, 6950, 1.8275937099999997), candle(60_000, 6950, 120.5)]
    const options = { ...btc, timeframe: '1m' } as const
    const data = MarketData.fromOhlcv(rows, options)
    expect(data.columns('BTC/USDT', 'bars').volume).toEqual(new Float64Array([1.82759371, 120.5]))
    expect(codes(data)).toEqual(['ROUNDED'])
    expect(thrown(() => MarketData.fromOhlcv(rows, { ...options, decimals: 'exact' }))).toMatchObject({ code: 'OVERFLOW', path: 'rows[1][5]', hint: expect.stringContaining("decimals: 'round'") })
    const floats = [candle(0, 185.63999938964844)]
    expect(MarketData.fromOhlcv(floats, options).columns('BTC/USDT', 'bars').close![0]).toBe(185.63999938964844)
    expect(MarketData.fromOhlcv(floats, { ...options, decimals: 'round' }).columns('BTC/USDT', 'bars').close![0]).toBe(185.64)
  })

  it('that are volumes may be left unread', async () => {
    const text = 'time,open,high,low,close,volume\n1704067200,1,1,1,1,lots\n'
    expect((await read(text, { ...daily, volume: 'ignore' })).columns('BTC/USDT', 'bars').volume).toEqual(new Float64Array([0]))
    expect(await rejected(read(text, { ...daily, volume: 'limit' }))).toMatchObject({ code: 'INVALID_DATA', message: expect.stringContaining("column 'volume': 'lots' is no decimal number") })
    expect(MarketData.fromOhlcv([candle(0, 1, 7)], { symbol: 'A/B', timeframe: '1d', volume: 'ignore' }).columns('A/B', 'bars').volume![0]).toBe(0)
    expect(thrown(() => MarketData.fromOhlcv([candle(0, 1)], { symbol: 'A/B', timeframe: '1d', volume: 'ignored' as never }))).toMatchObject({ code: 'UNKNOWN_NAME', path: 'options.volume', hint: "did you mean 'ignore'?" })
  })

  it('without room name the line', async () => {
    const error = await rejected(read('time,price,qty\n1,1,0.000000000000000001\n2,1,5\n3,1,1e17\n', btc))
    expect(error).toMatchObject({ code: 'OVERFLOW', message: expect.stringContaining("line 3, column 'qty': the quantity 5 of BTC/USDT beside another one with 18 decimals") })
  })
})

describe('rows that are there twice', () => {
  const options = { symbol: 'A/USD', timeframe: '1d' } as const
  it('are bars once, the later one', () => {
    const same = MarketData.fromOhlcv([candle(0, 1), candle(0, 1), candle(DAY, 1)], options)
    expect([same.length, same.warnings]).toEqual([2, [{ code: 'DUPLICATES', message: '1 rows were there twice and went' }]])
    const other = MarketData.fromOhlcv([candle(0, 1), candle(DAY, 1), candle(0, 2)], options)
    expect(other.columns('A/USD', 'bars').close).toEqual(new Float64Array([2, 1]))
    expect(other.warnings[0]!.message).toBe('1 rows were there twice and went; of 1 the values differed, and the later one stayed')
    expect(MarketData.fromOhlcv([candle(0, 1), candle(0, 1)], { ...options, duplicates: 'keep' }).length).toBe(2)
  })

  it('are refused in strict order, and on request', () => {
    const twice = [candle(0, 1), candle(0, 1), candle(DAY, 1)]
    for (const more of [{ strictOrder: true }, { duplicates: 'refuse' }] as const) {
      expect(thrown(() => MarketData.fromOhlcv(twice, { ...options, ...more }))).toMatchObject({ code: 'INVALID_DATA', path: 'rows[1][0]', message: expect.stringContaining('is there twice') })
    }
    expect(thrown(() => MarketData.fromOhlcv([candle(0, 1), candle(DAY, 1), candle(0, 1)], { ...options, duplicates: 'refuse' }))).toMatchObject({ code: 'INVALID_DATA', path: 'rows' })
  })

  it('are ticks as often as they come, unless the caller says otherwise', async () => {
    const text = 'time,price,qty,side\n1,1,1,buy\n1,1,1,buy\n1,1,2,buy\n2,1,1,buy\n'
    expect((await read(text)).length).toBe(4)
    expect((await read(text, { ...btc, duplicates: 'drop' })).length).toBe(3)
    expect(await rejected(read(text, { ...btc, duplicates: 'refuse' }))).toMatchObject({ code: 'INVALID_DATA' })
  })
})

describe('what looks wrong', () => {
  it('quotes that are all crossed', () => {
    const swapped = { time: [0], bid: [101], bidSize: [1], ask: [100], askSize: [1] }
    expect(thrown(() => MarketData.fromColumns(swapped, btc))).toMatchObject({ code: 'INVALID_DATA', message: expect.stringContaining('every row is crossed; are bid and ask swapped?') })
    expect(MarketData.fromColumns(swapped, { ...btc, columns: { bid: 'ask', ask: 'bid' } }).length).toBe(1)
  })

  it('rows more than 292 years apart', () => {
    const far = [candle(Date.parse('1850-01-01'), 1), candle(Date.parse('2190-01-01'), 1)]
    expect(thrown(() => MarketData.fromOhlcv(far, { symbol: 'A/B', timeframe: '1d' }))).toMatchObject({ code: 'INVALID_DATA', path: 'rows', message: expect.stringContaining('the rows reach from 1850-01-01T00:00:00Z to 2190-01-02T00:00:00Z: data spans at most 292 years') })
    const [a, b] = far.map((row) => MarketData.fromOhlcv([row], { symbol: 'A/B', timeframe: '1d' }))
    expect(thrown(() => MarketData.merge(a!, b!)).code).toBe('INVALID_DATA')
  })

  it('gaps of markets that never close, and clocks that jump', () => {
    const days = (list: number[]): MarketData => MarketData.fromOhlcv(list.map((day) => candle(day * DAY, 1)), { symbol: 'A/B', timeframe: '1d' })
    expect(days([0, 1, 2, 3, 4, 8]).warnings).toEqual([{ code: 'GAPS', message: '3 bars are missing between others (holes() tells where)' }])
    expect(days([4, 5, 6, 7, 8, 11]).warnings).toEqual([])
    expect(codes(days([0, 1, 4, 5, 2, 3]))).toEqual(['CLOCK_JUMPS'])
    expect(codes(days([5, 4, 3, 2, 1, 0]))).toEqual([])
  })
})

describe('limits', () => {
  const text = `time,price,qty\n${Array.from({ length: 100 }, (_, i) => `${1_723_161_600 + i},1,1`).join('\n')}\n`
  it.each<[string, ReadOptions['limits'], string]>([
    ['rows', { rows: 99 }, "limits: { rows: ... }"], ['bytes', { bytes: 1_000 }, 'limits: { bytes: ... }'], ['text', { text: 7 }, 'limits: { text: ... }'],
  ])('of %s', async (_, limits, hint) => {
    expect(await rejected(MarketData.fromCsv(gzipSync(text), { ...btc, limits: limits! }))).toMatchObject({ code: 'OVERFLOW', path: 'source', hint: expect.stringContaining(hint) })
    expect((await MarketData.fromCsv(gzipSync(text), { ...btc, limits: { rows: 100, bytes: 10_000, text: 8 } })).length).toBe(100)
  })

  it('follow from the size of the source', async () => {
    const bomb = gzipSync(Buffer.alloc(70 << 20))
    expect(await rejected(MarketData.fromCsv(bomb, btc))).toMatchObject({ code: 'OVERFLOW', message: expect.stringContaining('the unpacked source: more than the 67108864 bytes') })
    expect(await rejected(read('symbol,time,price,qty\n'.concat('A'.repeat(1_025), ',1,1,1\n')))).toMatchObject({ code: 'OVERFLOW', message: expect.stringContaining('a symbol of 1025 bytes') })
    expect(await rejected(read(text, { ...btc, limits: { row: 1 } as never }))).toMatchObject({ code: 'UNKNOWN_NAME', path: 'options.limits.row' })
  })
})
