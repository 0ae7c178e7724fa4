import { types } from 'node:util'
import { HaggleError, invalid, isRevoked, show } from '../errors'
import { isOf, meantBy, optionsOf } from '../options'
import { OrderSnapshot } from '../orders/event'
import { moved } from '../orders/wire'
import type { Order } from '../types/orders'
import type { Side } from '../types/primitives'
import type { Change } from '../types/strategy'
import type { Market } from './markets'

/** The exchange's id of an order, or the client's. @internal */
export function idOf(order: Order | string, path: string): string {
  if (typeof order === 'string') return order
  if (isOf(order, OrderSnapshot)) return order.id ?? order.cid
  if (typeof order === 'object' && order !== null && !isRevoked(order)) {
    const { id, cid } = order as { id?: unknown, cid?: unknown }
    const known = id ?? cid
    if (typeof known === 'string') return known
  }
  throw invalid(path, `expected an order or its id, found ${show(order)}`, types.isPromise(order) ? meantBy(order) : undefined)
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
  const { price, quantity } = optionsOf(change, 'change', ['price', 'quantity']) as Change
  if (price === undefined && quantity === undefined) return [undefined, undefined]
  const { tick, lot } = marketOf()
  return [
    price === undefined ? undefined : tick.text(BigInt(tick.nearest(price, 'change.price'))),
    quantity === undefined ? undefined : lot.text(BigInt(lot.down(quantity, 'change.quantity'))),
  ]
}

/** Does it; where the core speaks of a field by another path than the caller knows, that is put right. @internal */
export function relocated<T>(work: () => T, pathOf: (path: string) => string): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof HaggleError) || error.path === undefined) throw error
    throw moved(error, '', pathOf(error.path))
  }
}

/** What the core says of a change. @internal */
export const changePath = (path: string): string => (path === 'price' || path === 'quantity' ? `change.${path}` : path)

/** What the core says of a limit order's request. @internal */
export function limitPath(path: string): string {
  const [, field = path] = /^(?:key|state)\.(.*)$/.exec(path) ?? []
  return field === 'price' || field === 'quantity' ? field : `options.${field}`
}

/** What the core says of a failure. @internal */
export const failurePath = (path: string): string => (path === 'afterEffect' ? 'options.afterEffect' : path)
