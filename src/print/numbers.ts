/** What stands where a statistic is not defined. @internal */
export const UNDEFINED = '\u2013'

/** An amount of money, from its exact text: grouped, two decimals, or eight digits where it is below one. @internal */
export function money(value: unknown): string {
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN
  if (!Number.isFinite(number)) return UNDEFINED
  const size = Math.abs(number)
  return size === 0 || size >= 0.995 ? grouped(number, 2) : trimmed(number.toPrecision(4))
}

/** A fraction as a percentage with two decimals. @internal */
export function percent(value: unknown): string {
  return typeof value === 'number' && Number.isFinite(value) ? `${grouped(value * 100, 2)} %` : UNDEFINED
}

/** A ratio with two decimals. @internal */
export function ratio(value: unknown): string {
  return typeof value === 'number' && Number.isFinite(value) ? grouped(value, 2) : UNDEFINED
}

/** A whole number, grouped. @internal */
export function count(value: unknown): string {
  return typeof value === 'number' && Number.isFinite(value) ? grouped(value, 0) : UNDEFINED
}

/** A rate a second in three digits: `13.2 M`. @internal */
export function rate(perSecond: number): string {
  if (!Number.isFinite(perSecond)) return UNDEFINED
  for (const [size, unit] of [[1e9, 'G'], [1e6, 'M'], [1e3, 'k']] as const) {
    if (perSecond >= size) return `${trimmed((perSecond / size).toPrecision(3))} ${unit}`
  }
  return grouped(perSecond, 0)
}

/** A length of time in its two largest units: `3 m 5 s`. @internal */
export function length(millis: number): string {
  if (!Number.isFinite(millis) || millis < 0) return UNDEFINED
  if (millis < 1_000) return `${trimmed(millis.toPrecision(3))} ms`
  const seconds = Math.round(millis / 1_000)
  const parts = [['d', 86_400, Number.POSITIVE_INFINITY], ['h', 3_600, 24], ['m', 60, 60], ['s', 1, 60]] as const
  const first = parts.findIndex(([, size]) => seconds >= size)
  return parts.slice(first, first + 2)
    .map(([unit, size, wrap]) => [Math.floor(seconds / size) % wrap, unit] as const)
    .filter(([amount], i) => i === 0 || amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ')
}

function grouped(value: number, decimals: number): string {
  const text = value.toFixed(decimals)
  // toFixed gives '-0.00' for what rounds to zero, and an exponent from 1e21 on.
  const plain = Number(text) === 0 ? text.replace('-', '') : text
  const [whole = '', fraction] = plain.split('.')
  return whole.replace(/\B(?=(\d{3})+$)/g, ',') + (fraction === undefined ? '' : `.${fraction}`)
}

function trimmed(text: string): string {
  return text.includes('e') || !text.includes('.') ? text : text.replace(/\.?0+$/, '')
}
