'use strict'

/*
 * Strategies for tests, in the words of a user and in plain JavaScript, so that worker threads and child processes can
 * load them too. The two crosses are those of the core: the same arithmetic in the same order, so that both give the
 * same result to the last digit.
 */

class Cross {
  #pairs = new Map()

  constructor(fast, slow, shorts = false) {
    this.fast = fast
    this.slow = slow
    this.shorts = shorts
  }

  onTrade(ctx, trade) {
    this.decide(ctx, trade.price)
  }

  onBar(ctx, bar) {
    this.decide(ctx, bar.close)
  }

  decide(ctx, price) {
    let pair = this.#pairs.get(ctx.symbol)
    if (!pair) this.#pairs.set(ctx.symbol, pair = { prices: [], count: 0, fast: 0, slow: 0, side: 0 })
    pair.count++
    this.update(pair, price)
    if (pair.count < this.slow) return
    const side = Math.sign(pair.fast - pair.slow)
    const before = pair.side
    pair.side = side
    if (before * side !== -1 || ctx.openOrders.length > 0 || Math.sign(ctx.position) === side) return
    ctx.closePosition()
    if (side === 1) ctx.buy({ equity: 1 })
    else if (this.shorts) ctx.sell({ equity: 1 })
  }
}

class EmaCross extends Cross {
  update(pair, price) {
    if (pair.count === 1) {
      pair.fast = pair.slow = price
      return
    }
    pair.fast += (price - pair.fast) * (2 / (this.fast + 1))
    pair.slow += (price - pair.slow) * (2 / (this.slow + 1))
  }
}

class SmaCross extends Cross {
  update(pair, price) {
    pair.prices.push(price)
    if (pair.prices.length > this.slow) pair.prices.shift()
    if (pair.count < this.slow) return
    const average = (length) => {
      let sum = 0
      for (let back = 1; back <= length; back++) sum += pair.prices[pair.prices.length - back]
      return sum / length
    }
    pair.fast = average(this.fast)
    pair.slow = average(this.slow)
  }
}

/** Rests a bid and an offer at the market, cancels, amends and takes, by the clock and by chance: every kind of event. */
class Maker {
  #count = 0

  onStart(ctx) {
    ctx.timer('1s', 'tick')
  }

  onBook(ctx) {
    this.#count++
    const [order] = ctx.openOrders
    if (!order) {
      if (ctx.position === 0) ctx.buy({ quote: 500 }, { price: ctx.bid, postOnly: true })
      else ctx.sell(ctx.position, { price: ctx.ask, timeInForce: { goodUntil: ctx.nowNs + 3_000_000_000n } })
    } else if (this.#count % 31 === 0) {
      ctx.cancel(order)
    } else if (this.#count % 17 === 0 && order.side === 'Buy') {
      ctx.amend(order, { price: ctx.bid })
    }
  }

  onTimer(ctx, tag) {
    if (ctx.random() < 0.5) ctx.of('BTC/USDT').closePosition()
    ctx.timer('1s', tag)
  }
}

module.exports = { EmaCross, SmaCross, Maker }
