import * as path from "node:path";
import { exitCodeOf, heedFirst } from "../terminal/ending/signals";
import { Interrupted, UserError } from "../../base/errors";
import { requireFolder, writeAsked } from "../terminal/output-file";
import { findChromium } from "../picture/chromium";
import { saying } from "../terminal/say";
import { takenStack } from "../stack/taken";

export interface PictureOptions {
  stack?: string;
  /** @default kiali.png */
  output?: string;
  chromium?: string;
  dark?: boolean;
}

/** `npm run picture`: takes a picture of Kiali's graph of the seat under traffic, in a real browser. */
export async function picture({ stack: named, output = "kiali.png", chromium, dark }: PictureOptions): Promise<void> {
  if (path.extname(output).toLowerCase() !== ".png") throw new UserError(`--output ${output}: must end with .png.`);
  requireFolder("--output", output);
  const print = saying(process.stdout);
  const stack = await takenStack(named, { to: "use", say: print });
  const program = findChromium(chromium, stack);
  const stop = new AbortController();
  heedFirst((ending) => stop.abort(new Interrupted("Interrupted: no picture was written.", exitCodeOf(ending))));
  // Loaded late, so that the refusals above appear at once.
  const { takePicture } = require("../picture/picture") as typeof import("../picture/picture");
  const taken = await takePicture({ stack, program, dark, stop: stop.signal, print });
  writeAsked("--output", output, taken);
  process.stdout.write(`${output}: ${Math.ceil(taken.length / 1024)} KB.\n`);
  // Exits now: kept-alive sockets to the API server would hold the process open for a while.
  process.exit(0);
}
