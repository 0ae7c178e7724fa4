import { describe, expect, it } from 'vitest'
import { type MockExecutionClient, type SpotOptions } from '../../src/index'
import { holds, lines, open, SLOW } from './common'

/** Random numbers of a seed (a linear congruential generator). */
function* numbers(seed: number): Generator<number, never, undefined> {
  for (let state = seed; ;) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    yield Math.floor(state / 2 ** 16)
  }
}

/** So many calls of all kinds; what was forced, pushed and asked depends on the seed alone. */
function act(client: MockExecutionClient, seed: number, count: number): void {
  const random = numbers(seed)
  const next = (end: number): number => random.next().value % end
  for (let at = 0; at < count; at++) {
    const active = client.fetchOpenOrders()
    const one = active[next(Math.max(1, active.length))]
    switch (next(12)) {
      case 0: client.setTicker('A/B', { bid: 90 + next(5), ask: 95 + next(5) }); break
      case 1: client.pushTrade({ symbol: 'A/B', price: 90 + next(10), amount: 1 + next(3), side: next(2) ? 'buy' : 'sell' }); break
      case 2: client.openMarketOrder('A/B', next(2) ? 'Buy' : 'Sell', 1 + next(3)); break
      case 3: if (one) client.cancelOrder(one); break
      case 4: if (one) client.amendOrder(one, { price: 85 + next(20) }); break
      case 5: if (one) client.fillOrder(one, { quantity: '0.01' }); break
      case 6: client.advance(`${next(8)}ms`); break
      case 7: client.rejectNext('PriceOutOfRange'); break
      case 8: client.failNext(next(2) ? 'timeout' : 'rateLimit'); break
      case 9: client.delayNext('3ms'); break
      default: client.openLimitOrder('A/B', next(2) ? 'Buy' : 'Sell', 1 + next(3), 85 + next(20))
    }
    client.invariants()
  }
}

const OPTIONS: Partial<SpotOptions> = { latency: { ...SLOW, jitter: '3ms' }, fees: { maker: '0.0002', taker: '0.001' }, seed: 5 }
const all = (client: MockExecutionClient): string => JSON.stringify([client.fetchOrders(), client.fetchTrades(), client.fetchBalances(), client.drainEvents(), client.now])

describe('determinism', () => {
  it.each([1, 2, 3])('same seed, same calls (%i): same ids, times, fills, hash', (seed) => {
    const [one, two] = [open(OPTIONS), open(OPTIONS)]
    for (const client of [one, two]) {
      client.drainEvents()
      act(client, seed, 400)
    }
    expect(one.fetchTrades().length).toBeGreaterThan(10)
    expect(two.stateHash()).toBe(one.stateHash())
    expect(all(two)).toBe(all(one))
  })

  it('another seed: another hash', () => {
    expect(open({ seed: 1 }).stateHash()).not.toBe(open({ seed: 2 }).stateHash())
    expect(open().stateHash()).toMatch(/^[0-9a-f]{32}$/)
  })

  it('the hash follows the state, and fetching changes nothing', () => {
    const client = open()
    const before = client.stateHash()
    for (const ask of [() => client.fetchOrders(), () => client.accountSnapshot(), () => client.fetchTrades(), () => client.snapshot()]) ask()
    expect(client.stateHash()).toBe(before)
    client.openLimitOrder('A/B', 'Buy', 1, 90)
    expect(client.stateHash()).not.toBe(before)
  })
})

describe('snapshot and restore', () => {
  it.each([1, 2, 3])('what comes after is the same (%i)', (seed) => {
    const client = open(OPTIONS)
    client.drainEvents()
    act(client, seed, 200)
    const [saved, hash] = [client.snapshot(), client.stateHash()]
    act(client, seed + 10, 200)
    const [then, after] = [client.stateHash(), all(client)]
    expect(then).not.toBe(hash)

    client.restore(saved)
    expect(client.stateHash()).toBe(hash)
    act(client, seed + 10, 200)
    expect([client.stateHash(), all(client)]).toEqual([then, after])

    const other = open(OPTIONS)
    other.restore(saved)
    act(other, seed + 10, 200)
    expect([other.stateHash(), all(other)]).toEqual([then, after])
  })

  it('the clock goes back, orders under way arrive again', () => {
    const client = open({ latency: SLOW })
    client.drainEvents()
    client.openLimitOrder('A/B', 'Buy', 1, 90)
    const saved = client.snapshot()
    for (let round = 0; round < 2; round++) {
      client.advance('10ms')
      expect([lines(client), holds(client), client.now]).toEqual([['OrderSnapshot Open', 'BalanceSnapshot B 9910'], 'A 10 B 9910+90', 10])
      client.restore(saved)
      expect([client.fetchOpenOrders(), client.now]).toEqual([[], 0])
    }
  })

  it('brings back other accounts, and ends those that came later', () => {
    const client = open()
    const two = client.account('two', { B: 500 })
    two.openLimitOrder('A/B', 'Buy', 1, 90)
    const saved = client.snapshot()
    two.cancelAll()
    const three = client.account('three', { B: 1 })
    client.restore(saved)
    expect(holds(two)).toBe('A 0 B 410+90')
    expect(() => three.fetchBalances()).toThrow(expect.objectContaining({ code: 'UNKNOWN_NAME', path: 'account' }) as Error)
    expect(holds(client.account('three', { B: 2 }))).toBe('A 0 B 2')
  })

  it.each<readonly [what: string, bytes: (saved: Uint8Array) => unknown]>([
    ['nothing', () => undefined],
    ['a list', () => [1, 2]],
    ['no bytes', () => new Uint8Array()],
    ['other bytes', () => new Uint8Array(100)],
    ['a part', (saved) => saved.subarray(0, -1)],
    ['one that was changed', (saved) => saved.map((byte, at) => (at === saved.length >> 1 ? byte ^ 1 : byte))],
    ['one of other rules', () => open({ fees: { maker: 0, taker: '0.5' } }).snapshot()],
  ])('refuses %s, and nothing changes', (_, bytes) => {
    const client = open()
    client.openLimitOrder('A/B', 'Buy', 1, 90)
    const hash = client.stateHash()
    expect(() => { client.restore(bytes(client.snapshot()) as Uint8Array) }).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', path: 'snapshot' }) as Error)
    expect(client.stateHash()).toBe(hash)
  })
})
