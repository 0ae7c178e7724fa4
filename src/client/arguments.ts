import { HaggleError, invalid, show } from '../errors'
import { OrderSnapshot } from '../orders/event'
import type { Order } from '../types/orders'
import type { Side } from '../types/primitives'
import type { Change } from '../types/strategy'
import type { Market } from './markets'

/** The exchange's id of an order, or the client's. @internal */
export function idOf(order: Order | string, path: string): string {
  if (typeof order === 'string') return order
  if (order instanceof OrderSnapshot) return order.id ?? order.cid
  const { id, cid } = ((order as unknown) ?? {}) as { id?: unknown, cid?: unknown }
  const known = id ?? cid
  if (typeof known === 'string') return known
  throw invalid(path, `expected an order or its id, found ${show(order)}`)
}

/** @internal */
export function isBuy(side: Side): boolean {
  if (side === 'Buy' || side === 'Sell') return side === 'Buy'
  throw invalid('side', `expected 'Buy' or 'Sell', found ${show(side)}`)
}

/** How often something happens. @internal */
export function countOf(times: number, path: string): number {
  if (Number.isInteger(times) && times > 0 && times < 2 ** 32) return times
  throw invalid(path, `expected a number above zero, found ${show(times)}`)
}

/** What changes of an order, as texts on the grid of its market, which is looked up where it is needed. @internal */
export function changeOf(change: Change, marketOf: () => Market): [price: string | undefined, quantity: string | undefined] {
  if (typeof change !== 'object' || change === null) throw invalid('change', `expected { price } or { quantity }, found ${show(change)}`)
  const unknown = Object.keys(change).find((key) => key !== 'price' && key !== 'quantity')
  if (unknown !== undefined) throw new HaggleError('UNKNOWN_NAME', `unknown field '${unknown}'`, { path: `change.${unknown}`, hint: 'known: price, quantity' })
  const { price, quantity } = change
  if (price === undefined && quantity === undefined) return [undefined, undefined]
  const { tick, lot } = marketOf()
  return [
    price === undefined ? undefined : tick.text(BigInt(tick.nearest(price, 'change.price'))),
    quantity === undefined ? undefined : lot.text(BigInt(lot.down(quantity, 'change.quantity'))),
  ]
}
