// What the published declarations promise of the mock client. Nothing here runs.
import {
  ExecutionInstrumentMap, MockExecutionClient, OrderRequestOpen, OrderSnapshot,
  type AccountEvent, type AccountSnapshot, type AssetBalance, type Failure, type Fill, type MarketData, type MockExecutionConfig, type MockOptions, type Order, type SpotOptions,
  type Ticker,
} from 'haggle'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
declare function same<A, B>(equal: Equal<A, B>): void
declare const data: MarketData
declare const order: Order
declare const request: OrderRequestOpen

// construct
export const spots: SpotOptions[] = [
  { symbols: ['BTC/USDT'] },
  { symbols: [{ symbol: 'BTC/USDT', tickSize: '0.01' }], exchange: 'okx', balances: { USDT: 10_000 }, latency: '20ms', fees: { maker: 0, taker: '0.001' }, clock: 'manual', start: 0, seed: 7 },
]
export const client: MockExecutionClient = MockExecutionClient.spot({ symbols: ['BTC/USDT'] })
export const config: MockExecutionConfig = { mocked_exchange: 'okx', latency_ms: 20, fees_percent: '0.001', initial_state: {} }
export const options: MockOptions = { clock: 'wall', keys: 'indexed' }
export const second = new MockExecutionClient(config, new ExecutionInstrumentMap('okx', ['BTC/USDT']), options)
export const third = new MockExecutionClient({ latency: 5 }, new ExecutionInstrumentMap('okx', ['BTC/USDT']))
// @ts-expect-error symbols are needed
MockExecutionClient.spot({})
// @ts-expect-error no such clock
MockExecutionClient.spot({ symbols: [], clock: 'virtual' })
// @ts-expect-error an instrument map is needed
new MockExecutionClient(config)

// ask
same<ReturnType<MockExecutionClient['accountSnapshot']>, AccountSnapshot>(true)
same<ReturnType<MockExecutionClient['fetchBalances']>, AssetBalance[]>(true)
same<ReturnType<MockExecutionClient['fetchTrades']>, Fill[]>(true)
same<ReturnType<MockExecutionClient['openOrder']>, OrderSnapshot>(true)
same<ReturnType<MockExecutionClient['settled']>, Promise<OrderSnapshot>>(true)
same<ReturnType<MockExecutionClient['pollEvent']>, AccountEvent | undefined>(true)
same<ReturnType<MockExecutionClient['drainEvents']>, AccountEvent[]>(true)
export const orders: Order[] = [client.openOrder(request), client.openMarketOrder('BTC/USDT', 'Buy', 1), ...client.fetchOrders(['BTC/USDT']), client.cancelOrder(order), ...client.cancelAll()]
export const limit: Order = client.openLimitOrder('BTC/USDT', 'Sell', '1', 2n, { postOnly: true, timeInForce: { goodUntil: 0 }, cid: 'a' })
export const amended: Order = client.amendOrder('a', { price: 1 })
// @ts-expect-error a side is Buy or Sell
client.openMarketOrder('BTC/USDT', 'buy', 1)
// @ts-expect-error a limit order has a price
client.openLimitOrder('BTC/USDT', 'Buy', 1)
export async function read(): Promise<void> {
  for await (const event of client.events(new AbortController().signal)) same<typeof event, AccountEvent>(true)
  await client.close()
}

// make happen
const ticker: Ticker = { bid: 1, ask: '2', askSize: 3n }
client.setTicker('BTC/USDT', ticker)
client.setTicker(0, { last: 1 })
client.pushTrade({ symbol: 'BTC/USDT', price: 1, amount: 2, side: 'buy' })
client.pushBook({ symbol: 'BTC/USDT', bids: [[1, 2]], asks: [] })
same<ReturnType<MockExecutionClient['replay']>, number>(true)
client.replay(data, '2025-01-01')
client.advance('5s')
client.advanceTo(0n)
export const fill: Fill = client.fillOrder(order, { quantity: '1' })
const failure: Failure = 'rateLimit'
client.failNext(failure, { times: 2, afterEffect: true })
client.failShare('timeout', 0.1)
client.rejectNext('PostOnlyWouldTake')
// @ts-expect-error no such failure
client.failNext('flood')
// @ts-expect-error no such field
client.setTicker('BTC/USDT', { price: 1 })
export const bytes: Uint8Array = client.snapshot()
client.restore(bytes)
