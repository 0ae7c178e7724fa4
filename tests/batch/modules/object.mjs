export default { onTrade() {} }
