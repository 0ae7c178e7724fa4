import { describe, expect, it } from 'vitest'
import { backtestSync, type Context, type Fill, type Order, type Strategy } from '../../src/index'
import { quiet, refusal, sample, START, world } from './common'
import { Maker } from './strategies'

/** A second each way: what is sent at 0 is there at 1 and known at 2. */
const far = world(quiet(12), { latency: { open: '1s', cancel: '1s', response: '1s' } })
const calm = world(quiet(12))

/** Runs the acts, one a second, and notes what is heard; `at(t)` notes states at that second. */
function play(constant: typeof far, acts: readonly ((ctx: Context, sent: Order[]) => void)[]): { notes: string[], sent: Order[], run: ReturnType<typeof backtestSync> } {
  const notes: string[] = []
  const sent: Order[] = []
  let turn = 0
  const second = (ctx: Context): number => (ctx.now - START) / 1_000
  const strategy: Strategy = {
    onBook(ctx) { acts[turn++]?.(ctx, sent) },
    onFill(ctx, fill) { notes.push(`${second(ctx)} fill ${fill.filledQuantity} at ${fill.price}`) },
    onOrder(ctx, order) { notes.push(`${second(ctx)} ${order.state.kind} ${order.filledQuantity}/${order.quantity}`) },
  }
  return { run: backtestSync(constant, { strategy }), notes, sent }
}

describe('the life of an order', () => {
  it('goes from flight to open to filled, as the answers arrive', () => {
    const states: string[] = []
    const { notes, sent } = play(far, Array.from({ length: 12 }, (_, i) => (ctx: Context, sent: Order[]) => {
      if (i === 0) sent.push(ctx.buy(1, { price: 99.9 }), ctx.buy(2))
      states.push(sent.map((order) => `${order.state.kind}${order.isActive ? '+' : ''}`).join(' '))
      if (i === 0) expect(ctx.openOrders).toEqual(sent)
    }))
    expect(states.slice(0, 4)).toEqual(['OpenInFlight+ OpenInFlight+', 'OpenInFlight+ OpenInFlight+', 'OpenInFlight+ OpenInFlight+', 'Open+ FullyFilled'])
    expect(notes).toEqual(['2 Open 0/1', '2 fill 2 at 100.1', '2 FullyFilled 2/2'])
    expect(sent.map(({ state }) => state.kind)).toEqual(['Expired', 'FullyFilled'])
  })

  it('shows a cancel in flight, before and after the order has opened', () => {
    const seen: unknown[] = []
    const { notes, sent } = play(far, [
      (ctx, sent) => { sent.push(ctx.buy(1, { price: 50 }), ctx.buy(2, { price: 51 })); ctx.cancel(sent[1]!); seen.push(sent[1]!.state) },
      () => {}, () => {},
      (ctx, sent) => { ctx.cancel(sent[0]!); seen.push(sent[0]!.state); ctx.cancel(sent[0]!) },
      (ctx, sent) => { seen.push(sent[0]!.isActive, ctx.openOrders.length) },
    ])
    expect(seen[0]).toEqual({ kind: 'CancelInFlight', order: null })
    expect(seen[1]).toEqual({ kind: 'CancelInFlight', order: { id: '0', timeExchange: '2024-01-01T00:00:01Z', filledQuantity: '0' } })
    expect(seen.slice(2)).toEqual([true, 1])
    expect(notes).toEqual(['2 Open 0/1', '2 CancelInFlight 0/2', '2 Cancelled 0/2', '5 Cancelled 0/1'])
    expect(sent[0]!.state).toEqual({ kind: 'Cancelled', id: '0', timeExchange: '2024-01-01T00:00:04Z' })
  })

  it('a cancel that comes too late changes nothing', () => {
    const { notes, sent } = play(far, [
      (ctx, sent) => { sent.push(ctx.buy(1)) },
      (ctx, sent) => { ctx.cancel(sent[0]!) },
      () => {}, (ctx, sent) => { ctx.cancel(sent[0]!); ctx.cancel(sent[0]!.cid); ctx.amend(sent[0]!, { price: 1 }) },
    ])
    expect(sent[0]!.state.kind).toBe('FullyFilled')
    expect(notes.slice(0, 2)).toEqual(['2 fill 1 at 100.1', '2 FullyFilled 1/1'])
    expect(notes.filter((note) => note.includes('Cancel'))).toEqual([])
  })

  it('is over at once where the exchange refuses it, with the numbers why', () => {
    const { notes, sent } = play(calm, [(ctx, sent) => { sent.push(ctx.buy(200, { price: 99 })) }])
    expect(notes).toEqual(['0 OpenFailed 0/200'])
    expect(sent[0]!.id).toBeUndefined()
    expect(sent[0]!.state).toEqual({ kind: 'OpenFailed', reason: {
      code: 'BalanceInsufficient', message: 'the free balance does not cover the order', details: { asset: 'B', need: '19800', free: '10000' },
    } })
    expect(Object.isFrozen(sent[0]!.state)).toBe(true)
  })

  it('has fills before states, and the fills of the result', () => {
    const heard: Fill[] = []
    const orders = new Map<string, string[]>()
    const run = backtestSync(sample, { strategy: Object.assign(new Maker(), {
      onFill(ctx: Context, fill: Fill) {
        heard.push(fill)
        orders.set(fill.orderId, [...orders.get(fill.orderId) ?? [], 'fill'])
        expect(ctx.symbol).toBe(fill.symbol)
        expect(Object.isFrozen(fill)).toBe(true)
      },
      onOrder(ctx: Context, order: Order) {
        expect(ctx.symbol).toBe(order.symbol)
        if (order.id !== undefined) orders.set(order.id, [...orders.get(order.id) ?? [], order.state.kind])
      },
    }) })
    expect(heard.length).toBeGreaterThan(40)
    expect(heard).toEqual(run.fills.toArray())
    expect(heard[0]!.constructor).toBe(run.fills.at(0)!.constructor)
    for (const [id, events] of orders) {
      events.forEach((event, i) => { if (event === 'FullyFilled') expect(events[i - 1], id).toBe('fill') })
      expect(events.filter((event) => ['FullyFilled', 'Cancelled', 'Expired'].includes(event)).length, id).toBeLessThanOrEqual(1)
    }
  })

  it.each([0, 1, 2])('ends as its row in the result says: seed %i', (seed) => {
    const sent: Order[] = []
    const strategy = new Maker()
    const note = (ctx: Context): Context => new Proxy(ctx, { get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        const result: unknown = Reflect.apply(value, target, args)
        if (name === 'buy' || name === 'sell') sent.push(result as Order)
        return result
      }
    } })
    const run = backtestSync(sample, { seed, strategy: { onStart: (ctx) => { strategy.onStart!(ctx) }, onBook: (ctx, book) => { strategy.onBook!(note(ctx), book) }, onTimer: (ctx, tag) => { strategy.onTimer!(ctx, tag) } } })
    const rows = new Map(run.orders.toArray().map((row) => [row.cid, row]))
    expect(sent.length).toBeGreaterThan(60)
    for (const order of sent) expect(fieldsOf(order)).toEqual(fieldsOf(rows.get(order.cid)!))
    expect(new Set(sent.map(({ state }) => state.kind)).size).toBeGreaterThan(2)
    expect(sent.some(({ averagePrice }) => averagePrice !== undefined)).toBe(true)
  })
})

const fieldsOf = ({ symbol, exchange, strategy, cid, side, kind, quantity, filledQuantity, timeInForce, state, isActive, price, id, averagePrice }: Order): object =>
  ({ symbol, exchange, strategy, cid, side, kind, quantity, filledQuantity, timeInForce, state, isActive, price, id, averagePrice })

describe('an average price', () => {
  it('is that of the result, to the last digit', () => {
    // Three levels in sevenths and thirteenths: averages without an end.
    const rows = Array.from({ length: 12 }, (_, i) => [(900 + i) / 10, 10, (1001 + (i % 7)) / 10, (i + 1) / 100] as const)
    const { sent, run } = play(world(rows), [(ctx, sent) => { sent.push(ctx.buy(0.37, { price: 101 }), ctx.buy(0.21, { price: 100.8 }), ctx.buy(0.13, { price: 101 })) }])
    const averages = run.orders.toArray().map(({ averagePrice }) => averagePrice)
    expect(averages.some((average) => average!.length > 20)).toBe(true)
    expect(sent.map(({ averagePrice }) => averagePrice)).toEqual(averages)
  })
})

describe('cancels and amends', () => {
  it('take an order, its client id or its id', () => {
    for (const name of [(order: Order) => order, (order: Order) => order.cid, () => '0', () => 'backtest-0']) {
      const { sent } = play(calm, [(ctx, sent) => { sent.push(ctx.buy(1, { price: 50 })) }, (ctx, sent) => { ctx.amend(name(sent[0]!), { price: 51, quantity: 2 }) }, (ctx, sent) => { ctx.cancel(name(sent[0]!)) }])
      expect(sent[0]).toMatchObject({ price: '51', quantity: '2', state: { kind: 'Cancelled' } })
    }
    const { sent } = play(calm, [(ctx, sent) => { sent.push(ctx.buy(1, { price: 50, cid: 'mine' })) }, (ctx) => { ctx.amend('mine', { quantity: '0.5' }) }, (ctx) => { ctx.cancel('mine') }, (ctx) => { ctx.cancel('mine'); ctx.cancel('backtest-0'); ctx.cancel('0') }])
    expect(sent[0]).toMatchObject({ price: '50', quantity: '0.5', state: { kind: 'Cancelled' } })
  })

  it.each<[string, unknown, string, string]>([
    ['an unknown id', 'nobody', 'UNKNOWN_NAME', 'order'], ['an empty one', '', 'UNKNOWN_NAME', 'order'], ['one of an order to come', 'backtest-7', 'UNKNOWN_NAME', 'order'],
    ['a number', 0, 'INVALID_ARGUMENT', 'order'], ['nothing', undefined, 'INVALID_ARGUMENT', 'order'], ['an object', { cid: 'mine' }, 'INVALID_ARGUMENT', 'order'],
  ])('do not take %s', (_, order, code, path) => {
    for (const act of [(ctx: Context) => { ctx.cancel(order as string) }, (ctx: Context) => { ctx.amend(order as string, { price: 1 }) }]) {
      expect(refusal(() => play(calm, [(ctx) => { ctx.buy(1, { price: 50, cid: 'mine' }) }, act]))).toMatchObject({ code, path })
    }
  })

  it.each<[unknown, string, string]>([
    [{}, 'INVALID_ARGUMENT', 'change'], [null, 'INVALID_ARGUMENT', 'change'], [7, 'INVALID_ARGUMENT', 'change'], [{ size: 1 }, 'UNKNOWN_NAME', 'change.size'], [{ price: '50.05' }, 'INVALID_ARGUMENT', 'change.price'],
    [{ price: 0 }, 'INVALID_ARGUMENT', 'change.price'], [{ quantity: -1 }, 'INVALID_ARGUMENT', 'change.quantity'], [{ quantity: '0.001' }, 'INVALID_ARGUMENT', 'change.quantity'], [{ quantity: { quote: 5 } }, 'INVALID_ARGUMENT', 'change.quantity'],
  ])('cannot change %o', (change, code, path) => {
    expect(refusal(() => play(calm, [(ctx) => { ctx.amend(ctx.buy(1, { price: 50 }), change as never) }]))).toMatchObject({ code, path })
  })

  it('a refused amend leaves the order as it was', () => {
    const { sent, run } = play(calm, [(ctx, sent) => { sent.push(ctx.buy(1, { price: 50, postOnly: true }), ctx.buy(1, { price: 40 })) }, (ctx, sent) => { ctx.amend(sent[0]!, { price: 101 }); ctx.amend(sent[1]!, { quantity: 1e6 }) }])
    expect(sent.map(({ price, quantity }) => `${price} ${quantity}`)).toEqual(['50 1', '40 1'])
    expect(run.orders.toArray().map(({ price, quantity }) => `${price} ${quantity}`)).toEqual(['50 1', '40 1'])
  })

  it('all of one market, in flight or not, by one request', () => {
    const { sent } = play(far, [
      (ctx, sent) => { for (let i = 0; i < 1_000; i++) sent.push(ctx.buy(0.01, { price: 50 })) },
      (ctx, sent) => { for (let i = 0; i < 1_000; i++) sent.push(ctx.buy(0.01, { price: 50 })) },
      () => {},
      (ctx, sent) => {
        sent.push(ctx.buy(0.01, { price: 50 }))
        expect(ctx.openOrders).toHaveLength(2_001)
        ctx.cancelAll()
        ctx.cancelAll()
        expect(sent.every(({ state }) => state.kind === 'CancelInFlight')).toBe(true)
        sent.push(ctx.buy(0.01, { price: 49 }))
      },
    ])
    expect(sent.slice(0, -1).every(({ state }) => state.kind === 'Cancelled')).toBe(true)
    expect(sent.at(-1)!.state.kind).toBe('Expired')
  })

  it('more than 1,024 requests of one callback are refused at the line that sends one too many', () => {
    let count = 0
    expect(refusal(() => play(calm, [(ctx) => { for (;;) { ctx.buy(0.01, { price: 50 }); count++ } }]))).toMatchObject({ code: 'INVALID_ARGUMENT' })
    expect(count).toBe(1_024)
    const { run } = play(calm, Array.from({ length: 12 }, () => (ctx: Context) => { for (let i = 0; i < 1_024; i++) ctx.buy(0.01, { price: 50 }) }))
    expect(run.orders.length).toBe(12_288)
  })
})
