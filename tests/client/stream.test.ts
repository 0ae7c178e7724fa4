import { describe, expect, it } from 'vitest'
import type { AccountEvent, MockExecutionClient } from '../../src/index'
import { line, lines, open, SLOW } from './common'

const buy = (client: MockExecutionClient, price = 90): void => { client.openLimitOrder('A/B', 'Buy', '0.01', price) }

describe('the stream of an account', () => {
  it('opens on first use with the account as it is then, and is the same one later', () => {
    const client = open()
    buy(client)
    const first = client.pollEvent()
    expect(first?.kind === 'Snapshot' && first.snapshot.orders.length).toBe(1)
    expect(client.pollEvent()).toBeUndefined()
    buy(client)
    expect(lines(client)).toEqual(['OrderSnapshot Open', 'BalanceSnapshot B 9998.2'])
    expect(client.drainEvents()).toEqual([])
  })

  it.each<readonly [what: string, act: (client: MockExecutionClient) => void, expected: readonly string[]]>([
    ['a fill', (client) => { client.openMarketOrder('A/B', 'Buy', 1) }, ['Trade 1@100', 'BalanceSnapshot A 11', 'BalanceSnapshot B 9900']],
    ['a refusal', (client) => { client.openMarketOrder('A/B', 'Sell', 11) }, ['OrderSnapshot OpenFailed(BalanceInsufficient)']],
    ['a cancel', (client) => { client.cancelOrder(client.openLimitOrder('A/B', 'Sell', 1, 110)) }, ['OrderSnapshot Open', 'BalanceSnapshot A 9', 'OrderCancelled Cancelled', 'BalanceSnapshot A 10']],
    ['a late cancel', (client) => { client.cancelOrder(client.openMarketOrder('A/B', 'Sell', 11)) }, ['OrderSnapshot OpenFailed(BalanceInsufficient)', 'OrderCancelled CancelRejected(OrderAlreadyCancelled)']],
    ['an amend', (client) => { client.amendOrder(client.openLimitOrder('A/B', 'Buy', 1, 90), { price: 80 }) }, ['OrderSnapshot Open', 'BalanceSnapshot B 9910', 'OrderSnapshot Open', 'BalanceSnapshot B 9920']],
  ])('says of %s, in this order', (_, act, expected) => {
    const client = open()
    client.setTicker('A/B', { bid: 99, ask: 100 })
    client.drainEvents()
    act(client)
    expect(lines(client)).toEqual(expected)
  })

  it('loses nothing that it can hold, and says how much it lost beyond', () => {
    const client = open()
    client.drainEvents()
    for (let at = 0; at < 5_000; at++) buy(client, 1)
    const events = client.drainEvents()
    expect([events.length, events.some(({ kind }) => kind === 'Overflow')]).toEqual([10_000, false])
    const numbers = events.flatMap((event) => (event.kind === 'OrderSnapshot' ? [Number(event.order.key.cid.split('-')[1])] : []))
    expect(numbers).toEqual(Array.from({ length: 5_000 }, (_, at) => at))

    for (let at = 0; at < 5_001; at++) buy(client, 1)
    const [lost, ...rest] = client.drainEvents()
    expect([line(lost!), rest.length]).toEqual(['Overflow 2', 10_000])
  })
})

describe('pollEvent', () => {
  it('moves a manual clock until an event comes, by its timeout at most', () => {
    const client = open({ latency: SLOW })
    client.drainEvents()
    expect([client.pollEvent('1s'), client.now]).toEqual([undefined, 1_000])
    buy(client)
    expect(client.pollEvent()).toBeUndefined()
    expect(client.pollEvent('9999us')).toBeUndefined()
    expect([line(client.pollEvent('1h')!), client.now]).toEqual(['OrderSnapshot Open', 1_010])
  })

  it('sleeps by the time of day', () => {
    const client = open({ clock: 'wall', latency: SLOW })
    client.drainEvents()
    buy(client)
    expect(line(client.pollEvent('10s')!)).toBe('OrderSnapshot Open')
    client.drainEvents()
    expect(client.pollEvent('1ms')).toBeUndefined()
  })
})

describe('for await', () => {
  const take = async (client: MockExecutionClient, count: number, signal?: AbortSignal): Promise<string[]> => {
    const seen: AccountEvent[] = []
    for await (const event of client.events(signal)) if (seen.push(event) === count) break
    return seen.map(line)
  }

  it('sees what was before and what comes', async () => {
    const client = open()
    const seen = take(client, 3)
    await Promise.resolve()
    buy(client)
    expect(await seen).toEqual(['Snapshot', 'OrderSnapshot Open', 'BalanceSnapshot B 9999.1'])
  })

  it('breaking off loses nothing that waits', async () => {
    const client = open()
    await take(client, 1)
    buy(client)
    expect(await take(client, 1)).toEqual(['OrderSnapshot Open'])
    expect(lines(client)).toEqual(['BalanceSnapshot B 9999.1'])
  })

  it.each([['close', (client: MockExecutionClient) => client.close()], ['abort', (_: MockExecutionClient, end: AbortController) => { end.abort() }]] as const)('ends with %s', async (_, finish) => {
    const client = open()
    const end = new AbortController()
    const seen = take(client, 100, end.signal)
    await new Promise(setImmediate)
    await finish(client, end)
    expect(await seen).toEqual(['Snapshot'])
  })

  it('ends at once on a client that was closed, or a signal that was aborted', async () => {
    const client = open()
    expect(await take(client, 1, AbortSignal.abort())).toEqual([])
    await client.close()
    expect(await take(client, 1)).toEqual([])
  })

  it('two of them share the events', async () => {
    const client = open()
    client.drainEvents()
    const both = [take(client, 2), take(client, 2)]
    await new Promise(setImmediate)
    buy(client)
    buy(client)
    expect((await Promise.all(both)).flat().sort()).toEqual(['BalanceSnapshot B 9998.2', 'BalanceSnapshot B 9999.1', 'OrderSnapshot Open', 'OrderSnapshot Open'])
  })

  it('by the time of day: an answer comes by itself', async () => {
    const client = open({ clock: 'wall', latency: SLOW })
    const seen = take(client, 3)
    buy(client)
    expect(await seen).toEqual(['Snapshot', 'OrderSnapshot Open', 'BalanceSnapshot B 9999.1'])
  })
})
