import { availableParallelism } from 'node:os'
import type { NativePrepared } from '#native'
import { call } from '../native/errors'
import { isOf } from '../options'
import { BacktestSummary } from '../results/summary'
import { checkDynamic, isNative, moduleArguments, nativeArguments, strategyOf, verifyHashes } from '../run/arguments'
import { Progress } from '../run/progress'
import { FOREVER_MS, Session, SLICE_MS } from '../run/session'
import type { BacktestArgsDynamic, RunOptions } from '../types/backtest'
import type { NativeStrategy, Strategy } from '../types/strategy'
import { failedSummary, type Entry } from './entries'
import { NativePool, WAITING_PER_THREAD } from './native-pool'
import { WorkerPool } from './worker-pool'

/** Many more than cores would only take memory: the work is computing. */
const THREADS_MAX = 64
/** Runs that may wait for each worker thread. */
const WAITING_PER_WORKER = 2

/** Where a run is done. */
type Place = 'threads' | 'workers' | 'here'

type Made = URL | NativeStrategy | Strategy | undefined

/** The runs of one batch under way; of each, only the summary is kept. @internal */
export class Runs {
  readonly #prepared: NativePrepared
  readonly #options: RunOptions
  readonly #size: number
  /** Market rows of one run. */
  readonly #rows: number
  /** How often each one is run. */
  readonly #times: number
  readonly #summaries: BacktestSummary[] = []
  /** Runs under way or waiting, and how many may be: so much further than that the caller's iterable is not drawn. */
  readonly #pending: Record<Place, number> = { threads: 0, workers: 0, here: 0 }
  readonly #limits: Record<Place, number>
  #native: NativePool | undefined
  #workers: WorkerPool | undefined
  #drawn = 0
  /** Rows of runs that were over on this thread, and of those that never began. */
  #doneHere = 0
  /** Rows of the run that is on this thread. */
  #current = 0
  #failure: { readonly error: unknown } | undefined
  #wake: () => void = () => {}
  /** When this thread last gave way. */
  #turn = performance.now()

  constructor(prepared: NativePrepared, options: RunOptions) {
    this.#prepared = prepared
    this.#options = options
    this.#size = Math.min(options.threads ?? availableParallelism(), THREADS_MAX)
    this.#rows = call(() => prepared.rows())
    this.#times = options.verify ? 2 : 1
    this.#limits = { threads: this.#size * WAITING_PER_THREAD, workers: this.#size * WAITING_PER_WORKER, here: 1 }
  }

  /**
   * Does all runs; `count` is how many there will be, where that is known.
   *
   * @throws What the caller's iterable or `onProgress` threw, or the signal's reason; never what a run threw.
   */
  async all(entries: Iterable<Entry>, count: number | undefined): Promise<readonly BacktestSummary[]> {
    const { signal } = this.#options
    const progress = new Progress(this.#options)
    const total = (): number => (count ?? this.#drawn) * this.#times * this.#rows
    const abort = (): void => { this.#fail(signal!.reason) }
    signal?.addEventListener('abort', abort, { once: true })
    const end = progress.poll(() => [this.#done(), total()], (error) => { this.#fail(error) })
    try {
      for (const entry of entries) {
        this.#drawn++
        await this.#begin(entry)
        await this.#giveWay()
      }
      await this.#until(() => this.#pending.threads + this.#pending.workers === 0)
      progress.end(total())
      return this.#summaries
    } finally {
      end()
      signal?.removeEventListener('abort', abort)
      this.#native?.close()
      await this.#workers?.close()
    }
  }

  /** The same without giving way to anything: native runs on their threads, the others on this one. */
  allSync(entries: Iterable<Entry>): readonly BacktestSummary[] {
    try {
      for (const entry of entries) this.#beginSync(entry)
      while (this.#pending.threads > 0) this.#native!.deliver()
      return this.#summaries
    } finally {
      this.#native?.close()
    }
  }

  async #begin(entry: Entry): Promise<void> {
    let made: Made
    try {
      made = make(entry.dynamic)
    } catch (error) {
      this.#doneHere += this.#times * this.#rows
      this.#summaries[entry.index] = failedSummary(entry, error)
      return
    }
    const place = placeOf(made)
    await this.#until(() => this.#pending[place] < this.#limits[place])
    const run = this.#complete(entry, made, place)
    if (place === 'here') await run
  }

  /** One run to its end, or two; it never throws. */
  async #complete(entry: Entry, first: Made, place: Place): Promise<void> {
    let begun = 0
    const once = async (made: Made): Promise<BacktestSummary> => {
      const json = this.#start(entry.dynamic, made)
      begun++
      return BacktestSummary.fromJSON(await json)
    }
    this.#pending[place]++
    try {
      const summary = await once(first)
      if (this.#times > 1) verifyHashes(summary.resultHash, (await once(make(entry.dynamic))).resultHash)
      this.#summaries[entry.index] = summary
    } catch (error) {
      this.#doneHere += (this.#times - begun) * this.#rows
      this.#summaries[entry.index] = failedSummary(entry, error)
    }
    this.#pending[place]--
    this.#wake()
  }

  /** Starts a run, which becomes its summary's JSON. */
  #start(dynamic: BacktestArgsDynamic, made: Made): Promise<string> {
    if (made instanceof URL) return this.#runInWorker(dynamic, made)
    if (made !== undefined && !isNative(made)) return this.#runHere(dynamic, made)
    return new Promise((resolve, reject) => {
      this.#native ??= new NativePool(this.#prepared, this.#size)
      this.#native.push(nativeArguments(dynamic, made), { summary: resolve, failed: reject })
      this.#native.pump().catch((error: unknown) => { this.#fail(error) })
    })
  }

  async #runInWorker(dynamic: BacktestArgsDynamic, { href: url }: URL): Promise<string> {
    this.#workers ??= new WorkerPool(this.#prepared, this.#size)
    const answer = await this.#workers.run({ url, dynamic: moduleArguments(dynamic), isWhole: false })
    return (answer as { summary: string }).summary
  }

  async #runHere(dynamic: BacktestArgsDynamic, strategy: Strategy): Promise<string> {
    let session: Session | undefined
    try {
      session = new Session(this.#prepared, dynamic, strategy)
      while (session.slice(Math.max(1, SLICE_MS - (performance.now() - this.#turn)))) {
        this.#current = session.done
        await this.#giveWay()
      }
      return session.finish().summary as string
    } finally {
      session?.close()
      this.#current = 0
      this.#doneHere += this.#rows
    }
  }

  #beginSync(entry: Entry): void {
    const taker = {
      summary: (json: string) => { this.#summaries[entry.index] = BacktestSummary.fromJSON(json) },
      failed: (error: unknown) => { this.#summaries[entry.index] = failedSummary(entry, error) },
    }
    try {
      checkDynamic(entry.dynamic)
      const made = strategyOf(entry.dynamic)
      if (made === undefined || isNative(made)) {
        this.#native ??= new NativePool(this.#prepared, this.#size)
        const over = (): void => { this.#pending.threads-- }
        this.#native.push(nativeArguments(entry.dynamic, made), {
          summary: (json) => { over(); taker.summary(json) }, failed: (error) => { over(); taker.failed(error) },
        })
        this.#pending.threads++
      } else {
        taker.summary(runWhole(this.#prepared, entry.dynamic, made))
      }
    } catch (error) {
      taker.failed(error)
    }
    while (this.#pending.threads >= this.#limits.threads) this.#native!.deliver()
  }

  #done(): number {
    return this.#doneHere + this.#current + (this.#native?.done ?? 0) + (this.#workers?.done ?? 0)
  }

  /** Ends the batch: what runs elsewhere is stopped, and those that wait are told. */
  #fail(error: unknown): void {
    this.#failure ??= { error }
    this.#native?.close()
    void this.#workers?.close()
    this.#wake()
  }

  #check(): void {
    if (this.#failure) throw this.#failure.error
  }

  async #until(isTrue: () => boolean): Promise<void> {
    this.#check()
    while (!isTrue()) {
      await new Promise<void>((resolve) => { this.#wake = resolve })
      this.#check()
    }
  }

  /** Lets timers, promises and signals have their turn, where it is time for it. */
  async #giveWay(): Promise<void> {
    if (performance.now() - this.#turn >= SLICE_MS) {
      await new Promise(setImmediate)
      this.#turn = performance.now()
    }
    this.#check()
  }
}

/** The strategy of a run; one in a module is made by its worker. */
function make(dynamic: BacktestArgsDynamic): Made {
  checkDynamic(dynamic)
  return isOf(dynamic.strategy, URL) ? dynamic.strategy : strategyOf(dynamic)
}

function placeOf(made: Made): Place {
  if (made instanceof URL) return 'workers'
  return made === undefined || isNative(made) ? 'threads' : 'here'
}

function runWhole(prepared: NativePrepared, dynamic: BacktestArgsDynamic, strategy: Strategy): string {
  const session = new Session(prepared, dynamic, strategy)
  try {
    session.slice(FOREVER_MS)
    return session.finish().summary as string
  } finally {
    session.close()
  }
}
