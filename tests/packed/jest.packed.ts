import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Consumer, firstExample } from './consumer'

/**
 * A unit test as a user of jest writes it: CommonJS, no options. jest runs it in a `vm` context, and the addon outside of it,
 * so that what the addon makes is of other classes there: errors and arrays have to be known without `instanceof`.
 */
const TEST = (hash: string, body: string): string => `
const { backtest, backtestSync, HaggleError, MarketData, runBacktests, sampleData } = require('haggle')
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
    const { code, stderr } = await consumer.run(process.execPath, consumer.path('node_modules/jest/bin/jest.js'))
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    expect(stderr).toContain('Tests:       4 passed, 4 total')
  })
})
