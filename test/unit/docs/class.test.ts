import * as fs from "node:fs";
import * as path from "node:path";
import { describe, expect, it } from "vitest";
import { mergedKubeconfig } from "../../../cli/class/cards/card";
import { classCommand } from "../../../cli/class/commands";

const root = path.join(__dirname, "../../..");
const pages = ["README.md", "docs/class.md"];
const read = (page: string) => fs.readFileSync(path.join(root, page), "utf8");
const { commands } = classCommand();

it("says wherever a kubeconfig is handed out that an embedded seat's makes root of this machine, and what the seat stops all the same", () => {
  const help = commands
    .find((one) => one.name() === "cards")!
    .options.find(({ long }) => long === "--secrets")!.description;
  const merged = mergedKubeconfig(new Map()).split("\n")[0]!;
  for (const text of [read("docs/class.md"), help, merged])
    expect(text).toMatch(/can( also)?\s+become root of (this machine|the machines)/);
  const [, target] = /\]\(\.\.\/(embedded\/node\/README\.md)#what-the-walls-stop\)/.exec(read("docs/class.md"))!;
  expect(read(target!)).toMatch(/^## What the walls stop$/m);
});

describe.each(pages)("%s", (page) => {
  it("has no verb and no option that is not there", () => {
    const lines = [...read(page).matchAll(/npm run (?:-s )?class -- ([a-z]+)(.*)/g)];
    expect(lines.length).toBeGreaterThan(4);
    for (const [line, verb, rest] of lines) {
      const command = commands.find((one) => one.name() === verb);
      expect(command, line).toBeDefined();
      for (const [option] of rest!.split("#")[0]!.matchAll(/--[a-z-]+/g))
        expect(
          command!.options.map(({ long }) => long),
          line,
        ).toContain(option);
    }
  });

  it("names every verb", () => {
    for (const { name } of commands.map((one) => ({ name: one.name() })))
      expect(read(page)).toMatch(new RegExp(`\`${name}\`|class -- ${name}\\b`));
  });
});
