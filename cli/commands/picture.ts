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

/** `npm run picture`: Kiali's graph of the seat under traffic, as a real browser shows it. */
export async function picture({ stack: named, output = "kiali.png", chromium, dark }: PictureOptions): Promise<void> {
  if (path.extname(output).toLowerCase() !== ".png") throw new UserError(`--output ${output}: has to end with .png.`);
  requireFolder("--output", output);
  const print = saying(process.stdout);
  const stack = await takenStack(named, { to: "use", say: print });
  const program = findChromium(chromium, stack);
  const stop = new AbortController();
  heedFirst((ending) => stop.abort(new Interrupted("Interrupted: no picture was written.", exitCodeOf(ending))));
  // Loaded when it is needed: what is refused above is refused at once.
  const { takePicture } = require("../picture/picture") as typeof import("../picture/picture");
  const taken = await takePicture({ stack, program, dark, stop: stop.signal, print });
  writeAsked("--output", output, taken);
  process.stdout.write(`${output}: ${Math.ceil(taken.length / 1024)} KB.\n`);
  // Sockets to the API server are kept alive for a while.
  process.exit(0);
}
