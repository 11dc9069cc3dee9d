import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "../../base/errors";
import { shownName } from "../../base/names";
import { projectRoot } from "../../base/paths";
import { catalog } from "../../components/lessons/catalog";
import type { OwnLessonName } from "../../components/lessons/own";
import { nameProblem } from "../../components/lessons/own/rules";

const template = path.join(__dirname, "template");

/**
 * Writes the template as `./lessons/NAME`.
 * @throws UserError where no lesson can have the name, or the folder exists
 */
export function writeLesson(name: string): OwnLessonName {
  const taken = Object.hasOwn(catalog, name) ? `${name} is a lesson of the course; give another name` : undefined;
  const problem = nameProblem(name) ?? taken;
  if (problem !== undefined) throw new UserError(`lesson new ${shownName(name)}: ${problem}.`);
  const folder = path.join(projectRoot, "lessons", name);
  if (fs.existsSync(folder))
    throw new UserError(`lesson new ${name}: ./lessons/${name} exists already. Nothing has been written.`);
  fs.mkdirSync(folder, { recursive: true });
  copyTemplate(folder, name);
  return `./lessons/${name}`;
}

/** Copies the template into a folder that exists. */
export function copyTemplate(to: string, name: string): void {
  copy(template, to, name);
}

/** Copies a folder, with the lesson's name in place of NAME in the files and in their names. */
function copy(from: string, to: string, name: string): void {
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name.replaceAll("NAME", name))];
    if (entry.isDirectory()) {
      fs.mkdirSync(target);
      copy(source, target, name);
    } else {
      const text = fs.readFileSync(source, "utf8");
      fs.writeFileSync(target, text.replaceAll("SCHEMAS", "..").replaceAll("NAME", name));
    }
  }
}
