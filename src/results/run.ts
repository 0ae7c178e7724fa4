import type { Table } from '../table/table'
import type { Json } from '../types/primitives'
import type { Order } from '../types/orders'
import type { ClosedTrade, EquityPoint, Fill } from '../types/results'
import {
  closedTradeTable, equityTable, fillTable, orderTable,
  type ClosedTradeColumns, type EquityColumns, type FillColumns, type OrderColumns, type RunNames,
} from './columns'
import { MADE, noConstructor } from '../value'
import { BacktestSummary, readSummary } from './summary'

/** What the core hands over at the end of a run: the summary's JSON, and columns in V8's own memory. @internal */
export interface RunOutcome {
  readonly summary: Json
  readonly names: RunNames
  readonly fills: FillColumns
  readonly orders: OrderColumns
  readonly closedTrades: ClosedTradeColumns
  readonly equity: EquityColumns
}

/**
 * A run with all that happened in it: the summary's fields, and tables of fills, orders, round trips and equity.
 *
 * @example
 * import { backtest, sampleData } from 'haggle'
 * const run = await backtest({ ...sampleData.binanceSpot(), balances: { USDT: 10_000 } }, { strategy: { native: 'buyAndHold' } })
 * console.log(run)                              // the summary, as a table
 * console.log(run.fills.length, run.fills.at(-1)?.side)   // 3 Buy
 * console.log(run.equity.column('value').at(-1))
 */
export class BacktestRun extends BacktestSummary {
  readonly #fills: Table<Fill>
  readonly #orders: Table<Order>
  readonly #closedTrades: Table<ClosedTrade>
  readonly #equity: Table<EquityPoint>

  private constructor(outcome: RunOutcome, made: symbol) {
    if (made !== MADE) throw noConstructor('BacktestRun', 'await backtest(...)')
    super(readSummary(outcome.summary), MADE)
    const { names, orders } = outcome
    this.#fills = fillTable(outcome.fills, orders, names)
    this.#orders = orderTable(orders, names)
    this.#closedTrades = closedTradeTable(outcome.closedTrades, names)
    this.#equity = equityTable(outcome.equity)
    Object.freeze(this)
  }

  /** A run from what the core handed over. @internal */
  static of(outcome: RunOutcome): BacktestRun {
    return new BacktestRun(outcome, MADE)
  }

  /** Own executions, in the order in which they happened. */
  get fills(): Table<Fill> {
    return this.#fills
  }

  /** All orders, in the order in which they were sent, as the run left them. */
  get orders(): Table<Order> {
    return this.#orders
  }

  /** Round trips, in the order in which they ended. */
  get closedTrades(): Table<ClosedTrade> {
    return this.#closedTrades
  }

  /** Equity in the reporting asset, at the boundaries of the sampling grid and at fills. */
  get equity(): Table<EquityPoint> {
    return this.#equity
  }
}
