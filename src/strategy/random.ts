import { NativeRandom } from '#native'

/** How many numbers cross at once. */
const AHEAD = 256

/** The random numbers of a strategy: the same ones for the same seed. @internal */
export class RandomNumbers {
  readonly #stream: NativeRandom
  readonly #numbers = new Float64Array(AHEAD)
  #used = AHEAD

  constructor(seed: number) {
    this.#stream = new NativeRandom(seed)
  }

  /** The next one, from 0 (included) to 1 (left out). */
  next(): number {
    if (this.#used === AHEAD) {
      this.#stream.fill(this.#numbers)
      this.#used = 0
    }
    return this.#numbers[this.#used++]!
  }
}
