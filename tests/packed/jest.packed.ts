import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Consumer, firstExample } from './consumer'

/**
 * A unit test as a user of jest writes it: CommonJS, no options. jest runs it in a `vm` context, and the addon outside of it,
 * so that what the addon makes is of other classes there: errors and arrays have to be known without `instanceof`.
 */
const TEST = (hash: string, body: string): string => `
const { backtest, backtestSync, HaggleError, MarketData, MockExecutionClient, runBacktests, sampleData } = require('haggle')
const { system, marketData } = sampleData.binanceSpot()
const constant = { system, marketData, balances: { USDT: 10_000 } }
const crossed = { strategy: { native: 'emaCross', fast: 600, slow: 500 } }

test('a first back-test', async () => {
${body}
  expect(run.resultHash).toBe('${hash}')
})
test('errors of the core, by every way', async () => {
  expect(() => marketData.select({ symbols: ['NO/NE'] })).toThrow(HaggleError)
  expect(() => backtestSync(constant, crossed)).toThrow(HaggleError)
  await expect(backtest(constant, crossed)).rejects.toBeInstanceOf(HaggleError)
  await expect(MarketData.fromCsv('missing.csv', { symbol: 'A/B' })).rejects.toBeInstanceOf(HaggleError)
  const { summaries: [summary] } = await runBacktests(constant, [crossed])
  expect(summary.error).toBeInstanceOf(HaggleError)
})
test('errors of a strategy, untouched', () => {
  const thrown = new RangeError('mine')
  expect(() => backtestSync(constant, { strategy: { onTrade() { throw thrown } } })).toThrow(thrown)
})
test('columns of a result as columns of data', () => {
  const run = backtestSync(constant, { strategy: { native: 'emaCross', fast: 50, slow: 500 } })
  const [time, price, quantity] = ['timeExchange', 'price', 'quantity'].map((name) => run.fills.column(name))
  expect(MarketData.fromColumns({ time, price, quantity }, { symbol: 'A/B' }).length).toBe(run.fills.length)
})
test('a mock client', async () => {
  const client = MockExecutionClient.spot({ symbols: ['BTC/USDT'], balances: { USDT: 10_000 } })
  client.setTicker('BTC/USDT', { bid: 94_000, ask: 94_001 })
  const order = client.openMarketOrder('BTC/USDT', 'Buy', '0.1')
  expect(order.state.kind).toBe('FullyFilled')
  expect(client.fetchOrder(order.cid)).toEqual(order)
  client.restore(client.snapshot())
  expect(client.fetchBalances(['BTC'])[0].free).toBe('0.1')
  await client.close()
  expect(() => client.stateHash()).toThrow(HaggleError)
})
test('a mock client under fake timers', async () => {
  jest.useFakeTimers()
  const client = MockExecutionClient.spot({ symbols: ['BTC/USDT'], balances: { USDT: 10_000 }, clock: 'wall', latency: '10ms' })
  const settled = client.settled(client.openLimitOrder('BTC/USDT', 'Buy', '0.1', 90_000))
  await jest.advanceTimersByTimeAsync(10)
  expect((await settled).state.kind).toBe('Open')
  client.openLimitOrder('BTC/USDT', 'Buy', '0.01', 90_000)
  for (let i = 0; i < 100; i++) await client.close()
  expect(jest.getTimerCount()).toBe(0)
  jest.useRealTimers()
})
test('a mock client that is not closed', () => {
  MockExecutionClient.spot({ symbols: ['BTC/USDT'], balances: { USDT: 10_000 }, clock: 'wall', latency: '1h' }).openLimitOrder('BTC/USDT', 'Buy', '0.1', 90_000)
})
`

describe('jest', () => {
  const { hash, cjs } = firstExample()
  let consumer: Consumer
  beforeAll(async () => {
    consumer = await Consumer.with(['jest'])
    const body = cjs.split('\n').slice(2, -2).filter((line) => !line.startsWith('console.log')).join('\n')
    consumer.write('first.test.js', TEST(hash, body))
  })
  afterAll(() => { consumer.remove() })

  it('runs a test that requires haggle', async (context) => {
    consumer.need(context)
    const { code, stderr } = await consumer.run(process.execPath, consumer.path('node_modules/jest/bin/jest.js'), '--detectOpenHandles')
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    expect(stderr).toContain('Tests:       7 passed, 7 total')
  })
})
