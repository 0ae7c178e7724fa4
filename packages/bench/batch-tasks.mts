// Many runs in one call: how long they take, how much memory, and whether they share the cores.
import { execFile } from 'node:child_process'
import { availableParallelism, freemem } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { backtest, runBacktests, sampleData } from 'haggle'
import { row, short, type Row, type Samples, type Task } from './measure.mjs'
import { Peer, type PeerRun } from './peer.mjs'
import { Reader } from './reader.mjs'
import { tiled } from './tiling.mjs'
import { constant, rowsText, SAMPLE_ROWS, SWITCHED_ON } from './workload.mjs'

/** Runs in one call; as many as in barter's own example. */
const RUNS = 10_000
/** Barter takes some 9 MB for each run of a call, so it gets fewer, and fewest where there is little memory. */
const BARTER_RUNS = 500
const BARTER_RUNS_LEAST = 100
const BARTER_NEEDS = 8 * 2 ** 30
/** Runs that share the cores, and passes of each. */
const SHARING = 8
const SHARING_PASSES = 20

const CORES = `all ${availableParallelism()} cores`

/** Ours: as many runs as barter's example has, in one call. */
export const sweepTask: Task = {
  names: ['batch_10000_runs_s', 'batch_10000_peak_mb'],
  isElsewhere: true,
  isLong: true,
  async repeat() {
    const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'sweep.mjs'), String(RUNS)])
    return JSON.parse(stdout) as Record<'seconds' | 'peakMb' | 'baseMb', number>
  },
  rows(of): Row[] {
    const text = `${count(RUNS)} runs of emaCross, each with other lengths, over the sample of ${count(SAMPLE_ROWS)} rows in one runBacktests(), ${CORES}; ${SWITCHED_ON}; a process of its own, once`
    return [
      once('batch_10000_runs_s', of('seconds'), 's', `${text}; ${short((RUNS * SAMPLE_ROWS) / of('seconds').median)} events/s`),
      once('batch_10000_peak_mb', of('peakMb'), 'MB', `its largest resident memory, all summaries included; ${short(of('baseMb').median)} MB of it before the call`),
    ]
  },
}

/** Barter's: what of that it can do, in a process of its own. */
export function barterSweepTask(oracle: string, sample: string): Task {
  let failure: string | undefined
  return {
    names: BARTER_NAMES,
    isElsewhere: true,
    isLong: true,
    async repeat() {
      const runs = freemem() >= BARTER_NEEDS ? BARTER_RUNS : BARTER_RUNS_LEAST
      const peer = new Peer('barter', oracle, [sample, '1'])
      try {
        const { seconds, events, peakKb } = await peer.run(`run_backtests ${runs}`) as PeerRun & { peakKb: number | null }
        return { seconds, events, runs, peakMb: (peakKb ?? Number.NaN) / 1024 }
      } catch (error) {
        failure = (error as Error).message
        return {}
      } finally {
        peer.close()
      }
    },
    rows(of): Row[] {
      if (failure !== undefined) return missingSweepRows(failure)
      const runs = of('runs').median
      const [seconds, peak] = [of('seconds').median, of('peakMb').median]
      const times = RUNS / runs
      const text = `barter 0.14: run_backtests of ${count(runs)} runs in one call, its default strategy (no orders), same rows, ${CORES}`
      return [
        { name: BARTER_NAMES[0], value: seconds * times, unit: 's', workload: `EXTRAPOLATED from ${short(seconds)} s for ${count(runs)} runs to ${count(RUNS)}; ${text}` },
        {
          name: BARTER_NAMES[1], value: Number.isNaN(peak) ? null : peak, unit: 'MB',
          workload: `AS MEASURED with ${count(runs)} runs: its largest resident memory. Every run of a call is in memory at once, ${short(peak / runs)} MB each, which is ${short((peak * times) / 1024)} GB for ${count(RUNS)}; ${text}`,
        },
      ]
    },
  }
}

const BARTER_NAMES = ['barter_batch_10000_runs_s', 'barter_batch_peak_mb'] as const

/** Barter's rows where it could not be built: they say so. */
export function missingSweep(why: string): Task {
  return { names: BARTER_NAMES, repeat: () => ({}), rows: () => missingSweepRows(why) }
}

function missingSweepRows(why: string): Row[] {
  return [['s', BARTER_NAMES[0]], ['MB', BARTER_NAMES[1]]].map(([unit, name]) => ({ name: name!, value: null, unit: unit!, workload: `not measured: ${why}` }))
}

/** Whether worker threads share the cores. */
export const scriptBatchTask: Task = {
  names: ['batch_efficiency_js'],
  async repeat() {
    const { system, marketData } = sampleData.binanceSpot()
    const all = { ...constant, system: { ...system, ...constant.system }, marketData }
    const threads = availableParallelism()
    try {
      return await tiled(SHARING_PASSES, async () => {
        const single = await timed(async () => {
          for (let run = 0; run < SHARING; run++) await backtest(all, { strategy: new Reader() })
        })
        const batch = await timed(async () => {
          const { summaries } = await runBacktests(all, Array.from({ length: SHARING }, () => ({ strategy: new URL('./reader.mjs', import.meta.url) })))
          const odd = summaries.find((summary) => summary.error !== undefined || summary.events !== SHARING_PASSES * SAMPLE_ROWS)
          if (odd) throw odd.error ?? new Error(`a run saw ${odd.events} rows`)
        })
        return { efficiency: single.wall / (batch.wall * threads), threads, single: single.wall, batch: batch.wall, processor: single.processor / batch.processor }
      })
    } finally {
      marketData.close()
    }
  },
  rows: (of) => [row('batch_efficiency_js', of('efficiency'), 'ratio',
    `${SHARING} runs of a JavaScript strategy that reads prices, position and time on every event (${rowsText(SHARING_PASSES)} each): as objects on this thread, one after the other (${short(of('single').median)} s), over the same as a module in ${of('threads').median} worker threads (${short(of('batch').median)} s, their start included), per thread; data shared; by processor time, which other programs do not change, ${short(of('processor').median)}`)],
}

/** Seconds on the clock, and of all processors together. */
async function timed(action: () => Promise<void>): Promise<{ wall: number, processor: number }> {
  const [start, before] = [performance.now(), process.cpuUsage()]
  await action()
  const { user, system } = process.cpuUsage(before)
  return { wall: (performance.now() - start) / 1e3, processor: (user + system) / 1e6 }
}

function once(name: string, samples: Samples, unit: string, workload: string): Row {
  return { name, value: samples.median, unit, workload }
}

function count(value: number): string {
  return value.toLocaleString('en')
}
