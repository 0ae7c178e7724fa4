export default () => ({
  onTrade() { for (;;); },
})
