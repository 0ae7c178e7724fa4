import { ColumnTable } from '../table/column-table'
import {
  counterColumn, decimalColumn, derivedColumn, numberColumn, scaledColumn, timeColumn, wordColumn, ABSENT, type Decimals, type Increment,
} from '../table/column'
import type { Table } from '../table/table'
import { timeText } from '../time'
import type { Order, OrderState, Reason, TimeInForce } from '../types/orders'
import type { ClosedTrade, EquityPoint, Fill } from '../types/results'
import { ClosedTradeRow, EquityRow, FillRow, OrderRow } from './rows'

/*
 * What leaves the core at the end of a run, by typed arrays: one entry a row, in the order of what happened. The names
 * here are those of the objects that the core hands over. In 64-bit columns the least integer means "no such field",
 * among the scales of decimals 255.
 */

/** What the codes in the columns mean: the same for all tables of a run. @internal */
export interface RunNames {
  /** By config order. */
  readonly instruments: readonly { readonly symbol: string, readonly exchange: string, readonly tick: Increment, readonly lot: Increment }[]
  /** Asset names by config order. */
  readonly assets: readonly string[]
  /** Strategy ids; a run's own is the first. */
  readonly strategies: readonly string[]
}

/** Orders by number. @internal */
export interface OrderColumns {
  /** The exchange's id; absent where the order never opened. */
  readonly id: BigInt64Array
  /** Client ids that are not `<strategy>-<number>`, by order number. */
  readonly cids: Readonly<Record<number, string>>
  readonly instrument: Uint16Array
  /** Into `RunNames.strategies`. */
  readonly strategy: Uint16Array
  /** 0 buy, 1 sell. */
  readonly side: Uint8Array
  /** 0 market, 1 limit. */
  readonly kind: Uint8Array
  /** Ticks; absent for a market order. */
  readonly price: BigInt64Array
  /** Lots. */
  readonly quantity: BigInt64Array
  /** Lots. */
  readonly filled: BigInt64Array
  readonly average: Decimals
  /** Into {@link TIMES_IN_FORCE}; 4 is `goodUntil`. */
  readonly timeInForce: Uint8Array
  /** Nanoseconds, where the time in force is 4. */
  readonly goodUntil: BigInt64Array
  /** Into {@link STATES}. */
  readonly state: Uint8Array
  /** When the state was reached, at the exchange. */
  readonly time: BigInt64Array
  /** When the engine sent it. */
  readonly sent: BigInt64Array
  /** When it reached the exchange; absent where it did not. */
  readonly arrived: BigInt64Array
  /** When the exchange took it in. */
  readonly opened: BigInt64Array
  /** When it ended. */
  readonly ended: BigInt64Array
  /** Into `reasons`, where it was cancelled, expired or never opened; beyond them where it was not. */
  readonly reason: Uint32Array
  readonly reasons: readonly Reason[]
}

/** Fills in the order in which they happened. @internal */
export interface FillColumns {
  readonly id: BigInt64Array
  /** Number of the order. */
  readonly order: Uint32Array
  readonly time: BigInt64Array
  /** Ticks. */
  readonly price: BigInt64Array
  /** Lots of this execution. */
  readonly quantity: BigInt64Array
  /** Lots of the order filled so far. */
  readonly filled: BigInt64Array
  readonly fee: Decimals
  /** Into `RunNames.assets`. */
  readonly feeAsset: Uint16Array
  /** 0 maker, 1 taker. */
  readonly liquidity: Uint8Array
}

/** Round trips in the order in which they ended. @internal */
export interface ClosedTradeColumns {
  readonly instrument: Uint16Array
  readonly strategy: Uint16Array
  /** Of the entry. */
  readonly side: Uint8Array
  readonly entryPrice: Decimals
  readonly exitPrice: Decimals
  /** The largest held, in base. */
  readonly quantity: Decimals
  readonly pnl: Decimals
  readonly fees: Decimals
  readonly entryTime: BigInt64Array
  readonly exitTime: BigInt64Array
  readonly pnlReturn: Float64Array
  /** 1: the end of the run closed it. */
  readonly closedByEnd: Uint8Array
}

/** Equity at grid boundaries and fills. @internal */
export interface EquityColumns {
  readonly time: BigInt64Array
  readonly value: Float64Array
  /** 0, or a negative fraction. */
  readonly drawdown: Float64Array
}

/** @internal */
export const SIDES = ['Buy', 'Sell'] as const
/** @internal */
export const ORDER_KINDS = ['Market', 'Limit'] as const
/** @internal */
export const LIQUIDITIES = ['Maker', 'Taker'] as const
/** @internal */
export const TIMES_IN_FORCE = ['GoodUntilCancelled', 'GoodUntilEndOfDay', 'ImmediateOrCancel', 'FillOrKill'] as const
/** @internal */
export const STATES = ['OpenInFlight', 'Open', 'CancelInFlight', 'FullyFilled', 'Cancelled', 'Expired', 'OpenFailed'] as const
const ACTIVE = 3

const symbolsOf = (names: RunNames): string[] => names.instruments.map(({ symbol }) => symbol)
const exchangesOf = (names: RunNames): string[] => names.instruments.map(({ exchange }) => exchange)
const ticksOf = (names: RunNames): Increment[] => names.instruments.map(({ tick }) => tick)
const lotsOf = (names: RunNames): Increment[] => names.instruments.map(({ lot }) => lot)

function cidOf(columns: OrderColumns, names: RunNames, order: number): string {
  return columns.cids[order] ?? `${names.strategies[columns.strategy[order]!]}-${order}`
}

/** @internal */
export function fillTable(columns: FillColumns, orders: OrderColumns, names: RunNames): Table<Fill> {
  // What an order knows is looked up through it, so that a fill carries its number alone.
  const order = columns.order
  const instrument = order.length === 0 ? new Uint16Array() : Uint16Array.from(order, (number) => orders.instrument[number]!)
  const ofOrder = (codes: ArrayLike<number>, words: readonly unknown[]) => derivedColumn(order.length, (row) => words[codes[order[row]!]!])
  return new ColumnTable<Fill>(FillRow, {
    id: counterColumn(columns.id),
    orderId: counterColumn(BigInt64Array.from(order, (number) => orders.id[number]!)),
    cid: derivedColumn(order.length, (row) => cidOf(orders, names, order[row]!)),
    symbol: wordColumn(instrument, symbolsOf(names)),
    exchange: wordColumn(instrument, exchangesOf(names)),
    strategy: ofOrder(orders.strategy, names.strategies),
    side: ofOrder(orders.side, SIDES),
    time: timeColumn(columns.time, 'millis'),
    timeExchange: timeColumn(columns.time, 'text'),
    price: scaledColumn(columns.price, ticksOf(names), instrument),
    quantity: scaledColumn(columns.quantity, lotsOf(names), instrument),
    filledQuantity: scaledColumn(columns.filled, lotsOf(names), instrument),
    fee: decimalColumn(columns.fee),
    feeAsset: wordColumn(columns.feeAsset, names.assets),
    liquidity: wordColumn(columns.liquidity, LIQUIDITIES),
  })
}

/** @internal */
export function orderTable(columns: OrderColumns, names: RunNames): Table<Order> {
  const length = columns.side.length
  const filled = scaledColumn(columns.filled, lotsOf(names), columns.instrument)
  return new ColumnTable<Order>(OrderRow, {
    id: counterColumn(columns.id),
    cid: derivedColumn(length, (row) => cidOf(columns, names, row)),
    symbol: wordColumn(columns.instrument, symbolsOf(names)),
    exchange: wordColumn(columns.instrument, exchangesOf(names)),
    strategy: wordColumn(columns.strategy, names.strategies),
    side: wordColumn(columns.side, SIDES),
    kind: wordColumn(columns.kind, ORDER_KINDS),
    price: scaledColumn(columns.price, ticksOf(names), columns.instrument),
    quantity: scaledColumn(columns.quantity, lotsOf(names), columns.instrument),
    filledQuantity: filled,
    averagePrice: decimalColumn(columns.average),
    timeInForce: derivedColumn(length, (row) => timeInForceOf(columns, row)),
    state: derivedColumn(length, (row) => Object.freeze(stateOf(columns, row, filled.cell(row) as string))),
    isActive: derivedColumn(length, (row) => columns.state[row]! < ACTIVE),
    reason: derivedColumn(length, (row) => columns.reasons[columns.reason[row]!]),
    timeSent: timeColumn(columns.sent, 'millis'),
    timeArrived: timeColumn(columns.arrived, 'millis'),
    timeOpened: timeColumn(columns.opened, 'millis'),
    timeEnded: timeColumn(columns.ended, 'millis'),
  })
}

function timeInForceOf(columns: OrderColumns, row: number): TimeInForce {
  return TIMES_IN_FORCE[columns.timeInForce[row]!] ?? Object.freeze({ goodUntil: timeText(columns.goodUntil[row]!) })
}

function stateOf(columns: OrderColumns, row: number, filledQuantity: string): OrderState {
  const kind = STATES[columns.state[row]!]!
  const id = columns.id[row] === ABSENT ? '' : String(columns.id[row])
  const timeExchange = columns.time[row] === ABSENT ? '' : timeText(columns.time[row]!)
  switch (kind) {
    case 'Open': return { kind, id, timeExchange, filledQuantity }
    case 'Cancelled': return { kind, id, timeExchange }
    case 'CancelInFlight': return { kind, order: id === '' ? null : Object.freeze({ id, timeExchange, filledQuantity }) }
    case 'OpenFailed': return { kind, reason: columns.reasons[columns.reason[row]!]! }
    default: return { kind }
  }
}

/** @internal */
export function closedTradeTable(columns: ClosedTradeColumns, names: RunNames): Table<ClosedTrade> {
  return new ColumnTable<ClosedTrade>(ClosedTradeRow, {
    symbol: wordColumn(columns.instrument, symbolsOf(names)),
    exchange: wordColumn(columns.instrument, exchangesOf(names)),
    strategy: wordColumn(columns.strategy, names.strategies),
    side: wordColumn(columns.side, SIDES),
    entryPrice: decimalColumn(columns.entryPrice),
    exitPrice: decimalColumn(columns.exitPrice),
    quantity: decimalColumn(columns.quantity),
    pnl: decimalColumn(columns.pnl),
    fees: decimalColumn(columns.fees),
    entryTime: timeColumn(columns.entryTime, 'millis'),
    exitTime: timeColumn(columns.exitTime, 'millis'),
    pnlReturn: numberColumn(columns.pnlReturn),
    closedByEnd: wordColumn(columns.closedByEnd, [false, true]),
  })
}

/** @internal */
export function equityTable(columns: EquityColumns): Table<EquityPoint> {
  return new ColumnTable<EquityPoint>(EquityRow, {
    time: timeColumn(columns.time, 'millis'),
    value: numberColumn(columns.value),
    drawdown: numberColumn(columns.drawdown),
  })
}
