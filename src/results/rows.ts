import type { Order } from '../types/orders'
import type { ClosedTrade, EquityPoint, Fill } from '../types/results'
import { timeText } from '../time'
import { Value } from '../value'

/*
 * The classes of result rows. They have no fields of their own: a table gives each row its fields and freezes it. They
 * exist for a name in `console.log`, for `equals`, and for the JSON shape, which is barter's with additions.
 */

/** A fill; its JSON is barter's `Trade`. @internal */
export class FillRow extends Value {
  static readonly shown = ['timeExchange', 'symbol', 'side', 'quantity', 'price', 'fee', 'feeAsset', 'liquidity', 'orderId', 'cid'] as const

  override toJSON(): object {
    return {
      id: this.id, order_id: this.orderId, exchange: this.exchange, instrument: this.symbol, strategy: this.strategy, cid: this.cid,
      time_exchange: this.timeExchange, side: this.side, price: this.price, quantity: this.quantity, filled_quantity: this.filledQuantity,
      fees: { asset: this.feeAsset, fees: this.fee }, liquidity: this.liquidity,
    }
  }
}
/** @internal */
export interface FillRow extends Fill {}

/** An order as the run left it; its JSON is barter's `Order`. @internal */
export class OrderRow extends Value {
  static readonly shown = ['cid', 'symbol', 'side', 'state', 'reason', 'quantity', 'price', 'filledQuantity', 'averagePrice', 'kind', 'timeInForce', 'timeSent', 'timeEnded'] as const

  override toJSON(): object {
    return {
      key: { exchange: this.exchange, instrument: this.symbol, strategy: this.strategy, cid: this.cid },
      side: this.side, price: this.price ?? '0', quantity: this.quantity, kind: this.kind,
      time_in_force: timeInForceJson(this.timeInForce), state: stateJson(this),
      filled_quantity: this.filledQuantity, ...(this.averagePrice === undefined ? {} : { average_price: this.averagePrice }),
      ...(this.reason === undefined || this.state.kind === 'OpenFailed' ? {} : { reason: this.reason }),
    }
  }
}
/** @internal */
export interface OrderRow extends Order {}

/** A round trip; its JSON has the names of barter's `PositionExited`. @internal */
export class ClosedTradeRow extends Value {
  static readonly shown = ['symbol', 'side', 'quantity', 'entryPrice', 'exitPrice', 'pnl', 'pnlReturn', 'fees', 'entryTime', 'exitTime'] as const

  override toJSON(): object {
    return {
      exchange: this.exchange, instrument: this.symbol, strategy: this.strategy, side: this.side, price_entry_average: this.entryPrice,
      price_exit_average: this.exitPrice, quantity_abs_max: this.quantity, pnl_realised: this.pnl, fees: this.fees, pnl_return: this.pnlReturn,
      closed_by_end: this.closedByEnd, time_enter: textOfMillis(this.entryTime), time_exit: textOfMillis(this.exitTime),
    }
  }
}
/** @internal */
export interface ClosedTradeRow extends ClosedTrade {}

/** A point of the equity curve. @internal */
export class EquityRow extends Value {
  static readonly shown = ['time', 'value', 'drawdown'] as const

  override toJSON(): object {
    return { time: textOfMillis(this.time), value: this.value, drawdown: this.drawdown }
  }
}
/** @internal */
export interface EquityRow extends EquityPoint {}

// console.log names a row by what it is, not by the class that makes it.
for (const [row, name] of [[FillRow, 'Fill'], [OrderRow, 'Order'], [ClosedTradeRow, 'ClosedTrade'], [EquityRow, 'Equity']] as const) {
  Object.defineProperty(row, 'name', { value: name })
}

/** Milliseconds resolve a quarter of a microsecond in these years: the text says no more than that. */
function textOfMillis(millis: number): string {
  return timeText(BigInt(Math.round(millis * 1_000)) * 1_000n)
}

function timeInForceJson(timeInForce: Order['timeInForce']): unknown {
  if (timeInForce === 'GoodUntilCancelled') return { GoodUntilCancelled: { post_only: false } }
  return typeof timeInForce === 'object' ? { GoodUntil: timeInForce.goodUntil } : timeInForce
}

function stateJson({ state, filledQuantity }: Order): unknown {
  switch (state.kind) {
    case 'OpenInFlight': return { Active: { OpenInFlight: null } }
    case 'Open': return { Active: { Open: { id: state.id, time_exchange: state.timeExchange, filled_quantity: filledQuantity } } }
    case 'CancelInFlight': return { Active: { CancelInFlight: { order: state.order && placedJson(state.order) } } }
    case 'Cancelled': return { Inactive: { Cancelled: { id: state.id, time_exchange: state.timeExchange } } }
    case 'OpenFailed': return { Inactive: { OpenFailed: { Rejected: rejectedJson(state.reason) } } }
    default: return { Inactive: state.kind }
  }
}

function placedJson(order: { id: string, timeExchange: string, filledQuantity: string }): unknown {
  return { id: order.id, time_exchange: order.timeExchange, filled_quantity: order.filledQuantity }
}

/** Barter's own words where it has them; every other code travels in the text of `OrderRejected`. */
function rejectedJson({ code, details }: { code: string, details: Readonly<Record<string, string>> }): unknown {
  const text = (words: readonly (readonly [string, string])[]): string => words.map(([key, value]) => `${key}=${value}`).join(' ')
  const words = Object.entries(details)
  if (code === 'BalanceInsufficient') return { BalanceInsufficient: [details['asset'] ?? '', text(words.filter(([key]) => key !== 'asset'))] }
  if (code === 'OrderAlreadyCancelled' || code === 'OrderAlreadyFullyFilled') return code
  return { OrderRejected: words.length === 0 ? code : `${code} ${text(words)}` }
}
