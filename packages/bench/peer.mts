// A peer in a process of its own: it loads its rows once, then runs whenever it is told to.
import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'

/** What one repetition of a peer took. */
export interface PeerRun {
  seconds: number
  events: number
  /** What the peer makes of the rows, where it says it. */
  note?: string
}

/** Asks a line, gets a line of JSON. */
export class Peer {
  readonly #process: ChildProcess
  readonly #lines: AsyncIterator<string>
  readonly #name: string

  constructor(name: string, command: string, args: readonly string[]) {
    this.#name = name
    this.#process = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#process.on('error', (error) => process.stderr.write(`${name}: ${error.message}\n`))
    // A peer that ended is noticed where its answer is missing.
    this.#process.stdin!.on('error', () => {})
    this.#lines = createInterface({ input: this.#process.stdout! })[Symbol.asyncIterator]()
  }

  /** One run of what the peer calls so. */
  async run(command: string): Promise<PeerRun> {
    this.#process.stdin!.write(`${command}\n`)
    const { value, done } = await this.#lines.next()
    if (done) throw new Error(`${this.#name} ended instead of running '${command}'`)
    return JSON.parse(value) as PeerRun
  }

  /** Lets the peer end. */
  close(): void {
    this.#process.stdin!.end()
  }
}
