import * as fs from "node:fs";
import * as path from "node:path";
import { lessonNames } from "../../components/lessons/catalog";
import { LiveSeat } from "../seat/live-seat";
import { readStack } from "../seat/stack-outputs";
import { UserError } from "../../base/errors";
import { writeAsked } from "../terminal/output-file";
import { hasBrowser, openBrowser } from "../open/open";
import { besideResult, saying } from "../terminal/say";
import { takenStack } from "../stack/taken";
import { pngOf, readTopology, svgOf } from "../topology";

export interface TopologyOptions {
  stack?: string;
  /** @default topology.svg */
  output?: string;
  open?: boolean;
  narrow?: boolean;
  json?: boolean;
}

/** `npm run topology`: draws the live seat, or prints it as data with `--json`. */
export async function topology({
  stack: named,
  output = "topology.svg",
  open,
  narrow,
  json,
}: TopologyOptions): Promise<void> {
  const kind = path.extname(output).toLowerCase();
  if (kind !== ".svg" && kind !== ".png") throw new UserError(`--output ${output}: must end with .svg or .png.`);
  const file = path.resolve(output);
  if (!json && !fs.existsSync(path.dirname(file)))
    throw new UserError(`--output ${output}: this folder does not exist: ${path.dirname(file)}.`);

  const stack = await takenStack(named, { to: "use", say: saying(besideResult(json)) });
  const { kubeconfig, gatewayUrl, installed } = await readStack(stack);
  const seen = await readTopology(new LiveSeat(kubeconfig, gatewayUrl), stack, new Date(), [
    ...lessonNames,
    ...installed,
  ]);
  if (json) return void process.stdout.write(`${JSON.stringify(seen, null, 2)}\n`);

  const shape = narrow ? "narrow" : "wide";
  writeAsked(
    "--output",
    file,
    kind === ".png" ? pngOf(await svgOf(seen, { shape, scheme: "light" }), stack) : await svgOf(seen, { shape }),
  );
  const { traffic } = seen;
  const rates = traffic.source === "none" ? ` Traffic is not measured: ${traffic.reason}.` : "";
  process.stdout.write(
    `${path.relative(process.cwd(), file) || file}: ${seen.namespaces.length} namespaces, ${seen.calls.filter(({ kind: of }) => of === "measured").length} calls with traffic.${rates}\n`,
  );
  if (open) await show(file);
}

/** Opens the file in the browser if there is a screen, else prints its name. */
async function show(file: string): Promise<void> {
  if (!hasBrowser()) return void process.stdout.write(`This machine has no screen to open it on: ${file}\n`);
  await openBrowser(file);
}
