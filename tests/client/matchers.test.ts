import { afterEach, describe, expect, it } from 'vitest'
import { hasBalance, hasFilled, hasOpenOrder, hasPosition, MockExecutionClient, testStrategy, type StrategyTest, type Verdict } from '../../src/index'
import { matchers } from '../../src/vitest'
import { INSTRUMENT } from './common'

expect.extend(matchers)

type Tested = StrategyTest | MockExecutionClient
const opened: Tested[] = []
afterEach(async () => { for (const of of opened.splice(0)) await of.close() })

/** One that bought 1.5 A in two fills and sold 0.5, and has two orders open; fees of 0.1 % in what was received. */
function traded(): StrategyTest {
  const test = testStrategy({
    onBook(ctx) {
      if (ctx.position) return
      ctx.buy(1)
      ctx.buy('0.5', { price: '100', cid: 'second' })
      ctx.sell('0.5')
      ctx.buy(2, { price: 90, cid: 'bid' })
      ctx.sell('0.25', { price: 110 })
    },
  }, { symbols: [INSTRUMENT, 'C/B'], balances: { B: 1_000 }, fees: { maker: 0, taker: '0.001', chargedIn: 'received' } })
  opened.push(test)
  test.client.setTicker('A/B', { bid: 99, ask: 100 })
  return test
}

const FILLS = '\n  Buy 1 A/B at 100 (mock-0)\n  Buy 0.5 A/B at 100 (second)\n  Sell 0.5 A/B at 99 (mock-2)'
const ORDERS = '\n  Buy 2 A/B at 90 (bid)\n  Sell 0.25 A/B at 110 (mock-4)'
const CASES: [string, (of: Tested) => Verdict, boolean, string][] = [
  ['filled', (of) => hasFilled(of), true, `expected not to have filled anything, found:${FILLS}`],
  ['filled as a whole', (of) => hasFilled(of, { symbol: 'A/B', side: 'Buy', quantity: 1.5, price: 100n }), true, 'expected not to have filled Buy 1.5 A/B at 100, found:\n  Buy 1 A/B at 100 (mock-0)\n  Buy 0.5 A/B at 100 (second)'],
  ['filled, by the venue\'s name', (of) => hasFilled(of, { symbol: 'AB', side: 'Sell', quantity: '0.50' }), true, 'expected not to have filled Sell 0.5 A/B, found Sell 0.5 A/B at 99 (mock-2)'],
  ['filled in part', (of) => hasFilled(of, { side: 'Buy', quantity: 1 }), false, `expected to have filled Buy 1, found:${FILLS}`],
  ['filled, at another price', (of) => hasFilled(of, { price: '100.1' }), false, `expected to have filled at 100.1, found:${FILLS}`],
  ['filled, a decimal object', (of) => hasFilled(of, { quantity: { toFixed: () => '2.00' } }), true, `expected not to have filled 2, found:${FILLS}`],
  ['filled, elsewhere', (of) => hasFilled(of, { symbol: 'C/B' }), false, `expected to have filled C/B, found:${FILLS}`],
  ['open', (of) => hasOpenOrder(of), true, `expected not to have an open order, found:${ORDERS}`],
  ['open, by all of it', (of) => hasOpenOrder(of, { symbol: 0, side: 'Buy', quantity: 2, price: '90', cid: 'bid' }), true, 'expected not to have an open order Buy 2 A/B at 90 (bid), found Buy 2 A/B at 90 (bid)'],
  ['open, over', (of) => hasOpenOrder(of, { cid: 'second' }), false, `expected to have an open order (second), found:${ORDERS}`],
  ['open, another quantity', (of) => hasOpenOrder(of, { side: 'Sell', quantity: 0.2 }), false, `expected to have an open order Sell 0.2, found:${ORDERS}`],
  ['position, less fees', (of) => hasPosition(of, 'A/B', '0.9985'), true, 'expected not to have a position of 0.9985 A/B, found 0.9985'],
  ['position, about', (of) => hasPosition(of, 'A/B', 1), false, 'expected to have a position of 1 A/B, found 0.9985'],
  ['position, none', (of) => hasPosition(of, 'C/B', 0), true, 'expected not to have a position of 0 C/B, found 0'],
  ['position, short', (of) => hasPosition(of, 'C/B', -1), false, 'expected to have a position of -1 C/B, found 0'],
  ['balance', (of) => hasBalance(of, 'B', '899.4505'), true, 'expected not to have B total 899.4505, found free 719.4505, locked 180, total 899.4505'],
  ['balance, parts', (of) => hasBalance(of, 'B', { free: 719.4505, locked: 180 }), true, 'expected not to have B free 719.4505, locked 180, found free 719.4505, locked 180, total 899.4505'],
  ['balance, another', (of) => hasBalance(of, 'A', { free: '1', total: '0.9985' }), false, 'expected to have A free 1, total 0.9985, found free 0.7485, locked 0.25, total 0.9985'],
]

describe('predicates', () => {
  it.each(CASES)('%s: of a test and of its client', (_, predicate, pass, message) => {
    const test = traded()
    expect(predicate(test)).toEqual({ pass, message })
    expect(predicate(test.client)).toEqual({ pass, message })
  })

  it('of nothing', () => {
    const client = MockExecutionClient.spot({ symbols: ['A/B'], balances: { B: 1 } })
    opened.push(client)
    expect(hasFilled(client, { side: 'Buy' })).toEqual({ pass: false, message: 'expected to have filled Buy, found no fills' })
    expect(hasFilled(client, { quantity: 0 })).toEqual({ pass: false, message: 'expected to have filled 0, found no fills' })
    expect(hasOpenOrder(client)).toEqual({ pass: false, message: 'expected to have an open order, found no open orders' })
    expect(hasPosition(client, 0).pass).toBe(true)
  })

  it('tell what the strategy knows from what its exchange has', () => {
    const test = testStrategy({ onBook(ctx) { ctx.buy(1, { price: 90, cid: 'bid' }) } }, { symbols: [INSTRUMENT], balances: { B: 1_000 }, latency: { open: '5ms', response: '5ms' } })
    opened.push(test)
    test.client.setTicker('A/B', { bid: 99, ask: 100 })
    test.client.advance('5ms')
    test.client.fillOrder('bid')
    expect([hasFilled(test).pass, hasFilled(test.client).pass, hasOpenOrder(test).pass, hasOpenOrder(test.client).pass]).toEqual([false, true, true, false])
    expect([hasPosition(test, 0).pass, hasPosition(test.client, 1).pass]).toEqual([true, true])
    test.client.advance('5ms')
    expect([hasFilled(test).pass, hasOpenOrder(test).pass, hasPosition(test, 1).pass]).toEqual([true, false, true])
  })

  it('count dust as a strategy does', () => {
    const test = testStrategy({ onBook(ctx) { if (ctx.ask === 100) { ctx.buy('0.01'); ctx.sell('0.01') } } }, {
      symbols: [{ ...INSTRUMENT, lotSize: '0.01' }], balances: { A: 1, B: 1_000 }, fees: { maker: 0, taker: '0.001', chargedIn: 'received' },
    })
    opened.push(test)
    test.client.setTicker('A/B', { bid: 99, ask: 100 })
    expect(hasPosition(test, 0)).toMatchObject({ pass: true })
    expect(hasPosition(test.client, 0)).toEqual({ pass: false, message: 'expected to have a position of 0 A/B, found -0.00001' })
  })

  it.each<[() => unknown, object]>([
    [() => hasFilled({} as never), { code: 'INVALID_ARGUMENT', path: 'of' }],
    [() => hasFilled(traded(), { symbol: 'X/Y' }), { code: 'UNKNOWN_NAME', path: 'fill.symbol' }],
    [() => hasFilled(traded(), { sid: 'Buy' } as never), { code: 'UNKNOWN_NAME', path: 'fill.sid' }],
    [() => hasFilled(traded(), { cid: 'bid' } as never), { code: 'UNKNOWN_NAME', path: 'fill.cid' }],
    [() => hasFilled(traded(), { side: 'buy' as never }), { code: 'INVALID_ARGUMENT', path: 'fill.side' }],
    [() => hasFilled(traded(), { price: 'much' }), { code: 'INVALID_ARGUMENT', path: 'fill.price' }],
    [() => hasOpenOrder(traded(), 'bid' as never), { code: 'INVALID_ARGUMENT', path: 'order' }],
    [() => hasPosition(traded(), 1), { code: 'INVALID_ARGUMENT', path: 'symbol' }],
    [() => hasPosition(traded(), 'X/Y', 1), { code: 'UNKNOWN_NAME', path: 'symbol' }],
    [() => hasBalance(traded(), 'X', 1), { code: 'UNKNOWN_NAME' }],
    [() => hasBalance(traded(), 'A', { sum: 1 } as never), { code: 'UNKNOWN_NAME', path: 'amount.sum' }],
    [() => hasBalance(traded(), 'A', undefined as never), { code: 'INVALID_ARGUMENT', path: 'amount' }],
  ])('bad input %#', (ask, expected) => {
    expect(ask).toThrow(expect.objectContaining(expected) as Error)
  })
})

describe('matchers', () => {
  it('pass', () => {
    const test = traded()
    expect(test).toHaveFilled({ side: 'Buy', quantity: '1.5' })
    expect(test).not.toHaveFilled({ symbol: 'C/B' })
    expect(test).toHaveOpenOrder({ cid: 'bid' })
    expect(test).not.toHaveOpenOrder({ cid: 'second' })
    expect(test).toHavePosition('A/B', 0.9985)
    expect(test).not.toHavePosition('C/B', 1)
    expect(test.client).toHaveBalance('A', { locked: '0.25' })
    expect(test.client).not.toHaveBalance('A', 1)
  })

  it.each<[(test: StrategyTest) => void, string]>([
    [(test) => { expect(test).toHaveFilled({ side: 'Sell', quantity: 3 }) }, `expected to have filled Sell 3, found:${FILLS}`],
    [(test) => { expect(test).not.toHaveFilled({ side: 'Sell' }) }, 'expected not to have filled Sell, found Sell 0.5 A/B at 99 (mock-2)'],
    [(test) => { expect(test).toHaveOpenOrder({ price: 1 }) }, `expected to have an open order at 1, found:${ORDERS}`],
    [(test) => { expect(test).toHavePosition('A/B', 3) }, 'expected to have a position of 3 A/B, found 0.9985'],
    [(test) => { expect(test.client).toHaveBalance('B', 3) }, 'expected to have B total 3, found free 719.4505, locked 180, total 899.4505'],
  ])('fail, and say why: %#', (assert, message) => {
    const test = traded()
    expect(() => { assert(test) }).toThrow(expect.objectContaining({ message }) as Error)
  })
})
