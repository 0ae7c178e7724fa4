export default () => ({
  onStop() { void Promise.reject(new RangeError('nobody waits for this')) },
})
