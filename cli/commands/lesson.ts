import * as fs from "node:fs";
import * as path from "node:path";
import { onStack } from "../../base/advice";
import { UserError } from "../../base/errors";
import { projectRoot } from "../../base/paths";
import { isOwnLessonName, readOwnLesson, type OwnLessonName } from "../../components/lessons/own";
import { lessonNames, lessonOf } from "../../components/lessons/catalog";
import { conflictsOf } from "../../components/lessons/own/conflicts";
import { courseImages, imagesIn } from "../../components/lessons/settings";
import { writeLesson } from "../lesson/new";
import { addToConfig } from "../lesson/config";
import { takenStack } from "../stack/taken";

/** `npm run lesson -- new NAME`: writes a small lesson that works, and says what comes next. */
export async function newLesson(name: string, { stack: named }: { stack?: string }): Promise<void> {
  const folder = writeLesson(name);
  const stack = await takenStack(named, { to: "make", say });
  say(`${folder}: a small lesson that works.`);
  for (const file of filesIn(path.join(projectRoot, folder))) say(`  ${file}`);
  say("Next:");
  say(`  npm run lesson -- check ${folder}`);
  say(`  ${addToConfig(stack, folder)}`);
  say(`  ${onStack(stack, "npm run up")}`);
}

/** `npm run lesson -- check FOLDER`: reads a lesson's folder as `up` does, without any cluster. */
export function checkLesson(written: string): void {
  const folder = folderOf(written);
  const { lesson, problems = [] } = readOwnLesson(folder);
  const course = lessonNames.map((name) => ({ name, ...lessonOf(name) }));
  const all = [...problems, ...(lesson === undefined ? [] : conflictsOf(lesson, course))];
  if (all.length > 0) throw new UserError(all.join("\n"));
  const { objects, checks, tasks, namespace, name } = lesson!;
  say(
    `${folder}: lesson ${name} in namespace ${namespace}, ${count(objects.length, "object")}, ${count(checks.length, "check")}, ${count(tasks.length, "task")}. Nothing is wrong with it.`,
  );
  if (checks.length === 0) say("It has no checks.yaml. A check of the seat has only istioctl's analysis of it.");
  const page = path.join(projectRoot, folder, "README.md");
  if (!fs.existsSync(page)) say("It has no README.md, so that a trainee has no page.");
  else
    for (const { name, section } of tasks)
      if (section !== undefined && !headingsOf(fs.readFileSync(page, "utf8")).includes(section))
        say(`Task ${name} is in section ${JSON.stringify(section)}, and README.md has no such heading.`);
  const unknown = imagesIn(lesson).filter((image) => !courseImages.includes(image));
  if (unknown.length > 0)
    say(
      `The embedded seat has no image ${unknown.join(", ")}; other targets pull it. docs/own-lessons.md lists those that it has.`,
    );
}

/** Returns the folder as the config names it. @throws UserError where it is not in this project */
function folderOf(written: string): OwnLessonName {
  const inside = path.relative(projectRoot, path.resolve(projectRoot, written)).split(path.sep).join("/");
  const name = `./${inside}`;
  if (inside === "" || inside.startsWith("..") || !isOwnLessonName(name))
    throw new UserError(`${written}: is not a folder in this project; valid is for instance ./lessons/payments.`);
  return name;
}

/** The headings of a page. */
function headingsOf(page: string): string[] {
  return [...page.matchAll(/^#+ +(.*?) *$/gm)].map(([, heading]) => heading!);
}

function filesIn(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name)))
    .sort();
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
