export const strategy = () => ({ onTrade() {} })
