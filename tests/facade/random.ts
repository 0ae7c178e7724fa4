/** Seeded random numbers for property tests (a 32-bit xorshift): a failing case comes back with its seed. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 1
  }

  /** At or above 0, below `end`. */
  below(end: number): number {
    this.#state ^= this.#state << 13
    this.#state ^= this.#state >>> 17
    this.#state ^= this.#state << 5
    return (this.#state >>> 0) % end
  }

  /** A text of `length` digits. */
  digits(length: number): string {
    return Array.from({ length }, () => this.below(10)).join('')
  }

  /** One of the items. */
  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!
  }
}
