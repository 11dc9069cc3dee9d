import { plainNumber } from "../base/number";
import { isMap } from "../base/values";

/** Takes down what is wrong with the value at a path of the config. */
export type Tell = (path: string, text: string) => void;

/** What is wrong with a value. A function gets the value as a message may show it, and adds only constants: what it returns can be said of a secret, too. */
export type Refusal = string | ((shown: string) => string);

/** What a number may be. */
export interface NumberRange {
  readonly from: number;
  readonly to: number;
  /** @default any number of the range */
  readonly whole?: true;
}

interface ShowOptions {
  readonly needed?: boolean;
  /** It may hold a secret, however it was set. */
  readonly concealed?: boolean;
  /** Paths of what was set as a secret. All that is below one is secret as well, the keys of its maps included. */
  readonly secrets?: readonly string[];
  /** The path as a message shows it. @default path */
  readonly label?: string;
}

/**
 * A value as it was given in the config, with its path. It reads itself as what is wanted and tells what is wrong with it, so that reading goes on and
 * every problem is told. What is refused reads as undefined whatever its type says: settings with problems are never used.
 * @typeParam Absent what it reads as when it was not given.
 */
export class Given<Absent = undefined> {
  constructor(
    readonly path: string,
    readonly value: unknown,
    private readonly tell: Tell,
    private readonly options: ShowOptions = {},
  ) {}

  get isSet(): boolean {
    return this.value !== undefined;
  }

  /** The same value, which must be given. */
  get needed(): Given<never> {
    return new Given<never>(this.path, this.value, this.tell, { ...this.options, needed: true });
  }

  /** The same value, which may hold a secret: no message shows it, or anything below it. */
  get concealed(): Given<Absent> {
    return new Given<Absent>(this.path, this.value, this.tell, { ...this.options, concealed: true });
  }

  /** Whether it came as a secret, or as a part of one. */
  get isSecret(): boolean {
    return (this.options.secrets ?? []).some((secret) => isWithin(this.path, secret));
  }

  /** Whether no message may show it: it is a secret, holds one, or may hold one. */
  get isHidden(): boolean {
    return this.options.concealed === true || this.isSecret || (this.options.secrets ?? []).some((secret) => isWithin(secret, this.path));
  }

  /** The value as a message may show it. Nothing else may put a value of the config into a text. */
  get shown(): string {
    if (this.isSecret) return `a secret value (${secretKind(this.value)}, not shown)`;
    return this.isHidden ? kindOf(this.value) : shownOpenly(this.value);
  }

  /** A key of this map, as a message may show it. */
  shownKey(key: string): string {
    if (this.isSecret) return "a key that is not shown";
    const asWritten = this.isHidden ? /^[A-Za-z][\w-]{0,30}$/.test(key) : key.length <= LONGEST_KEY;
    return asWritten ? `"${key}"` : `a key of ${key.length} characters`;
  }

  /**
   * Tells what is wrong with it. A plain text may have the value in it. So it is withheld where the value is hidden, and only `valid` is said.
   * @param valid what would be valid, made of constants
   */
  refuse(text: Refusal, valid?: string): Absent {
    const withheld = () => `${this.shown} is not valid here${valid === undefined ? "" : `; valid is ${valid}`}`;
    this.tell(this.options.label ?? this.path, typeof text === "function" ? text(this.shown) : this.isHidden ? withheld() : text);
    return undefined as Absent;
  }

  /** What is given below a map's key, a word of the config. */
  at(key: string): Given {
    return this.below(key, key);
  }

  /** What is given at a place of a list. Beside a secret all places are hidden: what is said of one is often said by its neighbours. */
  item(index: number): Given {
    const value = Array.isArray(this.value) ? this.value[index] : undefined;
    return new Given(`${this.path}[${index}]`, value, this.tell, { ...this.inherited, concealed: this.isHidden, label: `${this.options.label ?? this.path}[${index}]` });
  }

  /** A map of anything. */
  map(valid: string): Record<string, unknown> | Absent {
    if (!this.isSet) return this.absent(`valid is ${valid}`);
    return isMap(this.value) ? this.value : this.refuse((shown) => `${shown} is not ${valid}`);
  }

  /** A map with any of `keys` and no other. Read as an empty one when it is not given. */
  fields<Key extends string>(keys: readonly Key[], valid = `a map with any of ${keys.join(", ")}`): Record<Key, Given> {
    for (const key of this.keys(valid).filter((key) => !keys.includes(key as Key))) {
      this.chosen(key).refuse(() => `is no key; valid: ${keys.join(", ")}`);
    }
    return Object.fromEntries(keys.map((key) => [key, this.at(key)])) as Record<Key, Given>;
  }

  /** A map with keys of the user's choice, each read by `read`. Read as an empty one when it is not given. */
  entries<T>(valid: string, read: (key: string, value: Given) => T): Record<string, T> {
    return Object.fromEntries(this.keys(valid).map((key) => [key, read(key, this.chosen(key))]));
  }

  choice<T extends string>(noun: string, valid: readonly T[]): T | Absent {
    const choices = `valid: ${valid.join(", ")}`;
    if (!this.isSet) return this.absent(choices);
    if (valid.includes(this.value as T)) return this.value as T;
    return this.refuse((shown) => `${shown} is no ${noun}; ${choices}`);
  }

  /** A list of `valid` names, each at most once. */
  names<T extends string>(noun: string, valid: readonly T[], example: readonly T[] = valid): readonly T[] | Absent {
    const list = this.value;
    if (!this.isSet) return this.absent(`valid is a list such as ${JSON.stringify(example)}`);
    if (!Array.isArray(list)) return this.refuse((shown) => `${shown} is not a list; valid is for instance ${JSON.stringify(example)}`);
    return list.map((_, index) => {
      const name = this.item(index).needed.choice(noun, valid);
      if (name !== undefined && list.indexOf(name) < index) this.item(index).refuse(`${name} is named twice`, "each name once");
      return name;
    });
  }

  text(pattern: RegExp, valid: string): string | Absent {
    if (!this.isSet) return this.absent(`valid is ${valid}`);
    if (typeof this.value === "string" && pattern.test(this.value)) return this.value;
    return this.refuse((shown) => `${shown} is not ${valid}`);
  }

  number(range: NumberRange): number | Absent {
    const valid = `a ${range.whole ? "whole " : ""}number from ${range.from} to ${range.to}`;
    if (!this.isSet) return this.absent(`valid is ${valid}`);
    const number = numberIn(this.value, range.whole);
    const right = typeof number === "number" && number >= range.from && number <= range.to && (!range.whole || Number.isInteger(number));
    return right ? number : this.refuse((shown) => `${shown} is not ${valid}`);
  }

  flag(valid = "true or false"): boolean | Absent {
    if (!this.isSet) return this.absent(`valid is ${valid}`);
    const flag = flagIn(this.value);
    return typeof flag === "boolean" ? flag : this.refuse((shown) => `${shown} is not ${valid}`);
  }

  private keys(valid: string): string[] {
    return Object.keys(this.map(valid) ?? {});
  }

  /** What is given below a key of the user's choice, which a message cannot always show. */
  chosen(key: string): Given {
    return this.below(key, this.shownKey(key) !== `"${key}"` ? `(${this.shownKey(key)})` : key);
  }

  private below(key: string, label: string): Given {
    const value = isMap(this.value) && Object.hasOwn(this.value, key) ? this.value[key] : undefined;
    const joined = (parent: string, own: string) => (parent === "" ? own : `${parent}.${own}`);
    return new Given(joined(this.path, key), value, this.tell, { ...this.inherited, label: joined(this.options.label ?? this.path, label) });
  }

  private get inherited(): ShowOptions {
    return { concealed: this.options.concealed, secrets: this.options.secrets };
  }

  private absent(valid: string): Absent {
    return this.options.needed ? this.refuse(() => `is not set; ${valid}`) : (undefined as Absent);
  }
}

/**
 * A number written as text counts as that number: `pulumi config set --path` stores 20.5 as text, and from then on, because it keeps the type of what was
 * there, 20 as well. Only plain decimals count: `050` and `5e1` are texts.
 */
export function numberIn(value: unknown, whole = false): unknown {
  if (typeof value !== "string") return value;
  const number = plainNumber(value);
  // Of a whole number 50.0 stays what it is, a text; 99.5 is told as what it is, a number that is not whole.
  return number === undefined || (whole && Number.isInteger(number) && value.includes(".")) ? value : number;
}

/** `true` and `false` written as text count likewise. */
function flagIn(value: unknown): unknown {
  return value === "true" ? true : value === "false" ? false : value;
}

/** Of a path and of all that is below it. */
export function isWithin(path: string, ancestor: string): boolean {
  return ancestor === "" || path === ancestor || path.startsWith(`${ancestor}.`) || path.startsWith(`${ancestor}[`);
}

/** A value that nobody set as a secret. For one of the config use `Given.shown`, which knows. */
export function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}

/** The same, but not of what looks as if --secret was forgotten, and not without end. */
function shownOpenly(value: unknown): string {
  const text = shown(value);
  if (/PRIVATE KEY-----|apiVersion[\\"]*:/.test(text)) return kindOf(value);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}… (${text.length} characters)`;
}

/** Longer values are cut. */
const LONGEST = 400;

/** A longer key is a value that has slipped. */
const LONGEST_KEY = 64;

/** As much as helps to find the slip, such as a whole file at the place of a map; never how long it is. */
function secretKind(value: unknown): string {
  if (typeof value !== "string") return kindOf(value);
  return value === "" ? "an empty text" : value.trimEnd().includes("\n") ? "a text of several lines" : "a text of one line";
}

function kindOf(value: unknown): string {
  if (typeof value === "string") return `a text of ${value.length} characters`;
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `a ${isMap(value) ? "map" : typeof value}`;
}

/** `settings` without what is not set, so that it reads as it would be written. */
export function withoutUnset<T extends object>(settings: T): T {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as T;
}
