'use strict'

/* Tests as a user of `node:test` writes them; the package's entry is in the environment. */
const assert = require('node:assert/strict')
const { test } = require('node:test')
const { MockExecutionClient } = require(process.env.HAGGLE_ENTRY)

const options = { symbols: ['BTC/USDT'], balances: { USDT: 10_000 } }

test('an order fills', async () => {
  const client = MockExecutionClient.spot(options)
  client.setTicker('BTC/USDT', { bid: 94_000, ask: 94_001 })
  assert.equal(client.openMarketOrder('BTC/USDT', 'Buy', '0.1').state.kind, 'FullyFilled')
  assert.equal(client.fetchBalances(['BTC'])[0].free, '0.1')
  await client.close()
})

test('under mocked timers', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout', 'Date'] })
  const client = MockExecutionClient.spot({ ...options, clock: 'wall', latency: '10ms' })
  const settled = client.settled(client.openLimitOrder('BTC/USDT', 'Buy', '0.1', 90_000))
  context.mock.timers.tick(10)
  assert.equal((await settled).state.kind, 'Open')
})

test('one that nobody closes', () => {
  MockExecutionClient.spot({ ...options, clock: 'wall', latency: '1h' }).openLimitOrder('BTC/USDT', 'Buy', '0.1', 90_000)
})
