import { HaggleError, restored } from '../errors'
import { call } from '../native/errors'
import { assignFrozen, camelCase, Value } from '../value'

/** A native class that gives both shapes of a JSON text: canonical JSON, and the fields as JSON. @internal */
export interface NativeValues {
  check(text: string): string[]
}

/** A class whose constructor gives what it is given: what derives from it adds fields to that. @internal */
export const Given = class { constructor(object: object) { return object } } as new (object: object) => object

/**
 * The canonical JSON texts, which have digits that a double would lose. They lie in a private field, so that values show nothing but
 * what they mean; a WeakMap would make the collector look at each of them again and again.
 */
class Text extends Given {
  readonly #text: () => string

  constructor(value: object, text: () => string) {
    super(value)
    this.#text = text
  }

  static of(value: object): (() => string) | undefined {
    return #text in value ? value.#text : undefined
  }
}

/**
 * A value that travels: its JSON is barter's.
 *
 * @example
 * import { OrderKey, WireValue } from 'haggle'
 * const key = new OrderKey({ exchange: 'okx', instrument: 'BTC/USDT' })
 * console.log(key instanceof WireValue, Object.keys(key.toJSON()).join())   // true exchange,instrument,strategy,cid
 */
export abstract class WireValue extends Value {
  /** Barter's JSON; what barter has no words for is added beside it. Amounts that a double cannot hold are texts. */
  override toJSON(): object {
    return JSON.parse(textOf(this)) as object
  }
}

/** The canonical JSON text of a value: what the core takes. @internal */
export function textOf(value: WireValue): string {
  const text = Text.of(value)
  if (text === undefined) throw new HaggleError('INVALID_ARGUMENT', `a ${value.constructor.name} is made by its constructor or fromJSON()`)
  return text()
}

/** Gives `value` its fields and its JSON text, and freezes it. @internal */
export function settle<T extends WireValue>(value: T, fields: object, text: () => string): T {
  assignFrozen(value, fields as Record<string, unknown>)
  return sealed(value, text)
}

/** Gives a value that has its fields its JSON text, and freezes it. @internal */
export function sealed<T extends WireValue>(value: T, text: () => string): T {
  new Text(value, text)
  return Object.freeze(value)
}

/** A value of a class, made without its constructor. @internal */
export function blank<T extends WireValue>(prototype: T): T {
  return Object.create(prototype) as T
}

/** The text of what stands at `path` below a value with this text. @internal */
export function below(text: () => string, ...path: readonly (string | number)[]): () => string {
  return () => JSON.stringify(path.reduce<unknown>((at, name) => (at as Record<string | number, unknown>)[name], JSON.parse(text())))
}

/** Both shapes of a JSON text, or the core's error. @internal */
export function shapesOf<V extends object>(native: NativeValues, text: string): readonly [text: () => string, view: V] {
  const [canonical, view] = call(() => native.check(text))
  return [() => canonical!, JSON.parse(view!) as V]
}

/**
 * The same for fields that were given in camelCase: the core's paths (`state.time_in_force`) become those of the caller
 * (`timeInForce`).
 * @internal
 */
export function shapesOfFields<V extends object>(native: NativeValues, text: string, root = ''): readonly [text: () => string, view: V] {
  try {
    return shapesOf<V>(native, text)
  } catch (error) {
    throw error instanceof HaggleError && error.path !== undefined ? moved(error, root, fieldPath(error.path)) : error
  }
}

const TRIGGERS: Readonly<Record<string, string>> = { Stop: 'stop', StopLimit: 'stop', TakeProfit: 'takeProfit', TakeProfitLimit: 'takeProfit', TrailingStop: 'trail' }

/** Names of variants are no fields, and the terms of a request stand beside its key. */
function fieldPath(path: string): string {
  const trigger = TRIGGERS[/(?:^|\.)kind\.(\w+)$/.exec(path)?.[1] ?? '']
  if (trigger !== undefined) return trigger
  const parts = path.split('.').filter((part) => !/^[A-Z]/.test(part)).map((part) => camelCase(part))
  // What is below a state has a variant's name in between; what is not is a term.
  return /^state\.[a-z]/.test(path) ? parts.slice(1).join('.') : parts.join('.')
}

/** The same error with the path `path` below `root`. @internal */
export function moved(error: HaggleError, root: string, path: string): HaggleError {
  const old = error.path!
  const place = root === '' ? path : path === '' ? root : `${root}.${path}`
  const text = error.message.startsWith(`${old}: `) ? error.message.slice(old.length + 2) : error.message
  return restored(error.code, place === '' ? text : `${place}: ${text}`, { path: place, hint: error.hint })
}
