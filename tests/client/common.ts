import { afterEach } from 'vitest'
import { MockExecutionClient, OrderRequestOpen, type AccountEvent, type OrderSnapshot, type OrderTermsInit, type SpotOptions } from '../../src/index'

/** A/B on ticks of 0.1 and lots of 0.01. */
export const INSTRUMENT = { symbol: 'A/B', tickSize: '0.1', lotSize: '0.01' }
/** Request and answer take 5 ms each. */
export const SLOW = { open: '5ms', cancel: '5ms', response: '5ms' } as const

const opened: MockExecutionClient[] = []

/** A spot client with 10 A and 10,000 B, without latency and fees; what it has is held against itself after the test. */
export function open(options: Partial<SpotOptions> = {}): MockExecutionClient {
  const client = MockExecutionClient.spot({ symbols: [INSTRUMENT], balances: { A: 10, B: 10_000 }, ...options })
  opened.push(client)
  return client
}

afterEach(async () => {
  for (const client of opened.splice(0)) {
    if (!isClosed(client)) client.invariants()
    await client.close()
  }
})

function isClosed(client: MockExecutionClient): boolean {
  try {
    return client.now < 0
  } catch {
    return true
  }
}

/** A request in barter's shape. */
export function request(terms: Partial<OrderTermsInit> = {}, cid?: string): OrderRequestOpen {
  return new OrderRequestOpen({ key: { exchange: 'mock', instrument: 'A/B', ...(cid !== undefined && { cid }) }, side: 'Buy', quantity: '1', ...terms })
}

/** How an order stands, in a line: `Open 0.4/1`, `OpenFailed(BalanceInsufficient) 0/1`. */
export function stand({ state, filledQuantity, quantity }: OrderSnapshot): string {
  const detail = state.kind === 'OpenFailed' ? `(${state.reason.code})` : state.kind === 'OpenInFlight' && state.unknown ? '?' : ''
  return `${state.kind}${detail} ${filledQuantity}/${quantity}`
}

/** What an account holds: `A 10 B 9910+90` is 10 A, and 10,000 B of which 90 are locked. */
export function holds(client: MockExecutionClient): string {
  return client.fetchBalances().map(({ asset, free, locked }) => `${asset} ${free}${locked === '0' ? '' : `+${locked}`}`).join(' ')
}

/** An event in a line: `Trade 0.4@100`, `OrderSnapshot Open`, `BalanceSnapshot B`. */
export function line(event: AccountEvent): string {
  switch (event.kind) {
    case 'Trade': return `Trade ${event.fill.quantity}@${event.fill.price}`
    case 'OrderSnapshot': return `OrderSnapshot ${stand(event.order as OrderSnapshot).split(' ')[0]}`
    case 'OrderCancelled': {
      const { state } = event.order
      return `OrderCancelled ${state.kind}${state.kind === 'CancelRejected' ? `(${state.reason.code})` : ''}`
    }
    case 'BalanceSnapshot': return `BalanceSnapshot ${event.balance.asset} ${event.balance.free}`
    case 'Forced': return `Forced ${event.what}`
    case 'Overflow': return `Overflow ${event.lost}`
    default: return event.kind
  }
}

/** All that waits, in lines. */
export function lines(client: MockExecutionClient): string[] {
  return client.drainEvents().map(line)
}
