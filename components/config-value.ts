import { plainNumber } from "../base/number";
import { isMap } from "../base/values";

/** Where a config comes from. */
export interface ConfigSource {
  /** Paths of what was set as a secret: no message shows a value, or a map's key, at or below one. @default none */
  readonly secrets?: readonly string[];
  /** Whose config it is, for the commands that messages name. */
  readonly stack?: string;
}

interface Place {
  /** The path as a message shows it. @default path */
  readonly label?: string;
  /** The value may hold a secret, however it was set. */
  readonly concealed?: boolean;
  readonly parent?: ConfigValue;
}

/** A value of the config with its path. It knows what a message may show of it. */
export class ConfigValue {
  constructor(
    readonly path: string,
    readonly value: unknown,
    private readonly source: ConfigSource = {},
    private readonly place: Place = {},
  ) {}

  get isSet(): boolean {
    return this.value !== undefined;
  }

  get label(): string {
    return this.place.label ?? this.path;
  }

  get parent(): ConfigValue | undefined {
    return this.place.parent;
  }

  get stack(): string | undefined {
    return this.source.stack;
  }

  /** The same value, which no message shows. */
  get concealed(): ConfigValue {
    return new ConfigValue(this.path, this.value, this.source, { ...this.place, concealed: true });
  }

  /** Whether it came as a secret, or as a part of one. */
  get isSecret(): boolean {
    return this.secrets.some((secret) => isWithin(this.path, secret));
  }

  /** Whether no message may show it: it is a secret, holds one, or may hold one. */
  get isHidden(): boolean {
    return this.place.concealed === true || this.isSecret || this.secrets.some((secret) => isWithin(secret, this.path));
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
   * The value at a key of this map, or at a place of this list. Beside a secret all places of a list are hidden: what is said of one often names its neighbours.
   * @param isWord the key is a word of the config, which a message can always show
   * @param concealed @default what this value is
   */
  below(key: string | number, { isWord = true, concealed = this.place.concealed } = {}): ConfigValue {
    if (typeof key === "number") {
      const item = Array.isArray(this.value) ? (this.value[key] as unknown) : undefined;
      return new ConfigValue(`${this.path}[${key}]`, item, this.source, {
        label: `${this.label}[${key}]`,
        concealed: this.isHidden,
        parent: this,
      });
    }
    const value = isMap(this.value) && Object.hasOwn(this.value, key) ? this.value[key] : undefined;
    const label = isWord || this.shownKey(key) === `"${key}"` ? key : `(${this.shownKey(key)})`;
    const joined = (parent: string, own: string) => (parent === "" ? own : `${parent}.${own}`);
    return new ConfigValue(joined(this.path, key), value, this.source, {
      label: joined(this.label, label),
      concealed,
      parent: this,
    });
  }

  private get secrets(): readonly string[] {
    return this.source.secrets ?? [];
  }
}

/**
 * A number written as text counts as that number: `pulumi config set --path` stores 20.5 as text. It stores 20 as text as well from then on, because it keeps
 * the type of what was there. Only plain decimals count: `050` and `5e1` are texts.
 */
export function numberIn(value: unknown, whole = false): unknown {
  if (typeof value !== "string") return value;
  const number = plainNumber(value);
  // Of a whole number 50.0 stays what it is, a text; 99.5 is told as what it is, a number that is not whole.
  return number === undefined || (whole && Number.isInteger(number) && value.includes(".")) ? value : number;
}

/** `true` and `false` written as text count likewise. */
export function flagIn(value: unknown): unknown {
  return value === "true" ? true : value === "false" ? false : value;
}

/** Of a path and of all that is below it. */
export function isWithin(path: string, ancestor: string): boolean {
  return ancestor === "" || path === ancestor || path.startsWith(`${ancestor}.`) || path.startsWith(`${ancestor}[`);
}

/** A value that nobody set as a secret. For one of the config use `ConfigValue.shown`, which knows. */
export function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}

/** The same, but not of what looks as if --secret was forgotten, and not without end. */
export function shownOpenly(value: unknown): string {
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
  return value === ""
    ? "an empty text"
    : value.trimEnd().includes("\n")
      ? "a text of several lines"
      : "a text of one line";
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
