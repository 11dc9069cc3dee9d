import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { makeLab } from "../../base/lab";
import { labRoot } from "../../base/paths";
import type { Step } from "../../base/step";
import { gatewayApiChart, gatewayApiKinds, gatewayApiModule } from "./gateway-api";
import { moduleFolder } from "./go";
import { meshModule, pinned } from "./modules";
import { makeWhole } from "./place";
import { gatewayApi, istio } from "../../versions";

/** Maps a chart's name to its folder in Istio's `manifests/charts`. */
const charts: Readonly<Record<string, string>> = {
  base: "base",
  istiod: "istio-control/istio-discovery",
  gateway: "gateway",
};

/**
 * The step that makes `.lab/charts`. `base`, `istiod` and `gateway` are Istio's own charts, as its release builder
 * would publish them. `gateway-api` holds the CRDs of the Gateway API.
 */
export function chartsStep(): Step {
  return {
    title: `Istio ${istio.version} and Gateway API charts`,
    isDone: async () => fs.existsSync(noteFile()) && fs.readFileSync(noteFile(), "utf8") === madeFrom(),
    run: async (report, signal) => {
      const source = path.join(await moduleFolder(meshModule(), "istio.io/istio", signal), "manifests", "charts");
      const kinds = path.join(await moduleFolder(meshModule(), gatewayApiModule, signal), gatewayApiKinds);
      makeLab();
      clearCharts(folder());
      await makeWhole(folder(), async (scratch) => {
        const make = {
          ...Object.fromEntries(
            Object.entries(charts).map(([name, from]) => [
              name,
              () => releasedChart(readChart(path.join(source, from))),
            ]),
          ),
          "gateway-api": () => gatewayApiChart(readChart(kinds)),
        };
        Object.entries(make).forEach(([name, chart], index) => {
          report(index, Object.keys(make).length, name);
          writeChart(chart(), path.join(scratch, name));
        });
        fs.writeFileSync(path.join(scratch, path.basename(noteFile())), madeFrom());
      });
    },
  };
}

/**
 * Removes the charts of an older recipe, which the note beside them marks.
 *
 * @throws Error if there is no note: such a folder is somebody else's
 */
export function clearCharts(folder: string): void {
  if (!fs.existsSync(folder)) return;
  if (!fs.existsSync(path.join(folder, NOTE)))
    throw new Error(
      `${folder} exists, and this program did not make it: it has no ${NOTE}. Move it away, and set istio.chartRepository to its new place if you need it.`,
    );
  fs.rmSync(folder, { recursive: true });
}

/**
 * A chart in the form that Istio's release builder makes (github.com/istio/release-builder, pkg/build/helm.go,
 * sanitizeChart). In the source tree, every chart has version 1.0.0 and testing images. A release gets its version,
 * hub and tag.
 *
 * The version also carries a hash of the content (`VERSION+0123abcd`), because Pulumi compares only the version of a
 * local chart.
 */
export function releasedChart(files: ReadonlyMap<string, string>): Map<string, string> {
  const released = new Map(files);
  const edit = (file: string, pattern: RegExp, replacement: string): void =>
    void released.set(file, (released.get(file) ?? "").replace(pattern, replacement));
  edit("values.yaml", /^(\s*hub:) \S+\/testing$/m, "$1 docker.io/istio");
  edit("values.yaml", /^(\s*tag:) latest$/m, `$1 ${istio.version}`);
  edit("Chart.yaml", /^appVersion: .*$/m, `appVersion: ${istio.version}`);
  edit("Chart.yaml", /^version: .*$/m, `version: ${istio.version}`);
  const hash = createHash("sha256");
  for (const file of [...released.keys()].sort()) hash.update(`${file}\0${released.get(file)}\0`);
  edit("Chart.yaml", /^version: .*$/m, `version: ${istio.version}+${hash.digest("hex").slice(0, 8)}`);
  return released;
}

function readChart(from: string): Map<string, string> {
  const files = fs.readdirSync(from, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return [path.relative(from, file), fs.readFileSync(file, "utf8")];
    }),
  );
}

function writeChart(files: ReadonlyMap<string, string>, to: string): void {
  for (const [file, text] of files) {
    fs.mkdirSync(path.dirname(path.join(to, file)), { recursive: true });
    fs.writeFileSync(path.join(to, file), text);
  }
}

function folder(): string {
  return path.join(labRoot(), "charts");
}

function noteFile(): string {
  return path.join(folder(), NOTE);
}

/** The note that records what the charts beside it were made from. */
const NOTE = ".made-from";

/**
 * The content of the note. It changes with a pin or with the way the charts are made, and then the charts are made
 * anew.
 */
function madeFrom(): string {
  const recipe = createHash("sha256");
  for (const file of [__filename, path.join(__dirname, "gateway-api.ts")]) recipe.update(fs.readFileSync(file));
  recipe.update(JSON.stringify(gatewayApi));
  const pins = ["istio.io/istio", gatewayApiModule].map((module) => `${module} ${pinned("mesh", module)}`);
  return `${pins.join(", ")} as ${istio.version}, recipe ${recipe.digest("hex").slice(0, 8)}\n`;
}
