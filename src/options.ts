import { types } from 'node:util'
import { HaggleError, invalid, isRevoked, show } from './errors'
import { Value } from './value'

/*
 * The one reader of objects with named fields that a caller gives: options, limits, rows to have, changes. Everything that would be
 * lost in silence is refused: a promise that was not awaited, a Map, inherited fields, a misspelt name, a text where true or false is meant.
 */

/** Fields that a caller gave. @internal */
export type Fields = Readonly<Record<string, unknown>>

/**
 * The fields of a plain object, or of a value of ours; getters are read once, here.
 *
 * @param what What the object is of, for the message: `'limits'`.
 * @throws HaggleError `INVALID_ARGUMENT` with the path for everything else, with what was probably meant.
 * @internal
 */
export function bagOf(given: unknown, path: string, what?: string, hint?: string): Fields {
  if (!isBag(given)) throw invalid(path, `expected an object${what === undefined ? '' : ` of ${what}`}, found ${show(given)}`, meantBy(given) ?? hint)
  return { ...given as object }
}

/**
 * The same with these fields and no others.
 *
 * @throws HaggleError as {@link bagOf}, and `UNKNOWN_NAME` with the path of the field and the nearest name.
 * @internal
 */
export function optionsOf(given: unknown, path: string, known: readonly string[], what?: string, hint?: string): Fields {
  const bag = bagOf(given, path, what, hint)
  checkNames(bag, known, path)
  return bag
}

/** Refuses fields that are not known, with the nearest name that is. @internal */
export function checkNames(given: object, known: readonly string[], path: string): void {
  for (const name of Object.keys(given)) if (!known.includes(name)) throw unknownField(name, known, path)
}

/** @internal */
export function unknownField(name: string, known: readonly string[], path: string): HaggleError {
  const near = nearest(name, known)
  return new HaggleError('UNKNOWN_NAME', `unknown field ${show(name)}`, {
    path: path === '' ? name : `${path}.${name}`, hint: near === undefined ? `known: ${known.join(', ')}` : `did you mean '${near}'?`,
  })
}

/** Whether all that an object has to say are fields of its own: a plain one of any realm, or a value of ours. @internal */
export function isBag(given: unknown): boolean {
  if (typeof given !== 'object' || given === null || isRevoked(given) || Array.isArray(given)) return false
  if (given instanceof Value) return true
  if ('then' in given && typeof given.then === 'function') return false
  const prototype = Object.getPrototypeOf(given) as object | null
  if (prototype === null) return true
  // The last object of a chain is Object.prototype, of this realm or another.
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf') && !types.isModuleNamespaceObject(given)
}

/** What was probably meant by something that is no plain object. @internal */
export function meantBy(given: unknown): string | undefined {
  if (typeof given === 'function') return 'call it, and give what it returns'
  if (typeof given !== 'object' || given === null || isRevoked(given)) return undefined
  if (types.isPromise(given) || ('then' in given && typeof given.then === 'function')) {
    // What it comes to is looked at by no one any more: it must not end the process as unhandled.
    if (types.isPromise(given)) given.catch(() => {})
    return 'write await in front of it'
  }
  if (types.isMap(given)) return 'write Object.fromEntries(map)'
  if (types.isSet(given)) return 'write [...set]'
  if (types.isBoxedPrimitive(given) || Array.isArray(given) || types.isDate(given) || ArrayBuffer.isView(given)) return undefined
  return 'give a plain object: { ...it } has its own fields, but not what its class or prototype adds'
}

/** Whether a value is of a class; a revoked proxy is of none, where `instanceof` would throw. @internal */
export function isOf<T>(value: unknown, type: { readonly prototype: T }): value is T {
  return !isRevoked(value) && value instanceof (type as unknown as abstract new () => T & object)
}

/** A list. @internal */
export function listOf(given: unknown, path: string, what: string, hint?: string): readonly unknown[] {
  if (!isRevoked(given) && Array.isArray(given)) return given
  throw invalid(path, `expected a list of ${what}, found ${show(given)}`, meantBy(given) ?? hint)
}

/** True or false. @internal */
export function booleanOf(given: unknown, path: string, otherwise: boolean): boolean {
  if (given === undefined) return otherwise
  if (typeof given === 'boolean') return given
  throw invalid(path, `expected true or false, found ${show(given)}`, meantBy(given))
}

/** A text, and never what a `toString` makes of something else. @internal */
export function textOf(given: unknown, path: string, what = 'a text'): string {
  if (typeof given !== 'string') throw invalid(path, `expected ${what}, found ${show(given)}`)
  if (given.length > TEXT_MAX) throw invalid(path, `expected a text of at most ${TEXT_MAX.toLocaleString('en-US')} characters, found ${given.length.toLocaleString('en-US')}`)
  return given
}

/** One of a few words. @internal */
export function wordOf<W extends string>(given: unknown, path: string, words: readonly W[], otherwise?: W): W {
  if (given === undefined && otherwise !== undefined) return otherwise
  if (words.includes(given as W)) return given as W
  const list = words.map((word) => `'${word}'`)
  throw invalid(path, `expected ${list.slice(0, -1).join(', ')}${list.length > 1 ? ' or ' : ''}${list.at(-1)}, found ${show(given)}`)
}

/** A signal that can abort; undefined where none was given. @internal */
export function signalOf(given: unknown, path: string): AbortSignal | undefined {
  if (given === undefined) return undefined
  const isSignal = typeof given === 'object' && given !== null && !isRevoked(given)
    && (['throwIfAborted', 'addEventListener', 'removeEventListener'] as const).every((name) => typeof (given as AbortSignal)[name] === 'function')
  if (isSignal) return given as AbortSignal
  throw invalid(path, `expected an AbortSignal, found ${show(given)}`, 'new AbortController().signal')
}

/** Longer than any name, reason or id, and far from what a text can hold once it is escaped. @internal */
export const TEXT_MAX = 1 << 20

/** The known name nearest to `name`, if a typing mistake could explain the difference: as the core judges it. */
function nearest(name: string, known: readonly string[]): string | undefined {
  // A name of a thousand letters is no typing mistake.
  if (name.length > 64) return undefined
  const found = known.map((other) => ({ other, distance: distanceOf(name.toLowerCase(), other.toLowerCase()) })).sort((a, b) => a.distance - b.distance)[0]
  return found !== undefined && found.distance <= 1 + Math.floor(Math.min(found.other.length, name.length) / 3) ? found.other : undefined
}

/** Edits between two words: letters put in, left out, changed, or swapped with the next. */
function distanceOf(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1]
      const best = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + (isSame ? 0 : 1))
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row.push(isSwapped ? Math.min(best, rows[i - 2]![j - 2]! + 1) : best)
    }
    rows.push(row)
  }
  return rows[a.length]![b.length]!
}
