import { describe, expect, it } from 'vitest'
import { ExecutionInstrumentMap, MarketData, MockExecutionClient, OrderRequestOpen } from '../../src/index'
import { thrown } from '../facade/thrown'
import { INSTRUMENT, open, request, stand } from './common'

/** Code and path of what is thrown. */
function refusal(run: () => unknown): string {
  const { code, path = '' } = thrown(run)
  return `${code} ${path}`.trim()
}

describe('spot refuses', () => {
  const good = { symbols: [INSTRUMENT], balances: { B: 100 } }
  it.each<readonly [what: string, options: unknown, expected: string]>([
    ['nothing', undefined, 'INVALID_ARGUMENT options'],
    ['a text', 'A/B', 'INVALID_ARGUMENT options'],
    ['no symbols', {}, 'INVALID_ARGUMENT symbols'],
    ['an empty list of them', { symbols: [] }, 'INVALID_ARGUMENT symbols'],
    ['a symbol that is none', { symbols: ['A/B', 'X'] }, 'INVALID_ARGUMENT symbols[1]'],
    ['a symbol that is a number', { symbols: [7] }, 'INVALID_ARGUMENT symbols[0]'],
    ['a symbol twice', { symbols: ['A/B', 'A/B'] }, 'AMBIGUOUS_NAME symbols[1]'],
    ['a tick size below zero', { symbols: [{ symbol: 'A/B', tickSize: -1 }] }, 'INVALID_ARGUMENT symbols[0].tickSize'],
    ['an unknown option', { ...good, latancy: 1 }, 'UNKNOWN_NAME latancy'],
    ['an unknown asset', { ...good, balances: { C: 1 } }, 'UNKNOWN_NAME balances.C'],
    ['a balance below zero', { ...good, balances: { B: -1 } }, 'INVALID_ARGUMENT balances.B'],
    ['a balance that is no number', { ...good, balances: { B: 'many' } }, 'INVALID_ARGUMENT balances.B'],
    ['a latency below zero', { ...good, latency: -1 }, 'INVALID_ARGUMENT latency'],
    ['a latency below zero, one way', { ...good, latency: { open: '-1ms' } }, 'INVALID_ARGUMENT latency.open'],
    ['a latency that is none', { ...good, latency: 'soon' }, 'INVALID_ARGUMENT latency'],
    ['a fee above 1', { ...good, fees: { maker: 0, taker: '1.5' } }, 'INVALID_ARGUMENT fees.taker'],
    ['a fee that is no number', { ...good, fees: { maker: 'x', taker: 0 } }, 'INVALID_ARGUMENT fees.maker'],
    ['an unknown clock', { ...good, clock: 'sand' }, 'INVALID_ARGUMENT clock'],
    ['a start of the time of day', { ...good, clock: 'wall', start: 0 }, 'INVALID_ARGUMENT start'],
    ['a start that is no time', { ...good, start: 'noon' }, 'INVALID_ARGUMENT start'],
    ['a seed that is no number', { ...good, seed: 'x' }, 'INVALID_ARGUMENT seed'],
    ['a seed below zero', { ...good, seed: -1 }, 'INVALID_ARGUMENT seed'],
    ['unknown keys', { ...good, keys: 'other' }, 'INVALID_ARGUMENT keys'],
    ['an unknown kind of account', { ...good, account: 'margin' }, 'INVALID_ARGUMENT account'],
    ['more than can be exact', { ...good, balances: { B: '10000000000000000000000000' } }, 'OVERFLOW instruments[0]'],
  ])('%s', (_, options, expected) => {
    expect(refusal(() => MockExecutionClient.spot(options as never))).toBe(expected)
  })
})

describe('a config of barter is refused', () => {
  const START = '2025-01-01T00:00:00Z'
  const map = new ExecutionInstrumentMap('mock', [INSTRUMENT])
  const balance = (asset: unknown, total: string, free: string): object => ({ asset, balance: { total, free }, time_exchange: START })
  const order = (terms: object = {}): object => ({
    key: { exchange: 'mock', instrument: 'A/B', strategy: 's', cid: 'c' }, side: 'Buy', price: '90', quantity: '1', kind: 'Limit',
    time_in_force: { GoodUntilCancelled: { post_only: false } }, state: { Active: { Open: { id: '1', time_exchange: START, filled_quantity: '0' } } }, ...terms,
  })
  const config = (balances: readonly object[], orders: readonly object[] = [], more: object = {}): object => ({
    mocked_exchange: 'mock', initial_state: { exchange: 'mock', balances, instruments: [{ instrument: 'A/B', orders }] }, ...more,
  })
  const b = (free: string): object => balance('B', '100', free)
  const state = 'initial_state'
  it.each<readonly [what: string, config: unknown, expected: string]>([
    ['nothing', undefined, 'INVALID_ARGUMENT config'],
    ['another exchange', { mocked_exchange: 'okx' }, 'UNKNOWN_NAME mocked_exchange'],
    ['an unknown field', { mocked_exchange: 'mock', latency: 1 }, 'UNKNOWN_NAME latency'],
    ['a latency below zero', { mocked_exchange: 'mock', latency_ms: -1 }, 'INVALID_ARGUMENT latency_ms'],
    ['a fee above 1', { mocked_exchange: 'mock', fees_percent: '1.01' }, 'INVALID_ARGUMENT fees_percent'],
    ['more free than in all', config([balance('B', '10', '11')]), `INVALID_ARGUMENT ${state}.balances[0].balance.free`],
    ['less than nothing', config([balance('B', '-1', '-1')]), `INVALID_ARGUMENT ${state}.balances[0].balance.total`],
    ['an unknown asset', config([b('100'), balance('C', '1', '1')]), `UNKNOWN_NAME ${state}.balances[1].asset`],
    ['an asset twice', config([b('100'), b('100')]), `AMBIGUOUS_NAME ${state}.balances[1].asset`],
    ['what is locked without an order', config([b('10')]), `INVALID_ARGUMENT ${state}.balances[0].balance.free`],
    ['an order that locks more than is said', config([b('100')], [order()]), `INVALID_ARGUMENT ${state}.balances[0].balance.free`],
    ['an order without balance', config([], [order()]), `INVALID_ARGUMENT ${state}.instruments[0].orders[0]`],
    ['an order of another instrument', config([b('10')], [order({ key: { exchange: 'mock', instrument: 'X/Y', strategy: 's', cid: 'c' } })]), `UNKNOWN_NAME ${state}.instruments[0].orders[0].key.instrument`],
    ['an order that is over', config([b('10')], [order({ state: { Inactive: 'FullyFilled' } })]), `INVALID_ARGUMENT ${state}.instruments[0].orders[0].state`],
    ['an order off the grid', config([b('10')], [order({ price: '90.05' })]), `INVALID_ARGUMENT ${state}.instruments[0].orders[0].price`],
  ])('%s', (_, bad, expected) => {
    expect(refusal(() => new MockExecutionClient(bad as never, map))).toBe(expected)
  })

  it.each<readonly [what: string, instruments: unknown, options: unknown, expected: string]>([
    ['no map', undefined, {}, 'INVALID_ARGUMENT instruments'],
    ['a list for a map', ['A/B'], {}, 'INVALID_ARGUMENT instruments'],
    ['options that are none', map, 7, 'INVALID_ARGUMENT options'],
    ['an unknown option', map, { seeed: 1 }, 'UNKNOWN_NAME seeed'],
    ['an unknown asset', map, { balances: { C: 1 } }, 'UNKNOWN_NAME balances.C'],
  ])('%s', (_, instruments, options, expected) => {
    expect(refusal(() => new MockExecutionClient({}, instruments as never, options as never))).toBe(expected)
  })
})

describe('a client refuses, and goes on', () => {
  const data = MarketData.fromColumns({ time: [1_000], price: [1], quantity: [1] }, { symbol: 'X/Y' })
  const fine = MarketData.fromColumns({ time: [1_000], price: [0.05], quantity: [1] }, { symbol: 'A/B' })
  const old = MarketData.fromColumns({ time: [1], price: [1], quantity: [1] }, { symbol: 'A/B' })
  type Call = (client: MockExecutionClient) => unknown
  it.each<readonly [what: string, call: Call, expected: string]>([
    ['an unknown symbol', (client) => client.openMarketOrder('X/Y', 'Buy', 1), 'UNKNOWN_NAME symbol'],
    ['an index that there is not', (client) => client.openMarketOrder(9, 'Buy', 1), 'UNKNOWN_NAME symbol'],
    ['no symbol', (client) => client.openMarketOrder(undefined as never, 'Buy', 1), 'UNKNOWN_NAME symbol'],
    ['an unknown side', (client) => client.openMarketOrder('A/B', 'buy' as never, 1), 'INVALID_ARGUMENT side'],
    ['a quantity of zero', (client) => client.openMarketOrder('A/B', 'Buy', 0), 'INVALID_ARGUMENT quantity'],
    ['a quantity below zero', (client) => client.openMarketOrder('A/B', 'Buy', -1), 'INVALID_ARGUMENT quantity'],
    ['a quantity that is none', (client) => client.openMarketOrder('A/B', 'Buy', Number.NaN), 'INVALID_ARGUMENT quantity'],
    ['no quantity', (client) => client.openMarketOrder('A/B', 'Buy', undefined as never), 'INVALID_ARGUMENT quantity'],
    ['a quantity off the grid', (client) => client.openMarketOrder('A/B', 'Buy', '0.001'), 'INVALID_ARGUMENT quantity'],
    ['a huge quantity', (client) => client.openMarketOrder('A/B', 'Buy', '90071992547409920'), 'OVERFLOW quantity'],
    ['a price off the grid', (client) => client.openLimitOrder('A/B', 'Buy', 1, '90.05'), 'INVALID_ARGUMENT price'],
    ['a price of zero', (client) => client.openLimitOrder('A/B', 'Buy', 1, 0), 'INVALID_ARGUMENT price'],
    ['an unknown time in force', (client) => client.openLimitOrder('A/B', 'Buy', 1, 90, { timeInForce: 'GTC' as never }), 'UNKNOWN_NAME options.timeInForce'],
    ['post-only that takes at once', (client) => client.openLimitOrder('A/B', 'Buy', 1, 90, { postOnly: true, timeInForce: 'FillOrKill' }), 'INVALID_ARGUMENT options.timeInForce'],
    ['an unknown option of an order', (client) => client.openLimitOrder('A/B', 'Buy', 1, 90, { postonly: true } as never), 'UNKNOWN_NAME options.postonly'],
    ['a client id that was used', (client) => client.openLimitOrder('A/B', 'Buy', 1, 90, { cid: 'used' }), 'INVALID_ARGUMENT options.cid'],
    ['a client id of the generated kind', (client) => client.openLimitOrder('A/B', 'Buy', 1, 90, { cid: 'mock-7' }), 'INVALID_ARGUMENT options.cid'],
    ['options of an order that are none', (client) => client.openLimitOrder('A/B', 'Buy', 1, 90, null as never), 'INVALID_ARGUMENT options'],
    ['a request that is none', (client) => client.openOrder({} as never), 'INVALID_ARGUMENT request'],
    ['a request of another exchange', (client) => client.openOrder(new OrderRequestOpen({ key: { exchange: 'okx', instrument: 'A/B' }, side: 'Buy', quantity: 1 })), 'UNKNOWN_NAME key.exchange'],
    ['a request of an unknown instrument', (client) => client.openOrder(new OrderRequestOpen({ key: { exchange: 'mock', instrument: 'X/Y' }, side: 'Buy', quantity: 1 })), 'UNKNOWN_NAME key.instrument'],
    ['a kind that there is not yet', (client) => client.openOrder(request({ stop: 90 })), 'UNSUPPORTED state.kind'],
    ['an order that was not sent', (client) => client.cancelOrder('x'), 'UNKNOWN_NAME order'],
    ['an order that is none', (client) => client.cancelOrder({} as never), 'INVALID_ARGUMENT order'],
    ['no order', (client) => client.cancelOrder(undefined as never), 'INVALID_ARGUMENT order'],
    ['to fetch what was not sent', (client) => client.fetchOrder('x'), 'UNKNOWN_NAME order'],
    ['an amend of nothing', (client) => client.amendOrder('used', {}), 'INVALID_ARGUMENT change'],
    ['an amend that is none', (client) => client.amendOrder('used', 7 as never), 'INVALID_ARGUMENT change'],
    ['an amend of something else', (client) => client.amendOrder('used', { side: 'Buy' } as never), 'UNKNOWN_NAME change.side'],
    ['an amend off the grid', (client) => client.amendOrder('used', { price: '90.05' }), 'INVALID_ARGUMENT change.price'],
    ['an amend of an order that was not sent', (client) => client.amendOrder('x', { price: 1 }), 'UNKNOWN_NAME order'],
    ['an unknown instrument to cancel', (client) => client.cancelAll('X/Y'), 'UNKNOWN_NAME symbol'],
    ['an unknown asset', (client) => client.fetchBalances(['B', 'C']), 'UNKNOWN_NAME assets[1]'],
    ['an unknown instrument to fetch', (client) => client.fetchOrders(['A/B', 'X/Y']), 'UNKNOWN_NAME names[1]'],
    ['the same of open ones', (client) => client.fetchOpenOrders(['X/Y']), 'UNKNOWN_NAME names[0]'],
    ['trades since no time', (client) => client.fetchTrades('noon'), 'INVALID_ARGUMENT since'],
    ['a ticker of nothing', (client) => { client.setTicker('A/B', {}) }, 'INVALID_ARGUMENT ticker'],
    ['a ticker that is none', (client) => { client.setTicker('A/B', 100 as never) }, 'INVALID_ARGUMENT ticker'],
    ['a bid above the ask', (client) => { client.setTicker('A/B', { bid: 101, ask: 100 }) }, 'INVALID_ARGUMENT ticker.bid'],
    ['a size without a price', (client) => { client.setTicker('A/B', { bid: 100, askSize: 1 }) }, 'INVALID_ARGUMENT ticker.askSize'],
    ['an unknown field of a ticker', (client) => { client.setTicker('A/B', { bid: 1, asks: 2 } as never) }, 'UNKNOWN_NAME ticker.asks'],
    ['a price of a ticker off the grid', (client) => { client.setTicker('A/B', { last: '0.05' }) }, 'INVALID_ARGUMENT ticker.last'],
    ['a print that is none', (client) => { client.pushTrade(7 as never) }, 'INVALID_ARGUMENT trade'],
    ['a print of an unknown instrument', (client) => { client.pushTrade({ symbol: 'X/Y', price: 1, amount: 1 }) }, 'UNKNOWN_NAME trade.symbol'],
    ['a print of an unknown side', (client) => { client.pushTrade({ symbol: 'A/B', price: 1, amount: 1, side: 'up' }) }, 'INVALID_ARGUMENT trade.side'],
    ['a print without a price', (client) => { client.pushTrade({ symbol: 'A/B', amount: 1 }) }, 'INVALID_ARGUMENT trade.price'],
    ['a print without an amount', (client) => { client.pushTrade({ symbol: 'A/B', price: 1, amount: 0 }) }, 'INVALID_ARGUMENT trade.amount'],
    ['a book that is none', (client) => { client.pushBook(7 as never) }, 'INVALID_ARGUMENT book'],
    ['a book without asks', (client) => { client.pushBook({ symbol: 'A/B', bids: [] } as never) }, 'INVALID_ARGUMENT book.asks'],
    ['a level that is none', (client) => { client.pushBook({ symbol: 'A/B', bids: [7], asks: [] } as never) }, 'INVALID_ARGUMENT book.bids[0]'],
    ['a level without a size', (client) => { client.pushBook({ symbol: 'A/B', bids: [[1, 1], [2]], asks: [] }) }, 'INVALID_ARGUMENT book.bids[1][1]'],
    ['a book that crosses', (client) => { client.pushBook({ symbol: 'A/B', bids: [[2, 1]], asks: [[1, 1]] }) }, 'INVALID_ARGUMENT book.bids'],
    ['data that are none', (client) => client.replay([] as never), 'INVALID_ARGUMENT data'],
    ['data of an unknown instrument', (client) => client.replay(data), 'UNKNOWN_NAME data'],
    ['data off the grid', (client) => client.replay(fine), 'INVALID_DATA data'],
    ['data that are over', (client) => client.replay(old), 'INVALID_ARGUMENT data'],
    ['a replay into the past', (client) => client.replay(fine, 1), 'INVALID_ARGUMENT until'],
    ['to go back by', (client) => { client.advance(-1) }, 'INVALID_ARGUMENT by'],
    ['to go back to', (client) => { client.advanceTo(1) }, 'INVALID_ARGUMENT time'],
    ['a duration that is none', (client) => { client.advance('soon' as never) }, 'INVALID_ARGUMENT by'],
    ['a timeout that is none', (client) => client.pollEvent('soon' as never), 'INVALID_ARGUMENT timeout'],
    ['to fill what was not sent', (client) => client.fillOrder('x'), 'UNKNOWN_NAME order'],
    ['to fill more than is left', (client) => client.fillOrder('used', { quantity: 2 }), 'INVALID_ARGUMENT change.quantity'],
    ['to fill past the limit', (client) => client.fillOrder('used', { price: 91 }), 'INVALID_ARGUMENT change.price'],
    ['an unknown rejection code', (client) => { client.rejectNext('Nope') }, 'UNKNOWN_NAME code'],
    ['a rejection never', (client) => { client.rejectNext('TradingDisabled', 0) }, 'INVALID_ARGUMENT times'],
    ['an unknown failure', (client) => { client.failNext('explosion' as never) }, 'UNKNOWN_NAME failure'],
    ['a failure half a time', (client) => { client.failNext('timeout', { times: 0.5 }) }, 'INVALID_ARGUMENT options.times'],
    ['options of a failure that are none', (client) => { client.failNext('timeout', null as never) }, 'INVALID_ARGUMENT options'],
    ['an effect that cannot have been', (client) => { client.failNext('rateLimit', { afterEffect: true }) }, 'INVALID_ARGUMENT options.afterEffect'],
    ['a share above 1', (client) => { client.failShare('timeout', 1.1) }, 'INVALID_ARGUMENT share'],
    ['a share that is none', (client) => { client.failShare('timeout', Number.NaN) }, 'INVALID_ARGUMENT share'],
    ['a delay below zero', (client) => { client.delayNext(-1) }, 'INVALID_ARGUMENT by'],
    ['to double never', (client) => { client.duplicateNext(-1) }, 'INVALID_ARGUMENT times'],
    ['to halt an unknown instrument', (client) => { client.halt('X/Y') }, 'UNKNOWN_NAME symbol'],
    ['an account whose name is taken', (client) => client.account('mock', { B: 1 }), 'AMBIGUOUS_NAME name'],
    ['an account with an unknown asset', (client) => client.account('two', { B: 1, C: 1 }), 'UNKNOWN_NAME balances.C'],
    ['an account with less than nothing', (client) => client.account('two', { B: -1 }), 'INVALID_ARGUMENT balances.B'],
    ['an account without balances', (client) => client.account('two', undefined as never), 'INVALID_ARGUMENT balances'],
  ])('%s', (_, call, expected) => {
    const client = open()
    client.advance('500ms')
    client.openLimitOrder('A/B', 'Buy', 1, 90, { cid: 'used' })
    client.drainEvents()
    const before = client.stateHash()
    expect(refusal(() => call(client))).toBe(expected)
    expect([client.stateHash(), client.drainEvents()]).toEqual([before, []])
    expect(stand(client.cancelOrder('used'))).toBe('Cancelled 0/1')
  })
})

describe('after close', () => {
  it('close is fine again, all else is CLOSED', async () => {
    const client = open()
    const order = client.openLimitOrder('A/B', 'Buy', 1, 90)
    const saved = client.snapshot()
    await client.close()
    await client.close()
    await client[Symbol.asyncDispose]()
    const data = MarketData.fromColumns({ time: [1], price: [1], quantity: [1] }, { symbol: 'A/B' })
    const calls: readonly (() => unknown)[] = [
      () => client.now, () => client.isConnected, () => client.accountSnapshot(), () => client.fetchBalances(), () => client.fetchOpenOrders(), () => client.fetchOrders(),
      () => client.fetchOrder(order.cid), () => client.fetchTrades(), () => client.openOrder(request()), () => client.openMarketOrder('A/B', 'Buy', 1), () => client.openLimitOrder('A/B', 'Buy', 1, 90),
      () => client.cancelOrder(order), () => client.cancelAll(), () => client.amendOrder(order, { price: 80 }), () => client.pollEvent(), () => client.drainEvents(),
      () => { client.setTicker('A/B', { last: 1 }) }, () => { client.pushTrade({ symbol: 'A/B', price: 1, amount: 1 }) }, () => { client.pushBook({ symbol: 'A/B', bids: [], asks: [] }) }, () => client.replay(data),
      () => { client.advance(1) }, () => { client.advanceTo(1) }, () => client.fillOrder(order), () => { client.rejectNext('TradingDisabled') }, () => { client.failNext('timeout') }, () => { client.failShare('timeout', 0.5) },
      () => { client.delayNext(1) }, () => { client.duplicateNext() }, () => { client.disconnect() }, () => { client.reconnect() }, () => { client.halt('A/B') }, () => { client.resume('A/B') },
      () => client.snapshot(), () => { client.restore(saved) }, () => client.stateHash(), () => { client.invariants() }, () => client.account('two', { B: 1 }),
    ]
    expect(calls.map(refusal)).toEqual(calls.map(() => 'CLOSED'))
    await expect(client.settled(order)).rejects.toMatchObject({ code: 'CLOSED' })
  })
})
