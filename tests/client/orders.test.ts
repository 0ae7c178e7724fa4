import { describe, expect, it } from 'vitest'
import { OrderSnapshot, type LimitOrderOptions, type SpotOptions, type Ticker } from '../../src/index'
import { holds, open, request, stand } from './common'

const T = (ticker: Ticker): Ticker => ticker
const quote = T({ bid: 99, ask: 100 })

describe('market orders against a ticker', () => {
  it.each<readonly [ticker: Ticker | undefined, side: 'Buy' | 'Sell', quantity: number | string, expected: string, price: string | undefined, balances: string]>([
    [quote, 'Buy', 1, 'FullyFilled 1/1', '100', 'A 11 B 9900'],
    [quote, 'Sell', '2.5', 'FullyFilled 2.5/2.5', '99', 'A 7.5 B 10247.5'],
    [quote, 'Buy', 1.239, 'FullyFilled 1.23/1.23', '100', 'A 11.23 B 9877'],
    [T({ last: 50 }), 'Buy', 1, 'FullyFilled 1/1', '50', 'A 11 B 9950'],
    [T({ bid: 99, ask: 100, askSize: '0.4' }), 'Buy', 1, 'Expired 0.4/1', '100', 'A 10.4 B 9960'],
    [T({ bid: 99, ask: 100, askSize: 0 }), 'Buy', 1, 'Expired 0/1', undefined, 'A 10 B 10000'],
    [T({ bid: 99 }), 'Buy', 1, 'Expired 0/1', undefined, 'A 10 B 10000'],
    [quote, 'Buy', '100.01', 'OpenFailed(BalanceInsufficient) 0/100.01', undefined, 'A 10 B 10000'],
    [quote, 'Sell', '10.01', 'OpenFailed(BalanceInsufficient) 0/10.01', undefined, 'A 10 B 10000'],
    [undefined, 'Buy', 1, 'Expired 0/1', undefined, 'A 10 B 10000'],
  ])('%j: %s %s is %s at %s', (ticker, side, quantity, expected, price, balances) => {
    const client = open()
    if (ticker) client.setTicker('A/B', ticker)
    const order = client.openMarketOrder('A/B', side, quantity)
    expect([stand(order), order.averagePrice, holds(client)]).toEqual([expected, price, balances])
    expect(client.fetchOrder(order.cid)).toEqual(order)
  })

  it('what lacks is named with need and free amount', () => {
    const client = open()
    client.setTicker('A/B', quote)
    expect(client.openMarketOrder('A/B', 'Buy', 200).state).toMatchObject({ kind: 'OpenFailed', reason: { details: { asset: 'B', need: '20000', free: '10000' } } })
  })

  it('a book is walked, level by level, and consumed', () => {
    const client = open()
    client.pushBook({ symbol: 'A/B', bids: [[99, 1]], asks: [[102, 3], [100, 1], [101, '0.5']] })
    const order = client.openMarketOrder('A/B', 'Buy', 2)
    expect([stand(order), order.averagePrice]).toEqual(['FullyFilled 2/2', '100.75'])
    expect(client.fetchTrades().map(({ price, quantity }) => `${quantity}@${price}`)).toEqual(['1@100', '0.5@101', '0.5@102'])
    expect(client.openMarketOrder('A/B', 'Buy', 1).averagePrice).toBe('102')
  })
})

describe('limit orders at 99 to 100', () => {
  it.each<readonly [side: 'Buy' | 'Sell', price: number | string, options: LimitOrderOptions, expected: string, balances: string]>([
    ['Buy', 90, {}, 'Open 0/1', 'A 10 B 9910+90'],
    ['Sell', 110, {}, 'Open 0/1', 'A 9+1 B 10000'],
    ['Buy', 101, {}, 'FullyFilled 1/1', 'A 11 B 9900'],
    ['Sell', '98.5', {}, 'FullyFilled 1/1', 'A 9 B 10099'],
    ['Buy', 90.04, {}, 'Open 0/1', 'A 10 B 9910+90'],
    ['Buy', 99, { postOnly: true }, 'Open 0/1', 'A 10 B 9901+99'],
    ['Buy', 100, { postOnly: true }, 'OpenFailed(PostOnlyWouldTake) 0/1', 'A 10 B 10000'],
    ['Buy', 90, { timeInForce: 'ImmediateOrCancel' }, 'Expired 0/1', 'A 10 B 10000'],
    ['Buy', 100, { timeInForce: 'ImmediateOrCancel' }, 'FullyFilled 1/1', 'A 11 B 9900'],
    ['Buy', 90, { timeInForce: 'FillOrKill' }, 'Expired 0/1', 'A 10 B 10000'],
    ['Buy', 100, { timeInForce: 'FillOrKill' }, 'FullyFilled 1/1', 'A 11 B 9900'],
    ['Buy', 20_000, {}, 'OpenFailed(BalanceInsufficient) 0/1', 'A 10 B 10000'],
  ])('%s at %s %j: %s', (side, price, options, expected, balances) => {
    const client = open()
    client.setTicker('A/B', quote)
    const order = client.openLimitOrder('A/B', side, 1, price, options)
    expect([stand(order), holds(client)]).toEqual([expected, balances])
    // A request in barter's shape is the same order.
    const other = open()
    other.setTicker('A/B', quote)
    const { price: limit = '0' } = order
    const same = other.openOrder(request({ side, quantity: '1', price: limit, ...options } as never))
    expect([stand(same), holds(other)]).toEqual([expected, balances])
  })

  it.each([[{ goodUntil: 60_000 }, 60_000], ['GoodUntilEndOfDay', 86_400_000]] as const)('%j expires in time', (timeInForce, end) => {
    const client = open()
    const { cid } = client.openLimitOrder('A/B', 'Buy', 1, 90, { timeInForce })
    client.advanceTo(end - 1)
    expect(stand(client.fetchOrder(cid))).toBe('Open 0/1')
    client.advance(1)
    expect([stand(client.fetchOrder(cid)), holds(client)]).toEqual(['Expired 0/1', 'A 10 B 10000'])
  })
})

describe('resting orders, filled by what is pushed', () => {
  it.each<readonly [what: string, expected: string, push: (client: ReturnType<typeof open>) => void]>([
    ['a print at its price', 'Open 0.4/1', (client) => { client.pushTrade({ symbol: 'A/B', price: 99, amount: '0.4', side: 'sell' }) }],
    ['a print beyond', 'FullyFilled 1/1', (client) => { client.pushTrade({ symbol: 'A/B', price: 98, amount: 5, side: 'sell' }) }],
    ['a print of a buyer', 'Open 0/1', (client) => { client.pushTrade({ symbol: 'A/B', price: 99, amount: 5, side: 'buy' }) }],
    ['an ask that comes down', 'Open 0.7/1', (client) => { client.setTicker('A/B', { bid: 98, ask: 99, askSize: '0.7' }) }],
    ['an ask that stays above', 'Open 0/1', (client) => { client.setTicker('A/B', { bid: 98, ask: '99.1' }) }],
    ['a book that reaches it', 'FullyFilled 1/1', (client) => { client.pushBook({ symbol: 'A/B', bids: [[98, 1]], asks: [[99, 2]] }) }],
  ])('%s: %s', (_, expected, push) => {
    const client = open()
    client.setTicker('A/B', { bid: '98.9', ask: 100 })
    const order = client.openLimitOrder('A/B', 'Buy', 1, 99)
    push(client)
    expect(stand(client.fetchOrder(order.cid))).toBe(expected)
  })
})

describe('fees', () => {
  it.each<readonly [fees: SpotOptions['fees'], side: 'Buy' | 'Sell', expected: string]>([
    [{ maker: 0, taker: '0.001' }, 'Buy', 'A 11 B 9899.9'],
    [{ maker: 0, taker: '0.001' }, 'Sell', 'A 9 B 10098.901'],
    [{ maker: 0, taker: '0.001', chargedIn: 'received' }, 'Buy', 'A 10.999 B 9900'],
    // 0.099 B are 0.000994974875 A at the mid, 99.5, rounded up.
    [{ maker: 0, taker: '0.001', chargedIn: { asset: 'A' } }, 'Sell', 'A 8.999005025125 B 10099'],
  ])('%j: %s leaves %s', (fees, side, expected) => {
    const client = open({ fees: fees! })
    client.setTicker('A/B', quote)
    client.openMarketOrder('A/B', side, 1)
    expect(holds(client)).toBe(expected)
  })
})

describe('cancels and amends', () => {
  it('a cancel gives back what was locked; a late one is told so', () => {
    const client = open()
    const order = client.openLimitOrder('A/B', 'Buy', 1, 90)
    expect(stand(client.cancelOrder(order))).toBe('Cancelled 0/1')
    expect(holds(client)).toBe('A 10 B 10000')
    expect(stand(client.cancelOrder(order.cid))).toBe('Cancelled 0/1')
  })

  it('by the order, the exchange id and the client id', () => {
    const client = open()
    const [a, b, c] = ['a', 'b', 'c'].map((cid) => client.openLimitOrder('A/B', 'Buy', 1, 90, { cid }))
    expect([client.cancelOrder(a!), client.cancelOrder(b!.id!), client.cancelOrder('c')].map((order) => order.cid)).toEqual(['a', 'b', 'c'])
    expect(c?.state.kind).toBe('Open')
    expect(client.fetchOpenOrders()).toEqual([])
  })

  it('cancelAll cancels those of one instrument, or all', () => {
    const client = open({ symbols: ['A/B', 'C/B'], balances: { B: 1_000 } })
    for (const symbol of ['A/B', 'C/B', 'A/B']) client.openLimitOrder(symbol, 'Buy', 1, 90)
    expect(client.cancelAll('A/B').map(stand)).toEqual(['Cancelled 0/1', 'Cancelled 0/1'])
    expect(client.fetchOpenOrders().map((order) => order.symbol)).toEqual(['C/B'])
    expect(client.cancelAll()).toHaveLength(1)
    expect(client.cancelAll()).toEqual([])
  })

  it.each([
    [{ price: 80 }, 'Open 0.4/1', 'A 10.4 B 9916+48'],
    [{ quantity: 2 }, 'Open 0.4/2', 'A 10.4 B 9820+144'],
    [{ price: 80, quantity: '1.4' }, 'Open 0.4/1.4', 'A 10.4 B 9884+80'],
    [{ quantity: '0.4' }, 'Cancelled 0.4/1', 'A 10.4 B 9964'],
    [{ price: 90_000 }, 'Open 0.4/1', 'A 10.4 B 9910+54'],
  ])('amended to %j: %s', (change, expected, balances) => {
    const client = open()
    const order = client.openLimitOrder('A/B', 'Buy', 1, 90)
    client.fillOrder(order, { quantity: '0.4' })
    client.amendOrder(order, change)
    expect([stand(client.fetchOrder(order.id!)), holds(client)]).toEqual([expected, balances])
  })
})

describe('what can be fetched', () => {
  it('orders by instrument, trades by time', () => {
    const client = open({ symbols: ['A/B', 'C/B'], balances: { A: 1, B: 1_000 } })
    for (const symbol of ['A/B', 'C/B']) client.setTicker(symbol, { bid: 9, ask: 10 })
    client.openMarketOrder('A/B', 'Buy', 1)
    client.advance('1s')
    client.openMarketOrder('C/B', 'Buy', 2)
    client.openLimitOrder('C/B', 'Buy', 1, 5)
    expect(client.fetchOrders().map(stand)).toEqual(['FullyFilled 1/1', 'FullyFilled 2/2', 'Open 0/1'])
    expect(client.fetchOrders(['A/B']).map(stand)).toEqual(['FullyFilled 1/1'])
    expect(client.fetchOpenOrders(['A/B'])).toEqual([])
    expect(client.fetchOpenOrders([1]).map(stand)).toEqual(['Open 0/1'])
    expect(client.fetchTrades().map(({ symbol, time }) => [symbol, time])).toEqual([['A/B', 0], ['C/B', 1_000]])
    expect(client.fetchTrades(1_000).map(({ quantity }) => quantity)).toEqual(['2'])
    expect(client.fetchTrades(1_001)).toEqual([])
    expect(client.fetchBalances(['b']).map(({ asset, total }) => [asset, total])).toEqual([['B', '970']])
  })

  it('names as anybody writes them', () => {
    const client = open({ symbols: [{ symbol: 'A/B', nameExchange: 'AB' }] })
    client.setTicker('A/B', quote)
    for (const name of ['A/B', 'a/b', 'AB', 'mock:A/B', 0]) expect(client.openMarketOrder(name, 'Buy', 1).symbol).toBe('A/B')
  })

  it('one order and all orders are the same values, in every state', () => {
    const client = open({ latency: '10ms', start: 0 })
    client.setTicker('A/B', { bid: 99, ask: 100, askSize: '1.5' })
    client.openMarketOrder('A/B', 'Buy', 1)
    client.openMarketOrder('A/B', 'Buy', 1)
    client.openMarketOrder('A/B', 'Buy', 1_000)
    const options: readonly LimitOrderOptions[] = [{ postOnly: true }, { timeInForce: 'GoodUntilEndOfDay' }, { timeInForce: { goodUntil: 60_000 } }, { cid: 'x' }]
    for (const option of options) client.openLimitOrder('A/B', 'Buy', 1, 90, option)
    client.advance('10ms')
    client.cancelOrder('x')
    client.advance('10ms')
    client.fillOrder('mock-3', { quantity: '0.5' })
    client.openMarketOrder('A/B', 'Sell', 1)
    const all = client.fetchOrders()
    expect(all.map(stand)).toEqual(['FullyFilled 1/1', 'Expired 0.5/1', 'OpenFailed(BalanceInsufficient) 0/1000', 'Open 0.5/1', 'Open 0/1', 'Open 0/1', 'Cancelled 0/1', 'OpenInFlight 0/1'])
    for (const order of all) {
      const one = client.fetchOrder(order.cid)
      expect(one).toEqual(order)
      expect([one.equals(order), one.id, JSON.stringify(one), JSON.stringify(one.key)]).toEqual([true, order.id, JSON.stringify(order), JSON.stringify(order.key)])
      expect(Object.isFrozen(one) && Object.isFrozen(one.key) && Object.isFrozen(one.state)).toBe(true)
      expect(OrderSnapshot.fromJSON(JSON.stringify(one)).equals(one)).toBe(true)
    }
  })

  it('values are frozen', () => {
    const client = open()
    const order = client.openLimitOrder('A/B', 'Buy', 1, 90)
    for (const value of [order, client.accountSnapshot(), client.fetchBalances()[0], client.drainEvents()[0]]) expect(Object.isFrozen(value)).toBe(true)
  })
})
