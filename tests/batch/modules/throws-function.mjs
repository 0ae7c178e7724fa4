export default () => ({
  // Nothing that could go from one thread to another.
  onTrade() { throw () => {} },
})
