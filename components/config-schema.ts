import * as z from "zod";
import { flagIn, numberIn, type ConfigValue } from "./config-value";

/** Texts for a wrong value and for a missing one. Both continue the value's path. */
export interface Saying {
  /** Follows the value, such as `is not a map`. */
  readonly wrong: string;
  /** Follows `is not set; `. */
  readonly missing: string;
}

declare module "zod" {
  interface GlobalMeta {
    says?: Saying | ((at: ConfigValue) => Saying);
    /** Returns the message for a key that this map does not have. @default `is not a key`, and the valid ones */
    unknownKey?: (shown: string) => string;
    /**
     * Whether the value may hold a secret even where it was not set as one. Messages then never show it. @default the
     * same as its map
     */
    concealed?: boolean;
    /** Describes the valid values, for the reference in docs/config.md. */
    valid?: string;
    /** Describes the value that is used where none is set, if that is not a constant. */
    otherwise?: string;
    /** Placeholder for a key of the user's choice, such as SERVICE. */
    keyName?: string;
  }
}

/**
 * Describes what is wrong with a value. A function may add only constants to its argument's texts, because its result
 * is also shown for secrets.
 */
export type Refusal = string | ((at: ConfigValue) => string);

/** Additions to a refusal whose text contains values. */
export interface RefusalOptions {
  /** Describes the valid values, made of constants. It is shown where the value is secret. */
  readonly valid?: string;
  /** Keys beside the refused one whose values are in the text. */
  readonly quotes?: readonly string[];
}

/** Reports a problem. A missing key is reported only where it is not set. */
export type ReportProblem = (
  path: readonly (string | number)[],
  refusal: Refusal | { readonly missing: true },
  options?: RefusalOptions,
) => void;

/** Parameters of an issue that a rule has reported. */
export interface ReportedParams extends RefusalOptions {
  readonly refusal: Parameters<ReportProblem>[1];
}

/**
 * Adds a rule that also runs where parts of the value are wrong, so that all problems are reported at once. It does
 * not run where the value itself is wrong.
 */
export function withRule<S extends z.ZodType>(schema: S, rule: (value: z.output<S>, report: ReportProblem) => void): S {
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

/** Whether an issue concerns only a part of a value, so that the value itself has the right type. */
export function isOfPart({ code, path }: { code?: string; path?: readonly PropertyKey[] }): boolean {
  return code === "unrecognized_keys" || (path ?? []).length > 0;
}

/** Returns the texts for values that one phrase describes. */
export function isNot(wrong: string, missing = wrong): Saying {
  return { wrong: `is not ${wrong}`, missing: `valid is ${missing}` };
}

export function text(is: RegExp | ((text: string) => boolean), valid: string) {
  return z
    .string()
    .refine((text) => (is instanceof RegExp ? is.test(text) : is(text)))
    .meta({ says: isNot(valid), valid });
}

/**
 * Accepts any value that is set and that `is` accepts. Unlike with `z.custom`, the rules of outer values still run
 * where it is wrong.
 */
export function value<T>(is: (value: unknown) => boolean = () => true) {
  return z.unknown().refine((value) => value !== undefined && is(value)) as z.ZodType<T>;
}

/** Returns a schema that judges the value as a whole, whatever its type. */
export function validated<T>(valid: string, problem: (value: unknown) => Refusal | undefined): z.ZodType<T> {
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

function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
}

export function choice<const T extends string>(noun: string, options: readonly T[]) {
  const choices = options.join(", ");
  return z.enum(options).meta({
    says: { wrong: `is not ${withArticle(noun)}; valid: ${choices}`, missing: `valid: ${choices}` },
    valid: choices,
  });
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

/** A map that may have these keys and no others. */
export function map<Shape extends z.ZodRawShape>(
  shape: Shape,
  valid = `a map with any of ${Object.keys(shape).join(", ")}`,
) {
  return z.strictObject(shape).meta({ says: isNot(valid) });
}

/** A map with keys of the user's choice. @param keyName placeholder for a key in the reference */
export function mapOf<S extends z.ZodType>(value: S, keyName: string, says: Saying) {
  return z.record(z.string(), value).meta({ says, keyName });
}

/** A schema without its wrappers, and what these say about it. */
export interface SchemaNode {
  readonly schema: z.core.$ZodType;
  readonly meta: z.core.GlobalMeta;
  /** Whether it may be left out. */
  readonly isOptional: boolean;
  /** Default value. Undefined where there is none, or where its parts have their own. */
  readonly fallback?: unknown;
}

type Definition = {
  type: string;
  innerType?: z.core.$ZodType;
  in?: z.core.$ZodType;
  out?: z.core.$ZodType;
  defaultValue?: unknown;
};

/** Unwraps defaults, transforms and the like. */
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

/** Returns the keys of a map's schema, or of the map among a union's options. */
export function shapeOf({ schema }: SchemaNode): Readonly<Record<string, z.core.$ZodType>> | undefined {
  const { shape, options } = schema._zod.def as {
    shape?: Record<string, z.core.$ZodType>;
    options?: z.core.$ZodType[];
  };
  return shape ?? options?.map((option) => shapeOf(nodeOf(option))).find((found) => found !== undefined);
}

/** Returns the schema of a list's items, or of the values of a map with keys of the user's choice. */
export function itemOf({ schema }: SchemaNode): z.core.$ZodType | undefined {
  const { element, valueType } = schema._zod.def as { element?: z.core.$ZodType; valueType?: z.core.$ZodType };
  return element ?? valueType;
}

/** Settings are read and never changed. */
export type Immutable<T> = T extends object ? { readonly [Key in keyof T]: Immutable<T[Key]> } : T;
