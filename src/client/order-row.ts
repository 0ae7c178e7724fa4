import { orderOfView, type EventView, type OrderSnapshot } from '../orders/event'
import { TIMES_IN_FORCE } from '../results/columns'
import type { OrderState } from '../types/orders'

/** Between the fields of an order's line. */
const BREAK = '\u001f'

/** An order from the line of text that `crates/node/src/client/row.rs` writes; what does not fit in one comes as JSON. @internal */
export function orderOfRow(row: string): OrderSnapshot {
  if (row.startsWith('{')) return orderOfView(JSON.parse(row) as EventView)
  const [exchange, instrument, strategy, cid, id, codes, time, quantity, price, filledQuantity, averagePrice] = row.split(BREAK) as [
    string, string, string, string, string, string, string, string, string, string, string]
  const code = codes[0]!
  const state = stateOf(code, id, time, filledQuantity)
  return orderOfView({
    key: { exchange, instrument, strategy, cid },
    state,
    filledQuantity,
    side: codes[2] === 'B' ? 'Buy' : 'Sell',
    kind: price === '' ? 'Market' : 'Limit',
    price: price === '' ? undefined : price,
    quantity,
    timeInForce: TIMES_IN_FORCE[Number(codes[1])]!,
    postOnly: codes[3] === '1',
    reduceOnly: codes[4] === '1',
    averagePrice: averagePrice === '' ? undefined : averagePrice,
    id: code === 'F' || code === 'E' ? id : undefined,
  } as EventView)
}

function stateOf(code: string, id: string, timeExchange: string, filledQuantity: string): OrderState {
  switch (code) {
    case 'F': return FILLED
    case 'O': return { kind: 'Open', id, timeExchange, filledQuantity }
    case 'C': return { kind: 'Cancelled', id, timeExchange }
    case 'E': return EXPIRED
    default: return IN_FLIGHT
  }
}

const FILLED = Object.freeze({ kind: 'FullyFilled' })
const EXPIRED = Object.freeze({ kind: 'Expired' })
const IN_FLIGHT = Object.freeze({ kind: 'OpenInFlight' })
