import type { Context, Order, Strategy } from 'haggle'

/** Events from one order to the next. */
const EVERY = 50
/** Quantity of every order: 100 lots. */
const SIZES: Readonly<Record<string, number>> = { 'BTC/USDT': 0.001, 'ETH/USDT': 0.01, 'SOL/USDT': 0.1 }

/**
 * Two orders per hundred events, each of them filled or cancelled: a limit order at the own side's best, and fifty events
 * later its cancel, where it still works, and a market order to the same side; the sides take turns.
 * `crates/bench/src/quoter.rs` is the same in Rust, and their result hashes are equal.
 */
export class Quoter implements Strategy {
  #events = 0
  #isSelling = false
  #resting: Order | undefined

  onTrade(ctx: Context): void {
    if (++this.#events % EVERY === 0) this.#send(ctx)
  }

  onBook(ctx: Context): void {
    if (++this.#events % EVERY === 0) this.#send(ctx)
  }

  #send(ctx: Context): void {
    const size = SIZES[ctx.symbol]!
    if (this.#events % (2 * EVERY) === 0) {
      if (this.#resting) ctx.cancel(this.#resting)
      this.#resting = undefined
      if (this.#isSelling) ctx.sell(size)
      else ctx.buy(size)
      this.#isSelling = !this.#isSelling
    } else if (ctx.bid > 0 && ctx.ask > 0) {
      this.#resting = this.#isSelling ? ctx.sell(size, { price: ctx.ask }) : ctx.buy(size, { price: ctx.bid })
    }
  }
}
