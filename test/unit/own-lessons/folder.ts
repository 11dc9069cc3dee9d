import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll } from "vitest";
import { projectRoot } from "../../../base/paths";
import { copyTemplate } from "../../../cli/lesson/new";

/** A lesson's folder of a test, in the project, so that a config can name it. */
export interface TestLesson {
  /** As the config names it. */
  readonly folder: `./${string}`;
  /** Writes a file of it anew. */
  write(file: string, text: string): void;
  /** Replaces a text in a file. @throws where the file does not have it */
  replace(file: string, before: string, after: string): void;
  remove(file: string): void;
  /** A path in it. */
  path(file: string): string;
  /** Takes a text's own folder out, so that a test can write down what is left. */
  short(text: string): string;
}

/** Makes folders of the template under their names, and removes them after the tests of the file. */
export function testLessons(): (name: string) => TestLesson {
  let parent: string;
  beforeAll(() => {
    fs.mkdirSync(path.join(projectRoot, ".lab"), { recursive: true });
    parent = fs.mkdtempSync(path.join(projectRoot, ".lab", "lessons-"));
  });
  afterAll(() => fs.rmSync(parent, { recursive: true, force: true }));
  return (name) => {
    const root = fs.mkdtempSync(path.join(parent, "of-"));
    const place = path.join(root, name);
    fs.mkdirSync(place);
    copyTemplate(place, name);
    const folder = `./${path.relative(projectRoot, place)}` as const;
    const at = (file: string) => path.join(place, file);
    return {
      folder,
      path: at,
      write: (file, text) => {
        fs.mkdirSync(path.dirname(at(file)), { recursive: true });
        fs.writeFileSync(at(file), text);
      },
      replace: (file, before, after) => {
        const text = fs.readFileSync(at(file), "utf8");
        if (!text.includes(before)) throw new Error(`${file} has no ${before}`);
        fs.writeFileSync(at(file), text.replace(before, after));
      },
      remove: (file) => fs.rmSync(at(file), { recursive: true }),
      short: (text) => text.replaceAll(`./${path.relative(projectRoot, root)}/`, "./"),
    };
  };
}
