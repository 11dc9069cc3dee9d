import { parse } from "yaml";

/** A key of the config as Pulumi.yaml declares it. */
interface Declared {
  type?: string;
  default?: unknown;
  description?: string;
}

const namespace = "istio-lab:";

/** Where the table stands in README. */
export const markers = { begin: "<!-- config: written by `npm run docs` from Pulumi.yaml -->", end: "<!-- /config -->" } as const;

/** The config as a table, in the order of Pulumi.yaml: what that file says is said once, and read by Pulumi as well. */
export function configTable(pulumiYaml: string): string {
  const { config } = parse(pulumiYaml) as { config: Record<string, Declared> };
  const rows = Object.entries(config)
    .filter(([key]) => key.startsWith(namespace))
    .map(([key, declared]) => `| \`${key.slice(namespace.length)}\` | ${defaultOf(declared)} | ${meaning(declared)} |`);
  return ["| key | default | meaning |", "| --- | --- | --- |", ...rows].join("\n");
}

/** A page with the table between its markers. @throws where it has none */
export function withTable(page: string, table: string): string {
  const [before, rest] = page.split(markers.begin);
  const after = rest?.split(markers.end)[1];
  if (before === undefined || after === undefined) throw new Error(`README.md has no lines ${markers.begin} and ${markers.end}, between which the table is to stand.`);
  return `${before}${markers.begin}\n${table}\n${markers.end}${after}`;
}

function defaultOf({ default: value }: Declared): string {
  if (value === undefined) return "required";
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map((item) => `\`${String(item)}\``).join(" ");
  return typeof value === "object" ? "" : `\`${String(value)}\``;
}

/** Names of keys, flags and variables as code, pages as links. Everything else is as it is written. */
function meaning({ description = "" }: Declared): string {
  const text = description.replace(/\s+/g, " ").trim().replace(/\|/g, "\\|");
  return text
    .replace(/(?<![\w/.-])(?:[a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+|k3s\.\w+|--[a-z-]+|\$[A-Z_]+|~\/[\w./]+)(?![\w/])/g, "`$&`")
    .replace(/\bdocs\/[\w-]+\.md\b/g, "[$&]($&)");
}
