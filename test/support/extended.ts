import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { projectRoot } from "../../base/paths";

/** The sources of the program and its commands. */
const SOURCES = [
  "base",
  "cli",
  "components",
  "config.ts",
  "embedded",
  "index.ts",
  "kube",
  "launch",
  "package.json",
  "tsconfig.json",
  "versions.ts",
];
/** The tables, in the order of their lines in docs/extending.md. */
const TABLES = [
  "components/lessons/catalog.ts",
  "components/addons/catalog.ts",
  "components/cluster/targets.ts",
  "cli/targets/index.ts",
];

/**
 * Copies the sources and adds the examples of docs/extending.md: their files, and a line in each table. The caller
 * removes the copy.
 */
export function withExamples(): string {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-extended-"));
  for (const name of SOURCES) fs.cpSync(path.join(projectRoot, name), path.join(root, name), { recursive: true });
  fs.symlinkSync(path.join(projectRoot, "node_modules"), path.join(root, "node_modules"));
  const page = fs.readFileSync(path.join(projectRoot, "docs/extending.md"), "utf8");
  for (const [, file, text] of page.matchAll(/^`(\S+\.ts)`:\n\n```ts\n(.*?)^```$/gms)) {
    fs.mkdirSync(path.dirname(path.join(root, file!)), { recursive: true });
    fs.writeFileSync(path.join(root, file!), text!);
  }
  const [, image] = /^```ts\n( {2}\w+: images\..*,\n)```$/m.exec(page) ?? [];
  if (image === undefined) throw new Error("docs/extending.md has no line for addonImages");
  const versions = path.join(root, "versions.ts");
  fs.writeFileSync(
    versions,
    fs.readFileSync(versions, "utf8").replace(/^export const addonImages = \{\n[^}]*/m, (table) => `${table}${image}`),
  );
  const rows = [...page.matchAll(/^```ts\n(import .*)\n((?:export )?const (?:catalog|targets)\b.* = .*)\n```$/gm)];
  if (rows.length !== TABLES.length)
    throw new Error(`docs/extending.md has ${rows.length} lines for the ${TABLES.length} tables`);
  for (const [index, [, line, row]] of rows.entries()) {
    const table = path.join(root, TABLES[index]!);
    const before = fs.readFileSync(table, "utf8");
    const after = before.replace(/^(export )?const (catalog|targets)\b.* = .*$/m, row!);
    if (after === before) throw new Error(`${TABLES[index]} has no line for the examples`);
    fs.writeFileSync(table, `${line}\n${after}`);
  }
  return root;
}
