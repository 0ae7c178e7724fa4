import { describe, expect, it } from 'vitest'
import { backtestSync, type Order, type OrderOptions } from '../../src/index'
import { first, quiet, refusal, START, world } from './common'

const calm = world(quiet(10))

/** The order that a strategy gets, as it is at the end. */
function order(options: OrderOptions, constant = calm): Order {
  let sent: Order | undefined
  first(constant, (ctx) => { sent = ctx.buy(1, options) })
  return sent!
}

describe('the kind of an order', () => {
  it('follows from the prices given', () => {
    expect(order({})).toMatchObject({ kind: 'Market', timeInForce: 'ImmediateOrCancel', price: undefined })
    expect(order({ price: 50 })).toMatchObject({ kind: 'Limit', timeInForce: 'GoodUntilCancelled', price: '50' })
    expect(order({ price: undefined } as never)).toMatchObject({ kind: 'Market' })
  })

  it.each(['stop', 'takeProfit', 'trail'])('with %s is not built yet', (name) => {
    for (const more of [{}, { price: 50 }]) expect(refusal(() => order({ [name]: 50, ...more } as never))).toMatchObject({ code: 'UNSUPPORTED', path: `options.${name}` })
    expect(order({ [name]: undefined } as never).kind).toBe('Market')
  })
})

describe('the time in force', () => {
  it.each([
    ['GoodUntilCancelled', 'Expired'], ['GoodUntilEndOfDay', 'Expired'], ['ImmediateOrCancel', 'Expired'], ['FillOrKill', 'Expired'],
  ] as const)('%s of a limit order that nobody meets', (timeInForce, kind) => {
    expect(order({ price: 50, timeInForce })).toMatchObject({ timeInForce, state: { kind } })
  })

  it.each(['ImmediateOrCancel', 'FillOrKill'] as const)('%s of an order that takes', (timeInForce) => {
    for (const price of [undefined, 101]) expect(order({ timeInForce, ...(price && { price }) } as OrderOptions)).toMatchObject({ timeInForce, state: { kind: 'FullyFilled' } })
  })

  it('a whole fill or none, and a part of it', () => {
    const thin = world([[99.9, 10, 100.1, 0.4], [99.9, 10, 100.1, 0.4]])
    expect(order({ timeInForce: 'FillOrKill' }, thin)).toMatchObject({ filledQuantity: '0', state: { kind: 'Expired' } })
    expect(order({ timeInForce: 'ImmediateOrCancel' }, thin)).toMatchObject({ filledQuantity: '0.4', averagePrice: '100.1', state: { kind: 'Expired' } })
  })

  it('until a moment, in every form of a time', () => {
    for (const goodUntil of [START + 5_000, new Date(START + 5_000), BigInt(START + 5_000) * 1_000_000n, '2024-01-01T00:00:05Z']) {
      const states: string[] = []
      const sent: Order[] = []
      backtestSync(calm, { strategy: { onBook(ctx) {
        if (!sent.length) sent.push(ctx.buy(1, { price: 50, timeInForce: { goodUntil } }))
        states.push(`${(ctx.now - START) / 1_000} ${sent[0]!.state.kind}`)
      } } })
      expect(sent[0]!.timeInForce).toEqual({ goodUntil: '2024-01-01T00:00:05Z' })
      expect(Object.isFrozen(sent[0]!.timeInForce)).toBe(true)
      expect(states.slice(3, 7)).toEqual(['3 Open', '4 Open', '5 Open', '6 Expired'])
    }
  })

  it('until a moment that is over, or midnight', () => {
    expect(order({ price: 50, timeInForce: { goodUntil: START - 1 } })).toMatchObject({ state: { kind: 'Expired' } })
    expect(order({ price: 50, timeInForce: 'GoodUntilEndOfDay' })).toMatchObject({ state: { kind: 'Expired' } })
  })

  it.each<[unknown, string]>([
    [{ timeInForce: 'GoodUntilCancelled' }, 'options.timeInForce'], [{ timeInForce: 'GoodUntilEndOfDay' }, 'options.timeInForce'], [{ timeInForce: { goodUntil: START } }, 'options.timeInForce'],
    [{ price: 50, timeInForce: 'GTC' }, 'options.timeInForce'], [{ price: 50, timeInForce: null }, 'options.timeInForce'], [{ price: 50, timeInForce: 1 }, 'options.timeInForce'], [{ price: 50, timeInForce: {} }, 'options.timeInForce'],
    [{ price: 50, timeInForce: { goodUntil: 'tomorrow' } }, 'options.timeInForce.goodUntil'], [{ price: 50, timeInForce: { goodUntil: Number.NaN } }, 'options.timeInForce.goodUntil'],
    [{ price: 50, timeInForce: { goodUntil: new Date(Number.NaN) } }, 'options.timeInForce.goodUntil'],
  ])('cannot be that of %o', (options, path) => {
    expect(refusal(() => order(options as OrderOptions))).toMatchObject({ code: 'INVALID_ARGUMENT', path })
  })
})

describe('flags', () => {
  it('post-only: rests, or is refused', () => {
    expect(order({ price: 50, postOnly: true })).toMatchObject({ state: { kind: 'Expired' } })
    expect(order({ price: 100.1, postOnly: true }).state).toMatchObject({ kind: 'OpenFailed', reason: { code: 'PostOnlyWouldTake', details: { price: '100.1', best: '100.1' } } })
    for (const options of [{ postOnly: true }, { price: 50, postOnly: true, timeInForce: 'FillOrKill' }, { price: 50, postOnly: true, timeInForce: 'ImmediateOrCancel' }]) {
      expect(refusal(() => order(options as never))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'options.postOnly' })
    }
  })

  it('reduce-only: never opens or enlarges', () => {
    const sent: Order[] = []
    backtestSync(calm, { strategy: { onBook(ctx) {
      if (sent.length === 0) sent.push(ctx.sell(1, { reduceOnly: true }), ctx.buy(1))
      else if (sent.length === 2) sent.push(ctx.buy(1, { reduceOnly: true }), ctx.sell(3, { reduceOnly: true }))
    } } })
    expect(sent.map(({ state, filledQuantity }) => `${state.kind} ${filledQuantity}`)).toEqual(['OpenFailed 0', 'FullyFilled 1', 'OpenFailed 0', 'Expired 1'])
    expect(sent[0]!.state).toMatchObject({ reason: { code: 'ReduceOnlyWouldIncrease' } })
  })

  it.each(['postOnly', 'reduceOnly'])('%s is true or false', (name) => {
    for (const value of [1, 'true', null, {}]) expect(refusal(() => order({ price: 50, [name]: value } as never))).toMatchObject({ code: 'INVALID_ARGUMENT', path: `options.${name}` })
    for (const value of [false, undefined]) expect(order({ price: 50, [name]: value } as never).state.kind).toBe('Expired')
  })

  it('that nobody knows are refused by name, with those that there are', () => {
    const known = 'known: cid, reduceOnly, price, postOnly, timeInForce'
    expect(refusal(() => order({ hidden: true } as never))).toEqual({ code: 'UNKNOWN_NAME', path: 'options.hidden', message: `options.hidden: unknown field 'hidden' (${known})` })
    // A near one is named alone, as the core does for its own fields.
    expect(refusal(() => order({ postonly: true } as never))).toEqual({ code: 'UNKNOWN_NAME', path: 'options.postonly', message: "options.postonly: unknown field 'postonly' (did you mean 'postOnly'?)" })
    for (const options of [7, 'limit', null]) expect(refusal(() => order(options as never))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'options' })
  })
})

describe('client order ids', () => {
  it('are given, or made of strategy and number', () => {
    const sent: Order[] = []
    const run = backtestSync(calm, { id: 'mine', strategy: { onBook(ctx) {
      if (!sent.length) sent.push(ctx.buy(1), ctx.buy(1, { cid: 'entry, "first" \u{1F4C8}' }), ctx.buy(1, { price: 50 }))
    } } })
    const cids = ['mine-0', 'entry, "first" \u{1F4C8}', 'mine-2']
    expect(sent.map(({ cid }) => cid)).toEqual(cids)
    expect(run.orders.toArray().map(({ cid }) => cid)).toEqual(cids)
    expect(run.fills.toArray().map(({ cid, orderId }) => `${orderId} ${cid}`)).toEqual([`0 ${cids[0]}`, `1 ${cids[1]}`])
    expect(sent.every(({ strategy }) => strategy === 'mine')).toBe(true)
  })

  it('are unique for the whole run, also after an order is over or was refused', () => {
    const errors: unknown[] = []
    const run = backtestSync(calm, { strategy: { onBook(ctx) {
      for (const price of [101, 50, 20_000]) {
        try { ctx.buy(1, { price, cid: `at ${price}` }) } catch (error) { errors.push(error) }
      }
    } } })
    expect(run.orders.length).toBe(3)
    expect(errors).toHaveLength(27)
    expect(errors[0]).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'options.cid', message: expect.stringContaining("'at 101' was used before") as unknown })
    expect(backtestSync(calm, { strategy: { onStart(ctx) { ctx.buy(1, { price: 50, cid: 'at 101' }) } } }).orders.length).toBe(1)
  })

  it.each([['', 'empty'], [7, 'no text'], [null, 'no text'], ['\ud800', 'half a character'], ['backtest-0', 'in the form of generated ones'], ['backtest-999', 'in the form of generated ones']] as [unknown, string][])('cannot be %o: %s', (cid) => {
    expect(refusal(() => order({ cid } as never))).toMatchObject({ code: 'INVALID_ARGUMENT', path: 'options.cid' })
  })
})
