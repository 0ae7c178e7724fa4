import { balanceOf, type AssetBalance } from '../orders/account'
import { orderOf, type EventView, type OrderSnapshot } from '../orders/event'
import type { SystemState } from '../types/live'
import { freezeDeep } from '../value'

/** A value's canonical JSON text, and its fields. */
type Shapes<V> = readonly [text: string, view: V]

interface StateView extends Omit<SystemState, 'sequence' | 'equity' | 'balances' | 'orders'> {
  readonly lastSequence: number | null
  readonly equity: number | null
  readonly balances: readonly Shapes<object>[]
  readonly orders: readonly Shapes<EventView>[]
}

/** The state in the core's JSON. @internal */
export function stateOf(text: string): SystemState {
  const { lastSequence, equity, balances, orders, ...rest } = JSON.parse(text) as StateView
  return freezeDeep({
    ...rest,
    ...(lastSequence !== null && { sequence: lastSequence }),
    equity: equity ?? Number.NaN,
    balances: balances.map(([json, view]): AssetBalance => balanceOf(view, () => json)),
    orders: orders.map(([json, view]): OrderSnapshot => orderOf(view, () => json)),
  })
}
