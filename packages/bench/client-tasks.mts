// A mock client in a unit test's hot loop: send an order, see it filled, read it back.
import { MockExecutionClient } from 'haggle'
import { row, type Task } from './measure.mjs'

const ORDERS = 100_000

const ordersTask: Task = {
  names: ['mock_client_orders_per_s'],
  async repeat() {
    const client = MockExecutionClient.spot({ symbols: [{ symbol: 'A/B', tickSize: '0.01', lotSize: '0.001' }], balances: { A: 1_000, B: 1_000_000_000 }, fees: { maker: '0.001', taker: '0.001' } })
    client.setTicker('A/B', { bid: 99, ask: 101 })
    const start = performance.now()
    let filled = 0
    for (let at = 0; at < ORDERS; at++) {
      const { cid } = client.openMarketOrder('A/B', at % 2 === 0 ? 'Buy' : 'Sell', 0.001)
      if (client.fetchOrder(cid).state.kind === 'FullyFilled') filled += 1
    }
    const seconds = (performance.now() - start) / 1e3
    client.invariants()
    await client.close()
    if (filled !== ORDERS) throw new Error(`mock_client_orders_per_s: ${filled} of ${ORDERS} orders filled`)
    return { speed: ORDERS / seconds }
  },
  rows: (of) => [row('mock_client_orders_per_s', of('speed'), 'orders/s', `${ORDERS.toLocaleString('en')} market orders on a new MockExecutionClient, one after the other: openMarketOrder(), which fills at a ticker's price, and fetchOrder() by its client id; zero latency, fees 0.1 %, ledger and history of orders and fills on; manual clock, nobody listens to the stream; one thread`)],
}

/** The mock client. */
export const clientTasks: readonly Task[] = [ordersTask]
