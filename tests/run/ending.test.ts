import { describe, expect, it } from 'vitest'
import { backtestSync, type Context, type Order, type Strategy } from '../../src/index'
import { quiet, sampleBtc, world } from './common'

const calm = world(quiet(5))
const refusedWith = (code: string): object => ({ state: { kind: 'OpenFailed', reason: { code, message: expect.stringMatching(/[a-z]$/) as unknown, details: {} } }, isActive: false, filledQuantity: '0' })

describe('the end of a run', () => {
  it('refuses orders in onStop, with a reason, in the live order and in the result', () => {
    const sent: Order[] = []
    const run = backtestSync(calm, { strategy: { onStop(ctx) {
      sent.push(ctx.buy(1), ctx.sell(1, { price: 200, cid: 'late' }), ctx.buy({ quote: 5 }))
      expect(ctx.openOrders).toEqual([])
      ctx.cancelAll()
      ctx.timer('1s')
    } } })
    expect(sent).toHaveLength(3)
    for (const order of sent) expect(order).toMatchObject(refusedWith('DataEnded'))
    expect(run.orders.toArray()).toMatchObject([refusedWith('DataEnded'), refusedWith('DataEnded'), refusedWith('DataEnded')])
    expect(run.orders.toArray().map(({ cid, id }) => [cid, id])).toEqual([['backtest-0', undefined], ['late', undefined], ['backtest-2', undefined]])
  })

  it('refuses orders after the last row, while answers are still under way', () => {
    const sent: Order[] = []
    let hears = 0
    backtestSync(world(quiet(3), { latency: { open: '0.5s', response: '3s' } }), { strategy: {
      onBook(ctx) { if (!sent.length) sent.push(ctx.buy(1, { price: 50 })) },
      onOrder(ctx) { if (++hears === 1) sent.push(ctx.buy(1)) },
    } })
    expect(sent.map(({ state }) => state.kind)).toEqual(['Expired', 'OpenFailed'])
    expect(sent[1]).toMatchObject(refusedWith('DataEnded'))
  })

  it('leaves cancels and amends without effect', () => {
    let order: Order | undefined
    const act = (ctx: Context): void => {
      ctx.cancel(order!)
      ctx.amend(order!, { price: 51 })
      ctx.cancelAll()
      expect(order).toMatchObject({ isActive: true, price: '50', state: { kind: 'Open' } })
    }
    const run = backtestSync(calm, { strategy: { onBook(ctx) { order ??= ctx.buy(1, { price: 50 }) }, onStop: act } })
    expect(order).toMatchObject({ isActive: false, price: '50', state: { kind: 'Expired' } })
    expect(run.orders.at(0)).toMatchObject({ price: '50', state: { kind: 'Expired' } })
  })

  it('expires what is open, and calls onStop last', () => {
    const calls: string[] = []
    const note = (name: string) => (): void => { calls.push(name) }
    const strategy: Strategy = { onStart: note('start'), onBook(ctx) { if (ctx.openOrders.length === 0) ctx.buy(1, { price: 50 }) }, onOrder: note('order'), onStop: note('stop') }
    expect(backtestSync(calm, { strategy }).orders.toArray().map(({ state }) => state.kind)).toEqual(['Expired'])
    expect(calls).toEqual(['start', 'order', 'stop'])
  })

  it('closes positions where that is asked for, and says which trades these are', () => {
    const strategy: Strategy = { onBook(ctx) { if (ctx.position === 0 && ctx.openOrders.length === 0) ctx.buy('0.001', { price: ctx.ask }) } }
    const kept = backtestSync(sampleBtc, { strategy })
    const closed = backtestSync({ ...sampleBtc, closeAtEnd: true }, { strategy })
    expect(kept.closedTrades.length).toBe(0)
    expect(closed.closedTrades.length).toBe(1)
    expect(closed.orders.length).toBe(kept.orders.length + 1)
    expect(closed.orders.at(-1)).toMatchObject({ side: 'Sell', kind: 'Market', quantity: '0.001', state: { kind: 'FullyFilled' } })
    expect(new Set(closed.orders.toArray().map(({ cid }) => cid)).size).toBe(closed.orders.length)
  })

  it('may come early, with an account that is used up', () => {
    const crash = world([[99.9, 1_000, 100.1, 1_000], [99.9, 1_000, 100.1, 1_000], [49.9, 1_000, 50.1, 1_000], [49.9, 1_000, 50.1, 1_000]], { account: 'cash-settled', leverage: 5 })
    const states: unknown[] = []
    const run = backtestSync({ ...crash, balances: { B: 1_000 } }, { strategy: {
      onBook(ctx) { if (ctx.position === 0) ctx.buy(45) },
      onStop(ctx) { states.push(ctx.buy(1).state, ctx.position) },
    } })
    expect(run.warnings.map(({ code }) => code)).toContain('ACCOUNT_CLOSED')
    expect(states).toMatchObject([{ kind: 'OpenFailed', reason: { code: 'AccountClosed' } }, 0])
  })
})
