import { plainNumber } from "../base/number";
import { isMap } from "../base/values";

/** The origin of a config. */
export interface ConfigSource {
  /** Paths that were set as secrets. Messages show no value or map key at or below one. @default none */
  readonly secrets?: readonly string[];
  /** Name of the stack, for the commands in messages. */
  readonly stack?: string;
}

interface Place {
  /** The path as messages show it. @default path */
  readonly label?: string;
  /** Whether the value may hold a secret even where it was not set as one. */
  readonly concealed?: boolean;
  readonly parent?: ConfigValue;
}

/** A value of the config with its path. It knows which parts of it a message may show. */
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

  /** Returns the same value, hidden from messages. */
  get concealed(): ConfigValue {
    return new ConfigValue(this.path, this.value, this.source, { ...this.place, concealed: true });
  }

  /** Whether it was set as a secret, or is part of one. */
  get isSecret(): boolean {
    return this.secrets.some((secret) => isWithin(this.path, secret));
  }

  /** Whether messages must hide it: it is a secret, contains one, or may contain one. */
  get isHidden(): boolean {
    return this.place.concealed === true || this.isSecret || this.secrets.some((secret) => isWithin(secret, this.path));
  }

  /** Formats the value for a message. Nothing else may put a config value into a text. */
  get shown(): string {
    if (this.isSecret) return `a secret value (${secretKind(this.value)}, not shown)`;
    return this.isHidden ? kindOf(this.value) : shownOpenly(this.value);
  }

  /** Formats a key of this map for a message. */
  shownKey(key: string): string {
    if (this.isSecret) return "a key that is not shown";
    const asWritten = this.isHidden ? /^[A-Za-z][\w-]{0,30}$/.test(key) : key.length <= LONGEST_KEY;
    return asWritten ? `"${key}"` : `a key of ${key.length} characters`;
  }

  /**
   * Returns the value at a key of this map, or at an index of this list. Where a list contains a secret, all of its
   * items are hidden, because a message about one item often names its neighbours.
   * @param isWord the key is a word of the config, which messages can always show
   * @param concealed @default the same as this value
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
 * Converts a number that was written as text. `pulumi config set --path` stores 20.5 as text. From then on it stores
 * 20 as text as well, because it keeps the previous type. Only plain decimals count: `050` and `5e1` stay texts.
 */
export function numberIn(value: unknown, whole = false): unknown {
  if (typeof value !== "string") return value;
  const number = plainNumber(value);
  // Where a whole number is wanted, 50.0 stays a text. 99.5 becomes a number, so that the message says that it is not
  // whole.
  return number === undefined || (whole && Number.isInteger(number) && value.includes(".")) ? value : number;
}

/** Converts `true` and `false` that were written as text. */
export function flagIn(value: unknown): unknown {
  return value === "true" ? true : value === "false" ? false : value;
}

/** Whether `path` is `ancestor` or lies below it. */
export function isWithin(path: string, ancestor: string): boolean {
  return ancestor === "" || path === ancestor || path.startsWith(`${ancestor}.`) || path.startsWith(`${ancestor}[`);
}

/** Formats a value that cannot be a secret. Values of the config need `ConfigValue.shown`, which hides secrets. */
export function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}

/** Formats a value like `shown`, but cuts long ones. It hides a value that looks as if `--secret` was forgotten. */
export function shownOpenly(value: unknown): string {
  const text = shown(value);
  if (/PRIVATE KEY-----|apiVersion[\\"]*:/.test(text)) return kindOf(value);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}… (${text.length} characters)`;
}

/** Longer values are cut. */
const LONGEST = 400;

/** A longer key is probably a value in the wrong place. */
const LONGEST_KEY = 64;

/** Says just enough to find a misplaced value, such as a whole file in place of a map. It never tells the length. */
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

/** Returns `settings` without keys that are not set, as a user would write it. */
export function withoutUnset<T extends object>(settings: T): T {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as T;
}
