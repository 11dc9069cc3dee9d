import { z } from "zod";
import { flagIn, numberIn, type ConfigValue } from "./config-value";

/** What a message says of a value that is wrong, and of one that is missing: both continue the value's path. */
export interface Saying {
  /** Comes after the value, such as `is not a map`. */
  readonly wrong: string;
  /** Comes after `is not set; `. */
  readonly missing: string;
}

declare module "zod" {
  interface GlobalMeta {
    says?: Saying | ((at: ConfigValue) => Saying);
    /** What a message says of a key that this map does not have. @default `is no key`, and the valid ones */
    unknownKey?: (shown: string) => string;
    /** Whether the value may hold a secret, however it was set: no message shows it. @default what its map is */
    concealed?: boolean;
    /** What is valid, for the reference in docs/config.md. */
    valid?: string;
    /** What is taken where nothing is set, in words, where that is no constant. */
    otherwise?: string;
    /** What stands for a key of the user's choice, such as SERVICE. */
    keyName?: string;
  }
}

/** What is wrong with a value. A function adds only constants to what it is given: what it returns can be said of a secret, too. */
export type Refusal = string | ((at: ConfigValue) => string);

/** More of a refusal whose text has values in it. */
export interface RefusalOptions {
  /** What would be valid, made of constants: said where the value is secret. */
  readonly valid?: string;
  /** Keys beside the refused one whose values are in the text. */
  readonly quotes?: readonly string[];
}

/** What a rule reports. A missing key is reported only where it is not set. */
export type Report = (
  path: readonly (string | number)[],
  refusal: Refusal | { readonly missing: true },
  options?: RefusalOptions,
) => void;

/** The parameters of an issue that a rule has reported. */
export interface ReportedParams extends RefusalOptions {
  readonly refusal: Parameters<Report>[1];
}

/** Adds a rule over a value whose parts may be wrong, so that all problems are reported at once. A value that is wrong itself is not asked. */
export function withRule<S extends z.ZodType>(schema: S, rule: (value: z.output<S>, report: Report) => void): S {
  return schema.superRefine(
    (value, context) =>
      rule(value, (path, refusal, options) =>
        context.addIssue({ code: "custom", path: [...path], params: { ...options, refusal } }),
      ),
    {
      when: ({ issues }) => issues.every(isOfPart),
    },
  );
}

/** Whether an issue is one of a value's parts, and leaves its own type as it is. */
export function isOfPart({ code, path }: { code?: string; path?: readonly PropertyKey[] }): boolean {
  return code === "unrecognized_keys" || (path ?? []).length > 0;
}

/** The saying of a value for which there is one word. */
export function isNot(wrong: string, missing = wrong): Saying {
  return { wrong: `is not ${wrong}`, missing: `valid is ${missing}` };
}

export function text(is: RegExp | ((text: string) => boolean), valid: string) {
  return z
    .string()
    .refine((text) => (is instanceof RegExp ? is.test(text) : is(text)))
    .meta({ says: isNot(valid), valid });
}

/** Any value that is set, and is what `is` asks. Unlike `z.custom` it lets the rules above it run where it is wrong. */
export function value<T>(is: (value: unknown) => boolean = () => true) {
  return z.unknown().refine((value) => value !== undefined && is(value)) as z.ZodType<T>;
}

/** A value that is judged as a whole, whatever its type. */
export function judged<T>(valid: string, problem: (value: unknown) => Refusal | undefined): z.ZodType<T> {
  return withRule(value<T>().meta({ says: isNot(valid), valid }), (value, report) => {
    const found = problem(value);
    if (found !== undefined) report([], found);
  });
}

export function number({ from, to, whole = false }: { from: number; to: number; whole?: boolean }) {
  const valid = `a ${whole ? "whole " : ""}number from ${from} to ${to}`;
  const range = z.number().min(from).max(to);
  return z
    .preprocess((value) => numberIn(value, whole), whole ? range.int() : range)
    .meta({ says: isNot(valid), valid });
}

export function flag(valid = "true or false") {
  return z.preprocess(flagIn, z.boolean()).meta({ says: isNot(valid), valid });
}

export function choice<const T extends string>(noun: string, options: readonly T[]) {
  const choices = options.join(", ");
  return z
    .enum(options)
    .meta({ says: { wrong: `is no ${noun}; valid: ${choices}`, missing: `valid: ${choices}` }, valid: choices });
}

export function list<S extends z.ZodType>(item: S, valid: string) {
  return z.array(item).meta({ says: isNot(valid), valid });
}

/** A list of names, each at most once. */
export function names<const T extends string>(noun: string, options: readonly T[], example: readonly T[] = options) {
  const named = z.array(choice(noun, options)).meta({
    says: { wrong: `is not a list; valid is for instance ${JSON.stringify(example)}`, missing: "" },
    valid: `a list of ${options.join(", ")}`,
  });
  return withRule(named, (list, report) => {
    list.forEach((name, index) => {
      if (options.includes(name) && list.indexOf(name) < index)
        report([index], `${name} is named twice`, { valid: "each name once" });
    });
  });
}

/** A map with any of these keys and no other. */
export function map<Shape extends z.ZodRawShape>(
  shape: Shape,
  valid = `a map with any of ${Object.keys(shape).join(", ")}`,
) {
  return z.strictObject(shape).meta({ says: isNot(valid) });
}

/** A map with keys of the user's choice. @param keyName what stands for a key in the reference */
export function mapOf<S extends z.ZodType>(value: S, keyName: string, says: Saying) {
  return z.record(z.string(), value).meta({ says, keyName });
}

/** What is known of a schema: what it is without its wrappers, and what these say of it. */
export interface SchemaNode {
  readonly schema: z.core.$ZodType;
  readonly meta: z.core.GlobalMeta;
  /** Whether it can be left out. */
  readonly isOptional: boolean;
  /** What is taken where it is left out. Undefined: there is none, or that of its parts. */
  readonly fallback?: unknown;
}

type Definition = {
  type: string;
  innerType?: z.core.$ZodType;
  in?: z.core.$ZodType;
  out?: z.core.$ZodType;
  defaultValue?: unknown;
};

/** Looks through defaults, transforms and the like. */
export function nodeOf(wrapped: z.core.$ZodType): SchemaNode {
  const { type, innerType, in: from, out, defaultValue } = wrapped._zod.def as Definition;
  const meta = z.globalRegistry.get(wrapped) ?? {};
  const inner = innerType ?? (from?._zod.def.type === "transform" ? out : from);
  if (inner === undefined) return { schema: wrapped, meta, isOptional: false };
  const below = nodeOf(inner);
  const isOptional = below.isOptional || ["optional", "default", "prefault"].includes(type);
  return {
    ...below,
    meta: { ...below.meta, ...meta },
    isOptional,
    ...(type === "default" && { fallback: defaultValue }),
  };
}

/** The maps' keys of a schema, with the map among the options of a union. */
export function shapeOf({ schema }: SchemaNode): Readonly<Record<string, z.core.$ZodType>> | undefined {
  const { shape, options } = schema._zod.def as {
    shape?: Record<string, z.core.$ZodType>;
    options?: z.core.$ZodType[];
  };
  return shape ?? options?.map((option) => shapeOf(nodeOf(option))).find((found) => found !== undefined);
}

/** The schema of every value of a list, or of a map with keys of the user's choice. */
export function itemOf({ schema }: SchemaNode): z.core.$ZodType | undefined {
  const { element, valueType } = schema._zod.def as { element?: z.core.$ZodType; valueType?: z.core.$ZodType };
  return element ?? valueType;
}

/** Settings are read and never changed. */
export type Immutable<T> = T extends object ? { readonly [Key in keyof T]: Immutable<T[Key]> } : T;
