import { describe, expect, it } from 'vitest'
import { AccountSnapshot, ExecutionInstrumentMap, MockExecutionClient, SystemConfig, type MockExecutionConfig, type SpotOptions } from '../../src/index'
import { holds, INSTRUMENT, lines, open, request, stand } from './common'

const START = '2025-01-01T00:00:00Z'
const map = new ExecutionInstrumentMap('mock', [INSTRUMENT])

describe('a client', () => {
  it('of a minimal map and config', async () => {
    const client = new MockExecutionClient({}, new ExecutionInstrumentMap('mock', ['BTC/USDT']), { balances: { USDT: 100 } })
    expect(holds(client)).toBe('BTC 0 USDT 100')
    client.drainEvents()
    expect(client.openLimitOrder('BTC/USDT', 'Buy', 1, 10).state.kind).toBe('Open')
    expect(lines(client)).toEqual(['OrderSnapshot Open', 'BalanceSnapshot USDT 90'])
    await client.close()
  })

  it('of a map of a system, and of the rules of an exchange', async () => {
    const system = new SystemConfig({ exchange: 'okx', instruments: [INSTRUMENT] })
    const client = new MockExecutionClient({ fees: { maker: 0, taker: '0.01' }, latency: '3ms' }, ExecutionInstrumentMap.from(system), { balances: { B: 1_000 }, start: START })
    client.setTicker('A/B', { bid: 99, ask: 100 })
    const order = client.openMarketOrder('okx:A/B', 'Buy', 1)
    expect(stand(order)).toBe('OpenInFlight 0/1')
    client.advance('3ms')
    expect([holds(client), client.fetchTrades()[0]?.timeExchange]).toEqual(['A 1 B 899', '2025-01-01T00:00:00.001500Z'])
    await client.close()
  })

  it("of barter's MockExecutionConfig, with an account that has open orders", async () => {
    const key = { exchange: 'mock', instrument: 'A/B', strategy: 'desk', cid: 'first' }
    const order = {
      key, side: 'Buy', price: '90', quantity: '2', kind: 'Limit', time_in_force: { GoodUntilCancelled: { post_only: false } },
      state: { Active: { Open: { id: 'x-1', time_exchange: START, filled_quantity: '0.5' } } },
    }
    const config: MockExecutionConfig = {
      mocked_exchange: 'mock', latency_ms: 0, fees_percent: '0.001',
      initial_state: {
        exchange: 'mock',
        balances: [
          { asset: 'a', balance: { total: '3', free: '3' }, time_exchange: START },
          { asset: 'b', balance: { total: '1000', free: '864.865' }, time_exchange: START },
        ],
        instruments: [{ instrument: 'A/B', orders: [order] }],
      },
    }
    const client = new MockExecutionClient(config, map, { start: START })
    const snapshot = client.accountSnapshot()
    expect(holds(client)).toBe('A 3 B 864.865+135.135')
    expect(snapshot.orders.map((one) => [one.id, one.cid, one.strategy, stand(one)])).toEqual([['x-1', 'first', 'desk', 'Open 0.5/2']])
    expect(AccountSnapshot.fromJSON(snapshot.toJSON())).toEqual(snapshot)
    client.setTicker('A/B', { bid: 80, ask: 89 })
    expect([stand(client.fetchOrder('x-1')), holds(client)]).toEqual(['FullyFilled 2/2', 'A 4.5 B 864.865'])
    client.invariants()
    await client.close()
    // Balances of the options stand in its place.
    const other = new MockExecutionClient(config, map, { balances: { B: 5 } })
    expect([holds(other), other.fetchOpenOrders()]).toEqual(['A 0 B 5', []])
    await other.close()
  })

  it('whose snapshot has balances and orders', () => {
    const client = open({ start: START })
    client.openLimitOrder('A/B', 'Buy', 1, 90, { cid: 'a' })
    client.openLimitOrder('A/B', 'Sell', 2, 110, { cid: 'b' })
    const { exchange, balances, orders } = client.accountSnapshot()
    expect({ exchange, balances: balances.map((balance) => ({ ...balance })), orders: orders.map((order) => [order.cid, order.side, order.price, stand(order)]) }).toEqual({
      exchange: 'mock',
      balances: [
        { asset: 'A', total: '10', free: '8', locked: '2', timeExchange: START },
        { asset: 'B', total: '10000', free: '9910', locked: '90', timeExchange: START },
      ],
      orders: [['a', 'Buy', '90', 'Open 0/1'], ['b', 'Sell', '110', 'Open 0/2']],
    })
  })

  it('with keys by place', () => {
    const client = open({ keys: 'indexed' })
    const { exchange, balances, instruments } = client.accountSnapshot()
    expect([exchange, balances.map(({ asset }) => asset), instruments.map(({ instrument }) => instrument)]).toEqual([0, [0, 1], [0]])
    client.drainEvents()
    client.openLimitOrder('A/B', 'Buy', 1, 90)
    expect(client.drainEvents().map((event) => JSON.stringify(event))).toEqual([
      expect.stringContaining('"key":{"exchange":0,"instrument":0,') as unknown, expect.stringContaining('"asset":1') as unknown,
    ])
  })

  it('whose account is cash-settled goes short', async () => {
    const client = new MockExecutionClient({ account: 'cash-settled', leverage: 2 }, map, { balances: { B: 1_000 } })
    client.setTicker('A/B', { last: 100 })
    expect(stand(client.openMarketOrder('A/B', 'Sell', 20))).toBe('FullyFilled 20/20')
    expect(stand(client.openMarketOrder('A/B', 'Sell', 1))).toBe('OpenFailed(BuyingPowerInsufficient) 0/1')
    client.setTicker('A/B', { last: 90 })
    client.openMarketOrder('A/B', 'Buy', 20)
    expect(client.fetchBalances(['B'])[0]?.total).toBe('1200')
    await client.close()
  })
})

/*
 * Orders of two accounts are the market: `b 2 @ 101` buys, `s` sells, without a price at market; `ioc`, `fok`, `post` as they say;
 * `x 0` cancels the order of that place, `m 0 3 @ 99` amends it to 3 at 99. The account leads, as in `one: b 2 @ 101`.
 */
describe('matching between the accounts of a client', () => {
  type Flow = readonly [name: string, script: string, orders: readonly string[], fills: readonly string[]]
  const flows: readonly Flow[] = [
    ['a taker meets what rests, at its price', 'one: s 1 @ 100; two: b 1 @ 105', ['FullyFilled 1/1', 'FullyFilled 1/1'], ['1@100']],
    ['the better price first', 'one: s 1 @ 101; one: s 1 @ 100; two: b 1 @ 105', ['Open 0/1', 'FullyFilled 1/1', 'FullyFilled 1/1'], ['1@100']],
    ['the older first at one price', 'one: s 1 @ 100; one: s 1 @ 100; two: b 1 @ 100', ['FullyFilled 1/1', 'Open 0/1', 'FullyFilled 1/1'], ['1@100']],
    ['over several levels', 'one: s 1 @ 100; one: s 1 @ 101; two: b 3 @ 101', ['FullyFilled 1/1', 'FullyFilled 1/1', 'Open 2/3'], ['1@100', '1@101']],
    ['prices apart rest', 'one: s 1 @ 100; two: b 1 @ 99', ['Open 0/1', 'Open 0/1'], []],
    ['at market', 'one: s 1 @ 100; two: b 2', ['FullyFilled 1/1', 'Expired 1/2'], ['1@100']],
    ['at market, nobody there', 'two: b 2', ['Expired 0/2'], []],
    ['IOC takes what there is', 'one: s 1 @ 100; two: b 2 @ 100 ioc', ['FullyFilled 1/1', 'Expired 1/2'], ['1@100']],
    ['FOK takes all or nothing', 'one: s 1 @ 100; two: b 2 @ 100 fok; two: b 1 @ 100 fok', ['FullyFilled 1/1', 'Expired 0/2', 'FullyFilled 1/1'], ['1@100']],
    ['post-only does not take', 'one: s 1 @ 100; two: b 1 @ 100 post; two: b 1 @ 99 post', ['Open 0/1', 'OpenFailed(PostOnlyWouldTake) 0/1', 'Open 0/1'], []],
    ['an own order gives way', 'one: s 1 @ 100; one: b 1 @ 100', ['Expired 0/1', 'Open 0/1'], []],
    ['what is cancelled is not met', 'one: s 1 @ 100; one: x 0; two: b 1 @ 100', ['Cancelled 0/1', 'Open 0/1'], []],
    ['less keeps its place', 'one: s 2 @ 100; one: s 1 @ 100; one: m 0 1 @ 100; two: b 1 @ 100', ['FullyFilled 1/1', 'Open 0/1', 'FullyFilled 1/1'], ['1@100']],
    ['more goes to the back', 'one: s 1 @ 100; one: s 1 @ 100; one: m 0 2 @ 100; two: b 1 @ 100', ['Open 0/2', 'FullyFilled 1/1', 'FullyFilled 1/1'], ['1@100']],
    ['an amended order may take', 'one: s 1 @ 100; two: b 1 @ 99; two: m 1 1 @ 100', ['FullyFilled 1/1', 'FullyFilled 1/1'], ['1@100']],
    ['an account without the money', 'one: s 5 @ 100; two: b 500 @ 100', ['Open 0/5', 'OpenFailed(BalanceInsufficient) 0/500'], []],
  ]
  it.each(flows)('%s', (_, script, orders, fills) => {
    const one = open({ fees: { maker: '0.001', taker: '0.002' } })
    const accounts = { one, two: one.account('two', { A: 10, B: 10_000 }) }
    const cids: { of: MockExecutionClient, cid: string }[] = []
    for (const step of script.split('; ')) {
      const [, name, what, first, second, price, option] = /^(\w+): (\w) (\d+)(?: (\d+))?(?: @ (\d+))?(?: (\w+))?$/.exec(step)!
      const of = accounts[name as 'one' | 'two']
      if (what === 'x') of.cancelOrder(cids[Number(first)]!.cid)
      else if (what === 'm') of.amendOrder(cids[Number(first)]!.cid, { quantity: second!, price: price! })
      else {
        const options = option === 'ioc' ? { timeInForce: 'ImmediateOrCancel' } as const : option === 'fok' ? { timeInForce: 'FillOrKill' } as const : option === 'post' ? { postOnly: true } : {}
        const side = what === 'b' ? 'Buy' : 'Sell'
        const { cid } = price === undefined ? of.openMarketOrder('A/B', side, first!) : of.openLimitOrder('A/B', side, first!, price, options)
        cids.push({ of, cid })
      }
      one.invariants()
    }
    expect(cids.map(({ of, cid }) => stand(of.fetchOrder(cid)))).toEqual(orders)
    expect(accounts.two.fetchTrades().map(({ quantity, price }) => `${quantity}@${price}`)).toEqual(fills)
    // Both sides have the same trades, one of them as the maker; nothing is lost but the fees.
    const [mine, theirs] = [one.fetchTrades(), accounts.two.fetchTrades()]
    expect(mine.map(({ id }) => id)).toEqual(theirs.map(({ id }) => id))
    mine.forEach(({ liquidity }, at) => { expect([liquidity, theirs[at]?.liquidity].sort()).toEqual(['Maker', 'Taker']) })
    const thousandths = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + Math.round(Number(text) * 1e3), 0)
    const totals = (asset: string): string[] => [one, accounts.two].map((client) => client.fetchBalances([asset])[0]!.total)
    expect([thousandths(totals('A')), thousandths([...totals('B'), ...[...mine, ...theirs].map(({ fee }) => fee)])]).toEqual([20_000, 20_000_000])
  })

  it('each account hears of its own, and closing one closes all', async () => {
    const one = open()
    const two = one.account('two', { B: 1_000 })
    for (const client of [one, two]) client.drainEvents()
    one.openLimitOrder('A/B', 'Sell', 1, 100)
    expect([lines(one).length, lines(two).length]).toEqual([2, 0])
    two.openMarketOrder('A/B', 'Buy', 1)
    expect(lines(one)).toEqual(['Trade 1@100', 'BalanceSnapshot A 9', 'BalanceSnapshot B 10100'])
    expect(lines(two)).toEqual(['Trade 1@100', 'BalanceSnapshot A 1', 'BalanceSnapshot B 900'])
    expect(() => two.cancelOrder('mock-0')).toThrow(expect.objectContaining({ code: 'UNKNOWN_NAME', path: 'order' }) as Error)
    const heard = (async () => { for await (const event of one.events()) throw new Error(`heard ${event.kind}`) })()
    await two.close()
    await heard
    expect(() => one.accountSnapshot()).toThrow(expect.objectContaining({ code: 'CLOSED' }) as Error)
    expect(() => one.now).toThrow(expect.objectContaining({ code: 'CLOSED' }) as Error)
  })

  it('from the first market data on the accounts do not meet', () => {
    const one = open()
    const two = one.account('two', { B: 1_000 })
    one.setTicker('A/B', { bid: 90, ask: 110 })
    one.openLimitOrder('A/B', 'Sell', 1, 100)
    expect(stand(two.openLimitOrder('A/B', 'Buy', 1, 100))).toBe('Open 0/1')
  })

  it.each<readonly [rule: string, expected: readonly string[]]>([['expireMaker', ['Expired 0/1', 'Open 0/1']], ['expireTaker', ['Open 0/1', 'Expired 0/1']], ['none', ['FullyFilled 1/1', 'FullyFilled 1/1']]])('an own order met, by the rule %s', (selfTrade, expected) => {
    const client = open({ fills: { selfTrade } as SpotOptions['fills'] & object })
    client.openOrder(request({ side: 'Sell', price: 100 }, 'a'))
    client.openOrder(request({ price: 100 }, 'b'))
    expect(['a', 'b'].map((cid) => stand(client.fetchOrder(cid)))).toEqual(expected)
  })
})
