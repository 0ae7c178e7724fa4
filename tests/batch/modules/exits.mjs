export default () => ({
  onTrade() { process.exit(3) },
})
