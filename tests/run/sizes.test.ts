import { describe, expect, it } from 'vitest'
import type { Decimal, Order, Size } from '../../src/index'
import { first, quiet, refusal, world } from './common'

/** A decimal object, as of decimal.js, big.js or bignumber.js. */
const decimal = (text: string): { toFixed(): string } => ({ toFixed: () => text })

const calm = world(quiet(5))

/** The order that a strategy gets for this size (a lot is 0.01) and price (a tick is 0.1). */
function order(size: Size, price?: Decimal, constant = calm): Order {
  let sent: Order | undefined
  const run = first(constant, (ctx) => { sent = ctx.buy(size, price === undefined ? {} : { price }) })
  expect(run.orders.at(0)!.quantity).toBe(sent!.quantity)
  expect(run.orders.at(0)!.price).toBe(sent!.price)
  return sent!
}

describe('a size', () => {
  it.each<[Size, string]>([
    [1, '1'], [0.01, '0.01'], [1.23, '1.23'], [1.239999, '1.23'], [0.29, '0.29'], [1.15, '1.15'], [0.0199999999, '0.01'], [4.35, '4.35'], [0.1 + 0.2, '0.3'], [1e-2, '0.01'],
    ['1.23', '1.23'], ['1.230', '1.23'], ['+1e1', '10'], [3n, '3'], [decimal('0.07'), '0.07'], [decimal('5.00'), '5'],
  ])('%o is about %s, or exactly that', (size, quantity) => {
    expect(order(size, 50).quantity).toBe(quantity)
  })

  it('as a number is put on the grid, downwards: never more than was asked for', () => {
    for (let lots = 1; lots <= 400; lots++) {
      // The double of a grid value is that value, however it was computed.
      expect(order(lots / 100, 50).quantity).toBe(String(lots / 100))
      if (lots > 1) expect(Number(order(lots / 100 - 0.000001, 50).quantity)).toBe((lots - 1) / 100)
    }
  })

  it.each<[unknown, string, string]>([
    ['1.234', 'INVALID_ARGUMENT', 'size'], ['0.001', 'INVALID_ARGUMENT', 'size'], [decimal('0.005'), 'INVALID_ARGUMENT', 'size'],
    [0.001, 'INVALID_ARGUMENT', 'size'], [0, 'INVALID_ARGUMENT', 'size'], [-1, 'INVALID_ARGUMENT', 'size'], ['-1', 'INVALID_ARGUMENT', 'size'], ['0', 'INVALID_ARGUMENT', 'size'], [-3n, 'INVALID_ARGUMENT', 'size'],
    [Number.NaN, 'INVALID_ARGUMENT', 'size'], [Number.POSITIVE_INFINITY, 'INVALID_ARGUMENT', 'size'], [1e300, 'OVERFLOW', 'size'], ['1e20', 'OVERFLOW', 'size'], ['1e40', 'OVERFLOW', 'size'], [2n ** 60n, 'OVERFLOW', 'size'],
    ['', 'INVALID_ARGUMENT', 'size'], ['one', 'INVALID_ARGUMENT', 'size'], ['1,5', 'INVALID_ARGUMENT', 'size'], [undefined, 'INVALID_ARGUMENT', 'size'], [null, 'INVALID_ARGUMENT', 'size'], [true, 'INVALID_ARGUMENT', 'size'],
    [[1], 'INVALID_ARGUMENT', 'size'], [{}, 'INVALID_ARGUMENT', 'size'], [{ quote: 1, equity: 1 }, 'INVALID_ARGUMENT', 'size'], [{ base: 1 }, 'INVALID_ARGUMENT', 'size'],
    [{ quote: 0 }, 'INVALID_ARGUMENT', 'size.quote'], [{ quote: -5 }, 'INVALID_ARGUMENT', 'size.quote'], [{ quote: '-5' }, 'INVALID_ARGUMENT', 'size.quote'], [{ quote: Number.NaN }, 'INVALID_ARGUMENT', 'size.quote'],
    [{ quote: 'all' }, 'INVALID_ARGUMENT', 'size.quote'], [{ quote: undefined }, 'INVALID_ARGUMENT', 'size.quote'], [{ quote: '12345678.123456789' }, 'OVERFLOW', 'size.quote'], [{ quote: 1e20 }, 'OVERFLOW', 'size.quote'],
    [{ equity: 0 }, 'INVALID_ARGUMENT', 'size.equity'], [{ equity: '-0.5' }, 'INVALID_ARGUMENT', 'size.equity'], [{ equity: null }, 'INVALID_ARGUMENT', 'size.equity'],
  ])('cannot be %o', (size, code, path) => {
    expect(refusal(() => order(size as Size, 50))).toMatchObject({ code, path })
    expect(refusal(() => order(size as Size))).toMatchObject({ code, path })
  })

  it.each<[Size, string]>([
    // At 100.1: the largest number of lots whose cost is not above it.
    [{ quote: 100.1 }, '1'], [{ quote: '100.09' }, '0.99'], [{ quote: 500n }, '4.99'], [{ quote: decimal('50.05') }, '0.5'], [{ quote: 1.002 }, '0.01'],
    // The account is worth 100 x 100 + 10,000.
    [{ equity: 0.05 }, '9.99'], [{ equity: '0.05' }, '9.99'], [{ equity: 0.1 / 3 }, '6.66'], [{ quote: 10_000 / 30 }, '3.33'], [{ quote: 1e3 * Math.PI / 10 }, '3.13'], [{ quote: 0.1 + 1.2 }, '0.01'],
  ])('%o becomes a quantity at the fill', (size, quantity) => {
    const sent = order(size)
    expect(sent.quantity).toBe(quantity)
    expect(sent.filledQuantity).toBe(quantity)
    expect(sent.state.kind).toBe('FullyFilled')
  })

  it('in quote or equity has its fees within', () => {
    const fees = { fees: { maker: 0, taker: '0.01' } }
    expect(order({ quote: 100 * 1.001 }, undefined, world(quiet(5), fees)).quantity).toBe('0.99')
  })

  it('that comes to less than a lot is refused by the exchange', () => {
    expect(order({ quote: '0.5' }).state).toMatchObject({ kind: 'OpenFailed', reason: { code: 'QuantityZero' } })
  })
})

describe('a price', () => {
  it.each<[Decimal, string]>([
    [50, '50'], [50.04, '50'], [50.05000001, '50.1'], [50.06, '50.1'], [99.94, '99.9'], [0.1 + 0.2, '0.3'], ['50.1', '50.1'], ['50.10', '50.1'], [50n, '50'], [decimal('50.1'), '50.1'],
  ])('%o is about %s, or exactly that', (price, text) => {
    expect(order(1, price).price).toBe(text)
  })

  it.each<[unknown, string]>([
    ['50.05', 'INVALID_ARGUMENT'], [decimal('50.01'), 'INVALID_ARGUMENT'], [0, 'INVALID_ARGUMENT'], [0.01, 'INVALID_ARGUMENT'], [-50, 'INVALID_ARGUMENT'], ['-50', 'INVALID_ARGUMENT'],
    [Number.NaN, 'INVALID_ARGUMENT'], [null, 'INVALID_ARGUMENT'], ['market', 'INVALID_ARGUMENT'], [{}, 'INVALID_ARGUMENT'], [1e17, 'OVERFLOW'],
  ])('cannot be %o', (price, code) => {
    expect(refusal(() => order(1, price as Decimal))).toMatchObject({ code, path: 'options.price' })
  })

  it('off the grid says what a tick is, and how to have it rounded', () => {
    expect(refusal(() => order(1, '50.05')).message).toBe('options.price: 50.05 is no whole number of ticks (a tick is 0.1; give a number to have it rounded)')
    expect(refusal(() => order('0.005', 50)).message).toBe('size: 0.005 is no whole number of lots (a lot is 0.01; give a number to have it rounded)')
  })
})
