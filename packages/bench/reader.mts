import type { Context, PublicTrade, Strategy } from 'haggle'

/** Reads prices, position and time on every event. It buys once, when all have a quote, so that there is a position to read. */
export class Reader implements Strategy {
  /** Average spread, worth of the positions and the last moment: what was read is used, so nothing can be left out. */
  spread = 0
  worth = 0
  last = 0

  onStart(ctx: Context): void {
    ctx.timer('10s')
  }

  onTimer(ctx: Context): void {
    for (const [name, size] of [['BTC/USDT', 0.1], ['ETH/USDT', 1], ['SOL/USDT', 10]] as const) ctx.of(name).buy(size)
  }

  onTrade(ctx: Context, trade: PublicTrade): void {
    this.#read(ctx, trade.price)
  }

  onBook(ctx: Context): void {
    this.#read(ctx, ctx.mid)
  }

  #read(ctx: Context, price: number): void {
    const { bid, ask, position, now } = ctx
    if (ask > bid) this.spread += (ask - bid - this.spread) * 0.01
    this.worth = position * price
    this.last = now
  }
}

/** As the module of a worker thread. */
export default (): Reader => new Reader()
