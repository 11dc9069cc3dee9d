import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { describe, expect, it } from "vitest";
import { rulesFor } from "../../../components/cluster/azure/rules";
import { kialiNodePort } from "../../../components/cluster/ingress";
import type { Target } from "../../../config";
import { projectRoot } from "../../../base/paths";
import { productFiles } from "../../support/deletes";

const targets = Object.keys({ embedded: true, minikube: true, azure: true, existing: true } satisfies Record<
  Target,
  true
>);

const read = (file: string) => readFileSync(path.join(projectRoot, file), "utf8");
const page = read("SECURITY.md");
const pages = [
  "README.md",
  "SECURITY.md",
  ...readdirSync(path.join(projectRoot, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];
const rowsOf = (first: string) =>
  page
    .split("\n\n")
    .find((block) => block.startsWith(`| ${first} |`))!
    .split("\n")
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

describe("SECURITY.md", () => {
  it("says of everybody, on every target, what they may do", () => {
    const [head, , ...rows] = rowsOf("who");
    expect(head!.slice(1)).toEqual(targets);
    for (const who of [
      "trainer",
      "trainee with the URLs",
      "trainee with a kubeconfig",
      "another user of the machine",
      "a pod",
      "the network",
    ])
      expect(
        rows.filter(([cell]) => cell!.includes(`**${who}**`)),
        who,
      ).toHaveLength(1);
    for (const cells of rows)
      expect(
        cells.every((cell) => cell !== ""),
        cells[0],
      ).toBe(true);
  });

  it("names the tests that hold it, and they are there", () => {
    const tests = [...page.matchAll(/`(test\/[\w./-]+)`/g)].map(([, file]) => file!);
    expect(tests.length).toBeGreaterThan(8);
    expect(tests.filter((file) => !existsSync(path.join(projectRoot, file)))).toEqual([]);
  });

  it("has the ports that are open on Azure, and whom they are open to", () => {
    const all = rulesFor({
      adminCidrs: ["198.51.100.7/32"],
      traineeCidrs: ["203.0.113.0/24"],
      openToWorld: [],
      ssh: { publicKey: "" },
    });
    const from = (source: string) =>
      all
        .filter(({ sources }) => sources.includes(source))
        .flatMap(({ ports }) => ports)
        .sort();
    expect(from("203.0.113.0/24")).toEqual(["31602", "443", "80"]);
    expect(from("198.51.100.7/32")).toEqual(["22", "6443"]);
    const [, , ...rows] = rowsOf("who");
    const network = rows.find(([who]) => who === "**the network**")!.join();
    expect(network).toContain(`80, 443 and ${kialiNodePort} from \`traineeCidrs\`, 6443 and 22 from \`adminCidrs\``);
  });

  it("has a way to report a hole, and no address that nobody reads", () => {
    expect(page).toMatch(/## Reporting a hole[\s\S]*Report a vulnerability/);
    expect(page).not.toMatch(/\S+@\S+\.\w+/);
  });

  it("is one page, which README leads to", () => {
    expect(page.split(/\s+/).length).toBeLessThan(1_300);
    expect(read("README.md")).toContain("(SECURITY.md)");
    expect(read("docs/README.md")).toContain("(../SECURITY.md)");
  });
});

/** A value that is an argument is in the shell's history and in the list of processes. Without --path Pulumi takes the whole key for one secret text. */
it("wherever a secret is to be set, the command has --path and no value", () => {
  const commands = [...pages, ...productFiles(projectRoot)].flatMap((file) =>
    [...read(file).matchAll(/config set [^\n`]*--secret[^\n`]*/g)].map(([command]) => ({ file, command })),
  );
  expect(commands.length).toBeGreaterThan(2);
  const valid =
    /^config set( --stack \$\{stack\})? --secret --path istio-lab:[\w.${}]+( --stack [\w-]+)? < (FILE|KUBECONFIG)$/;
  expect(commands.filter(({ command }) => !valid.test(command))).toEqual([]);
});

it("what the pages' commands write with a secret in it, git leaves out", () => {
  const written = pages
    .flatMap((file) =>
      [...read(file).matchAll(/--secrets ([\w.-]+)|--flatten > ([\w.-]+)/g)].map(([, one, other]) => one ?? other!),
    )
    .filter((name) => name !== "FILE");
  expect(written.length).toBeGreaterThan(1);
  expect(written.filter((name) => !name.endsWith(".kubeconfig"))).toEqual([]);
  expect(read(".gitignore").split("\n")).toContain("*.kubeconfig");
});

it("no page and no message advises to print secrets", () => {
  expect(pages.filter((file) => /--show-secrets/.test(read(file)))).toEqual([]);
  const messages = productFiles(projectRoot).filter((file) =>
    /[`"'][^`"'\n]*(npm run|npx)[^`"'\n]*--show-secrets/.test(read(file)),
  );
  expect(messages).toEqual([]);
});
