import { stringify } from "yaml";
import type { z } from "zod";
import { itemOf, nodeOf, shapeOf, type SchemaNode } from "../../components/config-schema";

/** The config's keys and their schemas. */
export type ConfigShape = Readonly<Record<string, z.core.$ZodType>>;

/** A config key at any depth, as the reference shows it. */
export interface KeyRow {
  readonly path: string;
  readonly valid: string;
  readonly fallback: string;
  readonly meaning: string;
}

/** The keys that people usually set; README lists them. */
export const usedKeys = [
  "target",
  "lessons",
  "canary",
  "mtls",
  "gatewayApi",
  "bookinfo",
  "addons",
  "azure",
  "minikube",
  "existing",
];

const SOURCE = "written by `npm run docs` from the schemas that components/ has of them";

/** Where the generated part of a file begins and ends. Without an end it reaches to the end of the file. */
export const markers = {
  "README.md": { begin: "<!-- config: written by `npm run docs` -->", end: "<!-- /config -->" },
  "Pulumi.yaml": { begin: `  # The keys of this program, ${SOURCE}.`, end: undefined },
} as const;

/** Returns a file with its generated part replaced. @throws where the file has no markers for it */
export function withPart(name: keyof typeof markers, file: string, part: string): string {
  const { begin, end } = markers[name];
  const [before, rest] = file.split(begin);
  const after = end === undefined ? "" : rest?.split(end)[1];
  if (before === undefined || rest === undefined || after === undefined)
    throw new Error(
      `${name} has no line ${begin}${end === undefined ? "" : ` and ${end}`}, which mark the place of the config's keys.`,
    );
  return `${before}${begin}\n${part}\n${end ?? ""}${after}`;
}

/** Formats the keys as `config` in Pulumi.yaml, with Pulumi's own types and defaults. */
export function declared(shape: ConfigShape): string {
  const keys = Object.entries(shape).map(([key, schema]) => {
    const node = nodeOf(schema);
    const type =
      { enum: "string", array: "array", boolean: "boolean" }[node.schema._zod.def.type as string] ?? "object";
    const fallback = node.fallback ?? (node.isOptional ? {} : undefined);
    const rest = {
      ...(type === "array" && { items: { type: "string" } }),
      ...(fallback !== undefined && { default: fallback }),
    };
    return [`istio-lab:${key}`, { type, ...rest, description: summary(node).replaceAll("`", "") }];
  });
  return stringify(Object.fromEntries(keys), { lineWidth: 150, blockQuote: "folded" }).trimEnd().replace(/^/gm, "  ");
}

/** Formats README's table. */
export function shortTable(shape: ConfigShape): string {
  const rows = usedKeys.map((key) => {
    const node = nodeOf(shape[key]!);
    return `| \`${key}\` | ${fallbackOf(node)} | ${cell(summary(node))} |`;
  });
  return ["| key | default | meaning |", "| --- | --- | --- |", ...rows].join("\n");
}

/** Formats docs/config.md. */
export function referencePage(shape: ConfigShape): string {
  const sections = Object.entries(shape).map(([key, schema]) => {
    const rows = rowsOf(key, nodeOf(schema)).map(
      ({ path, valid, fallback, meaning }) =>
        `| \`${path}\` | ${cell(valid)} | ${cell(fallback)} | ${cell(meaning, "docs/")} |`,
    );
    return [`## ${key}`, "", "| key | valid | default | meaning |", "| --- | --- | --- | --- |", ...rows].join("\n");
  });
  return (
    [
      "# Config",
      `<!-- This page is ${SOURCE}. -->`,
      "Keys of the namespace `istio-lab` in `Pulumi.<stack>.yaml`. A word in capitals stands for a name of your choice. All problems of a config are\nreported at once, before anything is made, each with its key, its value and what is valid. No message shows a value that was set with `--secret`.",
      ...sections,
      "",
    ]
      .join("\n\n")
      .trimEnd() + "\n"
  );
}

/** Lists a key and everything below it. A group of keys that appeared before is not repeated. */
export function rowsOf(path: string, node: SchemaNode, seen = new Map<z.core.$ZodType, string>()): KeyRow[] {
  const [shape, item] = [shapeOf(node), itemOf(node)];
  const before = shape === undefined ? undefined : seen.get(node.schema);
  if (shape !== undefined && before === undefined) seen.set(node.schema, path);
  const meaning = [node.meta.description ?? "", ...(before === undefined ? [] : [`It has the keys of \`${before}\`.`])]
    .join(" ")
    .trim();
  const row = { path, valid: validOf(node), fallback: fallbackOf(node), meaning };
  if (before !== undefined) return [row];
  const own = Object.entries(shape ?? {}).flatMap(([key, inner]) => rowsOf(`${path}.${key}`, nodeOf(inner), seen));
  const each =
    node.meta.keyName === undefined
      ? []
      : rowsOf(`${path}.${node.meta.keyName}`, { ...nodeOf(item!), isOptional: true }, seen);
  return [row, ...own, ...each];
}

function validOf(node: SchemaNode): string {
  return node.meta.valid ?? (shapeOf(node) !== undefined || node.meta.keyName !== undefined ? "a map" : "");
}

function fallbackOf({ meta, fallback, isOptional }: SchemaNode): string {
  if (meta.otherwise !== undefined) return meta.otherwise;
  if (Array.isArray(fallback))
    return fallback.length === 0 ? "none" : fallback.map((item) => `\`${String(item)}\``).join(" ");
  if (typeof fallback === "object" && fallback !== null)
    return Object.values(fallback)
      .map((value) => `\`${String(value)}\``)
      .join(" ");
  return fallback !== undefined ? `\`${String(fallback)}\`` : isOptional ? "" : "required";
}

/** Describes a key in one or two sentences, for people who do not read the reference. */
function summary(node: SchemaNode): string {
  const { description = "", valid } = node.meta;
  const keys = Object.keys(shapeOf(node) ?? {});
  if (keys.length > 0) return `${description} Keys: ${keys.map((key) => `\`${key}\``).join(", ")}; see docs/config.md.`;
  const isSaid =
    valid === undefined ||
    valid === "true or false" ||
    valid.split(", ").every((option) => description.includes(option));
  return isSaid ? description : `${description} Valid: ${valid}.`;
}

/** Formats a table cell. @param folder the page's folder, for its links to other pages */
function cell(text: string, folder = ""): string {
  return text
    .replaceAll("|", "\\|")
    .replace(/\bdocs\/[\w-]+\.md\b/g, (page) => `[${page}](${page.replace(folder, "")})`);
}
