import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import {
  AccountEvent, AccountSnapshot, AssetBalance, AuditTick, BacktestRun, BacktestSummary, EngineEvent, MockExecutionClient, MultiBacktestSummary, OrderEvent, OrderKey,
  OrderRequestCancel, OrderRequestOpen, OrderSnapshot, SystemConfig,
} from '../../src/index'
import { SUMMARY } from './outcome'
import { thrown } from './thrown'

type Loose = Record<string, any>
const json = (): Loose => structuredClone(SUMMARY) as unknown as Loose
const multi = (summary: object = SUMMARY): Loose => ({ num_backtests: 1, duration_ms: 1, summaries: [structuredClone(summary)] })
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)

/** What is changed, and where the error points then. */
const WRONG: readonly (readonly [path: string, change: (summary: Loose) => void])[] = [
  ['warnings', (s) => { s['warnings'] = 5 }], ['warnings[0]', (s) => { s['warnings'] = [null] }], ['warnings[0].code', (s) => { s['warnings'] = [{ message: 'a' }] }],
  ['warnings[1].message', (s) => { s['warnings'].push({ code: 'a', message: {} }) }],
  ['events', (s) => { s['events'] = 'x' }], ['events', (s) => { s['events'] = {} }], ['duration_ms', (s) => { s['duration_ms'] = 'x' }], ['seed', (s) => { s['seed'] = null }],
  ['version', (s) => { s['version'] = 1 }], ['reporting_asset', (s) => { s['reporting_asset'] = [] }], ['defaults', (s) => { s['defaults'] = 'x' }],
  ['defaults.fees', (s) => { s['defaults'] = { fees: 0 } }],
  ['trading_summary', (s) => { s['trading_summary'] = [] }], ['trading_summary.time_engine_start', (s) => { s['trading_summary'].time_engine_start = 0 }],
  ['trading_summary.assets.a', (s) => { s['trading_summary'].assets = { a: 5 } }],
  ['trading_summary.portfolio.pnl', (s) => { s['trading_summary'].portfolio.pnl = {} }],
  ['trading_summary.portfolio.start_equity', (s) => { s['trading_summary'].portfolio.start_equity = 'much' }],
  ['trading_summary.portfolio.max_drawdown', (s) => { s['trading_summary'].portfolio.max_drawdown = 'x' }],
  ['trading_summary.portfolio.closed_trades', (s) => { s['trading_summary'].portfolio.closed_trades = 'x' }],
  ['trading_summary.portfolio.volatility', (s) => { s['trading_summary'].portfolio.volatility = {} }],
  ['trading_summary.portfolio.sample_interval', (s) => { s['trading_summary'].portfolio.sample_interval = 1 }],
  ['trading_summary.portfolio.sharpe_ratio.interval', (s) => { s['trading_summary'].portfolio.sharpe_ratio.interval = 1 }],
  ['trading_summary.portfolio.pnl_drawdown_max.time_end', (s) => { s['trading_summary'].portfolio.pnl_drawdown_max.time_end = {} }],
  ['trading_summary.instruments.BTC/USDT', (s) => { s['trading_summary'].instruments['BTC/USDT'] = null }],
]

describe('a summary from JSON', () => {
  it.each(WRONG)('is refused at %s', (path, change) => {
    const changed = json()
    change(changed)
    expect(thrown(() => BacktestSummary.fromJSON(changed))).toMatchObject({ code: 'INVALID_ARGUMENT', path })
    expect(thrown(() => BacktestSummary.fromJSON(JSON.stringify(changed)))).toMatchObject({ code: 'INVALID_ARGUMENT', path })
    expect(thrown(() => MultiBacktestSummary.fromJSON(multi(changed)))).toMatchObject({ code: 'INVALID_ARGUMENT', path: `summaries[0].${path}` })
  })

  it('leaves the caller\'s object as it was, and does not follow it', () => {
    const mine = json()
    const summary = BacktestSummary.fromJSON(mine)
    expect(Object.isFrozen(mine) || Object.isFrozen(mine['warnings']) || Object.isFrozen(mine['trading_summary'].assets)).toBe(false)
    mine['warnings'].push({ code: 'LATER', message: 'added' })
    expect(summary.warnings).toHaveLength(1)
    expect(Object.isFrozen(summary.warnings)).toBe(true)
  })

  it('keeps names called __proto__ and constructor, and no prototype is changed', () => {
    const text = JSON.stringify(json()).replace('"instruments":{', '"instruments":{"__proto__":{"pnl":"1"},"constructor":{"pnl":"2"},')
    const { instruments } = BacktestSummary.fromJSON(text).tradingSummary
    expect(Object.keys(instruments)).toEqual(['__proto__', 'constructor', 'BTC/USDT', 'binance_spot:ETH/USDT'])
    expect([Object.getPrototypeOf(instruments), Object.entries(instruments)[0]![1].pnl, ({} as Loose)['pnl']]).toEqual([Object.prototype, '1', undefined])
    const again = JSON.stringify(BacktestSummary.fromJSON(text))
    expect(Object.keys(JSON.parse(again).trading_summary.instruments)).toHaveLength(4)
  })

  it('is bounded in depth, as text and as an object', () => {
    const text = JSON.stringify(json())
    for (const levels of [65, 20_000, 200_000]) {
      expect(thrown(() => BacktestSummary.fromJSON(text.replace('"events":', `"deep":${nested(levels)},"events":`)))).toMatchObject({ code: 'INVALID_ARGUMENT' })
    }
    let deep: unknown = 1
    for (let level = 0; level < 20_000; level++) deep = [deep]
    expect(thrown(() => BacktestSummary.fromJSON({ ...json(), deep }))).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('nested deeper') })
    const round: Loose = json()
    round['itself'] = round
    expect(thrown(() => BacktestSummary.fromJSON(round))).toMatchObject({ code: 'INVALID_ARGUMENT' })
    expect(BacktestSummary.fromJSON(text.replace('"events":', `"deep":${nested(60)},"events":`))).toHaveProperty('deep')
  })

  it('takes nothing but JSON', () => {
    for (const odd of [new Map(), () => {}, Symbol('a'), 1n, Number.NaN, Promise.resolve(1)]) {
      expect(thrown(() => BacktestSummary.fromJSON({ ...json(), odd }))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'odd' })
    }
    expect(BacktestSummary.fromJSON(BacktestSummary.fromJSON(json())).equals(BacktestSummary.fromJSON(json()))).toBe(true)
  })
})

/** Everything that reads JSON. */
const READERS = {
  AccountEvent, AccountSnapshot, AssetBalance, AuditTick, BacktestSummary, EngineEvent, MultiBacktestSummary, OrderEvent, OrderKey, OrderRequestCancel, OrderRequestOpen, OrderSnapshot, SystemConfig,
} as unknown as Readonly<Record<string, { fromJSON(json: unknown): unknown }>>

describe.each(Object.keys(READERS))('%s.fromJSON', (name) => {
  const hostile: readonly unknown[] = [
    undefined, null, 0, Number.NaN, 1n, true, '', '{', '[]', '7', 'null', '"a"', '{"__proto__":1}', nested(100_000), `{"a":${nested(100_000)}}`, `{"haggle":{},"a":${nested(100_000)}}`,
    [], {}, () => {}, Symbol('a'), new Map(), new Date(Number.NaN), Object.create(null), new Proxy({}, {}), Promise.resolve({}), { key: { exchange: {} } }, { kind: { __proto__: null } },
    '\ud800', { key: '\ud800' },
  ]
  it('answers anything with an error of ours', () => {
    for (const given of hostile) expect(thrown(() => READERS[name]!.fromJSON(given)).code, inspect(given, { depth: 1 }).slice(0, 60)).toMatch(/^(INVALID_ARGUMENT|INVALID_DATA|UNKNOWN_NAME|OVERFLOW)$/)
  })
})

describe('looking at a value', () => {
  it('never throws, be it without fields, or of odd ones', () => {
    const classes = { ...READERS, BacktestRun, MockExecutionClient } as unknown as Readonly<Record<string, { prototype: object }>>
    for (const [name, { prototype }] of Object.entries(classes)) {
      const odd = Object.defineProperties(Object.create(prototype), Object.fromEntries(['tradingSummary', 'summaries', 'warnings', 'error', 'id', 'key'].map((field) => [field, { value: {}, enumerable: true }]))) as object
      for (const value of [prototype, Object.create(prototype), odd]) {
        expect(inspect(value), name).toEqual(expect.any(String))
      }
    }
  })

  it('shows what it knows of a summary with an odd field', () => {
    expect(inspect(BacktestSummary.fromJSON({ ...json(), new_thing: { a: [1] } }))).toContain('ema-12-26')
  })
})
