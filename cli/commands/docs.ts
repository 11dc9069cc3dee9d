import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../base/paths";
import { configShape } from "../../config";
import { checksFile, lessonFile } from "../../components/lessons/own/schema";
import { editorSchema } from "../docs/editor-schema";
import { declared, referencePage, shortTable, withPart } from "../docs/config-reference";

/**
 * The files that contain generated config documentation, by their paths in the project. Each function turns the
 * current text into the new one.
 */
export const generated: Readonly<Record<string, (file: string) => string>> = {
  "Pulumi.yaml": (file) => withPart("Pulumi.yaml", file, declared(configShape)),
  "README.md": (file) => withPart("README.md", file, shortTable(configShape)),
  "docs/config.md": () => referencePage(configShape),
  "lessons/lesson.schema.json": () => editorSchema(lessonFile),
  "lessons/checks.schema.json": () => editorSchema(checksFile),
};

/** `npm run docs`: generates the config parts of Pulumi.yaml, README and docs/config.md from the schemas. */
export function docs(): void {
  const changed = writeGenerated(projectRoot);
  for (const name of Object.keys(generated))
    process.stdout.write(
      changed.includes(name) ? `${name}: rewrote the config's keys.\n` : `${name} matches the config's schemas.\n`,
    );
}

/** Returns the changed files. */
export function writeGenerated(root: string): string[] {
  return Object.entries(generated).flatMap(([name, make]) => {
    const file = path.join(root, name);
    const before = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
    const after = make(before);
    if (before === after) return [];
    fs.writeFileSync(file, after);
    return [name];
  });
}
