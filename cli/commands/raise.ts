import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { projectRoot } from "../../base/paths";
import { gatewayApiSource } from "../../embedded";
import { istio } from "../../versions";
import { writeGenerated } from "./docs";
import { repeatedByTools, rewriteIn, staleIn } from "../docs/versions";

/** Prettier's width, of .prettierrc, and the line's end. */
const PRINT_WIDTH = 121;

/** Sample → its file in Istio's module. */
const samples: Readonly<Record<keyof typeof istio.samples, string>> = {
  grafana: "addons/grafana.yaml",
  jaeger: "addons/jaeger.yaml",
  kiali: "addons/kiali.yaml",
  loki: "addons/loki.yaml",
  "opentelemetry-collector": "open-telemetry/loki/otel.yaml",
  prometheus: "addons/prometheus.yaml",
  zipkin: "addons/extras/zipkin.yaml",
};

/**
 * `npm run raise`: updates Go modules, samples, hashes and texts to the release of Istio in versions.ts. Prints at the
 * end what a person must decide.
 */
export async function raise(root = projectRoot): Promise<void> {
  rewriteIn(root);
  writeGenerated(root);
  for (const module of ["mesh", "kiali", "istioctl"]) await go(root, module, ["mod", "tidy"]);
  const charts = await folderOf(root, "istio.io/istio");
  const hashes = Object.entries(samples).map(([name, file]) => {
    const content = fs.readFileSync(path.join(charts, "samples", file));
    fs.writeFileSync(path.join(root, "components/addons/samples", `${name}.yaml`), content);
    return [name, sha256(content)] as const;
  });
  writeHashes(root, "samples", hashes);
  const gatewayApi = gatewayApiSource();
  const kinds = path.join(await folderOf(root, gatewayApi.module), gatewayApi.folder);
  writeHashes(
    root,
    "sha256",
    fs
      .readdirSync(kinds)
      .sort()
      .map((name) => [name, sha256(fs.readFileSync(path.join(kinds, name)))]),
  );
  const stale = staleIn(root, repeatedByTools);
  process.stdout.write(
    [
      `Istio ${istio.version}: updated Go modules, samples, hashes and texts. \`git diff\` shows the changes.`,
      ...stale.map((line) => `Still to be decided: ${line}`),
      "Look up which Kubernetes it supports (istio.kubernetes), and which Gateway API and Kiali it requires. `npm test` then shows what else differs.",
      "",
    ].join("\n"),
  );
}

/** Go's folder of a module that mesh/go.mod requires. */
async function folderOf(root: string, module: string): Promise<string> {
  const { stdout } = await go(root, "mesh", ["list", "-m", "-f", "{{.Dir}}", module]);
  return stdout.trim();
}

async function go(root: string, module: string, args: readonly string[]): Promise<{ stdout: string }> {
  return execa("go", args, { cwd: path.join(root, "embedded/toolchain", module), stderr: "inherit", stdin: "ignore" });
}

/** Replaces the lines of an object of hashes in versions.ts, in prettier's format: `npm run lint` checks it. */
export function writeHashes(root: string, key: string, hashes: readonly (readonly [string, string])[]): void {
  const file = path.join(root, "versions.ts");
  const lines = hashes
    .map(([name, hash]) => {
      const key = /^\w+$/.test(name) ? name : JSON.stringify(name);
      const line = `    ${key}: "${hash}",\n`;
      return line.length > PRINT_WIDTH ? `    ${key}:\n      "${hash}",\n` : line;
    })
    .join("");
  fs.writeFileSync(
    file,
    fs.readFileSync(file, "utf8").replace(new RegExp(`(^  ${key}: \\{\n)[^}]*(^  \\})`, "m"), `$1${lines}$2`),
  );
}

function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
