import { describe, expect, it } from 'vitest'
import type { Failure, MockExecutionClient } from '../../src/index'
import { holds, lines, open, SLOW, stand } from './common'

const buy = (client: MockExecutionClient, cid = 'a'): string => stand(client.openLimitOrder('A/B', 'Buy', 1, 90, { cid }))

/** A client whose stream has been read so far. */
function heard(options: Parameters<typeof open>[0] = {}): MockExecutionClient {
  const client = open(options)
  client.drainEvents()
  return client
}

describe('fillOrder', () => {
  it.each([
    [{}, 'FullyFilled 1/1', 'A 11 B 9910', '1@90'],
    [{ quantity: '0.4' }, 'Open 0.4/1', 'A 10.4 B 9910+54', '0.4@90'],
    [{ quantity: 0.409 }, 'Open 0.4/1', 'A 10.4 B 9910+54', '0.4@90'],
    [{ price: 80 }, 'FullyFilled 1/1', 'A 11 B 9920', '1@80'],
    [{ price: '85.5', quantity: '0.5' }, 'Open 0.5/1', 'A 10.5 B 9912.25+45', '0.5@85.5'],
  ])('%j: %s', (part, expected, balances, filled) => {
    const client = heard()
    const order = client.openLimitOrder('A/B', 'Buy', 1, 90, { cid: 'a' })
    lines(client)
    const fill = client.fillOrder(order, part)
    expect([stand(client.fetchOrder('a')), holds(client), `${fill.quantity}@${fill.price}`]).toEqual([expected, balances, filled])
    expect(fill).toMatchObject({ cid: 'a', orderId: order.id, symbol: 'A/B', side: 'Buy', liquidity: 'Maker' })
    expect(client.fetchTrades()).toEqual([fill])
    expect(lines(client).slice(0, 2)).toEqual(['Forced fillOrder a', `Trade ${filled}`])
  })

  it('until it is filled', () => {
    const client = open()
    buy(client)
    for (const quantity of ['0.2', '0.3', '0.5']) client.fillOrder('a', { quantity })
    expect(client.fetchTrades().map(({ filledQuantity }) => filledQuantity)).toEqual(['0.2', '0.5', '1'])
    expect(() => client.fillOrder('a')).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', path: 'order' }) as Error)
  })
})

describe('rejectNext', () => {
  it.each(['BalanceInsufficient', 'PriceOutOfRange', 'NotionalOutOfRange', 'TradingDisabled', 'PostOnlyWouldTake'])('an order with %s', (code) => {
    const client = heard()
    client.rejectNext(code)
    expect([buy(client), buy(client, 'b'), holds(client)]).toEqual([`OpenFailed(${code}) 0/1`, 'Open 0/1', 'A 10 B 9910+90'])
    expect(lines(client).slice(0, 2)).toEqual([`Forced rejectNext ${code} a`, `OrderSnapshot OpenFailed(${code})`])
  })

  it.each(['OrderAlreadyFullyFilled', 'OrderAlreadyCancelled', 'OrderUnknown'])('a cancel with %s', (code) => {
    const client = heard()
    client.rejectNext(code)
    expect(buy(client)).toBe('Open 0/1')
    expect(stand(client.cancelOrder('a'))).toBe('Open 0/1')
    expect(lines(client)).toContain(`OrderCancelled CancelRejected(${code})`)
    expect(stand(client.cancelOrder('a'))).toBe('Cancelled 0/1')
  })

  it('so many times, in the order told', () => {
    const client = open()
    client.rejectNext('PriceOutOfRange', 2)
    client.rejectNext('TradingDisabled')
    expect(['a', 'b', 'c', 'd'].map((cid) => buy(client, cid))).toEqual([
      'OpenFailed(PriceOutOfRange) 0/1', 'OpenFailed(PriceOutOfRange) 0/1', 'OpenFailed(TradingDisabled) 0/1', 'Open 0/1',
    ])
  })
})

describe('failNext', () => {
  type Case = readonly [failure: Failure, afterEffect: boolean, seen: string, truth: string, events: readonly string[]]
  it.each<Case>([
    ['timeout', false, 'OpenInFlight? 0/1', 'OpenInFlight? 0/1', ['Forced failNext timeout a', 'OrderSnapshot OpenInFlight?']],
    ['timeout', true, 'OpenInFlight? 0/1', 'Open 0/1', ['Forced failNext timeout after its effect a', 'OrderSnapshot OpenInFlight?']],
    ['disconnect', false, 'OpenFailed(Socket) 0/1', 'OpenFailed(Socket) 0/1', ['Forced failNext disconnect a', 'OrderSnapshot OpenFailed(Socket)', 'Reconnecting']],
    ['disconnect', true, 'OpenInFlight? 0/1', 'Open 0/1', ['Forced failNext disconnect after its effect a', 'OrderSnapshot OpenInFlight?', 'Reconnecting']],
    ['rateLimit', false, 'OpenFailed(RateLimit) 0/1', 'OpenFailed(RateLimit) 0/1', ['Forced failNext rateLimit a', 'OrderSnapshot OpenFailed(RateLimit)']],
    ['exchangeOffline', false, 'OpenFailed(ExchangeOffline) 0/1', 'OpenFailed(ExchangeOffline) 0/1', ['Forced failNext exchangeOffline a', 'OrderSnapshot OpenFailed(ExchangeOffline)']],
  ])('%s, after its effect: %s', (failure, afterEffect, seen, truth, events) => {
    const client = heard()
    client.failNext(failure, { afterEffect })
    expect(buy(client)).toBe(seen)
    expect([lines(client), stand(client.fetchOrder('a')), client.isConnected]).toEqual([events, truth, failure !== 'disconnect'])
    client.reconnect()
    // What was in doubt is settled by the snapshot after connecting again.
    client.disconnect()
    client.reconnect()
    const isThere = afterEffect
    expect(client.fetchOpenOrders().length).toBe(isThere ? 1 : 0)
    expect(stand(client.fetchOrder('a'))).toMatch(isThere ? /^Open / : /^OpenFailed/)
    expect(buy(client, 'b')).toBe('Open 0/1')
  })

  it('so many times; cancels, too', () => {
    const client = heard()
    buy(client)
    lines(client)
    client.failNext('rateLimit', { times: 2 })
    expect([stand(client.cancelOrder('a')), buy(client, 'b'), stand(client.cancelOrder('a'))]).toEqual(['Open 0/1', 'OpenFailed(RateLimit) 0/1', 'Cancelled 0/1'])
    expect(lines(client).slice(0, 2)).toEqual(['Forced failNext rateLimit a', 'OrderCancelled CancelRejected(RateLimit)'])
  })

  it('failShare draws from the seed; zero ends it', () => {
    const failed = (seed: number): string => {
      const client = open({ seed })
      client.failShare('rateLimit', 0.3)
      const outcomes = Array.from({ length: 200 }, () => client.openLimitOrder('A/B', 'Buy', '0.01', 90).state.kind)
      client.failShare('rateLimit', 0)
      expect(client.openLimitOrder('A/B', 'Buy', '0.01', 90).state.kind).toBe('Open')
      return outcomes.map((kind) => (kind === 'Open' ? '.' : 'x')).join('')
    }
    const first = failed(1)
    expect(failed(1)).toBe(first)
    expect(failed(2)).not.toBe(first)
    const count = first.split('x').length - 1
    expect(count).toBeGreaterThan(30)
    expect(count).toBeLessThan(90)
  })
})

describe('the connection', () => {
  it('broken: requests fail, the exchange goes on, a snapshot settles it', () => {
    const client = heard({ latency: SLOW })
    buy(client)
    client.advance('7ms')
    client.disconnect()
    expect([client.isConnected, buy(client, 'b')]).toEqual([false, 'OpenFailed(Socket) 0/1'])
    client.fillOrder('a', { quantity: '0.4' })
    client.advance('1s')
    expect(lines(client).filter((line) => line.startsWith('Trade'))).toEqual([])
    client.reconnect()
    expect(lines(client)).toEqual(['Forced reconnect', 'Snapshot'])
    expect([client.isConnected, stand(client.fetchOrder('a')), holds(client)]).toEqual([true, 'Open 0.4/1', 'A 10.4 B 9910+54'])
  })

  it('twice is fine', () => {
    const client = heard()
    client.disconnect()
    client.disconnect()
    client.reconnect()
    client.reconnect()
    expect(lines(client)).toEqual(['Forced disconnect', 'Reconnecting', 'Forced reconnect', 'Snapshot'])
  })
})

describe('acknowledgements', () => {
  it('are late: what comes after them does not wait', () => {
    const client = heard({ latency: SLOW })
    client.delayNext('1s')
    buy(client)
    client.advance('20ms')
    client.fillOrder('a', { quantity: '0.4' })
    client.advance('20ms')
    const early = lines(client)
    expect(early).toContain('Trade 0.4@90')
    expect(early).not.toContain('OrderSnapshot Open')
    client.advance('1s')
    expect(lines(client)).toEqual(['OrderSnapshot Open'])
  })

  it('come twice', () => {
    const client = heard()
    client.duplicateNext()
    buy(client)
    buy(client, 'b')
    expect(lines(client).filter((line) => !line.startsWith('Balance'))).toEqual(['Forced duplicate acknowledgement a', 'OrderSnapshot Open', 'OrderSnapshot Open', 'OrderSnapshot Open'])
  })
})

describe('halt', () => {
  it('refuses orders and amends, lets cancels through, fills nothing', () => {
    const client = heard()
    client.setTicker('A/B', { bid: 99, ask: 100 })
    buy(client)
    buy(client, 'b')
    lines(client)
    client.halt('A/B')
    expect(buy(client, 'c')).toBe('OpenFailed(TradingDisabled) 0/1')
    client.amendOrder('a', { price: 91 })
    client.setTicker('A/B', { bid: 79, ask: 80 })
    expect([client.fetchOrder('a').price, stand(client.fetchOrder('a')), stand(client.cancelOrder('b'))]).toEqual(['90', 'Open 0/1', 'Cancelled 0/1'])
    client.resume('A/B')
    expect(stand(client.fetchOrder('a'))).toBe('FullyFilled 1/1')
    expect(lines(client).filter((line) => line.startsWith('Forced'))).toEqual(['Forced halt A/B', 'Forced resume A/B'])
  })
})
