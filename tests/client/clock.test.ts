import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MarketData } from '../../src/index'
import { holds, line, lines, open, SLOW, stand } from './common'

describe('a manual clock', () => {
  it.each([[0, 0], ['2025-01-01T00:00:00Z', 1_735_689_600_000], [new Date(5), 5], [5_000_000n, 5]] as const)('starts at %s', (start, now) => {
    expect(open({ start }).now).toBe(now)
  })

  it('stands still until it is moved, and the order is in flight until then', async () => {
    const client = open({ latency: SLOW })
    client.drainEvents()
    const order = client.openLimitOrder('A/B', 'Buy', 1, 90)
    expect([stand(order), client.fetchOpenOrders(), holds(client)]).toEqual(['OpenInFlight 0/1', [], 'A 10 B 10000'])
    const settled = client.settled(order)
    let isSettled = false
    void settled.then(() => { isSettled = true })
    client.advance('5ms')
    // It works at the exchange, and the client has not heard of it.
    expect([client.fetchOpenOrders().length, holds(client), lines(client)]).toEqual([1, 'A 10 B 9910+90', []])
    await new Promise(setImmediate)
    expect(isSettled).toBe(false)
    client.advanceTo(10)
    expect(lines(client)).toEqual(['OrderSnapshot Open', 'BalanceSnapshot B 9910'])
    expect(stand(await settled)).toBe('Open 0/1')
  })

  it('a cancel on its way', async () => {
    const client = open({ latency: SLOW })
    const order = client.openLimitOrder('A/B', 'Buy', 1, 90)
    client.advance('10ms')
    expect(stand(client.cancelOrder(order))).toBe('CancelInFlight 0/1')
    const settled = client.settled(order)
    client.advance('10ms')
    expect(stand(await settled)).toBe('Cancelled 0/1')
    // Nothing is under way: it resolves by itself.
    expect(stand(await client.settled(order.cid))).toBe('Cancelled 0/1')
  })

  it.each(['rejectNext', 'failNext'] as const)('an order that ends by %s is settled', async (how) => {
    const client = open({ latency: SLOW })
    if (how === 'rejectNext') client.rejectNext('TradingDisabled')
    else client.failNext('rateLimit')
    const settled = client.settled(client.openLimitOrder('A/B', 'Buy', 1, 90))
    client.advance('10ms')
    expect((await settled).state.kind).toBe('OpenFailed')
  })

  it('an order in doubt is settled by the snapshot after connecting again', async () => {
    const client = open()
    client.failNext('timeout', { afterEffect: true })
    const settled = client.settled(client.openLimitOrder('A/B', 'Buy', 1, 90))
    let isSettled = false
    void settled.then(() => { isSettled = true })
    client.advance('1h')
    await new Promise(setImmediate)
    expect(isSettled).toBe(false)
    client.disconnect()
    client.reconnect()
    expect(stand(await settled)).toBe('Open 0/1')
  })

  it('settled rejects where the client ends before, and is told of an unknown order', async () => {
    const client = open({ latency: SLOW })
    const settled = client.settled(client.openLimitOrder('A/B', 'Buy', 1, 90))
    await expect(client.settled('nobody')).rejects.toMatchObject({ code: 'UNKNOWN_NAME', path: 'order' })
    await client.close()
    await expect(settled).rejects.toMatchObject({ code: 'CLOSED' })
  })

  it.each([
    ['one number', 10, 5],
    ['each way', { open: '4ms', response: '6ms' }, 4],
    ['a jitter, from the seed', { open: '1ms', response: '1ms', jitter: '0.5ms' }, undefined],
  ] as const)('latency as %s', (_, latency, arrival) => {
    const client = open({ latency, seed: 7 })
    client.setTicker('A/B', { bid: 99, ask: 100 })
    client.openMarketOrder('A/B', 'Buy', 1)
    client.advance('1s')
    const time = client.fetchTrades()[0]!.time
    if (arrival !== undefined) expect(time).toBe(arrival)
    else expect(time >= 1 && time <= 1.5).toBe(true)
  })
})

describe('replay', () => {
  const data = MarketData.fromColumns({ time: [1_000, 2_000, 3_000], bid: [99, 89, 98], ask: [100, 90, 99], bidSize: [5, 5, 5], askSize: [5, 5, 5] }, { symbol: 'A/B' })

  it('moves clock and market, to the end or up to a time', () => {
    const client = open()
    client.openLimitOrder('A/B', 'Buy', 1, 95, { cid: 'a' })
    expect([client.replay(data, 1_000), client.now, stand(client.fetchOrder('a'))]).toEqual([1, 1_000, 'Open 0/1'])
    expect([client.replay(data, 2_500), client.now, stand(client.fetchOrder('a'))]).toEqual([1, 2_500, 'FullyFilled 1/1'])
    expect([client.replay(data), client.now, client.fetchTrades()[0]?.time]).toEqual([1, 3_000, 2_000])
    expect(client.openMarketOrder('A/B', 'Buy', 1).averagePrice).toBe('99')
  })
})

describe('the time of day, under fake timers', () => {
  beforeEach(() => { vi.useFakeTimers({ now: 1_000 }) })
  afterEach(() => { vi.useRealTimers() })

  it('moves with Date.now and setTimeout', async () => {
    const client = open({ clock: 'wall', latency: SLOW })
    expect(client.now).toBe(1_000)
    const order = client.openLimitOrder('A/B', 'Buy', 1, 90)
    expect(stand(order)).toBe('OpenInFlight 0/1')
    const settled = client.settled(order)
    let isSettled = false
    void settled.then(() => { isSettled = true })
    await vi.advanceTimersByTimeAsync(9)
    expect([isSettled, client.now]).toEqual([false, 1_009])
    await vi.advanceTimersByTimeAsync(1)
    expect([isSettled, stand(await settled)]).toEqual([true, 'Open 0/1'])
  })

  it('sets a timer only for what is due, and none of its own for those who wait', async () => {
    const client = open({ clock: 'wall', latency: SLOW })
    const events = client.events()
    await events.next()
    const next = events.next()
    expect(vi.getTimerCount()).toBe(0)
    client.openLimitOrder('A/B', 'Buy', 1, 90)
    expect(vi.getTimerCount()).toBe(1)
    await vi.runAllTimersAsync()
    expect(line((await next).value!)).toBe('OrderSnapshot Open')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is looked at with each call, also where timers stand still', () => {
    const client = open({ clock: 'wall', latency: SLOW })
    const { cid } = client.openLimitOrder('A/B', 'Buy', 1, 90)
    vi.setSystemTime(1_010)
    expect(stand(client.fetchOrder(cid))).toBe('Open 0/1')
  })

  it('close leaves no timer', async () => {
    const client = open({ clock: 'wall', latency: SLOW })
    client.openLimitOrder('A/B', 'Buy', 1, 90)
    await client.close()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('close does not wait for a turn that the runner holds back', async () => {
    vi.useRealTimers()
    vi.useFakeTimers({ toFake: ['setImmediate', 'setTimeout', 'setInterval', 'Date'] })
    for (let at = 0; at < 200; at++) await open({ clock: 'wall' }).close()
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each(['advance', 'advanceTo'] as const)('is not moved by %s', (how) => {
    const client = open({ clock: 'wall' })
    expect(() => { client[how](2_000) }).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error)
  })
})
