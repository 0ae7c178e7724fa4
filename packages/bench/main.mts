// Measures, prints a table, writes JSON. Started by bench.mjs and peers.mjs, which build what it needs.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { barterSweepTask, missingSweep, scriptBatchTask, sweepTask } from './batch-tasks.mjs'
import { clientTasks } from './client-tasks.mjs'
import { batchTask, eventTasks, slopeTask } from './engine-tasks.mjs'
import { signalTasks } from './signal-tasks.mjs'
import { measure, short, type Row, type Task } from './measure.mjs'
import { bench } from './native.mjs'
import { Others } from './others.mjs'
import { liveTasks } from './live-tasks.mjs'
import { bookTask, columnsTask, csvTask, dataTasks, matchingTask } from './part-tasks.mjs'
import { Peer } from './peer.mjs'
import { missingOracle, ORACLE_PASSES, oracleTasks, PYTHON_PASSES, pythonTasks } from './peer-tasks.mjs'
import { machine, table } from './report.mjs'

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    repetitions: { type: 'string', default: '7' },
    only: { type: 'string' },
    sample: { type: 'string' },
    oracle: { type: 'string' },
    'oracle-missing': { type: 'string' },
    python: { type: 'string' },
  },
})
const repetitions = Number(values.repetitions)
if (!(Number.isInteger(repetitions) && repetitions > 0)) throw new Error(`--repetitions: expected a number above zero, found ${values.repetitions}`)

const folder = mkdtempSync(join(tmpdir(), 'haggle-bench-'))
const peers: Peer[] = []
try {
  const tasks = chosen(values.python === undefined ? ownTasks() : peerTasks(values.python))
  const isLoud = process.stdout.isTTY
  const progress = (done: number, total: number): void => {
    if (isLoud) process.stdout.write(done === total ? '\r\u001b[K' : `\r\u001b[K  ${done} of ${total} ...`)
  }
  const others = new Others()
  const rows = await measure(tasks, repetitions, others, progress)

  console.log(`${machine()}; medians of ${repetitions} repetitions, in turn with each other, after one to warm up\n`)
  console.log(table(rows))
  if (values.python !== undefined) console.log(`\n${ratios(rows)}`)
  if (others.warning !== undefined) console.log(`\n${others.warning}`)
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ rows }, null, 2)}\n`)
} finally {
  for (const peer of peers) peer.close()
  rmSync(folder, { recursive: true, force: true })
}

/** All rows of `npm run bench`. */
function ownTasks(): Task[] {
  return [...eventTasks, ...signalTasks, matchingTask, bookTask(), ...dataTasks(folder), columnsTask(), csvTask(), ...liveTasks, ...clientTasks, batchTask, scriptBatchTask, slopeTask, sweepTask, ...barterTasks()]
}

function barterTasks(): readonly Task[] {
  const { oracle } = values
  if (oracle === undefined) {
    const why = values['oracle-missing'] ?? 'barter was not built'
    return [missingSweep(why), ...missingOracle(why)]
  }
  const sample = sampleFile()
  return [barterSweepTask(oracle, sample), ...oracleTasks(started('barter', oracle, [sample, String(ORACLE_PASSES)]))]
}

/** The rows of `npm run bench:peers`: ours that have a counterpart, and theirs. */
function peerTasks(python: string): Task[] {
  // Compiled files stand in `dist`, the script beside the sources.
  const script = join(dirname(fileURLToPath(import.meta.url)), '../peers.py')
  return [...eventTasks, ...pythonTasks(started('hftbacktest', python, [script, sampleFile(), String(PYTHON_PASSES)]))]
}

function started(name: string, command: string, args: readonly string[]): Peer {
  const peer = new Peer(name, command, args)
  peers.push(peer)
  return peer
}

/** The sample as barter published it, else the same rows out of the package. */
function sampleFile(): string {
  if (values.sample !== undefined) return values.sample
  const file = join(folder, 'sample.jsonl')
  bench.benchWriteJsonLines(file)
  return file
}

function chosen(tasks: Task[]): Task[] {
  const wanted = values.only?.split(',')
  const kept = wanted ? tasks.filter(({ names }) => names.some((name) => wanted.includes(name))) : tasks
  if (kept.length === 0) throw new Error(`--only: no row is called so; there are ${tasks.flatMap(({ names }) => names).join(', ')}`)
  return kept
}

/** Ours over theirs, row by row. */
function ratios(rows: readonly Row[]): string {
  const value = (name: string): number | undefined => rows.find((row) => row.name === name)?.value ?? undefined
  const lines = []
  for (const [theirs, ours] of [['hftbacktest_events_per_s', ['native_events_per_s', 'js_events_per_s']], ['hftbacktest_orders_events_per_s', ['native_orders_events_per_s', 'js_orders_events_per_s']]] as const) {
    for (const name of ours) {
      const [own, other] = [value(name), value(theirs)]
      if (own !== undefined && other !== undefined) lines.push(`${name} / ${theirs} = ${short(own / other)}`)
    }
  }
  return lines.join('\n')
}
