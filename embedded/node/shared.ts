import * as fs from "node:fs";
import * as path from "node:path";
import { isThere } from "../../base/files";
import { addonNames, type AddonName } from "../../versions";
import { images } from "../images";
import { addonsOf } from "../images/recipes";
import { imagesIn, isMade, storeOf, storeWith, type ImageArchive } from "../images/store";
import { cacheRoot } from "../../base/paths";
import { binary } from "../toolchain";
import { SeatError } from "../../base/seat-error";
import type { Layout } from "./layout";
import { run } from "./run";

/** Folders of the cache that seats share. Each seat sees them as overlays without a writable folder. */
export interface Shared {
  /** The Kubernetes programs of the build that the seat was made with. If missing, the seat has its own in `bin`. */
  programs?: string;
  /** The image store, see ../images/store. If missing, the seat has all its images in `var`. */
  images?: string;
  /**
   * The addons whose images the store has. All addons if a seat of an earlier version does not say. Another set of
   * addons is another store.
   */
  addons?: readonly AddonName[];
}

/** The parts of the cache that a new seat can use, and a sentence for each part that it cannot. */
export async function shareable(
  at: Layout,
  snapshotter: string,
  all: readonly ImageArchive[],
): Promise<{ shared: Shared; findings: string[] }> {
  const programs = path.dirname(binary("kubelet"));
  const store = storeWith(all);
  const mountable = await mountableIn(at, { programs, ...(isMade(store) && { images: store.folder }) });
  const findings: string[] = [];
  const shared: Shared = {};
  if (mountable.has("programs")) shared.programs = programs;
  else findings.push(`this kernel cannot overlay ${programs}: the programs are copied`);
  const why = !isMade(store)
    ? "it is missing, and `npm run embedded -- build` makes it"
    : snapshotter !== "overlayfs"
      ? `the file system of ${at.folder} cannot be overlaid`
      : `this kernel cannot overlay a container on ${store.folder}`;
  if (snapshotter === "overlayfs" && mountable.has("images")) {
    const there = imagesIn(store);
    Object.assign(shared, { images: store.folder, addons: addonsOf(there.length > 0 ? there : all) } satisfies Shared);
  } else findings.push(`the image store is not used: ${why}. The images are imported, which takes longer`);
  return { shared, findings };
}

/**
 * Tries the mounts in a namespace that ends with its last process. A container's own overlay is stacked on that of
 * the image store, and the kernel stacks no more than two (FILESYSTEM_MAX_STACK_DEPTH in include/linux/fs.h).
 */
async function mountableIn(at: Layout, shared: Shared): Promise<Set<string>> {
  const script = `
mount -t tmpfs probe "$1"
cd "$1"
mkdir empty low programs images top work over
try() { mount --bind "$2" low && mount -t overlay -o ro,lowerdir=empty:low probe "$1" && umount low; }
if try programs "$2"; then echo programs; fi
if [ -n "$3" ] && try images "$3" && mount -t overlay -o lowerdir=images/layers,upperdir=top,workdir=work probe over; then echo images; fi
`;
  const said = await run("unshare", [
    "--mount",
    "--propagation",
    "private",
    "sh",
    "-c",
    script,
    "sh",
    at.folder,
    shared.programs ?? "",
    shared.images ?? "",
  ]);
  return new Set(said.split("\n"));
}

/**
 * The shared folders of a seat, checked before it is started.
 *
 * @throws SeatError if one is gone. Nothing has been started then.
 */
export function requireShared(name: string, recorded: Shared): Shared {
  const programs = found(name, "programs", recorded, recorded.programs, PROGRAMS, "kubelet");
  const store = found(name, "image store", recorded, recorded.images, STORE, "store.json");
  return { ...(programs && { programs }), ...(store && { images: store }) };
}

/** The form of these folders' paths in the cache. */
const PROGRAMS = /\/(toolchain\/mesh-[0-9a-f]{16}\/bin)$/;
const STORE = /\/(store\/[0-9a-f]{16})$/;

/**
 * The folder as the record names it, or its place in the current cache if that was moved. A privileged pod can write
 * to the record's folder. So the path must have the form of a cache folder, and its content is checked.
 */
function found(
  name: string,
  what: string,
  { addons }: Shared,
  folder: string | undefined,
  form: RegExp,
  content: string,
): string | undefined {
  if (folder === undefined) return undefined;
  const part = form.exec(folder)?.[1];
  if (part === undefined)
    throw new SeatError(
      `The record of the seat "${name}" names ${JSON.stringify(folder)} as its ${what}, which no cache has. Nothing has been started. ${unlessKept(name)}`,
    );
  const there = [folder, path.join(cacheRoot(), part)].find(
    (one) =>
      isThere(path.join(one, content)) &&
      fs.realpathSync(one) === fs.realpathSync(path.dirname(one)) + path.sep + path.basename(one),
  );
  if (there !== undefined) return there;
  throw new SeatError(
    `The seat "${name}" uses the ${what} ${folder}, which no longer exists. Nothing has been started, and its data is kept. ${heal(name, part, addons)}`,
  );
}

function heal(name: string, part: string, addons: unknown): string {
  const current = currentParts(knownAddons(addons));
  if (current === undefined || current.includes(part))
    return "`npm run embedded -- build` recreates it; then run the same command again.";
  return `This version of istio-lab makes different ones. Run \`npm run embedded -- build\` with the version that made the seat. ${unlessKept(name)}`;
}

/** The addons that a record names. A privileged pod may have written the record, so unknown names are ignored. */
export function knownAddons(recorded: unknown): readonly AddonName[] {
  return Array.isArray(recorded) ? addonNames.filter((name) => recorded.includes(name)) : addonNames;
}

/**
 * The parts that this version makes for a seat with a store of these addons. Undefined if they are not known before
 * the build.
 */
function currentParts(addons: readonly AddonName[]): string[] | undefined {
  try {
    return [path.dirname(binary("kubelet")), storeOf(images(addons)).folder].map((folder) =>
      path.relative(cacheRoot(), folder),
    );
  } catch {
    return undefined;
  }
}

function unlessKept(name: string): string {
  return `If nobody needs the seat and its data, delete it: \`npm run embedded -- delete --seat ${name}\`.`;
}
