// What the published declarations promise of strategies under test and their matchers. Nothing here runs.
import {
  hasBalance, hasFilled, hasOpenOrder, hasPosition, MockExecutionClient, StrategyTest, testStrategy,
  type BalanceToHave, type Fill, type FillToHave, type Order, type OrderToHave, type SpotOptions, type Strategy, type Verdict,
} from 'haggle'
import { matchers, type HaggleMatchers } from 'haggle/vitest'
import { expect } from 'vitest'

declare const strategy: Strategy
declare const options: SpotOptions

// start
export const test: StrategyTest = testStrategy(strategy, options)
export const made: StrategyTest = testStrategy(() => strategy, { symbols: ['BTC/USDT'], latency: '5ms', clock: 'wall' })
export const literal = testStrategy({ onTrade(ctx, trade) { if (trade.price > ctx.bid) ctx.buy(1) } }, options)
// @ts-expect-error a strategy is needed
testStrategy()
// @ts-expect-error symbols are needed
testStrategy(strategy, {})
// @ts-expect-error nothing of a native strategy is JavaScript's
testStrategy({ native: 'buyAndHold' }, options)
// @ts-expect-error callbacks return nothing
testStrategy({ onStart: () => 1 }, options)

// look
export const client: MockExecutionClient = test.client
export const fills: readonly Fill[] = test.fills
export const orders: readonly Order[] = test.orders
export const position: number = test.position() + test.position('BTC/USDT') + test.position(0)
export const closed: Promise<void> = test.close()
export async function scoped(): Promise<void> { await using own = testStrategy(strategy, options); own.client.advance(1) }
// @ts-expect-error what was filled was filled
test.fills.push(fills[0])
// @ts-expect-error its client is its client
test.client = client

// predicates
const fill: FillToHave = { symbol: 0, side: 'Buy', quantity: 1n, price: '100.5' }
const order: OrderToHave = { ...fill, cid: 'mine' }
const balance: BalanceToHave = { free: 1, locked: '0', total: 1n }
export const verdicts: Verdict[] = [
  hasFilled(test), hasFilled(client, fill), hasOpenOrder(test, order), hasPosition(test, 1), hasPosition(client, 'BTC/USDT', '-1'),
  hasBalance(test, 'USDT', 10_000), hasBalance(client, 'USDT', balance),
]
export const said: [boolean, string] = [verdicts[0]!.pass, verdicts[0]!.message]
// @ts-expect-error a fill has no client id to look for
export const named: FillToHave = { cid: 'mine' }
// @ts-expect-error of what?
hasPosition(1)

// matchers
expect.extend(matchers)
expect(test).toHaveFilled(fill)
expect(test).not.toHaveOpenOrder(order)
expect(test).toHavePosition('BTC/USDT', 1)
expect(test).toHavePosition('1')
expect(client).toHaveBalance('USDT', balance)
export const own: HaggleMatchers<void> = expect(test)
// @ts-expect-error no such side
expect(test).toHaveFilled({ side: 'buy' })
