import * as z from "zod";
import { isMap } from "../base/values";
import { isOfPart, itemOf, nodeOf, shapeOf, type ReportedParams, type SchemaNode } from "./config-schema";
import { ConfigValue, withoutUnset, type ConfigSource } from "./config-value";

/** A problem of a config, at a path without namespace. */
export interface ConfigProblem {
  readonly path: string;
  readonly text: string;
}

type Issue = z.core.$ZodRawIssue;

/** A value with its schema. */
interface Place {
  readonly node: SchemaNode | undefined;
  readonly at: ConfigValue;
  readonly keys: readonly PropertyKey[];
  /** Its position in the schema, key by key. Problems are reported in that order. */
  readonly order: readonly number[];
}

type Found = ConfigProblem & Pick<Place, "keys" | "order">;

/** Sorts unknown keys before all other keys of their map. */
const FIRST = -1;

/** Validates a value and reports every problem. Parts with a problem are read as if they were not set. */
export function validate<S extends z.ZodType>(
  schema: S,
  value: unknown,
  source: ConfigSource = {},
): { value: z.output<S>; problems: readonly ConfigProblem[] } {
  const { value: read, found } = problemsIn(schema, value, { source });
  return { value: read, problems: found.map(({ path, text }) => ({ path, text })) };
}

/** A problem, and the keys that lead to it. */
export type FoundProblem = ConfigProblem & { readonly keys: readonly PropertyKey[] };

/**
 * Validates like `validate`, and returns the keys of each problem too.
 * @param label path of the value itself, which begins the problems' paths. @default the root
 */
export function problemsIn<S extends z.ZodType>(
  schema: S,
  value: unknown,
  { source = {}, label = "" }: { readonly source?: ConfigSource; readonly label?: string } = {},
): { value: z.output<S>; found: readonly FoundProblem[] } {
  // Zod's own safeParse returns no value where there is an issue.
  const run = (value: unknown) =>
    schema._zod.run({ value, issues: [] }, { async: false }) as z.core.ParsePayload<z.output<S>>;
  const read = run(value);
  const root: Place = { node: nodeOf(schema), at: new ConfigValue(label, value, source), keys: [], order: [] };
  const found = read.issues
    .flatMap((issue) => problemsOf(issue, root))
    .sort((one, other) => compare(one.order, other.order));
  const once = found.filter(
    ({ path, text }, index) => found.findIndex((other) => other.path === path && other.text === text) === index,
  );
  return {
    value:
      found.length === 0
        ? read.value
        : run(
            without(
              value,
              found.map(({ keys }) => keys),
            ),
          ).value,
    found: once,
  };
}

function without(value: unknown, paths: readonly (readonly PropertyKey[])[]): unknown {
  if (paths.some((path) => path.length === 0)) return undefined;
  const inner = (key: PropertyKey, item: unknown) =>
    without(
      item,
      paths.flatMap(([first, ...rest]) => (first === key ? [rest] : [])),
    );
  if (Array.isArray(value)) return value.map((item, index) => inner(index, item)).filter((item) => item !== undefined);
  return isMap(value)
    ? withoutUnset(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inner(key, item)])))
    : value;
}

function problemsOf(issue: Issue, root: Place): Found[] {
  const place = (issue.path ?? []).reduce(below, root);
  const { node, at, keys, order } = place;
  const problem = (text: string) => [{ path: at.label, text, keys, order }];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => {
        const { at: unknown, keys, order } = below(place, key);
        return {
          path: unknown.label,
          keys,
          order,
          text:
            node?.meta.unknownKey?.(at.shownKey(key)) ??
            `is not a key; valid: ${Object.keys(shapeOf(node!) ?? {}).join(", ")}`,
        };
      });
    case "invalid_union": {
      // A map is taken for the option that is a map.
      const inner = isMap(at.value) ? issue.errors.find((errors) => errors.every(isOfPart)) : undefined;
      return inner === undefined
        ? problem(generalText(place))
        : inner.flatMap((issue) => problemsOf(issue as Issue, place));
    }
    case "custom":
      return issue.params === undefined
        ? problem(generalText(place))
        : reportedText(issue.params as ReportedParams, place).flatMap(problem);
    default:
      return problem(generalText(place));
  }
}

/** Returns the schema's text for any wrong value. */
function generalText({ node, at }: Place): string {
  const says = node?.meta.says;
  const { wrong, missing } = (typeof says === "function" ? says(at) : says) ?? { wrong: "is not valid", missing: "" };
  return at.isSet ? `${at.shown} ${wrong}` : `is not set; ${missing}`;
}

/** Returns a rule's text. A plain text may contain the value, so it is withheld where the value is hidden. */
function reportedText({ refusal, valid, quotes = [] }: ReportedParams, place: Place): string[] {
  const { at } = place;
  if (typeof refusal === "object") return at.isSet ? [] : [generalText(place)];
  if (typeof refusal === "function") return [refusal(at)];
  const isHidden = at.isHidden || quotes.some((key) => at.parent!.below(key).isHidden);
  return isHidden
    ? [`${at.concealed.shown} is not valid here${valid === undefined ? "" : `; valid is ${valid}`}`]
    : [refusal];
}

function below({ node, at, keys, order }: Place, key: PropertyKey): Place {
  const shape = node && shapeOf(node);
  const name = typeof key === "number" ? key : String(key);
  const isWord = shape !== undefined && Object.hasOwn(shape, name);
  const schema = isWord ? shape[name] : node && itemOf(node);
  const inner = schema && nodeOf(schema);
  const position =
    typeof name === "number"
      ? name
      : Object.keys(isWord ? shape : shape === undefined && isMap(at.value) ? at.value : {}).indexOf(name);
  return {
    node: inner,
    at: at.below(name, { isWord, concealed: inner?.meta.concealed }),
    keys: [...keys, key],
    order: [...order, isWord || typeof name === "number" ? position : Math.max(position, FIRST)],
  };
}

/** Sorts a value after its parts. */
function compare(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((position, index) => position !== other[index]);
  if (at === -1) return one.length === other.length ? 0 : 1;
  return at >= other.length ? -1 : one[at]! - other[at]!;
}
