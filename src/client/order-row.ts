import { orderOfView, OrderSnapshot, textOfView, type EventView } from '../orders/event'
import { OrderKey } from '../orders/key'
import { below, blank, Given, sealed } from '../orders/wire'
import { TIMES_IN_FORCE } from '../results/columns'
import type { OrderState } from '../types/orders'

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** Between the fields of an order's line. */
const BREAK = '\u001f'

/** An order from the line of text that `crates/client/src/row.rs` writes; what does not fit in one comes as JSON. @internal */
export function orderOfRow(row: string): OrderSnapshot {
  if (row.startsWith('{')) return orderOfView(JSON.parse(row) as EventView)
  const [exchange, instrument, strategy, cid, id, codes, time, quantity, price, filledQuantity, averagePrice] = row.split(BREAK) as [
    string, string, string, string, string, string, string, string, string, string, string]
  const code = codes[0]!
  // One by one and always in this order: as from a list of fields it would take three times as long.
  const made = blank(OrderSnapshot.prototype)
  const order: Writable<OrderSnapshot> = made
  const text = (): string => textOfView({ ...made })
  order.key = keyOfRow(exchange, instrument, strategy, cid, text)
  order.state = stateOf(code, id, time, filledQuantity)
  order.filledQuantity = filledQuantity
  order.side = codes[2] === 'B' ? 'Buy' : 'Sell'
  order.kind = price === '' ? 'Market' : 'Limit'
  order.quantity = quantity
  order.timeInForce = TIMES_IN_FORCE[Number(codes[1])]!
  order.postOnly = codes[3] === '1'
  order.reduceOnly = codes[4] === '1'
  if (price !== '') order.price = price
  if (averagePrice !== '') order.averagePrice = averagePrice
  if (code === 'F' || code === 'E') new Identified(made, id)
  return sealed(made, text)
}

/** Gives an order an id of its own, where its class has an accessor of that name. To define a field is much faster than defineProperty. */
class Identified extends Given {
  readonly id: string

  constructor(order: OrderSnapshot, id: string) {
    super(order)
    this.id = id
  }
}

function keyOfRow(exchange: string, instrument: string, strategy: string, cid: string, text: () => string): OrderKey {
  const made = blank(OrderKey.prototype)
  const key: Writable<OrderKey> = made
  key.exchange = exchange
  key.instrument = instrument
  key.strategy = strategy
  key.cid = cid
  return sealed(made, below(text, 'key'))
}

function stateOf(code: string, id: string, timeExchange: string, filledQuantity: string): OrderState {
  switch (code) {
    case 'F': return FILLED
    case 'O': return Object.freeze({ kind: 'Open', id, timeExchange, filledQuantity })
    case 'C': return Object.freeze({ kind: 'Cancelled', id, timeExchange })
    case 'E': return EXPIRED
    default: return IN_FLIGHT
  }
}

const FILLED = Object.freeze({ kind: 'FullyFilled' })
const EXPIRED = Object.freeze({ kind: 'Expired' })
const IN_FLIGHT = Object.freeze({ kind: 'OpenInFlight' })
