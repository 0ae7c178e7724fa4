import { describe, expect, it } from 'vitest'
import { backtest, backtestSync, MarketData, runBacktests, runBacktestsSync, type BacktestArgsConstant, type BacktestRun, type NativeStrategy, type Signals } from '../../src/index'
import { fate, isBuilt, moduleUrl } from '../batch/common'
import { refusal, rejected, START } from './common'

const HOUR = 3_600_000

/** Hourly candles with these opens; each closes where the next one opens. */
function candles(symbol: string, opens: readonly number[]): MarketData {
  const rows = opens.map((open, i) => {
    const close = opens[i + 1] ?? open
    return [START + i * HOUR, open, Math.max(open, close), Math.min(open, close), close, 0]
  })
  return MarketData.fromOhlcv(rows, { symbol, timeframe: '1h' })
}

/** A world without fees, in which units are whole. */
function world(opens: readonly number[], more: object = {}): BacktestArgsConstant {
  return {
    system: { instruments: [{ symbol: 'A/B', lotSize: 1 }], fees: { maker: 0, taker: 0 }, account: 'cash-settled', ...more },
    marketData: candles('A/B', opens),
    balances: { B: 1_000 },
  }
}

/** `bar side quantity` of every fill. */
function fills(run: BacktestRun): string[] {
  return run.fills.toArray().map(({ time, side, quantity }) => `${(time - START) / HOUR} ${side} ${quantity}`)
}

const calm = world(Array.from({ length: 6 }, () => 100))
const trades = (strategy: unknown, constant = calm): string[] => fills(backtestSync(constant, { strategy: strategy as NativeStrategy }))

/** Prices as of a stock that goes up and down, without chance. */
const swings = Array.from({ length: 400 }, (_, i) => Math.round(10_000 + 1_500 * Math.sin(i / 9) + 900 * Math.sin(i / 23) + 10 * i) / 100)

/** Where the average of the last `fast` closes crosses that of the last `slow` ones: upwards (1) or downwards (-1). */
function crosses(closes: readonly number[], fast: number, slow: number): number[] {
  const average = (to: number, n: number): number => closes.slice(to - n, to).reverse().reduce((sum, close) => sum + close, 0) / n
  const side = (bar: number): number => (bar + 1 < slow ? 0 : Math.sign(average(bar + 1, fast) - average(bar + 1, slow)))
  return closes.map((_, bar) => (bar > 0 && side(bar - 1) === -side(bar) ? side(bar) : 0))
}

const market = { ...world(swings, { fees: { maker: '0.002', taker: '0.002' } }), balances: { B: 100_000 } }
const cross = crosses([...swings.slice(1), swings.at(-1)!], 10, 20)
const flips: Signals = { native: 'signals', entries: cross.map((side) => side > 0), shortEntries: cross.map((side) => side < 0) }

describe('signals of a cross of averages', () => {
  const hash = backtestSync(market, { strategy: { native: 'smaCross', fast: 10, slow: 20 } }).resultHash

  it('come to the result of the native cross', async () => {
    const run = backtestSync(market, { strategy: flips })
    expect(run.resultHash).toBe(hash)
    expect(run.closedTrades.length).toBeGreaterThan(5)
    expect((await backtest(market, { strategy: flips }, { verify: true })).resultHash).toBe(hash)
    expect((await backtest(market, { strategy: () => flips })).resultHash).toBe(hash)
  })

  it('on a spot account by entries and exits, in fractions of a unit', () => {
    const constant = { ...market, system: { instruments: [{ symbol: 'A/B', lotSize: '0.001' }] } }
    const strategy: Signals = { native: 'signals', entries: flips.entries!, exits: flips.shortEntries! }
    const run = backtestSync(constant, { strategy })
    expect(run.resultHash).toBe(backtestSync(constant, { strategy: { native: 'smaCross', fast: 10, slow: 20 } }).resultHash)
    expect(run.fills.at(0)!.quantity).toMatch(/\.\d{1,3}$/)
  })

  it('in batches, as single runs', async () => {
    const strategies: NativeStrategy[] = [1, 2, 3, 4].flatMap((size) => [{ ...flips, size }, { ...flips, size, exclusive: false }] as NativeStrategy[])
    const dynamics = [{ strategy: flips }, { strategy: () => flips }, ...strategies.map((strategy) => ({ strategy })), { strategy: { ...flips, size: 0 } as Signals }]
    const alone = [hash, hash, ...strategies.map((strategy) => backtestSync(market, { strategy }).resultHash), 'INVALID_ARGUMENT dynamics[10].strategy.size']
    expect(new Set(alone).size).toBe(10)
    expect((await runBacktests(market, dynamics, { threads: 2 })).summaries.map(fate)).toEqual(alone)
    expect((await runBacktests(market, dynamics.slice(0, 3), { threads: 2, verify: true })).summaries.map(fate)).toEqual(alone.slice(0, 3))
    expect(runBacktestsSync(market, dynamics).summaries.map(fate)).toEqual(alone)
  })
})

it.skipIf(!isBuilt)('signals of a module are run in its worker thread', async () => {
  const strategy = moduleUrl('signals.mjs')
  const run = await backtest(calm, { strategy })
  expect(fills(run)).toEqual(['2 Buy 2', '4 Sell 2'])
  expect((await runBacktests(calm, [{ strategy }])).summaries.map(fate)).toEqual([run.resultHash])
})

describe('arrays of signals', () => {
  const bars = [0, 1, 0, 1, 0, 0]
  const expected = trades({ native: 'signals', entries: bars, size: 2, exclusive: false })

  it.each<[string, ArrayLike<boolean | number>]>([
    ['booleans', bars.map(Boolean)],
    ['a mixture', [false, 1, 0, true, false, -0]],
    ['Uint8Array', Uint8Array.from(bars)],
    ['Uint8ClampedArray', Uint8ClampedArray.from(bars)],
    ['Int8Array', Int8Array.from(bars)],
    ['Int32Array', Int32Array.from(bars)],
    ['Uint16Array', Uint16Array.from(bars)],
    ['Float32Array', Float32Array.from(bars)],
    ['Float64Array with a warm-up', Float64Array.from([Number.NaN, ...bars.slice(1)])],
    ['a Buffer', Buffer.from(bars)],
    ['a part of a larger array', Uint8Array.from([1, 1, ...bars, 1]).subarray(2, 8)],
    ['shared memory', new Uint8Array(new SharedArrayBuffer(6)).map((_, i) => bars[i]!)],
    ['something with a length', { length: 6, 0: 0, 1: 1, 2: 0, 3: 1, 4: 0, 5: 0 }],
  ])('may be %s', (_, entries) => {
    expect(trades({ native: 'signals', entries, size: 2, exclusive: false })).toEqual(expected)
    expect(expected).toEqual(['2 Buy 2', '4 Buy 2'])
  })

  it.each<[string, ArrayLike<number>]>([
    ['numbers', [Number.NaN, 2, 2, -1, 0, 0]],
    ['Float64Array', Float64Array.from([Number.NaN, 2, 2, -1, 0, 0])],
    ['Float32Array', Float32Array.from([Number.NaN, 2, 2, -1, 0, 0])],
    ['Int8Array', Int8Array.from([0, 2, 2, -1, 0, 0])],
    ['shared memory', new Float64Array(new SharedArrayBuffer(48)).map((_, i) => [Number.NaN, 2, 2, -1, 0, 0][i]!)],
  ])('of targets may be %s', (_, targets) => {
    expect(trades({ native: 'signals', targets })).toEqual(['2 Buy 2', '4 Sell 2', '4 Sell 1', '5 Buy 1'])
  })

  it('of 32-bit floats are the numbers that they read as', () => {
    const lots = { ...calm, system: { ...(calm.system as object), instruments: [{ symbol: 'A/B', lotSize: '0.01' }] } as never }
    expect(trades({ native: 'signals', targets: Float32Array.from([0.29, 0.29, 0.29, 0.57, 0.57, 0.57]) }, lots)).toEqual(['1 Buy 0.29', '4 Buy 0.28'])
  })

  it('are read when the run starts', async () => {
    const entries = Uint8Array.from(bars)
    const run = backtest(calm, { strategy: { native: 'signals', entries, size: 2, exclusive: false } })
    entries.fill(0)
    expect(fills(await run)).toEqual(expected)
    expect(fills(await backtest(calm, { strategy: { native: 'signals', entries } }))).toEqual([])
  })
})

describe('what signals trade', () => {
  const entries = [0, 1, 1, 0, 0, 0]
  const shortEntries = [0, 0, 0, 1, 0, 0]

  it('is all there is, unless a size says otherwise', () => {
    for (const [size, quantity] of [[undefined, 10], [3, 3], [3.9, 3], ['4', 4], [4n, 4], [{ toFixed: () => '5.0' }, 5], [{ quote: 250 }, 2], [{ equity: '0.75' }, 7]] as const) {
      expect(trades({ native: 'signals', entries, size })).toEqual([`2 Buy ${quantity}`])
    }
  })

  it('flips, or adds where entries do not exclude each other', () => {
    expect(trades({ native: 'signals', entries, shortEntries, size: 2 })).toEqual(['2 Buy 2', '4 Sell 2', '4 Sell 2'])
    expect(trades({ native: 'signals', entries, shortEntries, size: 2, exclusive: false })).toEqual(['2 Buy 2', '3 Buy 2', '4 Sell 2'])
    expect(trades({ native: 'signals', entries, exits: shortEntries, size: 2, exclusive: false })).toEqual(['2 Buy 2', '3 Buy 2', '4 Sell 4'])
  })

  it('is the way to targets in units, quote or equity', () => {
    const rising = world([100, 100, 200, 200, 200, 200])
    expect(trades({ native: 'signals', targets: [0, 0.5, 0.5, 0.25, -0.5, 0], targetsIn: 'equity' }, rising)).toEqual(['2 Buy 2', '4 Sell 1', '5 Sell 1', '5 Sell 2'])
    expect(trades({ native: 'signals', targets: [0, 800, 800, 400, 400, 0], targetsIn: 'quote' }, rising)).toEqual(['2 Buy 4', '4 Sell 2'])
    expect(trades({ native: 'signals', targets: [0, 3.9, 3.1, 4, 4, 4], targetsIn: 'units' })).toEqual(['2 Buy 3', '4 Buy 1'])
  })

  it('is nothing on the last bar', () => {
    expect(trades({ native: 'signals', entries: [0, 0, 0, 0, 0, 1] })).toEqual([])
  })

  it('is what each instrument has signals for, over its own bars', () => {
    const two = {
      ...calm,
      system: { ...(calm.system as object), instruments: [{ symbol: 'A/B', lotSize: 1 }, { symbol: 'C/B', lotSize: 1 }] } as never,
      marketData: MarketData.merge(candles('A/B', [100, 100, 100, 100, 100, 100]), candles('C/B', [10, 10, 10])),
    }
    const both: Signals = { native: 'signals', instruments: { 'C/B': { targets: [7, 3, 3] }, 'A/B': { entries, size: 2 } } }
    // Of orders that meet one open, what frees money comes first.
    expect(trades(both, two)).toEqual(['1 Buy 7', '2 Sell 4', '2 Buy 2'])
    for (const symbol of ['C/B', 1]) expect(trades({ native: 'signals', symbol, targets: [7, 3, 3] }, two)).toEqual(['1 Buy 7', '2 Sell 4'])
    expect(refusal(() => trades({ native: 'signals', targets: [7, 3, 3] }, two))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'strategy.symbol' })
  })

  it('is over the bars that are selected', () => {
    const marketData = calm.marketData.select({ from: START + 3 * HOUR })
    const { length } = marketData
    expect(length).toBe(4)
    expect(refusal(() => trades({ native: 'signals', entries }, { ...calm, marketData })).message)
      .toBe(`strategy.entries: the array has 6 values, but the instrument has ${length} bars in the data (one value for each bar, in the order of the data)`)
    expect(trades({ native: 'signals', entries: entries.slice(-length) }, { ...calm, marketData })).toEqual(['3 Buy 10'])
  })
})

describe('what signals cannot be', () => {
  const good = [0, 1, 0, 0, 0, 0]
  const nan = Number.NaN

  it.each<[string, object, string, string]>([
    ['nothing', {}, 'INVALID_ARGUMENT', ''],
    ['exits alone', { exits: good }, 'INVALID_ARGUMENT', ''],
    ['entries and targets', { entries: good, targets: good }, 'INVALID_ARGUMENT', '.entries'],
    ['a size of targets', { targets: good, size: 1 }, 'INVALID_ARGUMENT', '.size'],
    ['a unit of no targets', { entries: good, targetsIn: 'quote' }, 'INVALID_ARGUMENT', '.targetsIn'],
    ['an unknown unit', { targets: good, targetsIn: 'lots' }, 'INVALID_ARGUMENT', '.targetsIn'],
    ['an unknown field', { entry: good, entries: good }, 'UNKNOWN_NAME', '.entry'],
    ['an unknown field that is a typed array', { entry: Uint8Array.from(good), entries: good }, 'UNKNOWN_NAME', '.entry'],
    ['no array', { entries: true }, 'INVALID_ARGUMENT', '.entries'],
    ['null', { entries: null }, 'INVALID_ARGUMENT', '.entries'],
    ['a text', { entries: '010000' }, 'INVALID_ARGUMENT', '.entries'],
    ['a set', { entries: new Set(good) }, 'INVALID_ARGUMENT', '.entries'],
    ['a DataView', { entries: new DataView(new ArrayBuffer(6)) }, 'INVALID_ARGUMENT', '.entries'],
    ['too short', { entries: good.slice(1) }, 'INVALID_ARGUMENT', '.entries'],
    ['too long', { entries: good, exits: [...good, 0] }, 'INVALID_ARGUMENT', '.exits'],
    ['empty', { targets: [] }, 'INVALID_ARGUMENT', '.targets'],
    ['a 2', { entries: [0, 2, 0, 0, 0, 0] }, 'INVALID_ARGUMENT', '.entries[1]'],
    ['a byte of 2', { entries: Uint8Array.from([0, 2, 0, 0, 0, 0]) }, 'INVALID_ARGUMENT', '.entries[1]'],
    ['a side', { entries: Int8Array.from([0, -1, 0, 0, 0, 0]) }, 'INVALID_ARGUMENT', '.entries[1]'],
    ['a bigint', { entries: [0n, 1n, 0n, 0n, 0n, 0n] }, 'INVALID_ARGUMENT', '.entries[0]'],
    ['a hole', { entries: new Array(6) }, 'INVALID_ARGUMENT', '.entries[0]'],
    ['NaN after the warm-up', { entries: [nan, 0, nan, 0, 0, 0] }, 'INVALID_ARGUMENT', '.entries[2]'],
    ['both entries at one bar', { entries: good, shortEntries: good }, 'INVALID_ARGUMENT', '.shortEntries[1]'],
    ['a target of NaN after the warm-up', { targets: [nan, 1, nan, 1, 1, 1] }, 'INVALID_ARGUMENT', '.targets[2]'],
    ['an infinite target', { targets: Float64Array.from([0, 1, 1, 1, 1, Number.POSITIVE_INFINITY]) }, 'INVALID_ARGUMENT', '.targets[5]'],
    ['a target beyond all digits', { targets: [0, 0, 0, 1e300, 0, 0] }, 'OVERFLOW', '.targets[3]'],
    ['a target that is no number', { targets: [0, '1', 0, 0, 0, 0] }, 'INVALID_ARGUMENT', '.targets[1]'],
    ['bigint targets', { targets: new BigInt64Array(6) }, 'INVALID_ARGUMENT', '.targets'],
    ['a size of nothing', { entries: good, size: 0 }, 'INVALID_ARGUMENT', '.size'],
    ['a size below the lot', { entries: good, size: 0.9 }, 'INVALID_ARGUMENT', '.size'],
    ['a size off the lots', { entries: good, size: '1.5' }, 'INVALID_ARGUMENT', '.size'],
    ['two sizes', { entries: good, size: { quote: 1, equity: 1 } }, 'INVALID_ARGUMENT', '.size'],
    ['a flag that is none', { entries: good, exclusive: 'no' }, 'INVALID_ARGUMENT', '.exclusive'],
    ['an unknown instrument', { symbol: 'C/B', entries: good }, 'UNKNOWN_NAME', '.symbol'],
    ['no instruments', { instruments: {} }, 'INVALID_ARGUMENT', '.instruments'],
    ['a list of instruments', { instruments: [good] }, 'INVALID_ARGUMENT', '.instruments'],
    ['signals beside instruments', { entries: good, instruments: { 'A/B': { entries: good } } }, 'INVALID_ARGUMENT', '.entries'],
    ['an instrument without signals', { instruments: { 'A/B': {} } }, 'INVALID_ARGUMENT', '.instruments.A/B'],
    ['an unknown one among instruments', { instruments: { 'C/B': { entries: good } } }, 'UNKNOWN_NAME', '.instruments.C/B'],
    ['a bad value of an instrument', { instruments: { 'A/B': { entries: [0, 0, 7, 0, 0, 0] } } }, 'INVALID_ARGUMENT', '.instruments.A/B.entries[2]'],
  ])('%s', async (_, fields, code, path) => {
    const strategy = { native: 'signals', ...fields } as never
    expect(refusal(() => backtestSync(calm, { strategy }))).toMatchObject({ code, path: `strategy${path}` })
    expect((await rejected(backtest(calm, { strategy }))).reason).toMatchObject({ code, path: `strategy${path}` })
    const { summaries } = await runBacktests(calm, [{}, { strategy }])
    expect(fate(summaries[1]!)).toBe(`${code} dynamics[1].strategy${path}`)
  })

  it('short on a spot account', () => {
    const spot = { ...calm, system: { ...(calm.system as object), account: 'spot' } as never }
    const { message, ...rest } = refusal(() => trades({ native: 'signals', shortEntries: good }, spot))
    expect(rest).toEqual({ code: 'INVALID_ARGUMENT', path: 'strategy.shortEntries[1]' })
    expect(message).toContain("account: 'cash-settled'")
    expect(refusal(() => trades({ native: 'signals', targets: [0, 1, 0, -1, 0, 0] }, spot))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'strategy.targets[3]' })
    expect(trades({ native: 'signals', entries: good, shortEntries: new Uint8Array(6) }, spot)).toEqual(['2 Buy 10'])
  })

  it('over data without bars', () => {
    const marketData = MarketData.fromColumns({ time: [START, START + 1], price: [1, 1], quantity: [1, 1], side: [1, 1] }, { symbol: 'A/B' })
    expect(refusal(() => trades({ native: 'signals', entries: [0, 1] }, { ...calm, marketData }))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'strategy' })
  })

  it('in memory that went elsewhere', () => {
    const entries = new Uint8Array(6)
    structuredClone(entries, { transfer: [entries.buffer] })
    expect(refusal(() => trades({ native: 'signals', entries }))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'strategy.entries' })
  })
})
