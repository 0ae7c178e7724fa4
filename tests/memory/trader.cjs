'use strict'

module.exports = () => ({
  onTrade(ctx) { if (ctx.openOrders.length === 0) ctx.position ? ctx.closePosition() : ctx.buy({ quote: 100 }) },
})
