import type { MockExecutionClient } from './client/client'
import { hasBalance, hasFilled, hasOpenOrder, hasPosition } from './client/predicates'
import type { StrategyTest } from './client/test-strategy'
import type { BalanceToHave, FillToHave, OrderToHave, Verdict } from './types/client'
import type { Decimal, Name } from './types/primitives'

type Tested = StrategyTest | MockExecutionClient

/** What a matcher gives to vitest and jest. */
export interface MatcherResult {
  readonly pass: boolean
  message(): string
}

/** What {@link matchers} add to `expect(test)` and `expect(client)`. */
export interface HaggleMatchers<R = unknown> {
  /** As `hasFilled`: what was executed, by symbol, side and price; a quantity is what it comes to in all. */
  toHaveFilled(fill?: FillToHave): R
  /** As `hasOpenOrder`: an order is open, or on its way. */
  toHaveOpenOrder(order?: OrderToHave): R
  /** As `hasPosition`: of one instrument, signed; the symbol may be left out where there is one. */
  toHavePosition(quantity: Decimal): R
  toHavePosition(symbol: Name, quantity: Decimal): R
  /** As `hasBalance`: in all, or `{ free, locked, total }`. */
  toHaveBalance(asset: string, amount: Decimal | BalanceToHave): R
}

const result = ({ pass, message }: Verdict): MatcherResult => ({ pass, message: () => message })

/**
 * Matchers for strategies under test and mock clients: `expect.extend(matchers)`, in vitest or jest, once a file or in a setup file. For
 * other runners, `hasFilled`, `hasOpenOrder`, `hasPosition` and `hasBalance` of 'haggle' say the same.
 *
 * @example
 * expect.extend(matchers)
 * expect(test).toHaveFilled({ side: 'Buy', quantity: '0.1' })
 * expect(test).not.toHaveOpenOrder()
 * expect(test).toHavePosition('BTC/USDT', '0.1')
 * expect(test.client).toHaveBalance('USDT', { free: '599.9', locked: 0 })
 */
export const matchers = Object.freeze({
  toHaveFilled: (received: Tested, fill?: FillToHave): MatcherResult => result(hasFilled(received, fill)),
  toHaveOpenOrder: (received: Tested, order?: OrderToHave): MatcherResult => result(hasOpenOrder(received, order)),
  toHavePosition: (received: Tested, ...given: [Decimal] | [Name, Decimal]): MatcherResult => result(hasPosition(received, ...given as [Name, Decimal])),
  toHaveBalance: (received: Tested, asset: string, amount: Decimal | BalanceToHave): MatcherResult => result(hasBalance(received, asset, amount)),
})

/** @ts-ignore: projects with jest do not have this module. */
declare module 'vitest' {
  interface Matchers<T = any> extends HaggleMatchers<void> {}
}

declare global {
  namespace jest {
    interface Matchers<R, T = {}> extends HaggleMatchers<R> {}
  }
}
