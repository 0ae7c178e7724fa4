export default () => ({
  onTrade() { throw new RangeError('too much') },
})
