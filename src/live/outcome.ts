import type { OrderColumns } from '../results/columns'
import type { RunOutcome } from '../results/run'

/** What a system leaves, with what others called its orders: number, strategy, client id. @internal */
export interface LiveOutcome extends RunOutcome {
  readonly given: string
}

/** Gives orders that were sent from outside the names that they were sent with. @internal */
export function nameOrders(outcome: LiveOutcome): void {
  const strategies = outcome.names.strategies as string[]
  const { cids, strategy } = outcome.orders as OrderColumns & { cids: Record<number, string> }
  for (const [number, name, cid] of JSON.parse(outcome.given) as readonly (readonly [number, string, string])[]) {
    const known = strategies.indexOf(name)
    strategy[number] = known >= 0 ? known : strategies.push(name) - 1
    cids[number] = cid
  }
}
