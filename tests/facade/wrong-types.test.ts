import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backtest, BacktestRun, ExecutionInstrumentMap, HaggleError, MarketData, MockExecutionClient, OrderKey, sampleData, startSystem, SystemConfig, type SystemHandle } from '../../src/index'
import { outcome } from './outcome'

const run = BacktestRun.of(outcome())
const folder = mkdtempSync(join(tmpdir(), 'haggle-types-'))
let client: MockExecutionClient
let system: SystemHandle
beforeAll(() => {
  client = MockExecutionClient.spot({ symbols: ['BTC/USDT'], balances: { USDT: 1e6 } })
  system = startSystem({ instruments: ['BTC/USDT'] }, { clock: 'manual', start: 0, balances: { USDT: 1 } })
})
afterAll(async () => {
  await client.close()
  await system.abort()
  rmSync(folder, { recursive: true })
})

const nothing = Object.create(null) as never
const any = (value: unknown): never => value as never
const revoked = (): never => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy as never
}
const detached = (): Float64Array => {
  const array = new Float64Array(4)
  structuredClone(array.buffer, { transfer: [array.buffer] })
  return array
}

/** Calls with an argument of the wrong type, and what they are told: the code, and the path. */
const CALLS: Readonly<Record<string, readonly [path: string, call: () => unknown]>> = {
  'fillOrder(undefined, { price })': ['order', () => client.fillOrder(any(undefined), { price: 1 })],
  'amendOrder(null, { price })': ['order', () => client.amendOrder(any(null), { price: 1 })],
  'cancelOrder(a promise)': ['order', () => client.cancelOrder(any(Promise.resolve('1')))],
  'account of an object': ['name', () => client.account(nothing, {})],
  'rejectNext of an object': ['code', () => { client.rejectNext(nothing) }],
  'failNext of a symbol': ['failure', () => { client.failNext(any(Symbol('a'))) }],
  'failShare of a symbol': ['share', () => { client.failShare('timeout', any(Symbol('a'))) }],
  'pushTrade with an object for a side': ['trade.side', () => { client.pushTrade({ symbol: 'BTC/USDT', price: 1, amount: 1, side: nothing }) }],
  'pushTrade with a toString for a side': ['trade.side', () => { client.pushTrade({ symbol: 'BTC/USDT', price: 1, amount: 1, side: any({ toString: () => 'buy' }) }) }],
  'pushBook of a promise': ['book', () => { client.pushBook(any(Promise.resolve({}))) }],
  'fetchBalances of a text': ['assets', () => client.fetchBalances(any('USDT'))],
  'fetchBalances of a number': ['assets', () => client.fetchBalances(any(0))],
  'fetchOpenOrders of false': ['names', () => client.fetchOpenOrders(any(false))],
  'events of no signal': ['signal', () => client.events(any({}))],
  'restore of a text': ['snapshot', () => { client.restore(any('')) }],
  'replay of a revoked proxy': ['data', () => client.replay(revoked())],
  'ExecutionInstrumentMap.from(config, 5)': ['exchange', () => ExecutionInstrumentMap.from(new SystemConfig({ instruments: ['A/B'] }), any(5))],
  'at of a bigint': ['index', () => run.fills.at(any(1n))],
  'shutdown of null': ['options', () => system.shutdown(any(null))],
  'feedEvents of a promise': ['events', () => system.feedEvents(any(Promise.resolve([])))],
  'sendEvent of a revoked proxy': ['event', () => { system.sendEvent(revoked()) }],
  'advance of a revoked proxy': ['by', () => { system.advance(revoked()) }],
  'fromTrades of a detached array': ['rows', () => MarketData.fromTrades(any(detached()))],
  'write to another host': ['path', () => run.fills.write(new URL('file://host/x.csv'))],
  'write to no folder': ['path', () => run.fills.write(join(folder, 'none', 'x.csv'))],
  'save of an audit to no folder': ['file', () => system.takeAudit().save(join(folder, 'none', 'x.jsonl'))],
  'a key with 100 MB of control characters': ['cid', () => new OrderKey({ exchange: 'a', instrument: 'b', cid: '\u0001'.repeat(1e8) })],
  'a signal that cannot abort': ['options.signal', () => backtest({ ...sampleData.binanceSpot(), balances: { USDT: 1e4 } }, {}, { signal: any({ throwIfAborted() {} }), onProgress() {} })],
  'a revoked proxy of a key': ['', () => new OrderKey(revoked())],
  'market data that was not awaited': ['marketData', () => backtest(any({ system: sampleData.binanceSpot().system, marketData: Promise.resolve(1), balances: {} }))],
}

describe('an argument of the wrong type is told as an error of ours, with its path:', () => {
  it.each(Object.entries(CALLS))('%s', async (_, [path, call]) => {
    let error: unknown
    try {
      await call()
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(HaggleError)
    const { code, path: found } = error as HaggleError
    expect([code, found ?? '']).toEqual(['INVALID_ARGUMENT', path])
    expect(readdirSync(folder)).toEqual([])
  })

  it('names that are none are unknown', () => {
    expect(() => { client.setTicker(nothing, { bid: 1 }) }).toThrow(expect.objectContaining({ code: 'UNKNOWN_NAME', path: 'symbol' }))
    expect(() => run.fills.column(any(Symbol('a')))).toThrow(expect.objectContaining({ code: 'UNKNOWN_NAME', path: 'name' }))
  })

  it('a list that says that it has four billion rows has none', () => {
    const rows: number[][] = []
    rows.length = 2 ** 32 - 1
    expect(() => MarketData.fromOhlcv(rows, { symbol: 'A/B', timeframe: '1d' })).toThrow(expect.objectContaining({ code: 'INVALID_DATA', path: 'rows[0]' }))
  })

  it('a Date counts by its own time, whatever its methods say', () => {
    const date = new Date(0)
    date.getTime = () => any('x')
    expect(MarketData.fromTrades([{ symbol: 'A/B', timestamp: date, price: 1, amount: 1, side: 'buy' }], {}).start).toBe('1970-01-01T00:00:00Z')
  })
})
