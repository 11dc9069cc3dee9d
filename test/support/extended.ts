import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { projectRoot } from "../../embedded/paths";

/** What the program and its commands are made of. */
const SOURCES = ["base", "cli", "components", "config.ts", "embedded", "index.ts", "kube", "package.json", "tsconfig.json"];
const TABLE = "components/lessons/catalog.ts";

/** A copy of the sources with the lesson of docs/extending.md: its folder, and its line in the table of lessons. The caller removes it. */
export function withExampleLesson(): string {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-extended-"));
  for (const name of SOURCES) fs.cpSync(path.join(projectRoot, name), path.join(root, name), { recursive: true });
  fs.symlinkSync(path.join(projectRoot, "node_modules"), path.join(root, "node_modules"));
  const page = fs.readFileSync(path.join(projectRoot, "docs/extending.md"), "utf8");
  for (const [, file, text] of page.matchAll(/^`(components\/lessons\/greeting\/\S+)`:\n\n```ts\n(.*?)^```$/gms)) {
    fs.mkdirSync(path.dirname(path.join(root, file!)), { recursive: true });
    fs.writeFileSync(path.join(root, file!), text!);
  }
  const [, line, row] = /^```ts\n(import \{ greeting \}.*)\n(export const catalog = .*)\n```$/m.exec(page)!;
  const table = path.join(root, TABLE);
  fs.writeFileSync(table, `${line}\n${fs.readFileSync(table, "utf8").replace(/^export const catalog = .*$/m, row!)}`);
  return root;
}
