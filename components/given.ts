/** Takes down what is wrong with the value at a path of the config. */
export type Tell = (path: string, text: string) => void;

/** What a number may be. */
export interface NumberRange {
  readonly from: number;
  readonly to: number;
  /** @default any number of the range */
  readonly whole?: true;
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
    private readonly options: { readonly needed?: boolean; readonly concealed?: boolean } = {},
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

  /** The value as a message may show it. */
  get shown(): string {
    return this.options.concealed ? kindOf(this.value) : shown(this.value);
  }

  refuse(text: string): Absent {
    this.tell(this.path, text);
    return undefined as Absent;
  }

  /** What is given below a map's key. */
  at(key: string): Given {
    const value = isMap(this.value) && Object.hasOwn(this.value, key) ? this.value[key] : undefined;
    return new Given(this.path === "" ? key : `${this.path}.${key}`, value, this.tell, { concealed: this.options.concealed });
  }

  /** What is given at a place of a list. */
  item(index: number): Given {
    const value = Array.isArray(this.value) ? this.value[index] : undefined;
    return new Given(`${this.path}[${index}]`, value, this.tell, { concealed: this.options.concealed });
  }

  /** A map of anything. */
  map(valid: string): Record<string, unknown> | Absent {
    if (!this.isSet) return this.absent(`valid is ${valid}`);
    return isMap(this.value) ? this.value : this.refuse(`${this.shown} is not ${valid}`);
  }

  /** A map with any of `keys` and no other. Read as an empty one when it is not given. */
  fields<Key extends string>(keys: readonly Key[], valid = `a map with any of ${keys.join(", ")}`): Record<Key, Given> {
    for (const key of this.keys(valid).filter((key) => !keys.includes(key as Key))) {
      this.at(key).refuse(`is no key; valid: ${keys.join(", ")}`);
    }
    return Object.fromEntries(keys.map((key) => [key, this.at(key)])) as Record<Key, Given>;
  }

  /** A map with keys of the user's choice, each read by `read`. Read as an empty one when it is not given. */
  entries<T>(valid: string, read: (key: string, value: Given) => T): Record<string, T> {
    return Object.fromEntries(this.keys(valid).map((key) => [key, read(key, this.at(key))]));
  }

  choice<T extends string>(noun: string, valid: readonly T[]): T | Absent {
    const choices = `valid: ${valid.join(", ")}`;
    if (!this.isSet) return this.absent(choices);
    if (valid.includes(this.value as T)) return this.value as T;
    return this.refuse(`${this.shown} is no ${noun}; ${choices}`);
  }

  /** A list of `valid` names, each at most once. */
  names<T extends string>(noun: string, valid: readonly T[], example: readonly T[] = valid): readonly T[] | Absent {
    const list = this.value;
    if (!this.isSet) return this.absent(`valid is a list such as ${JSON.stringify(example)}`);
    if (!Array.isArray(list)) return this.refuse(`${this.shown} is not a list; valid is for instance ${JSON.stringify(example)}`);
    return list.map((_, index) => {
      const name = this.item(index).needed.choice(noun, valid);
      if (name !== undefined && list.indexOf(name) < index) this.item(index).refuse(`${name} is named twice`);
      return name;
    });
  }

  text(pattern: RegExp, valid: string): string | Absent {
    if (!this.isSet) return this.absent(`valid is ${valid}`);
    if (typeof this.value === "string" && pattern.test(this.value)) return this.value;
    return this.refuse(`${this.shown} is not ${valid}`);
  }

  number(range: NumberRange): number | Absent {
    const valid = `a ${range.whole ? "whole " : ""}number from ${range.from} to ${range.to}`;
    if (!this.isSet) return this.absent(`valid is ${valid}`);
    const number = numberIn(this.value);
    const right = typeof number === "number" && number >= range.from && number <= range.to && (!range.whole || Number.isInteger(number));
    return right ? number : this.refuse(`${this.shown} is not ${valid}`);
  }

  flag(valid = "true or false"): boolean | Absent {
    if (!this.isSet) return this.absent(`valid is ${valid}`);
    const flag = flagIn(this.value);
    return typeof flag === "boolean" ? flag : this.refuse(`${this.shown} is not ${valid}`);
  }

  private keys(valid: string): string[] {
    return Object.keys(this.map(valid) ?? {});
  }

  private absent(valid: string): Absent {
    return this.options.needed ? this.refuse(`is not set; ${valid}`) : (undefined as Absent);
  }
}

/**
 * A number written as text counts as that number: `pulumi config set --path` stores 20.5 as text, and from then on, because it keeps the type of what was
 * there, 20 as well.
 */
export function numberIn(value: unknown): unknown {
  return typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
}

/** `true` and `false` written as text count likewise. */
function flagIn(value: unknown): unknown {
  return value === "true" ? true : value === "false" ? false : value;
}

export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
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
