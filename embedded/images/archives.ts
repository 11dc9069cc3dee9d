import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { cacheRoot } from "../../base/paths";
import { makeWhole } from "../toolchain/place";
import type { LayerEntry } from "./oci/entry";
import { writeImage, type Image } from "./oci/archive";
import type { Programs, Recipe } from "./recipe";

/** Part of every key. Raise it when the writer lays out the same image in different bytes. */
const FORMAT = 1;

/** An image that is or will be in the cache. */
export interface Archive {
  image: Image;
  /** `<cache>/images/<key>/<name>.tar`. Exists only when it is complete. */
  file: string;
}

/**
 * What the recipe makes, and where. The key covers all inputs, so an image whose inputs changed gets another file.
 * Files of this machine count by path (in the cache: relative to it), size and time. Hashing an Envoy takes longer
 * than an `up` without changes may.
 *
 * @throws when a required program does not exist yet.
 */
export function archiveOf(recipe: Recipe, programs: Programs): Archive {
  const labels: Record<string, string> = { "io.istio-lab.from": recipe.from };
  if (recipe.standIn) labels["io.istio-lab.stand-in"] = recipe.standIn;
  if (recipe.placeholder) labels["io.istio-lab.placeholder"] = "true";
  const { files, start } = recipe.make(programs);
  const image = { name: recipe.name, files, start, labels };
  const identity = JSON.stringify([FORMAT, { ...image, files: files.map(identify) }]);
  const key = createHash("sha256").update(identity).digest("hex").slice(0, 16);
  return { image, file: path.join(cacheRoot(), "images", key, `${recipe.name.replace(/[/:]/g, "_")}.tar`) };
}

function identify(entry: LayerEntry): unknown {
  if (entry.kind !== "file" || !("file" in entry.from)) return entry;
  const { size, mtimeMs } = fs.statSync(entry.from.file);
  const source = path.relative(cacheRoot(), entry.from.file);
  return [{ ...entry, from: source.startsWith("..") ? entry.from.file : source }, size, mtimeMs];
}

export function isWritten({ file }: Archive): boolean {
  return fs.existsSync(file);
}

export async function write({ image, file }: Archive, signal: AbortSignal): Promise<void> {
  await makeWhole(path.dirname(file), (scratch) => writeImage(path.join(scratch, path.basename(file)), image, signal));
}
