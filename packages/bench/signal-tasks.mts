// Signals over bars: what a run costs whose decisions were all taken beforehand.
import { row, type Task } from './measure.mjs'
import { bench } from './native.mjs'

/** Bars of one pass: the walk in `crates/bench/src/bars.rs`. */
const BARS = 100_000
const PASSES = 50

/** So much money that no order is refused for want of it; everything else as it is without settings. */
const constant = JSON.stringify({
  system: { exchange: 'x', instruments: [{ symbol: 'A/B', tickSize: '0.01', lotSize: '0.001' }], account: 'cash-settled', latency: '100ms', fees: { maker: '0.001', taker: '0.001' } },
  balances: { B: '1000000000' },
})

function signalRow(name: string, fast: number, slow: number): Task {
  return {
    names: [name],
    repeat() {
      const { seconds, events, orders, fills } = bench.benchSignals(constant, PASSES, fast, slow)
      if (events !== PASSES * BARS) throw new Error(`${name}: the run saw ${events} bars`)
      return { speed: events / seconds, orders, fills, apart: events / orders }
    },
    rows(of) {
      const count = (key: string): string => Math.round(of(key).median).toLocaleString('en')
      const bars = `random walk of ${BARS.toLocaleString('en')} bars of a minute, tiled ${PASSES} x = ${(PASSES * BARS).toLocaleString('en')} bars`
      const signals = `entries and short entries of a simple cross ${fast}/${slow}, computed beforehand, each of 10,000 quote`
      const orders = `${count('orders')} orders (one in ${count('apart')} bars), ${count('fills')} fills at the next open`
      return [row(name, of('speed'), 'bars/s', `${bars}; ${signals}; ${orders}; latency 100 ms (to the exchange none, being below a bar), fees 0.1 %, ledger, positions, equity every day and at fills, result hash and statistics on; one thread; native run alone, from empty to its outcome`)]
    },
  }
}

/** Few orders, and many. */
export const signalTasks: readonly Task[] = [signalRow('signal_bars_per_s', 320, 1_280), signalRow('signal_bars_dense_per_s', 20, 60)]
