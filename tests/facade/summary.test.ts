import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { formatSummary } from '../../src/print/summary'
import { BacktestRun } from '../../src/results/run'
import { BacktestSummary } from '../../src/results/summary'
import { outcome, SUMMARY } from './outcome'
import { thrown } from './thrown'

const summary = BacktestSummary.fromJSON(SUMMARY)

describe('a summary', () => {
  it('has money as text, statistics as numbers, null where there is none', () => {
    expect(summary).toMatchObject({ id: 'ema-12-26', riskFreeReturn: '0.02', seed: 42, events: 50_000, durationMs: 12.5, reportingAsset: 'USDT', dataHash: 'ffee' })
    expect(summary.tradingSummary).toMatchObject({ timeEngineStart: '2025-03-25T23:07:00.773674205Z', summaryInterval: 'Daily' })
    expect(summary.tradingSummary.portfolio).toEqual({
      pnl: '-12.3456789', fees: '1234.5', startEquity: '10000', endEquity: '9987.6543211', totalReturn: -0.00123456789, pnlReturn: -0.00123456789, sharpeRatio: -1.5,
      sortinoRatio: -2.25, calmarRatio: null, drawdown: null, meanDrawdown: -0.001, meanDrawdownDurationMs: 61_000, maxDrawdown: -0.0341,
      maxDrawdownStart: '2025-03-25T23:08:00Z', maxDrawdownEnd: '2025-03-25T23:09:30Z', winRate: 0.5, profitFactor: 0.875, closedTrades: 1204, fills: 2409,
      returns: 184, sampleInterval: '1s', returnsPerYear: 31_536_000, volatility: 1e-7,
    })
    expect(summary.tradingSummary.assets).toEqual({ 'binance_spot:USDT': { balanceEnd: { total: '9987.6543211', free: '9987.6543211' }, drawdownMax: null } })
  })

  it('goes to its JSON and back', () => {
    expect(JSON.parse(JSON.stringify(summary))).toEqual(SUMMARY)
    expect(Object.keys(summary.toJSON()).slice(0, 5)).toEqual(['id', 'risk_free_return', 'result_hash', 'seed', 'trading_summary'])
    const again = BacktestSummary.fromJSON(JSON.stringify(summary))
    expect(again.equals(summary)).toBe(true)
    expect(BacktestSummary.fromJSON({ ...SUMMARY, result_hash: 'other' }).equals(summary)).toBe(false)
  })

  it('keeps what it does not know', () => {
    const odd = { ...SUMMARY, new_thing: { some_key: 1 }, trading_summary: { ...SUMMARY.trading_summary, portfolio: { ...SUMMARY.trading_summary.portfolio, var_95: '-0.5', odd_list: [1] } } }
    const read = BacktestSummary.fromJSON(odd)
    expect(read).toHaveProperty('newThing', { some_key: 1 })
    expect(JSON.parse(JSON.stringify(read))).toEqual(odd)
  })

  it('is frozen all the way down', () => {
    expect(Object.isFrozen(summary) && Object.isFrozen(summary.tradingSummary.portfolio) && Object.isFrozen(summary.warnings[0])).toBe(true)
  })

  it.each([
    ['{"id":', ''], ['[]', ''], ['7', ''], [{ ...SUMMARY, id: undefined }, 'id'], [{ ...SUMMARY, seed: '42' }, 'seed'], [{ ...SUMMARY, trading_summary: null }, 'trading_summary'],
    [{ ...SUMMARY, trading_summary: { ...SUMMARY.trading_summary, instruments: [] } }, 'trading_summary.instruments'],
    [{ ...SUMMARY, trading_summary: { ...SUMMARY.trading_summary, portfolio: { sharpe_ratio: { value: 'NaN', interval: 'Daily' } } } }, 'trading_summary.portfolio.sharpe_ratio'],
    [{ ...SUMMARY, trading_summary: { ...SUMMARY.trading_summary, time_engine_end: undefined } }, 'trading_summary.time_engine_end'],
  ])('refuses %j at %s', (json, path) => {
    const error = thrown(() => BacktestSummary.fromJSON(json as object))
    expect(error.code).toBe('INVALID_ARGUMENT')
    expect(error.path ?? '').toBe(path)
  })
})

describe('a run', () => {
  const run = BacktestRun.of(outcome())

  it('is its summary, with tables', () => {
    expect(run).toBeInstanceOf(BacktestSummary)
    expect(JSON.parse(JSON.stringify(run))).toEqual(SUMMARY)
    expect({ ...run }).toEqual({ ...summary })
    expect([run.fills.length, run.orders.length, run.closedTrades.length, run.equity.length]).toEqual([3, 3, 1, 25])
    expect(run.fills).toBe(run.fills)
    expect(Object.isFrozen(run)).toBe(true)
  })
})

describe('a printed summary', () => {
  it('reads well at 80 columns', () => {
    expect(formatSummary(summary, { width: 80, color: false })).toMatchInlineSnapshot(`
      "ema-12-26                  2025-03-25T23:07:00Z to 2025-03-25T23:10:05Z, 3 m 5 s
      ────────────────────────────────────────────────────────────────────────────────
      Total return                 -0.12 %    Calmar (annual)                    –
      CAGR                               –    Volatility (annual)           0.00 %
      Equity at start       10,000.00 USDT    Closed trades                  1,204
      Equity at end          9,987.65 USDT    Win rate                     50.00 %
      PnL                      -12.35 USDT    Profit factor                   0.88
      Fees                   1,234.50 USDT    Orders                         2,413
      Max drawdown                 -3.41 %    Fills                          2,409
      Sharpe (daily, n = 31.5 M)     -1.50    Events                        50,000
      Sortino (daily, n = 31.5 M)    -2.25    Events/s                         4 M

      Of 2,413 orders: 2,400 filled, 3 cancelled (Requested 3), 1 expired
        (LiquidityMissing 1), 9 refused (BalanceInsufficient 7, QuantityZero 2)

      Instrument                PnL   Return    Capital   Max DD  Trades  Win rate
      ────────────────────────────────────────────────────────────────────────────
      BTC/USDT               -20.00  -0.20 %  10,000.00        –       4   25.00 %
      binance_spot:ETH/USDT    7.65   0.08 %          –  -1.00 %   1,200         –

      ! DATA_ALIGNED: prints carry the venue's stamps and quotes the recorder's:
        prints were moved by 129 ms, so that nothing is seen early

      result 3a7bd3e2360a3d29eea436fcfb7e44c7  seed 42  run in 12.5 ms"
    `)
  })

  it('reads well at 120 columns', () => {
    expect(formatSummary(summary, { width: 120, color: false })).toMatchInlineSnapshot(`
      "ema-12-26                                                          2025-03-25T23:07:00Z to 2025-03-25T23:10:05Z, 3 m 5 s
      ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
      Total return                 -0.12 %    Max drawdown                 -3.41 %    Win rate                     50.00 %
      CAGR                               –    Sharpe (daily, n = 31.5 M)     -1.50    Profit factor                   0.88
      Equity at start       10,000.00 USDT    Sortino (daily, n = 31.5 M)    -2.25    Orders                         2,413
      Equity at end          9,987.65 USDT    Calmar (annual)                    –    Fills                          2,409
      PnL                      -12.35 USDT    Volatility (annual)           0.00 %    Events                        50,000
      Fees                   1,234.50 USDT    Closed trades                  1,204    Events/s                         4 M

      Of 2,413 orders: 2,400 filled, 3 cancelled (Requested 3), 1 expired (LiquidityMissing 1), 9 refused
        (BalanceInsufficient 7, QuantityZero 2)

      Instrument                PnL   Return    Capital   Max DD  Trades  Win rate       Fees  Sharpe  Sortino  Profit factor
      ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
      BTC/USDT               -20.00  -0.20 %  10,000.00        –       4   25.00 %   1,000.00   -3.00        –              –
      binance_spot:ETH/USDT    7.65   0.08 %          –  -1.00 %   1,200         –  0.0001234       –        –              –

      ! DATA_ALIGNED: prints carry the venue's stamps and quotes the recorder's: prints were moved by 129 ms, so that nothing
        is seen early

      result 3a7bd3e2360a3d29eea436fcfb7e44c7  seed 42  run in 12.5 ms"
    `)
  })

  it('keeps to the width, and says – where there is nothing', () => {
    const bare = BacktestSummary.fromJSON({
      ...SUMMARY, id: 'a name that is much longer than any terminal is wide, and then some more of it to be sure', warnings: [], reporting_asset: undefined, duration_ms: 0,
      trading_summary: { ...SUMMARY.trading_summary, portfolio: {}, instruments: {} },
    })
    for (const width of [60, 80, 120, 160]) {
      for (const shown of [summary, bare]) {
        expect(formatSummary(shown, { width, color: false }).split('\n').filter((line) => line.length > Math.max(width, 72))).toEqual([])
      }
    }
    expect(formatSummary(bare, { width: 80, color: false })).toMatchInlineSnapshot(`
      "a name that is much long…  2025-03-25T23:07:00Z to 2025-03-25T23:10:05Z, 3 m 5 s
      ────────────────────────────────────────────────────────────────────────────────
      Total return                       –    Calmar (annual)                    –
      CAGR                               –    Volatility (annual)                –
      Equity at start                    –    Closed trades                      0
      Equity at end                      –    Win rate                           –
      PnL                             0.00    Profit factor                      –
      Fees                            0.00    Orders                         2,413
      Max drawdown                       –    Fills                              –
      Sharpe                             –    Events                        50,000
      Sortino                            –    Events/s                           –

      Of 2,413 orders: 2,400 filled, 3 cancelled (Requested 3), 1 expired
        (LiquidityMissing 1), 9 refused (BalanceInsufficient 7, QuantityZero 2)

      result 3a7bd3e2360a3d29eea436fcfb7e44c7  seed 42  run in 0 ms"
    `)
  })

  it('has colours only where they are asked for', () => {
    const plain = inspect(summary, { breakLength: 80 })
    const coloured = inspect(summary, { breakLength: 80, colors: true })
    expect(plain).not.toContain('\u001b')
    expect(plain).toBe(formatSummary(summary, { width: 80, color: false }))
    expect(coloured).toContain('\u001b[31m-0.12 %')
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(plain)
    expect(inspect({ a: { b: { c: summary } } })).toContain('[BacktestSummary ema-12-26]')
  })
})
