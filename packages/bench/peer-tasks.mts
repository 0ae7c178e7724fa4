// Peers on the same rows, in the same run.
import { row, type Row, type Samples, type Task } from './measure.mjs'
import type { Peer } from './peer.mjs'

/** Passes of the sample that barter runs over; it keeps every event in memory. */
export const ORACLE_PASSES = 10
/** Passes of the sample that the Python peers run over. */
export const PYTHON_PASSES = 20

const UNIT = 'events/s'

const ORACLE_ROWS = {
  barter_run_backtests_events_per_s: ['run_backtests', 'barter 0.14: one back-test by run_backtests, its default strategy (no orders), mock exchange, summary'],
  barter_engine_process_events_per_s: ['engine_process', 'barter 0.14: Engine::process for every event, its default strategy (no orders); no exchange, no summary'],
} as const

/** What a peer runs as a task. Where the peer fails, its row says so: ours are measured all the same. */
function peerTask(peer: Peer, name: string, command: string, workload: string): Task {
  let note = ''
  let failure: string | undefined
  return {
    names: [name],
    isElsewhere: true,
    async repeat() {
      if (failure !== undefined) return {}
      try {
        const run = await peer.run(command)
        note = run.note ? `; ${run.note}` : ''
        return { speed: run.events / run.seconds, rows: run.events }
      } catch (error) {
        failure = (error as Error).message
        return {}
      }
    },
    rows: (of: (key: string) => Samples) => failure === undefined
      ? [row(name, of('speed'), UNIT, `${workload}; ${of('rows').median.toLocaleString('en')} rows${note}`)]
      : [missing(name, failure)],
  }
}

function missing(name: string, why: string): Row {
  return { name, value: null, unit: UNIT, workload: `not measured: ${why}` }
}

/** Barter's rows. */
export function oracleTasks(peer: Peer, passes = ORACLE_PASSES): readonly Task[] {
  return Object.entries(ORACLE_ROWS).map(([name, [command, text]]) => peerTask(peer, name, command, `sample tiled ${passes} x; ${text}`))
}

/** Barter's rows where it could not be built: they say so. */
export function missingOracle(why: string): readonly Task[] {
  return Object.keys(ORACLE_ROWS).map((name) => ({
    names: [name],
    repeat: () => ({}),
    rows: () => [missing(name, why)],
  }))
}

/** The rows of hftbacktest. */
export function pythonTasks(peer: Peer, passes = PYTHON_PASSES): readonly Task[] {
  const text = `sample tiled ${passes} x; hftbacktest 2.4.4, numba loop woken by every feed event, hash-map depth, constant latency 100 ms`
  return [
    peerTask(peer, 'hftbacktest_events_per_s', 'events', `${text}, reads prices and position, no orders`),
    peerTask(peer, 'hftbacktest_orders_events_per_s', 'orders', `${text}, two orders per 100 rows`),
  ]
}
