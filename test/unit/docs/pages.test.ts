import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { expect, it } from "vitest";
import { graphPath } from "../../../components/addons/kiali/graph";
import { catalog, lessonNames } from "../../../components/lessons/catalog";
import { stepsOf } from "../../support/page";

const folder = path.join(__dirname, "../../../docs/lessons");
const read = (page: string) => readFileSync(path.join(folder, page), "utf8");
const pages = readdirSync(folder).sort();

it("there is a page for every lesson, and none besides", () => {
  expect(pages).toEqual(["README.md", ...lessonNames.map((name) => `${name}.md`)].sort());
});

it("the index names every page, in the course's order", () => {
  expect([...read("README.md").matchAll(/^\| \[(\w+)\]\(\1\.md\) \|/gm)].map(([, name]) => name)).toEqual(lessonNames);
});

it.each(pages)("%s has commands with output, links that lead somewhere, and no address of one seat", (page) => {
  const text = read(page);
  expect(stepsOf(text).some(({ printed }) => printed)).toBe(true);
  for (const [, target, anchor] of text.matchAll(/\]\(([^)#]+)(?:#([^)]+))?\)/g)) {
    expect(existsSync(path.join(folder, target!)), target).toBe(true);
    const headings = [...read(target!).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replace(/[^a-z0-9 ]/g, "")
        .replace(/ /g, "-"),
    );
    if (anchor) expect(headings).toContain(anchor);
  }
  expect(text).not.toMatch(/\d+\.\d+\.\d+\.\d+|localhost/);
});

it.each(lessonNames)("%s has checks that go red, and a way back", (name) => {
  const commands = stepsOf(read(`${name}.md`))
    .map((step) => step.commands)
    .join("\n");
  expect(commands).toContain(`npm run -s check -- --lesson ${name}`);
  expect(commands).toContain("npm run repair -- --yes");
});

it("Kiali is shown where it teaches: mutual TLS, weights, a fault, a refused call", () => {
  const shown = lessonNames.filter((name) => seenInKiali(read(`${name}.md`)) > 0);
  expect(shown).toEqual(expect.arrayContaining(["backend", "bookinfo", "blog"]));
});

it.each(lessonNames)(
  "%s prints, each time that it shows Kiali, the very view that `npm run open kiali` opens, of its own namespace",
  (name) => {
    const page = read(`${name}.md`);
    const steps = stepsOf(page);
    const times = seenInKiali(page);
    if (times > 0)
      expect(steps[0]!.commands).toContain("KIALI=$(npm run -s pulumi -- stack output KIALI_URL)/kiali/console");
    const { namespace } = catalog[name];
    const views = steps.flatMap(({ commands, printed }) =>
      commands.includes("$KIALI") && !commands.includes("KIALI=") ? [[commands, printed]] : [],
    );
    const address = graphPath([namespace]).replace("/kiali/console", "$KIALI");
    expect(views).toEqual(
      Array.from({ length: times }, () => [
        `echo "${address}"`,
        `http://<address>/kiali/console/graph/namespaces?namespaces=${namespace}&…`,
      ]),
    );
  },
);

/** How often a page shows a view of Kiali's whose address it has not printed before. */
function seenInKiali(page: string): number {
  return [...page.matchAll(/^\*\*See it in Kiali\*\*(?!, at the same address as before)/gm)].length;
}
