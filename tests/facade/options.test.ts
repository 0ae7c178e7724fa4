import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { backtest, backtestSync, MarketData, MockExecutionClient, OrderRequestOpen, startSystem, SystemConfig, testStrategy, type BacktestArgsDynamic } from '../../src/index'
import { booleanOf, isBag, optionsOf, wordOf } from '../../src/options'
import { thrown } from './thrown'

const marketData = MarketData.fromTrades([1, 2, 3].map((i) => ({ symbol: 'BTC/USDT', timestamp: i * 1_000, price: 100, amount: 1_000, side: 'buy' as const })))
const constant = { system: { instruments: [{ symbol: 'BTC/USDT', tickSize: '0.01', lotSize: '0.01' }], latency: 0 }, marketData, balances: { USDT: 1e6 } }
const strategy = { onTrade(ctx: { position: number, buy(size: number): unknown }) { if (!ctx.position) ctx.buy(100) } }
const spot = { symbols: ['BTC/USDT'], balances: { USDT: 1e6 } }

class Limits { maxQuantity = 1 }
const inherited = Object.create({ maxQuantity: 1 }) as object
const revoked = (() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy })()

/** What is no bag of options, and what is said of it. */
const NO_BAGS: readonly (readonly [string, () => unknown, RegExp])[] = [
  ['a promise', () => Promise.resolve({}), /found a promise \(write await in front of it\)/],
  ['a rejected promise', () => Promise.reject(new Error('nobody awaits it')), /found a promise \(write await in front of it\)/],
  ['a thenable', () => ({ then() {} }), /found an object \(write await in front of it\)/],
  ['a Map', () => new Map([['maxQuantity', 1]]), /found a Map \(write Object\.fromEntries\(map\)\)/],
  ['a Set', () => new Set(), /found a Set/],
  ['a list', () => [], /found a list/],
  ['a text', () => 'maxQuantity', /found 'maxQuantity'/],
  ['a function', () => () => ({}), /found a function \(call it/],
  ['an instance of a class', () => new Limits(), /give a plain object/],
  ['an object with inherited fields', () => inherited, /give a plain object/],
  ['a revoked proxy', () => revoked, /found a revoked proxy/],
  ['a Date', () => new Date(), /found an object/],
]

/** Every door that takes options. */
const DOORS: Readonly<Record<string, (given: never) => unknown>> = {
  constant: (given) => backtestSync(given, {}),
  dynamic: (given) => backtestSync(constant, given),
  risk: (given) => backtestSync(constant, { strategy, risk: given } as never),
  'risk of a native strategy': (given) => backtestSync(constant, { strategy: { native: 'buyAndHold' }, risk: given } as never),
  'options of an order': (given) => backtestSync(constant, { strategy: { onTrade(ctx) { ctx.buy(1, given) } } }),
  'a change': (given) => backtestSync(constant, { strategy: { onTrade(ctx) { ctx.amend(ctx.buy(1, { price: 1 }), given) } } }),
  'a system config': (given) => new SystemConfig(given),
  'options of a system': (given) => startSystem({ instruments: ['BTC/USDT'] }, given),
  'options of a client': (given) => MockExecutionClient.spot(given),
  'balances of an account': (given) => MockExecutionClient.spot(spot).account('b', given),
  'a ticker': (given) => { MockExecutionClient.spot(spot).setTicker('BTC/USDT', given) },
  'options of a failure': (given) => { MockExecutionClient.spot(spot).failNext('timeout', given) },
  'options of a test': (given) => testStrategy({ onTrade() {} }, given),
  'fields of a request': (given) => new OrderRequestOpen(given),
  'read options': (given) => MarketData.fromTrades([], given),
}

describe('a bag of options', () => {
  describe.each(Object.keys(DOORS))('at %s', (door) => {
    it.each(NO_BAGS)('is not %s', (_, make, words) => {
      const { code, message } = thrown(() => DOORS[door]!(make() as never))
      expect(code).toBe('INVALID_ARGUMENT')
      expect(message).toMatch(words)
    })
  })

  it('may come from another realm, or have no prototype', () => {
    for (const bag of [runInNewContext('({ maxQuantity: 1 })'), Object.assign(Object.create(null), { maxQuantity: 1 })] as object[]) {
      expect(isBag(bag)).toBe(true)
      expect(backtestSync(constant, { strategy, risk: bag } as BacktestArgsDynamic).fills.length).toBe(0)
    }
  })

  it('has its getters read once, and no inherited fields', () => {
    let reads = 0
    const bag = optionsOf({ get a() { reads++; return 1 } }, 'options', ['a'])
    expect([bag['a'], bag['a'], reads]).toEqual([1, 1, 1])
  })

  it.each([
    ['postonly', "did you mean 'postOnly'?"], ['reduceOnyl', "did you mean 'reduceOnly'?"], ['prize', "did you mean 'price'?"], ['leverage', 'known: price, postOnly, reduceOnly'],
  ])('names what was meant by %s', (name, hint) => {
    expect(thrown(() => optionsOf({ [name]: 1 }, 'options', ['price', 'postOnly', 'reduceOnly']))).toMatchObject({ code: 'UNKNOWN_NAME', path: `options.${name}`, hint })
  })

  it('has booleans that are booleans, and words that are words', () => {
    for (const given of ['no', 0, null, {}, Promise.resolve(true)]) expect(thrown(() => booleanOf(given, 'options.on', false))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'options.on' })
    expect([booleanOf(undefined, 'a', true), booleanOf(false, 'a', true)]).toEqual([true, false])
    expect(thrown(() => wordOf('walls', 'options.clock', ['wall', 'manual'])).message).toBe("options.clock: expected 'wall' or 'manual', found 'walls'")
    const client = MockExecutionClient.spot(spot)
    expect(thrown(() => { client.failNext('timeout', { afterEffect: 'no' } as never) })).toMatchObject({ path: 'options.afterEffect' })
    for (const share of ['', [], null, '0.5']) expect(thrown(() => { client.failShare('timeout', share as never) })).toMatchObject({ path: 'share' })
  })

  it('refuses a signal that cannot abort, and leaves no timer behind', async () => {
    for (const signal of [{ throwIfAborted() {} }, {}, null, 'now']) {
      await expect(backtest(constant, {}, { signal: signal as never, onProgress() {} })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', path: 'options.signal' })
    }
    expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length).toBeLessThan(3)
  })
})

describe('a decimal', () => {
  const request = (quantity: string) => ({ key: { exchange: 'mock', instrument: 'A/B', strategy: '', cid: '' }, state: { side: 'Buy', kind: 'Market', price: '0', quantity, time_in_force: 'ImmediateOrCancel' } })
  it.each<[string, () => unknown]>([
    ['a config', () => new SystemConfig({ instruments: [{ symbol: 'A/B', tickSize: '1_000' }] })],
    ['an order', () => backtestSync(constant, { strategy: { onTrade(ctx) { ctx.buy('1_000') } } })],
    ['balances', () => backtestSync({ ...constant, balances: { USDT: '1_000' } }, {})],
    ['a request', () => new OrderRequestOpen({ key: { exchange: 'mock', instrument: 'A/B' }, side: 'Buy', quantity: '1_000' })],
    ["barter's JSON", () => OrderRequestOpen.fromJSON(request('1_000'))],
    ["barter's JSON as text", () => OrderRequestOpen.fromJSON(JSON.stringify(request('1_000')))],
    ['risk limits', () => backtestSync(constant, { strategy, risk: { maxQuantity: '1_000' } })],
    ['a client', () => MockExecutionClient.spot(spot).openLimitOrder('BTC/USDT', 'Buy', '1_000', 1)],
  ])('has no underscores in %s', (_, read) => {
    expect(thrown(read)).toMatchObject({ code: 'INVALID_ARGUMENT', hint: "write '1000'" })
  })
})
