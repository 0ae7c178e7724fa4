// How things are measured: every task once to warm up, then all tasks in turn, again and again, so that a slow spell of
// the machine falls on all of them; what counts is the median.
import type { Others } from './others.mjs'

/** What is published. `value` is null where a thing could not be measured; `workload` then says why. */
export interface Row {
  name: string
  value: number | null
  unit: string
  workload: string
}

/** The repetitions of one number. */
export interface Samples {
  readonly median: number
  readonly least: number
  readonly most: number
}

/** One thing that is measured. */
export interface Task {
  /** Names of the rows that come of it. */
  readonly names: readonly string[]
  /** Whether another process does the work. */
  readonly isElsewhere?: boolean
  /** Whether it takes so long, and steadies itself by that, that it is measured once, in the last round. */
  readonly isLong?: boolean
  /** One repetition: numbers by name, the same names each time. */
  repeat(): Promise<Record<string, number>> | Record<string, number>
  /** The rows, once all repetitions are done. */
  rows(samples: (key: string) => Samples): Row[]
}

/** Runs all tasks, and gives their rows in the order of the tasks. */
export async function measure(tasks: readonly Task[], repetitions: number, others: Others, progress: (done: number, total: number) => void): Promise<Row[]> {
  const taken = tasks.map((): Record<string, number>[] => [])
  let done = 0
  for (let repetition = 0; repetition <= repetitions; repetition++) {
    for (const [place, task] of tasks.entries()) {
      progress(done++, tasks.length * (repetitions + 1))
      if (task.isLong && repetition < repetitions) continue
      // The first one warms up caches, the compiler of JavaScript, and the allocator; peers load their rows meanwhile.
      const isWarmUp = repetition === 0
      const numbers = await (isWarmUp || task.isElsewhere ? task.repeat() : others.watch(() => task.repeat()))
      if (!isWarmUp) taken[place]!.push(numbers)
    }
  }
  progress(done, done)
  return tasks.flatMap((task, place) => task.rows((key) => samplesOf(taken[place]!.map((numbers) => numbers[key]!))))
}

function samplesOf(values: number[]): Samples {
  const sorted = values.sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
  return { median, least: sorted[0]!, most: sorted.at(-1)! }
}

/** A row of a number's median; the spread of the repetitions is added to the workload. */
export function row(name: string, samples: Samples, unit: string, workload: string): Row {
  const spread = `${short(samples.least)} to ${short(samples.most)}`
  return { name, value: samples.median, unit, workload: `${workload}; repetitions from ${spread}` }
}

/** A number as people read it: `41.2 M`, `1.63`, `48`. */
export function short(value: number): string {
  if (Math.abs(value) >= 1e6) return `${(value / 1e6).toPrecision(3)} M`
  if (Math.abs(value) >= 1e3) return Math.round(value).toLocaleString('en')
  return String(Number(value.toPrecision(3)))
}
