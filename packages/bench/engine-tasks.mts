// Back-tests of our own: events, orders, cores.
import { backtest, sampleData, type Strategy } from 'haggle'
import { row, short, type Row, type Samples, type Task } from './measure.mjs'
import { bench } from './native.mjs'
import { Quoter } from './quoter.mjs'
import { Reader } from './reader.mjs'
import { tiled } from './tiling.mjs'
import { constant, constantText, rowsText, SAMPLE_ROWS, SWITCHED_ON } from './workload.mjs'

/** Passes of a run that is measured by its events. */
const PASSES = 100
/** Runs of a batch, and passes of each. */
const BATCH = 8
const BATCH_PASSES = 20
/** Passes of the longest run, which sends a million orders. */
const LONG_PASSES = 1_000
/** So many of the shortest run, which sends a thousand, are measured as one. */
const SHORT_RUNS = 100

const EVENTS = 'events/s'
const ORDERS = 'two orders per 100 events, each filled or cancelled'

function nativeRow(name: string, strategy: 'buyAndHold' | 'orders', what: string): Task {
  return {
    names: [name],
    repeat() {
      const { seconds, events, orders, fills } = bench.benchRun(constantText, PASSES, strategy)
      return { speed: events / seconds, orders, fills }
    },
    rows: (of) => [row(name, of('speed'), EVENTS, `${rowsText(PASSES)}; ${what}; ${counts(of)}; ${SWITCHED_ON}; one thread`)],
  }
}

function scriptRow(name: string, make: () => Strategy, what: string, hash?: () => string): Task {
  return {
    names: [name],
    async repeat() {
      const { system, marketData } = sampleData.binanceSpot()
      const start = performance.now()
      const run = await tiled(PASSES, () => backtest({ ...constant, system: { ...system, ...constant.system }, marketData }, { id: 'bench', strategy: make() }))
      const seconds = (performance.now() - start) / 1e3
      marketData.close()
      if (run.events !== PASSES * SAMPLE_ROWS) throw new Error(`${name}: the run saw ${run.events} rows`)
      if (hash && run.resultHash !== hash()) throw new Error(`${name}: the native strategy's orders came to another result, so the two rows cannot be compared`)
      return { speed: run.events / seconds, orders: run.orders.length, fills: run.fills.length }
    },
    rows: (of) => [row(name, of('speed'), EVENTS, `${rowsText(PASSES)}; ${what}; ${counts(of)}; ${SWITCHED_ON}; await backtest(...), in slices, results in columns`)],
  }
}

function counts(of: (key: string) => Samples): string {
  const count = (key: string): string => of(key).median.toLocaleString('en')
  return `${count('orders')} orders, ${count('fills')} fills`
}

/** Called on every event, with and without orders. */
export const eventTasks: readonly Task[] = [
  nativeRow('native_events_per_s', 'buyAndHold', 'native buyAndHold, called on every event'),
  scriptRow('js_events_per_s', () => new Reader(), 'JavaScript strategy that reads prices, position and time on every event'),
  nativeRow('native_orders_events_per_s', 'orders', `native strategy, called on every event, ${ORDERS}`),
  scriptRow('js_orders_events_per_s', () => new Quoter(), `JavaScript strategy, called on every event, ${ORDERS}; same result hash as the native one`, nativeHash),
]

let knownHash: string | undefined

function nativeHash(): string {
  knownHash ??= bench.benchRun(constantText, PASSES, 'orders').hash
  return knownHash
}

/** What an order costs in a run of so many passes: what the same rows take without orders is left out. */
function orderCost(passes: number, runs: number): { nanos: number, orders: number } {
  let seconds = 0
  let orders = 0
  for (let run = 0; run < runs; run++) {
    const withOrders = bench.benchRun(constantText, passes, 'orders')
    seconds += withOrders.seconds - bench.benchRun(constantText, passes, 'noOrders').seconds
    orders += withOrders.orders
  }
  return { nanos: (seconds / orders) * 1e9, orders: orders / runs }
}

/** Whether an order costs the same in a long run. */
export const slopeTask: Task = {
  names: ['order_cost_slope'],
  repeat() {
    const few = orderCost(1, SHORT_RUNS)
    const many = orderCost(LONG_PASSES, 1)
    return { slope: many.nanos / few.nanos, few: few.nanos, many: many.nanos, fewOrders: few.orders, manyOrders: many.orders }
  },
  rows(of): Row[] {
    const side = (orders: string, nanos: string): string => `${of(orders).median.toLocaleString('en')} orders: ${short(of(nanos).median)} ns each`
    const text = `native; cost per order of a run of ${LONG_PASSES} passes over that of a run of 1 pass (the sum of ${SHORT_RUNS}), each less the same rows without orders`
    return [row('order_cost_slope', of('slope'), 'ratio', `${text}; ${side('fewOrders', 'few')}, ${side('manyOrders', 'many')}; ${SWITCHED_ON}`)]
  },
}

/** Whether runs share the cores. */
export const batchTask: Task = {
  names: ['batch_efficiency'],
  repeat() {
    const { single, batch, threads } = bench.benchBatch(constantText, BATCH_PASSES, 'buyAndHold', BATCH)
    return { efficiency: single / (batch * threads), threads }
  },
  rows: (of) => [row('batch_efficiency', of('efficiency'), 'ratio', `${BATCH} native runs (buyAndHold, ${rowsText(BATCH_PASSES)} each) one after the other, over the same on ${of('threads').median} threads, per thread; data shared`)],
}
