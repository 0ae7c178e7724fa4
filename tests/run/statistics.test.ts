import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { backtestSync, MarketData, type BacktestArgsConstant, type BacktestRun, type Duration, type StrategyInput } from '../../src/index'
import { caught } from './common'

/*
 * A year has as many periods as the data had, and nothing that was lost is left out. Each right value is worked out by hand.
 */

const DAY = 86_400_000
type Bar = [time: number, open: number, high: number, low: number, close: number, volume: number]
const bar = (time: number, price: number, volume = 10): Bar => [time, price, price, price, price, volume]
/** Candles that rise by 0.1 a step and by 1 every other one. */
const wave = (length: number, step: number): Bar[] => Array.from({ length }, (_, i) => bar(i * step, 100 + (i % 2) + i * 0.1))

function run(rows: Bar[] | MarketData, strategy: StrategyInput, { system, ...rest }: { system?: object } & Partial<Omit<BacktestArgsConstant, 'system'>> = {}, timeframe: Duration = '1d'): BacktestRun {
  return backtestSync({
    system: { instruments: [{ symbol: 'A/USD', lotSize: '0.0001' }], fees: { maker: 0, taker: 0 }, latency: 0, ...system },
    marketData: Array.isArray(rows) ? MarketData.fromOhlcv(rows, { symbol: 'A/USD', timeframe }) : rows,
    balances: { USD: 1_000 }, ...rest,
  }, { strategy })
}

const hold: StrategyInput = { native: 'buyAndHold' }

describe('a year', () => {
  it('has as many returns as the data had', () => {
    const whole = { system: { instruments: [{ symbol: 'A/USD', lotSize: 1 }] } }
    const days = run(wave(30, DAY), hold, whole).tradingSummary
    expect(days.summaryInterval).toBe('Annual(365)')
    expect(days.portfolio).toMatchObject({ sampleInterval: '1d', returnsPerYear: 365 })
    expect(days.portfolio.sharpeRatio).toBeCloseTo(run(wave(30, DAY), hold, { ...whole, sampleInterval: '1d' }).tradingSummary.portfolio.sharpeRatio!, 12)
    // It was 564, and the volatility 50, on a grid of seconds.
    expect(days.portfolio.sharpeRatio).toBeCloseTo(1.918, 3)
    expect(days.portfolio.volatility).toBeCloseTo(0.1708, 4)
    expect(run(wave(157, 7 * DAY), hold, {}, '7d').tradingSummary.portfolio).toMatchObject({ sampleInterval: '7d', returnsPerYear: 365 / 7 })
    expect(run(wave(30, DAY), hold, { returnsPerYear: 261 }).tradingSummary.portfolio.returnsPerYear).toBe(261)
  })

  it('of weekdays has about 261, and growth goes by the calendar', () => {
    const rows: Bar[] = []
    for (let t = Date.parse('2010-01-01'), p = 100; rows.length < 2_610; t += DAY) {
      const day = new Date(t).getUTCDay()
      if (day === 0 || day === 6) continue
      p *= 1.0002 + (rows.length % 2 ? 0.003 : -0.003)
      rows.push(bar(t, Number(p.toFixed(4)), 1e6))
    }
    const { portfolio } = run(rows, hold, { balances: { USD: 10_000 } }).tradingSummary
    const years = (rows.at(-1)![0] - rows[0]![0]) / (365 * DAY)
    expect(portfolio.returnsPerYear).toBeCloseTo(260.8, 0)
    expect(portfolio.cagr).toBeCloseTo((1 + portfolio.pnlReturn!) ** (1 / years) - 1, 12)
    expect(portfolio.cagr).toBeCloseTo(0.052, 3)
    expect(portfolio.annualReturn).toBeCloseTo((1 + portfolio.pnlReturn!) ** (portfolio.returnsPerYear! / portfolio.returns!) - 1, 12)
  })

  it('of weeks grows by time under Annual252, too', () => {
    const { portfolio } = run(wave(157, 7 * DAY), hold, { summaryInterval: 'Annual252' }, '7d').tradingSummary
    expect(portfolio.cagr).toBeCloseTo((1 + portfolio.pnlReturn!) ** (365 / (156 * 7)) - 1, 12)
  })
})

describe('a loss', () => {
  it('before the first boundary is in every ratio', () => {
    const rows = Array.from({ length: 3_000 }, (_, i) => ({ symbol: 'A/USD', timestamp: 100 + i * 100, price: i < 5 ? 100 : 50 + i * 0.001 + (i % 20 < 10 ? 0.01 : 0), amount: 1_000, side: 'buy' as const }))
    const { portfolio } = run(MarketData.fromTrades(rows), { onTrade(ctx) { if (!ctx.position && !ctx.openOrders.length) ctx.buy({ equity: 0.9 }) } }, { balances: { USD: 10_000 } }).tradingSummary
    expect(portfolio.pnlReturn).toBeLessThan(-0.4)
    expect(portfolio.sharpeRatio).toBeLessThan(0)
    expect(portfolio.sortinoRatio).toBeLessThan(0)
  })

  it('within a candle is a drawdown, unless closes are asked for', () => {
    const rows: Bar[] = [bar(0, 100), bar(DAY, 100), [2 * DAY, 100, 110, 50, 100, 10], bar(3 * DAY, 100)]
    const deepest = (more: object): unknown => run(rows, hold, { system: { instruments: [{ symbol: 'A/USD', lotSize: 1 }] }, ...more }).tradingSummary.portfolio.maxDrawdown
    expect(deepest({})).toBe(-0.5)
    expect(deepest({ drawdownOn: 'closes' })).toBe(0)
  })

  it('lasts as long on the sheet of the portfolio as on that of its only instrument', () => {
    const close = [...Array<number>(20).fill(100), 100, 90, 101, 101]
    const rows = close.map((c, i): Bar => { const o = close[i - 1] ?? c; return [i * DAY, o, Math.max(o, c), Math.min(o, c), c, 0] })
    const { portfolio, instruments } = run(rows, { native: 'signals', entries: close.map((_, i) => i === 19), size: 1 }, { system: { fees: { maker: '0.001', taker: '0.001' } } }).tradingSummary
    expect([portfolio.longestDrawdownDurationMs, instruments['A/USD']!.longestDrawdownDurationMs]).toEqual([3 * DAY, 3 * DAY])
    expect([portfolio.maxDrawdownStart, portfolio.maxDrawdownEnd]).toEqual(['1970-01-21T00:00:00Z', '1970-01-24T00:00:00Z'])
  })
})

describe('a sheet', () => {
  it('has the fields that its type promises', () => {
    const { portfolio, instruments } = run(wave(40, DAY), hold, { closeAtEnd: true }).tradingSummary
    for (const name of ['totalReturn', 'annualReturn', 'grossProfit', 'grossLoss', 'drawdown', 'maxDrawdownStart', 'maxDrawdownEnd'] as const) {
      expect(portfolio[name], name).toBeDefined()
      expect(instruments['A/USD']![name], name).toBeDefined()
    }
    expect(portfolio.grossProfit! - portfolio.grossLoss!).toBeCloseTo(Number(portfolio.pnl), 9)
    expect(instruments['A/USD']!.capital).toBe('1000')
    expect(Math.abs(portfolio.drawdown!)).toBeLessThanOrEqual(Math.abs(portfolio.maxDrawdown!))
  })

  it('says what its ratios are per, and by how many returns a year', () => {
    expect(inspect(run(wave(40, DAY), hold))).toContain('Sharpe (annual, n = 365)')
    expect(inspect(run(wave(40, DAY), hold, { summaryInterval: 'Daily' }))).toContain('Sharpe (daily, n = 365)')
    expect(inspect(run(wave(40, DAY), hold, { summaryInterval: '7d', returnsPerYear: 252 }))).toContain('Sharpe (per 7d, n = 252)')
  })

  it('flags what the end closed', () => {
    expect(run(wave(40, DAY), hold, { closeAtEnd: true }).closedTrades.toArray().map(({ closedByEnd }) => closedByEnd)).toEqual([true])
  })

  it.each([[{ returnsPerYear: 0 }, 'returnsPerYear'], [{ returnsPerYear: 'many' }, 'returnsPerYear'], [{ drawdownOn: 'lows' }, 'drawdownOn']])('refuses %j', (more, path) => {
    expect(caught(() => run(wave(3, DAY), hold, more as object))).toMatchObject({ code: 'INVALID_ARGUMENT', path: expect.stringContaining(path) as string })
  })
})

describe('orders', () => {
  const refused = (): BacktestRun => run(wave(20, DAY), { onBar(ctx) { ctx.buy(100) } })

  it('are counted by how they ended and why', () => {
    const { orderCounts, orders } = refused()
    expect(orderCounts).toMatchObject({ sent: 20, filled: 0, cancelled: 0, expired: 1, refused: 19, open: 0 })
    expect(orderCounts!.reasons[0]).toMatchObject({ end: 'OpenFailed', code: 'BalanceInsufficient' })
    expect(orders.toArray().every(({ reason, timeSent, timeEnded }) => reason !== undefined && timeSent !== undefined && timeEnded! >= timeSent)).toBe(true)
  })

  it('that fail are a warning that says what helps', () => {
    const warning = refused().warnings.find(({ code }) => code === 'ORDERS_REFUSED')
    expect(warning?.message).toMatch(/^19 of 20 orders failed, all of them because the free balance does not cover the order \(BalanceInsufficient\): give a size as a share of equity/)
    expect(inspect(refused())).toMatch(/Of 20 orders: 1 expired \(RunEnded 1\), 19 refused \(BalanceInsufficient 19\)/)
    expect(run(wave(20, DAY), hold).warnings.map(({ code }) => code)).not.toContain('ORDERS_REFUSED')
  })

  it('that expire have a reason', () => {
    const { orders } = run(wave(20, DAY), { onBar(ctx) { if (ctx.openOrders.length === 0) ctx.buy(1, { price: 1 }) } })
    expect(orders.at(0)).toMatchObject({ state: { kind: 'Expired' }, reason: { code: 'RunEnded', message: 'the run ended' } })
    expect(inspect(orders)).toContain('Expired  RunEnded')
  })
})

it('a hook that the data has no rows for is a warning', () => {
  const codes = (strategy: StrategyInput): string[] => run(wave(5, DAY), strategy).warnings.filter(({ code }) => code === 'HOOK_NOT_CALLED').map(({ message }) => message)
  expect(codes({ onBar() {}, onFill() {}, onOrder() {} })).toEqual([])
  expect(codes({ onBar() {}, onTrade() {}, onBook() {} })).toEqual([
    'the strategy has onTrade, which was never called: the data has no trades',
    'the strategy has onBook, which was never called: the data has neither quotes nor books',
  ])
  expect(codes(hold)).toEqual([])
})
