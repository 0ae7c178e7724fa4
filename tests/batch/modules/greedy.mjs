const kept = []

export default () => ({
  onTrade() { for (;;) kept.push(new Array(1_000).fill(Math.random())) },
})
