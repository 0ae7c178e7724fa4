import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { NativePrepared } from '#native'
import { HaggleError } from '../errors'
import { call } from '../native/errors'
import { unpacked, type Answer, type Request, type Start } from './messages'

/** What a worker runs: the compiled file, also where this one is not compiled, as in tests. */
const ENTRY = join(__dirname, __filename.endsWith('.ts') ? '../../dist/batch/worker.js' : 'worker.js')
/** A worker that was told to end may write out what it has to say for so long. */
const END_MS = 200

interface Task {
  readonly request: Request
  readonly resolve: (answer: Exclude<Answer, { error: unknown }>) => void
  readonly reject: (error: unknown) => void
}

/** A worker thread, and the run that it has. */
interface Hand {
  readonly worker: Worker
  /** Market rows that this run has done. */
  readonly rows: BigInt64Array
  task?: Task | undefined
  /** Why it is about to end. */
  cause?: unknown
}

/**
 * Worker threads over the same prepared data, started as they are needed. One that ends takes its run with it and no
 * other; who comes next gets a new one.
 * @internal
 */
export class WorkerPool {
  readonly #ticket: number
  readonly #rows: number
  readonly #size: number
  readonly #hands = new Set<Hand>()
  readonly #waiting: Task[] = []
  #finished = 0
  #isClosed = false

  /** @param size Threads at most. The prepared data has to stay open until the pool is closed. */
  constructor(prepared: NativePrepared, size: number) {
    this.#ticket = call(() => prepared.share())
    this.#rows = call(() => prepared.rows())
    this.#size = size
  }

  /** Market rows done by all runs; a finished run counts in full. */
  get done(): number {
    let done = this.#finished * this.#rows
    for (const { task, rows } of this.#hands) if (task) done += Number(Atomics.load(rows, 0))
    return done
  }

  /**
   * Runs the strategy of a module.
   *
   * @throws What it threw, as far as that can be sent; `STRATEGY_FAILED` where the module cannot be loaded or the worker ended.
   */
  run(request: Request): Promise<Exclude<Answer, { error: unknown }>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, resolve, reject })
      this.#assign()
    })
  }

  /** Ends all workers: those with a run at once, the others once they have written out what they printed. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#waiting.length = 0
    await Promise.all([...this.#hands].map(({ worker, task }) => (task ? worker.terminate() : ended(worker))))
  }

  #assign(): void {
    while (this.#waiting.length > 0 && !this.#isClosed) {
      let hand: Hand | undefined
      try {
        hand = [...this.#hands].find(({ task, cause }) => !task && cause === undefined) ?? this.#hire()
      } catch (error) {
        this.#waiting.shift()!.reject(error)
        continue
      }
      if (!hand) return
      hand.task = this.#waiting.shift()!
      Atomics.store(hand.rows, 0, 0n)
      hand.worker.postMessage(hand.task.request)
    }
  }

  #hire(): Hand | undefined {
    if (this.#hands.size >= this.#size) return undefined
    const rows = new SharedArrayBuffer(8)
    const hand: Hand = { worker: startWorker({ ticket: this.#ticket, rows }), rows: new BigInt64Array(rows) }
    this.#hands.add(hand)
    hand.worker
      .on('message', (answer: Answer) => { this.#answered(hand, answer) })
      .on('messageerror', (error) => { this.#lose(hand, error) })
      .on('error', (error) => { hand.cause ??= error })
      .on('exit', (code) => {
        this.#hands.delete(hand)
        this.#settle(hand)?.reject(death(hand.cause, code))
        this.#assign()
      })
    return hand
  }

  #answered(hand: Hand, answer: Answer): void {
    const task = this.#settle(hand)
    if ('error' in answer) task?.reject(unpacked(answer.error))
    else task?.resolve(answer)
    this.#assign()
  }

  #settle(hand: Hand): Task | undefined {
    const { task } = hand
    hand.task = undefined
    if (task) this.#finished++
    return task
  }

  #lose(hand: Hand, cause: unknown): void {
    hand.cause ??= cause
    void hand.worker.terminate()
  }
}

function startWorker(start: Start): Worker {
  if (!existsSync(ENTRY)) {
    throw new HaggleError('UNSUPPORTED', `the file of the worker threads is missing: ${ENTRY}`, { path: 'strategy', hint: 'leave haggle out of the bundle, or build it first' })
  }
  return new Worker(ENTRY, { workerData: start, name: 'haggle' })
}

function death(cause: unknown, code: number): HaggleError {
  const words = cause instanceof Error ? `: ${cause.message}` : ` with exit code ${code}`
  return new HaggleError('STRATEGY_FAILED', `the worker thread ended before the run did${words}`, { path: 'strategy', ...(cause === undefined ? {} : { cause }) })
}

/** Lets an idle worker end by itself, unless its modules keep it from that. */
async function ended(worker: Worker): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const exit = new Promise<void>((resolve) => { worker.once('exit', () => { resolve() }) })
  worker.postMessage(null)
  await Promise.race([exit, new Promise<void>((resolve) => { timer = setTimeout(resolve, END_MS) })])
  clearTimeout(timer)
  await worker.terminate()
}
