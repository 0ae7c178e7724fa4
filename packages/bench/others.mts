// Whether the machine was ours: numbers taken while other programs compute are too low, all of them. A load average would
// not tell, since building the benchmark raises it.
import { availableParallelism, cpus } from 'node:os'

/** From this share of all processor time on, a warning is due. */
const SHARE_WARNED = 0.05

/** Sums up what others computed while our own tasks ran. */
export class Others {
  #busyMs = 0
  #wallMs = 0

  /** Runs something of this process, and notes what the rest of the machine did meanwhile. */
  async watch<T>(action: () => Promise<T> | T): Promise<T> {
    const [machine, own, start] = [machineMs(), process.cpuUsage(), performance.now()]
    const result = await action()
    const { user, system } = process.cpuUsage(own)
    this.#busyMs += Math.max(0, machineMs() - machine - (user + system) / 1e3)
    this.#wallMs += performance.now() - start
    return result
  }

  /** What to say, if anything. */
  get warning(): string | undefined {
    const share = this.#busyMs / (this.#wallMs * availableParallelism())
    if (!(share > SHARE_WARNED)) return undefined
    return `Other programs took ${Math.round(share * 100)} % of the processors meanwhile: these numbers are too low, and by different amounts.`
  }
}

/** Processor time that the whole machine has spent, without waiting. */
function machineMs(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0)
}
