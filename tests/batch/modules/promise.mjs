export default async () => ({ onTrade() {} })
