import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { execa } from "execa";
import { extract } from "tar-stream";
import { cacheRoot } from "../../../../embedded/paths";
import { FONT_VERSION, type FontPackage } from "./packages";

/** What is kept of a package: the slices of the one weight that names are set in, which characters they have, and the licence. */
const kept = /^package\/(?:files\/([\w-]+-700-normal\.woff)|(unicode\.json|LICENSE))$/;

/**
 * The folder of a font package in the cache. Fetched when it is not there, by `npm pack`: from the user's own registry, and not into this project.
 * @throws Error where it cannot be had, or is not the one that is pinned
 */
export async function fontFolder({ name, integrity, megabytes }: FontPackage, say: (text: string) => void): Promise<string> {
  const folder = path.join(cacheRoot(), "fonts", `${name}-${FONT_VERSION}`);
  if (fs.existsSync(folder)) return folder;
  say(`Fetching the font ${name} for the names on the cards, once (${megabytes} MB) …`);
  fs.mkdirSync(path.dirname(folder), { recursive: true });
  const draft = fs.mkdtempSync(path.join(path.dirname(folder), `${name}-`));
  try {
    const archive = await packed(name, draft);
    const seen = `sha512-${createHash("sha512").update(archive).digest("base64")}`;
    if (seen !== integrity) throw new Error(`@fontsource/${name} ${FONT_VERSION} is not the one that is pinned (${seen})`);
    await unpack(archive, draft);
    // Another run may have been faster: its folder is as good.
    if (!fs.existsSync(folder)) fs.renameSync(draft, folder);
    return folder;
  } finally {
    fs.rmSync(draft, { recursive: true, force: true });
  }
}

async function packed(name: string, folder: string): Promise<Buffer> {
  // Outside the project: npm would run the scripts of its package.json.
  const run = await execa("npm", ["pack", `@fontsource/${name}@${FONT_VERSION}`, "--silent", "--pack-destination", folder], { cwd: os.tmpdir(), reject: false, stdin: "ignore" });
  if (run.failed) throw new Error(`npm pack @fontsource/${name} failed: ${(run.stderr || run.shortMessage || "").trim().split("\n").at(-1)}`);
  const file = path.join(folder, run.stdout.trim().split("\n").at(-1)!);
  const archive = fs.readFileSync(file);
  fs.rmSync(file);
  return archive;
}

async function unpack(archive: Buffer, folder: string): Promise<void> {
  const files = extract();
  const reading = pipeline(Readable.from([archive]), createGunzip(), files);
  for await (const entry of files) {
    const [, slice, other] = kept.exec(entry.header.name) ?? ([] as undefined[]);
    const file = slice ?? other;
    if (file === undefined) entry.resume();
    else await pipeline(entry, fs.createWriteStream(path.join(folder, file)));
  }
  await reading;
}
