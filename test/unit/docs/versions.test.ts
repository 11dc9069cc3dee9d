import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, expect, it } from "vitest";
import { writeHashes } from "../../../cli/commands/raise";
import { repeated, repeatedByTools, rewriteIn, staleIn } from "../../../cli/docs/versions";
import { projectRoot } from "../../../base/paths";
import {
  addonImages,
  collectorImage,
  defaultK3s,
  EARLIER_K3S,
  embeddedKubernetes,
  envoy,
  fonts,
  gatewayApi,
  images,
  istio,
  minikube,
  pauseImage,
  pulumi,
  zipkin,
} from "../../../versions";
import { productFiles } from "../../support/deletes";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "versions-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));

it("every text that repeats a version has that of versions.ts", () => {
  expect(staleIn(projectRoot, [...repeated, ...repeatedByTools])).toEqual([]);
});

it("a text of another version is named, and written anew", () => {
  for (const file of new Set(repeated.map((one) => one.file)))
    fs.cpSync(path.join(projectRoot, file), path.join(folder, file), { recursive: true });
  const [readme, goMod] = [path.join(folder, "README.md"), path.join(folder, "embedded/toolchain/mesh/go.mod")];
  const before = [readme, goMod].map((file) => fs.readFileSync(file, "utf8"));
  fs.writeFileSync(
    readme,
    before[0]!.replaceAll(`| ${istio.version} |`, "| 1.2.3 |").replaceAll(defaultK3s.version.slice(1), "1.2.4+k3s1"),
  );
  fs.writeFileSync(goMod, before[1]!.replaceAll(`v${istio.version}\n`, "v1.2.3\n"));
  expect(staleIn(folder, repeated).map((line) => line.split(":")[0])).toEqual([
    "README.md",
    "README.md",
    "embedded/toolchain/mesh/go.mod",
    "embedded/toolchain/mesh/go.mod",
  ]);
  expect(rewriteIn(folder)).toEqual(["README.md", "embedded/toolchain/mesh/go.mod"]);
  expect([readme, goMod].map((file) => fs.readFileSync(file, "utf8"))).toEqual(before);
  fs.writeFileSync(path.join(folder, "NOTICE"), "");
  expect(staleIn(folder, repeated)).toEqual(["NOTICE has nothing like of Istio's release (\\S+), unchanged"]);
});

it("hashes are written in prettier's format: the same ones leave versions.ts as it is", () => {
  const file = path.join(folder, "versions.ts");
  const own = fs.readFileSync(path.join(projectRoot, "versions.ts"), "utf8");
  const maps = /^ {2}(samples|sha256): \{\n[^}]*^ {2}\}/gm;
  fs.writeFileSync(file, own.replace(maps, "  $1: {\n  }"));
  writeHashes(folder, "samples", Object.entries(istio.samples));
  writeHashes(folder, "sha256", Object.entries(gatewayApi.sha256));
  expect(fs.readFileSync(file, "utf8")).toBe(own);
});

it("no code names a version beside versions.ts", () => {
  const named = [
    istio.version,
    istio.module,
    defaultK3s.version,
    defaultK3s.sha256,
    EARLIER_K3S,
    embeddedKubernetes,
    minikube.oldest,
    minikube.kubernetes,
    envoy,
    fonts,
    pauseImage,
    zipkin.sha256,
    ...Object.values(images),
    ...Object.values(addonImages),
    collectorImage,
    ...Object.values(pulumi),
  ];
  const files = productFiles(projectRoot).filter((file) => /\.[cm]?[jt]s$/.test(file) && file !== "versions.ts");
  expect(files.length).toBeGreaterThan(300);
  const withoutComments = (text: string) => text.replace(/^\s*(\/\/|\/?\*).*$|\s\/\/ .*$/gm, "");
  expect(
    files.flatMap((file) => {
      const code = withoutComments(fs.readFileSync(path.join(projectRoot, file), "utf8"));
      return named.filter((version) => code.includes(version)).map((version) => `${file} names ${version}`);
    }),
  ).toEqual([]);
});
