import { FillRow } from '../results/rows'
import { millisOf, nanosOf } from '../time'
import type { AccountFill } from '../types/events'
import type { Fill } from '../types/results'
import { assignFrozen } from '../value'
import type { Markets } from './markets'

/** @internal */
export type FillView = AccountFill

/** A fill as results have it. @internal */
export function fillOf(view: FillView, markets: Markets): Fill {
  const { instrument, feeAsset, cid = '', filledQuantity, liquidity = 'Taker', ...rest } = view
  const { name, exchange, quote } = markets.find(instrument)
  const row = new FillRow()
  assignFrozen(row, {
    id: rest.id, orderId: rest.orderId, cid, symbol: name, exchange, strategy: rest.strategy, side: rest.side,
    time: millisOf(nanosOf(rest.timeExchange, 'timeExchange')), timeExchange: rest.timeExchange, price: rest.price, quantity: rest.quantity,
    filledQuantity: filledQuantity ?? rest.quantity, fee: rest.fee, feeAsset: String(feeAsset ?? quote), liquidity,
  })
  return Object.freeze(row)
}
