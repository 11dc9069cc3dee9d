import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { expect, it } from "vitest";
import { projectRoot } from "../../../base/paths";

const readme = readFileSync(path.join(projectRoot, "README.md"), "utf8");
const table = readme.slice(readme.indexOf("## Rehearsals"), readme.indexOf("## Where to look"));
const topics = [...table.matchAll(/^\| `([a-z-]+)` \| (\S.*) \|$/gm)].map(([, topic, what]) => ({
  topic: topic!,
  what: what!,
}));
const files = readdirSync(path.join(projectRoot, "test/rehearsal")).filter((name) => name.endsWith(".test.ts"));
/** As vitest chooses files: the words are anywhere in the path below the checkout. */
const chosen = (topic: string) => files.filter((file) => `test/rehearsal/${file}`.includes(topic));

it("README names every rehearsal by one topic, and says what it rehearses", () => {
  expect(files.length).toBeGreaterThan(8);
  expect(topics.flatMap(({ topic }) => chosen(topic)).sort()).toEqual([...files].sort());
});

it("README's topics run what is called like them, and nothing else", () => {
  expect(topics.length).toBeGreaterThan(5);
  for (const { topic } of topics)
    expect(chosen(topic)).toEqual(files.filter((file) => file === `${topic}.test.ts` || file.startsWith(`${topic}-`)));
});
