export default () => ({
  onTrade(ctx) { ctx.buy(-1) },
})
