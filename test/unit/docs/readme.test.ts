import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { Resvg } from "@resvg/resvg-js";
import { describe, expect, it } from "vitest";
import { catalog } from "../../../components/addons/catalog";
import { addonImages, collectorImage } from "../../../versions";
import { productFiles } from "../../support/deletes";
import { stepsOf } from "../../support/page";

const root = path.join(__dirname, "../../..");
const read = (file: string) => readFileSync(path.join(root, file), "utf8");
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, "")
    .replace(/ /g, "-");

const pages = [
  "README.md",
  "SECURITY.md",
  ...readdirSync(path.join(root, "docs"))
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`),
];
/** Pages that lead to none of this project's files. */
const withoutLinks = ["docs/azure.md"];

it.each(pages)("%s has links that lead somewhere, and blocks that end", (page) => {
  const text = read(page);
  stepsOf(text);
  const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)|(?:src|srcset)="([^"]+)"/g)];
  expect(links.length > 0, `${links.length} links are looked at`).toBe(!withoutLinks.includes(page));
  for (const [, target, anchor, source] of links) {
    const file = path.join(path.dirname(page), source ?? (target || path.basename(page)));
    expect(existsSync(path.join(root, file)), file).toBe(true);
    if (anchor)
      expect(
        [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading!)),
        `${file}#${anchor}`,
      ).toContain(anchor);
  }
});

/** Its examples are files of the reader's, which `rehearse -- extending` makes. */
const besidesExamples = [
  ...pages.filter((page) => page !== "docs/extending.md"),
  ...readdirSync(path.join(root, "docs/lessons")).map((file) => `docs/lessons/${file}`),
];

it("every file and folder of this project that a page names is there", () => {
  const named = besidesExamples.flatMap((page) =>
    [...read(page).matchAll(/`((?:base|bench|cli|components|docs|embedded|kube|test)\/[\w./-]*)`/g)].map(
      ([, file]) => [page, file!] as const,
    ),
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter(([, file]) => !existsSync(path.join(root, file)))).toEqual([]);
});

/** A source with its texts in one piece, and with `…` for each value in them. */
function textOf(source: string): string {
  const joined = source.replace(/["`]\s*\+\s*["`]/g, "").replace(/\\(["`])/g, "$1");
  const withoutValues = (text: string): string => {
    const shorter = text.replace(/\$\{[^{}]*\}/g, "…");
    return shorter === text ? text : withoutValues(shorter);
  };
  return withoutValues(joined);
}

describe("README", () => {
  const readme = read("README.md");

  it("names every command of package.json, and no other", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const named = new Set([...readme.matchAll(/npm (?:run (?:-s )?)?([a-z]+)/g)].map(([, name]) => name!));
    named.delete("ci"); // npm's own
    named.delete("took"); // a message of this program
    expect([...named].filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
    expect(Object.keys(scripts).filter((name) => !named.has(name))).toEqual([]);
  });

  it("names every output of the program", () => {
    const outputs = [...read("index.ts").matchAll(/^export const (\w+)/gm)].map(([, name]) => name!);
    expect(outputs.length).toBeGreaterThan(5);
    for (const name of outputs) expect(readme).toContain(`\`${name}\``);
  });

  it("has the versions that are pinned", () => {
    const { dependencies } = JSON.parse(read("package.json")) as { dependencies: Record<string, string> };
    const versions = readme.slice(readme.indexOf("## Versions and licences"), readme.indexOf("## Where to look"));
    for (const name of [
      "pulumi",
      "@pulumi/pulumi",
      "@pulumi/kubernetes",
      "@pulumi/azure-native",
      "@pulumi/random",
      "@pulumi/tls",
    ])
      expect(versions, name).toContain(dependencies[name]);
    for (const image of [...Object.values(addonImages), collectorImage])
      expect(versions, image).toContain(image.split(":")[1]!.replace(/^v/, ""));
  });

  it("quotes messages as the program prints them", () => {
    const section = readme.slice(readme.indexOf("## When something is wrong"), readme.indexOf("## Taking it away"));
    const quoted = [...section.matchAll(/^\| ((?:[^|`]|`[^`]*`)+) \|/gm)].flatMap(([, cell]) =>
      [...cell!.matchAll(/`([^`]+)`/g)].map(([, text]) => text!),
    );
    const texts = productFiles(root)
      .filter((file) => file.endsWith(".ts"))
      .map((file) => textOf(read(file)))
      .join("\n");
    const isPrinted = (text: string) => text.split("…").every((part) => texts.includes(part.trim()));
    expect(quoted.length).toBeGreaterThan(15);
    expect(quoted.filter((text) => !isPrinted(text))).toEqual([
      "the stack is currently locked by 1 lock(s)", // Pulumi's own
      "istio-lab:canary.reviews: …", // a key of the config
    ]);
  });

  it("names every addon", () => {
    const section = readme.slice(readme.indexOf("## Addons"), readme.indexOf("## Config"));
    for (const name of Object.keys(catalog)) expect(section.toLowerCase()).toContain(name);
  });
});

it("docs/addons.md has the ports at which addons are opened", () => {
  const page = read("docs/addons.md");
  for (const [name, entry] of Object.entries(catalog))
    if ("localPort" in entry) expect(page.toLowerCase()).toContain(`${name} ${entry.localPort}`);
});

it.each(["topology.svg", "topology-narrow.svg"])(
  "docs/%s is a seat with all lessons, addons and traffic, and says nothing of the machine that drew it",
  (name) => {
    const svg = read(`docs/${name}`);
    expect(new Resvg(svg).width).toBeGreaterThan(400);
    for (const text of [
      "Seat embedded",
      ">productpage<",
      ">temperature-service<",
      ">my-blog<",
      ">echo-service<",
      "prometheus 1/1",
      "kiali 1/1",
      'class="measured"',
      "requests a second over 60 s",
    ])
      expect(svg).toContain(text);
    expect(svg).not.toMatch(/\/(?:tmp|root|home|work|Users)\/|localhost/);
  },
);

it("docs/kiali.png, which README shows, is one picture of at most 200 KB", () => {
  const png = readFileSync(path.join(root, "docs/kiali.png"));
  expect(read("README.md")).toContain('<img src="docs/kiali.png"');
  expect(png.subarray(0, 8)).toEqual(Buffer.from("\x89PNG\r\n\x1a\n", "latin1"));
  expect(png.readUInt32BE(16), "width").toBeGreaterThanOrEqual(1200);
  expect(png.length).toBeLessThanOrEqual(200 * 1024);
  // Nothing of the machine that took it.
  expect(png.includes("tEXt") || png.includes("eXIf")).toBe(false);
});

it("LICENSE is Apache-2.0, as package.json says, and NOTICE names Istio's samples", () => {
  expect(JSON.parse(read("package.json"))).toMatchObject({ license: "Apache-2.0" });
  expect(read("LICENSE")).toMatch(/Apache License\s+Version 2\.0, January 2004[\s\S]*END OF TERMS AND CONDITIONS/);
  expect(read("NOTICE")).toMatch(/components\/addons\/samples[\s\S]*Istio's release 1\.31\.1/);
});
