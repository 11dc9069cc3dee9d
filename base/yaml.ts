import { type Document, isAlias, isMap, isPair, isScalar, LineCounter, parseDocument, Scalar, visit } from "yaml";
import { plainNumber } from "./number";

/** A problem in a YAML text, and its line. */
export interface YamlProblem {
  readonly line: number;
  readonly text: string;
  /** The text is readable, but not every reader reads it in the same way. */
  readonly isStyle?: true;
}

export interface YamlRead {
  readonly document: Document;
  /** The parsed value; undefined where the text cannot be read. */
  readonly value: unknown;
  readonly problems: readonly YamlProblem[];
  /** Returns the line of one of the document's nodes. */
  readonly lineOf: (node: unknown) => number;
}

/** In characters; longer than any roster or stack file. */
const LONGEST = 1 << 20;
/** How many aliases a text may have. A few aliases of aliases expand to a million values. */
const ALIASES = 100;

/**
 * Reads YAML, and so JSON, that a user wrote; all such texts are read here. It reports every error. It also reports
 * what YAML readers read differently, such as a merge key, a tag, or a number that is not a plain decimal. Pulumi
 * reads the stack's file with Go's library.
 * @param shown whether a message may show the text. @default true
 * @param isText whether the value below these keys is a text, whatever it looks like. It is then read as written, and
 *   only `~`, `null` and nothing mean that there is none. @default no value is
 */
export function readYamlText(
  text: string,
  { shown = true, isText = () => false }: { shown?: boolean; isText?: (keys: readonly string[]) => boolean } = {},
): YamlRead {
  const lines = new LineCounter();
  const problems: YamlProblem[] = [];
  const lineOf = (node: unknown) =>
    lines.linePos((node as { range?: [number, number, number] | null } | undefined)?.range?.[0] ?? 0).line;
  const style = (line: number, text: string) => void problems.push({ line, text, isStyle: true });
  const nothing = (line: number, text: string): YamlRead => ({
    document: parseDocument(""),
    value: undefined,
    problems: [{ line, text }],
    lineOf,
  });

  if (text.length > LONGEST) return nothing(1, `is longer than ${LONGEST / 1024} KiB`);
  const odd = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.exec(text);
  if (odd !== null)
    return nothing(
      text.slice(0, odd.index).split("\n").length,
      odd[0] === "\0"
        ? "has a NUL character: save it with character set UTF-8"
        : "has a control character that YAML does not allow",
    );
  let document: Document;
  try {
    document = parseDocument(text, { lineCounter: lines, logLevel: "error" });
  } catch (error) {
    return nothing(1, error instanceof RangeError ? "is nested too deeply" : "is not YAML");
  }
  for (const { code, message, linePos } of document.errors)
    problems.push({
      line: linePos?.[0].line ?? 1,
      text: SAID[code] ?? `is not YAML: ${message.split(/ at line \d+/)[0]!.replace(/: ".*/s, "")}`,
    });
  for (const { linePos } of document.warnings)
    style(linePos?.[0].line ?? 1, "has a tag (!…), which is not supported here; put the text in quotes");
  if (problems.some(({ isStyle }) => !isStyle)) return { document, value: undefined, problems, lineOf };
  visit(document, {
    Pair(_, { key }) {
      const name = isScalar(key) ? key.value : undefined;
      if (name === "<<") style(lineOf(key), 'the merge key "<<" is not supported here; write its keys out');
      else if (name === "__proto__") style(lineOf(key), '"__proto__" is not a key');
      else if (typeof name !== "string" && typeof name !== "number")
        style(
          lineOf(key),
          `a key is ${name === undefined ? (isAlias(key) ? "an alias" : isMap(key) ? "a map" : "a list") : String(name)}; valid are texts, in quotes where they read as something else`,
        );
    },
    Scalar(key, node, ancestors) {
      const { type, value, source = "" } = node;
      if (key === "value" && type === Scalar.PLAIN && isText(keysOf(ancestors))) {
        if (!["", "~", "null"].includes(source)) node.value = source;
        return;
      }
      if (
        typeof value !== "number" ||
        type !== Scalar.PLAIN ||
        plainNumber(source) !== undefined ||
        String(value) === source
      )
        return;
      const isShown = shown && source.length <= 12;
      style(
        lineOf(node),
        `${isShown ? source : "a number"} is not written as a plain decimal, and not every reader takes it for the same number; write ${isShown && Number.isFinite(value) ? `${value}, or "${source}" where it is a text` : "it so, or in quotes where it is a text"}`,
      );
    },
  });
  try {
    const value: unknown = document.toJS({ maxAliasCount: ALIASES });
    JSON.stringify(value);
    return { document, value, problems, lineOf };
  } catch (error) {
    const said = error instanceof Error ? error.message : "";
    const text = /Excessive alias/.test(said)
      ? `repeats itself by aliases (*name) more than ${ALIASES} times`
      : /Unresolved alias/.test(said)
        ? "has an alias (*name) without an anchor (&name)"
        : "contains itself by an alias (*name)";
    return nothing(1, text);
  }
}

/** Returns the keys that lead to a node. */
function keysOf(ancestors: readonly unknown[]): string[] {
  return ancestors.filter(isPair).map(({ key }) => (isScalar(key) ? String(key.value) : ""));
}

/** Our own words for the most common mistakes. */
const SAID: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: "is indented with a tab; YAML needs spaces",
  MULTIPLE_DOCS: "begins a second document (---); only one is allowed",
};
