import * as fs from "node:fs";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { projectRoot } from "../../../base/paths";
import { checkLesson } from "../../../cli/commands/lesson";
import { addToConfig } from "../../../cli/lesson/config";
import { writeLesson } from "../../../cli/lesson/new";
import { kinds } from "../../../components/lessons/own/kinds";
import { testLessons } from "./folder";

const lesson = testLessons();
let printed: string;
beforeEach(() => {
  printed = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => ((printed += String(text)), true));
});
afterEach(() => void vi.restoreAllMocks());

describe("npm run lesson -- check", () => {
  test("says what a right folder holds, however its path is written", () => {
    const { folder } = lesson("payments");
    for (const written of [folder, folder.slice(2), `${folder}/`, path.join(projectRoot, folder)]) {
      printed = "";
      checkLesson(written);
      expect(printed).toBe(
        `${folder}: lesson payments in namespace payments, 4 objects, 5 checks, 1 task. Nothing is wrong with it.\n`,
      );
    }
  });

  test("lists every problem, and what another lesson has too", () => {
    const one = lesson("backend");
    expect(() => checkLesson(one.folder)).toThrow(
      "backend is already the name of a lesson; give the folder another name",
    );
    one.remove("lesson.yaml");
    expect(() => checkLesson(one.folder)).toThrow(`${one.folder}/lesson.yaml: does not exist`);
  });

  test.each(["..", "/etc", "."])("refuses %s, which is not in this project", (written) => {
    expect(() => checkLesson(written)).toThrow(`${written}: is not a folder in this project`);
  });

  test("says which images the embedded seat lacks, and which files would be missed", () => {
    const one = lesson("payments");
    one.remove("checks.yaml");
    one.remove("README.md");
    one.replace("manifests/client.yaml", "docker.io/curlimages/curl:8.16.0", "docker.io/library/nginx:1.29");
    checkLesson(one.folder);
    expect(printed.split("\n").slice(1)).toEqual([
      "It has no checks.yaml. A check of the seat has only istioctl's analysis of it.",
      "It has no README.md, so that a trainee has no page.",
      "The embedded seat has no image docker.io/library/nginx:1.29; other targets pull it. docs/own-lessons.md lists those that it has.",
      "",
    ]);
  });
});

describe("npm run lesson -- new", () => {
  test.each([
    ["backend", "backend is a lesson of the course"],
    ["istio", "istio cannot name a lesson"],
    ["../payments", "cannot name a lesson"],
    ["resilience", "./lessons/resilience exists already. Nothing has been written."],
  ])("refuses %s", (name, text) => {
    const before = fs.readdirSync(path.join(projectRoot, "lessons"));
    expect(() => writeLesson(name)).toThrow(text);
    expect(fs.readdirSync(path.join(projectRoot, "lessons"))).toEqual(before);
  });
});

describe("the command that adds a lesson to a stack", () => {
  const file = path.join(projectRoot, "Pulumi.added-to.yaml");
  afterEach(() => fs.rmSync(file, { force: true }));

  test("names the course's lessons too where the config does not name any", () => {
    expect(addToConfig("added-to", "./lessons/payments")).toBe(
      "npm run -s pulumi -- config set-all --stack added-to --path --plaintext 'istio-lab:lessons[0]=backend' --plaintext 'istio-lab:lessons[1]=bookinfo' --plaintext 'istio-lab:lessons[2]=temperature' --plaintext 'istio-lab:lessons[3]=blog' --plaintext 'istio-lab:lessons[4]=admission' --plaintext 'istio-lab:lessons[5]=./lessons/payments'",
    );
  });

  test("adds it behind those that the config names", () => {
    fs.writeFileSync(file, "config:\n  istio-lab:target: embedded\n  istio-lab:lessons: [bookinfo, blog]\n");
    expect(addToConfig("added-to", "./lessons/payments")).toBe(
      "npm run -s pulumi -- config set --stack added-to --path 'istio-lab:lessons[2]' ./lessons/payments",
    );
  });
});

test("docs/own-lessons.md lists the kinds that a lesson may have", () => {
  const page = fs.readFileSync(path.join(projectRoot, "docs/own-lessons.md"), "utf8");
  const table = page.split("<!-- kinds -->")[1]!.split("<!-- /kinds -->")[0]!;
  const listed = [...table.matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)].flatMap(([, version, names]) =>
    names!.split(", ").map((name) => `${version} ${name}`),
  );
  expect(listed.sort()).toEqual(Object.keys(kinds).sort());
});
