import { decimalText, formatScaled } from '../decimal'
import { invalid, show } from '../errors'
import { isBag, isOf, optionsOf, textOf } from '../options'
import type { BalanceToHave, FillToHave, OrderToHave, Verdict } from '../types/client'
import type { Order } from '../types/orders'
import type { Decimal, Name, Side } from '../types/primitives'
import type { Fill } from '../types/results'
import { MockExecutionClient, partsOf } from './client'
import type { Markets } from './markets'
import { StrategyTest } from './test-strategy'

/** What can be asked of either: what the strategy sent and got, or what the client's account did. */
interface Books {
  readonly markets: Markets
  fills(): readonly Fill[]
  openOrders(): readonly Order[]
  balances(asset: string): { readonly free: string, readonly locked: string, readonly total: string }
  /** Whether a position counts as none: dust. */
  isFlat(symbol: string): boolean
}

function booksOf(of: unknown): Books {
  const client = isOf(of, StrategyTest) ? of.client : of
  if (!isOf(client, MockExecutionClient)) throw invalid('of', `expected a StrategyTest or a MockExecutionClient, found ${show(of)}`)
  const { markets } = partsOf(client)
  const balances: Books['balances'] = (asset) => client.fetchBalances([asset])[0]!
  if (isOf(of, StrategyTest)) {
    return { markets, balances, fills: () => of.fills, openOrders: () => of.orders.filter(({ isActive }) => isActive), isFlat: (symbol) => of.position(symbol) === 0 }
  }
  return { markets, balances, fills: () => client.fetchTrades(), openOrders: () => client.fetchOpenOrders(), isFlat: () => false }
}

/**
 * Whether something was filled: of a test the strategy's executions, of a client its account's. Symbol, side and price pick executions;
 * a quantity is what these come to in all. Decimals are compared to the digit.
 *
 * @example
 * import { hasFilled, testStrategy } from 'haggle'
 * const test = testStrategy({ onBook(ctx) { if (!ctx.position) ctx.buy('0.1') } }, { symbols: ['BTC/USDT'], balances: { USDT: 10_000 } })
 * test.client.setTicker('BTC/USDT', { bid: 94_000, ask: 94_001 })
 * console.log(hasFilled(test, { side: 'Buy', quantity: '0.1', price: 94_001 }).pass)   // true
 * console.log(hasFilled(test, { side: 'Sell' }).message)   // expected to have filled Sell, found Buy 0.1 BTC/USDT at 94001 (mock-0)
 * await test.close()
 *
 * @throws HaggleError `UNKNOWN_NAME` for a symbol that there is not.
 */
export function hasFilled(of: StrategyTest | MockExecutionClient, fill: FillToHave = {}): Verdict {
  const books = booksOf(of)
  const { quantity, ...wanted } = wantedOf(books, fill, 'fill')
  const all = books.fills()
  const fits = all.filter((one) => isLike(one, wanted))
  const pass = quantity === undefined ? fits.length > 0 : fits.length > 0 && sum(fits.map((one) => one.quantity)) === quantity
  return verdict(pass, `to have filled ${wordsOf({ ...wanted, ...(quantity !== undefined && { quantity }) }) || 'anything'}`, (pass ? fits : all).map((one) => wordsOf(one)), 'no fills')
}

/**
 * Whether an order is open, or on its way: of a test one of the strategy's, as far as it knows; of a client one that works at the exchange.
 *
 * @example
 * import { hasOpenOrder, MockExecutionClient } from 'haggle'
 * const client = MockExecutionClient.spot({ symbols: ['BTC/USDT'], balances: { USDT: 10_000 } })
 * client.openLimitOrder('BTC/USDT', 'Buy', '0.1', 90_000)
 * console.log(hasOpenOrder(client, { symbol: 'BTC/USDT', price: '90000' }).pass)   // true
 * await client.close()
 *
 * @throws HaggleError `UNKNOWN_NAME` for a symbol that there is not.
 */
export function hasOpenOrder(of: StrategyTest | MockExecutionClient, order: OrderToHave = {}): Verdict {
  const books = booksOf(of)
  const wanted = wantedOf(books, order, 'order')
  const all = books.openOrders()
  const fits = all.filter((one) => isLike(one, wanted))
  const pass = fits.length > 0
  return verdict(pass, `to have an open order ${wordsOf(wanted)}`.trimEnd(), (pass ? fits : all).map((one) => wordsOf(one)), 'no open orders')
}

/**
 * Whether a position is of this quantity, signed: of a test the strategy's, where dust is none; of a client what its account has bought and
 * sold, less fees in the base asset. The symbol may be left out where there is one instrument.
 *
 * @example
 * import { hasPosition, testStrategy } from 'haggle'
 * const test = testStrategy({ onBook(ctx) { if (!ctx.position) ctx.buy('0.1') } }, { symbols: ['BTC/USDT'], balances: { USDT: 10_000 } })
 * test.client.setTicker('BTC/USDT', { bid: 94_000, ask: 94_001 })
 * console.log(hasPosition(test, '0.1').pass, hasPosition(test, 'BTC/USDT', 0).message)   // true expected to have a position of 0 BTC/USDT, found 0.1
 * await test.close()
 *
 * @throws HaggleError `UNKNOWN_NAME`, and `INVALID_ARGUMENT` where several instruments are traded and none is named.
 */
export function hasPosition(of: StrategyTest | MockExecutionClient, quantity: Decimal): Verdict
export function hasPosition(of: StrategyTest | MockExecutionClient, symbol: Name, quantity: Decimal): Verdict
export function hasPosition(of: StrategyTest | MockExecutionClient, ...given: readonly [Decimal] | readonly [Name, Decimal]): Verdict {
  const books = booksOf(of)
  const { name } = given.length === 2 ? books.markets.find(given[0]) : books.markets.only('symbol')
  const expected = decimalText(given.at(-1) as Decimal, 'quantity')
  const found = books.isFlat(name) ? '0' : netOf(books.fills(), name)
  return verdict(found === expected, `to have a position of ${expected} ${name}`, [found], '')
}

/**
 * Whether the account holds so much of an asset in all; or so much that is free, locked, and in all.
 *
 * @example
 * import { hasBalance, MockExecutionClient } from 'haggle'
 * const client = MockExecutionClient.spot({ symbols: ['BTC/USDT'], balances: { USDT: 10_000 } })
 * client.openLimitOrder('BTC/USDT', 'Buy', '0.1', 90_000)
 * console.log(hasBalance(client, 'USDT', 10_000).pass, hasBalance(client, 'USDT', { locked: 9_000 }).pass)   // true true
 * await client.close()
 *
 * @throws HaggleError `UNKNOWN_NAME` for an asset that there is not.
 */
export function hasBalance(of: StrategyTest | MockExecutionClient, asset: string, amount: Decimal | BalanceToHave): Verdict {
  const balance = booksOf(of).balances(textOf(asset, 'asset', 'the name of an asset'))
  const isWhole = !isBag(amount) || 'toFixed' in (amount as object)
  const wanted = isWhole ? { total: amount as Decimal } : optionsOf(amount, 'amount', ['free', 'locked', 'total']) as BalanceToHave
  const expected = Object.entries(wanted).map(([part, value]) => [part as keyof typeof balance, decimalText(value, isWhole ? 'amount' : `amount.${part}`)] as const)
  const pass = expected.every(([part, value]) => balance[part] === value)
  const words = (parts: readonly (readonly [string, string])[]): string => parts.map(([part, value]) => `${part} ${value}`).join(', ')
  return verdict(pass, `to have ${asset} ${words(expected)}`, [words((['free', 'locked', 'total'] as const).map((part) => [part, balance[part]]))], '')
}

interface Wanted {
  readonly symbol?: string
  readonly side?: Side
  readonly quantity?: string
  readonly price?: string
  readonly cid?: string
}

/** What is wanted, in the words in which executions and orders say it. */
function wantedOf({ markets }: Books, given: OrderToHave, path: string): Wanted {
  const { symbol, side, quantity, price, cid } = optionsOf(given, path, ['symbol', 'side', 'quantity', 'price', ...(path === 'order' ? ['cid'] : [])]) as OrderToHave
  if (cid !== undefined) textOf(cid, `${path}.cid`)
  if (side !== undefined && side !== 'Buy' && side !== 'Sell') throw invalid(`${path}.side`, `expected 'Buy' or 'Sell', found ${show(side)}`)
  return {
    ...(symbol !== undefined && { symbol: markets.find(symbol, `${path}.symbol`).name }),
    ...(side !== undefined && { side }),
    ...(quantity !== undefined && { quantity: decimalText(quantity, `${path}.quantity`) }),
    ...(price !== undefined && { price: decimalText(price, `${path}.price`) }),
    ...(cid !== undefined && { cid }),
  }
}

function isLike(one: Fill | Order, wanted: Wanted): boolean {
  return Object.entries(wanted).every(([name, value]) => one[name as keyof Wanted] === value)
}

/** `Buy 0.1 BTC/USDT at 94001 (mock-0)`, of what is known. */
function wordsOf({ side, quantity, symbol, price, cid }: Wanted): string {
  const words = [side, quantity, symbol, price === undefined ? undefined : `at ${price}`, cid === undefined ? undefined : `(${cid})`]
  return words.filter((word) => word !== undefined).join(' ')
}

function verdict(pass: boolean, what: string, found: readonly string[], none: string): Verdict {
  const list = found.length === 0 ? ` ${none}` : found.length === 1 ? ` ${found[0]}` : `:\n${found.map((line) => `  ${line}`).join('\n')}`
  return Object.freeze({ pass, message: `expected ${pass ? 'not ' : ''}${what}, found${list}` })
}

/** Executions of an instrument, net; a fee in base lowers it either way. */
function netOf(fills: readonly Fill[], symbol: string): string {
  const base = symbol.split('/')[0]
  return sum(fills.filter((fill) => fill.symbol === symbol).flatMap(({ side, quantity, fee, feeAsset }) => [side === 'Buy' ? quantity : minus(quantity), ...(feeAsset === base ? [minus(fee)] : [])]))
}

function minus(text: string): string {
  return text === '0' ? text : text.startsWith('-') ? text.slice(1) : `-${text}`
}

/** Of canonical decimals, to the digit. */
function sum(texts: readonly string[]): string {
  const decimals = (text: string): number => (text.includes('.') ? text.length - 1 - text.indexOf('.') : 0)
  const scale = Math.max(0, ...texts.map(decimals))
  return formatScaled(texts.reduce((total, text) => total + BigInt(text.replace('.', '') + '0'.repeat(scale - decimals(text))), 0n), scale)
}
