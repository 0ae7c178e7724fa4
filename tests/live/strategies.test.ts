import { describe, expect, it, vi } from 'vitest'
import { backtestSync, HaggleError, startSystem, type Context, type Order, type Strategy } from '../../src/index'
import { caught, rejected } from '../run/common'
import { cancel, CONFIG, drain, open, order, print, quotes, START } from './common'

/** A system of this strategy whose market has quotes. */
function live(strategy: Strategy, options: object = {}): ReturnType<typeof startSystem> {
  const system = open('here', { strategy, ...options })
  system.feedEvents([quotes(1), print(1, 100)])
  return system
}

describe('a strategy in a live system', () => {
  it('hears of orders that were sent from outside, and of their fills', async () => {
    const told: string[] = []
    const seen: unknown[] = []
    const system = live({
      onOrder(_, { cid, strategy, state }) { told.push(`${strategy} ${cid} ${state.kind}`) },
      onFill(_, fill) { told.push(`fill ${fill.strategy} ${fill.cid} ${fill.quantity}`) },
      onBook(ctx) { seen.push(ctx.openOrders.map(({ cid, price, state, timeInForce }) => [cid, price, state.kind, timeInForce])) },
    })
    system.advance(5)
    system.sendOpenRequests(order('limit', { price: '99.5', timeInForce: { goodUntil: START + 60_000 } }), order('market'))
    system.feedEvents([quotes(10)])
    system.advance(20)
    expect(told).toEqual(['desk limit Open', 'fill desk market 1', 'desk market FullyFilled'])
    expect(seen).toEqual([[], [['limit', '99.5', 'Open', { goodUntil: '2024-01-01T00:01:00Z' }]]])
    await system.shutdown()
    expect(told.at(-1)).toBe('desk limit Cancelled')
  })

  it('can cancel and amend them, and cannot use their ids', async () => {
    const system = live({
      onTimer(ctx) {
        expect(() => ctx.buy(1, { price: 90, cid: 'a' })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', path: 'options.cid' }))
        ctx.amend('a', { price: 98 })
        ctx.cancel('b')
      },
      onStart(ctx) { ctx.timer('50ms') },
    })
    system.advance(5)
    system.sendOpenRequests(order('a', { price: 99 }), order('b', { price: 99 }))
    system.advance(100)
    expect(system.state().orders.map(({ key: { cid }, price }) => [cid, price])).toEqual([['a', '98']])
    await system.abort()
  })

  it('names its own orders, and they are found by these names from outside', async () => {
    const system = live({ onBook(ctx) { if (ctx.openOrders.length === 0) { ctx.buy(1, { price: 99, cid: 'mine' }); ctx.buy(1, { price: 98 }) } } })
    const audit = system.takeAudit()
    system.advance(5)
    expect(system.state().orders.map(({ key }) => [key.strategy, key.cid])).toEqual([['system', 'mine'], ['system', 'system-1']])
    system.sendCancelRequests(cancel('mine'), cancel('system-1'))
    expect(() => { system.sendOpenRequests(order('mine', { price: 90 })) }).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', path: expect.stringMatching(/cid$/) as string }))
    system.advance(5)
    expect(system.state().orders).toEqual([])
    expect(drain(audit, system).flatMap((tick) => (tick.kind === 'Process' ? tick.outputs : [])).map((output) => output.kind)).toEqual(['AlgoOrders', 'Commanded'])
    const run = await system.shutdownWithSummary()
    expect(run.orders.toArray().map(({ cid, state }) => [cid, state.kind])).toEqual([['mine', 'Cancelled'], ['system-1', 'Cancelled']])
  })

  it('risk limits hold its orders, and not those of commands; refusals are in the audit and in onOrder', async () => {
    const told: unknown[] = []
    const system = live({
      onBook(ctx) { if (ctx.openOrders.length === 0) ctx.buy(5, { price: 99 }) },
      onOrder(_, { state }) { told.push(state.kind === 'OpenFailed' ? state.reason.code : state.kind) },
    }, { risk: { maxQuantity: 2 } })
    const audit = system.takeAudit()
    system.advance(5)
    system.sendOpenRequests(order('big', { price: 99, quantity: 5 }))
    system.advance(5)
    expect(told).toEqual(['RiskQuantityExceeded', 'Open'])
    const errors = drain(audit, system).flatMap((tick) => (tick.kind === 'Process' ? tick.outputs : [])).flatMap((output) => (output.kind === 'AlgoOrders' ? output.opens.errors : []))
    expect(errors).toMatchObject([{ request: { quantity: '5', price: '99' }, reason: { code: 'RiskQuantityExceeded', details: { quantity: '5', max: '2' } } }])
    await system.abort()
  })

  it('beyond the drawdown the engine closes for it, and it hears of that', () => {
    // The same in a back-test: nobody sends commands there.
    const told: string[] = []
    const rows = [100, 100, 50, 50, 50]
    const system = open('here', {
      risk: { maxDrawdown: 0.1, onDrawdown: 'close', drawdownInterval: '1s' },
      strategy: { onBook(ctx) { if (!ctx.position && told.length === 0) ctx.buy(50) }, onOrder(_, { side, state }) { told.push(`${side} ${state.kind}`) } },
    })
    system.feedEvents(rows.map((price, at) => quotes(at * 1_000 + 1, price, price, 1_000)))
    system.advance('10s')
    expect(told).toEqual(['Buy FullyFilled', 'Sell FullyFilled'])
    expect(system.state().tradingState).toBe('Disabled')
  })

  it('trading is off until it is turned on', async () => {
    const states: string[] = []
    const system = live({ onBook(ctx) { states.push(ctx.buy(1, { price: 99 }).state.kind) } }, { tradingEnabled: false })
    system.advance(5)
    system.setTradingEnabled(true)
    system.feedEvents([quotes(10)])
    system.advance(20)
    expect(states).toEqual(['OpenFailed', 'OpenInFlight'])
    await system.shutdown()
  })

  it('a throw comes out of the call that fed it, as it is, and ends the system', async () => {
    for (const value of [new Error('mine'), 'a text', new HaggleError('UNKNOWN_NAME', 'looks like ours'), undefined]) {
      const system = live({ onTrade() { throw value } })
      const audit = system.takeAudit()
      expect(caught(() => { system.advance(5) })).toBe(value)
      expect(system.isRunning).toBe(false)
      const closed = caught(() => { system.closePositions() }) as HaggleError
      expect([closed.code, closed.cause]).toEqual(['CLOSED', value])
      expect(drain(audit, system).length).toBeGreaterThan(0)
      expect((await rejected(audit.recv())).reason).toBe(value)
      expect((await rejected(system.shutdown())).reason).toBe(value)
      await system.abort()
    }
  })

  it('a callback that returns a promise ends it', async () => {
    const system = live({ async onTrade() { await Promise.resolve() } } as unknown as Strategy)
    expect(caught(() => { system.advance(5) })).toMatchObject({ code: 'STRATEGY_ASYNC' })
    await expect(system.shutdown()).rejects.toMatchObject({ code: 'STRATEGY_ASYNC' })
  })

  it('the handle is refused inside of a callback, but for the end, which comes after it', async () => {
    const codes: unknown[] = []
    let ending: Promise<void> | undefined
    const system: ReturnType<typeof startSystem> = live({
      onTrade() {
        for (const call of [() => { system.advance(1) }, () => system.state(), () => { system.cancelOrders() }, () => system.feedEvents([quotes(9)])]) codes.push((caught(call) as HaggleError).code)
        ending = system.shutdown()
      },
    })
    system.advance(5)
    expect(codes).toEqual(Array(4).fill('REENTRANT'))
    expect(system.isRunning).toBe(true)
    await ending
    expect(system.isRunning).toBe(false)
  })

  it('an abort inside of a callback comes after it, too', async () => {
    let calls = 0
    let ending: Promise<void> | undefined
    const system: ReturnType<typeof startSystem> = live({ onTrade() { calls++; ending = system.abort() } })
    system.advance(5)
    expect(caught(() => { system.advance(5) })).toMatchObject({ code: 'CLOSED' })
    await ending
    expect([calls, system.isRunning]).toEqual([1, false])
  })

  it('a back-test may run while a system waits, and inside of none of its callbacks', async () => {
    const system = live({ onTrade() { backtestSync({} as never) } })
    expect(caught(() => { system.advance(5) })).toMatchObject({ code: 'REENTRANT' })
    await system.abort()
  })

  it('a live order knows its end when the system has ended', async () => {
    let order: Order | undefined
    const system = live({ onBook(ctx: Context) { order ??= ctx.buy(1, { price: 99 }) } })
    system.advance(5)
    await system.shutdown({ openOrders: 'keep' })
    expect(order?.state.kind).toBe('Expired')
  })
})

describe('by the time of day', () => {
  it('timers fire by themselves, and rows are handled as they are fed', async () => {
    vi.useFakeTimers({ now: START })
    try {
      const fired: number[] = []
      const prices: number[] = []
      const system = startSystem(CONFIG, {
        balances: { B: 1_000 },
        strategy: { onStart(ctx) { ctx.timer('250ms') }, onTimer(ctx) { fired.push(ctx.now - START); ctx.timer('250ms') }, onTrade(_, { price }) { prices.push(price) } },
      })
      system.feedEvents([print(0, 100), print(-60_000, 99)])
      expect(prices).toEqual([100, 99])
      vi.advanceTimersByTime(1_000)
      expect(fired).toEqual([250, 500, 750, 1_000])
      expect(() => { system.advance(1) }).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', path: 'by' }))
      await system.shutdown()
      vi.advanceTimersByTime(1_000)
      expect(fired).toHaveLength(4)
    } finally {
      vi.useRealTimers()
    }
  })

  it('answers of the exchange arrive with the latency', async () => {
    vi.useFakeTimers({ now: START })
    try {
      const told: unknown[] = []
      const system = startSystem({ ...CONFIG, latency: { open: 40, response: 20 } }, {
        balances: { B: 1_000 },
        strategy: { onBook(ctx) { if (ctx.openOrders.length === 0) ctx.buy(1, { price: 99 }) }, onOrder(ctx, { state }) { told.push([ctx.now - START, state.kind]) } },
      })
      system.feedEvents([quotes(0)])
      vi.advanceTimersByTime(59)
      expect(told).toEqual([])
      vi.advanceTimersByTime(1)
      expect(told).toEqual([[60, 'Open']])
      await system.abort()
    } finally {
      vi.useRealTimers()
    }
  })

  it('what a timer throws is told by a warning, and thrown by shutdown', async () => {
    const warnings: Error[] = []
    const listen = (warning: Error): void => { warnings.push(warning) }
    process.on('warning', listen)
    const system = startSystem(CONFIG, { balances: { B: 1 }, strategy: { onStart(ctx) { ctx.timer(5) }, onTimer() { throw new Error('on purpose') } } })
    const audit = system.takeAudit()
    await expect((async () => { while (await audit.recv() !== undefined); })()).rejects.toThrow('on purpose')
    expect(system.isRunning).toBe(false)
    await expect(system.shutdown()).rejects.toThrow('on purpose')
    await new Promise(setImmediate)
    process.off('warning', listen)
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining('on purpose')])
  })
})
