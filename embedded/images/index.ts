import * as path from "node:path";
import { addonNames, type AddonName } from "../../versions";
import type { Step } from "../../base/step";
import { binary, java, pagesOf } from "../toolchain";
import { app, appsStep } from "./apps";
import { archiveOf, isWritten, write, type Archive } from "./archives";
import type { Programs } from "./recipe";
import { recipesFor } from "./recipes";
import { isMade, storeOf, storeWith, type ImageArchive } from "./store";
import { makeStore } from "./store/make";

export { COREDNS_IMAGE } from "./recipes/kubernetes";

/**
 * An image of the seat, ready for `ctr --namespace k8s.io images import`: its archive, and the full reference that it
 * has after the import.
 */
export interface SeatImage extends ImageArchive {
  /** What the image contains and where that comes from. */
  from: string;
  /** Set if a program of this lab stands in for the real one. Says to what extent. */
  standIn?: string;
  /** Set if the image is only a placeholder for the real one. */
  placeholder?: true;
}

const programs: Programs = { tool: binary, pages: pagesOf, java, app };

/**
 * Builds the stand-in apps, writes the images of a seat with these addons, and unpacks them for all seats. Needs the
 * toolchain.
 *
 * @param addons @default all
 */
export function imageSteps(addons: readonly AddonName[] = addonNames): Step[] {
  return [appsStep(), imagesStep(addons), storeStep(addons, storeWith)];
}

/**
 * Makes the store with this key again, because a seat uses it. This version cannot make the store of another version,
 * and then only makes sure that a store of its own exists. The images of all addons must exist.
 */
export function sameStoreStep(key: string, addons: readonly AddonName[]): Step {
  const isOf = (all: readonly ImageArchive[]) => path.basename(storeOf(all).folder) === key;
  return storeStep(addons, (all) => (isOf(all) ? storeOf(all) : storeWith(all)));
}

/** The images of a seat with these addons. @default all addons @throws if something that they need is not built yet */
export function images(addons: readonly AddonName[] = addonNames): SeatImage[] {
  return recipesFor(addons).map((recipe) => {
    const { name, from, standIn, placeholder } = recipe;
    return { name, archive: archiveOf(recipe, programs).file, from, standIn, placeholder };
  });
}

function imagesStep(addons: readonly AddonName[]): Step {
  return {
    title: "Container images",
    isDone: async () => {
      try {
        return archives(addons).every(isWritten);
      } catch {
        return false; // a program is not built yet: run() names it if it is still missing
      }
    },
    run: async (report, signal) => {
      const all = archives(addons);
      for (const [done, archive] of all.entries()) {
        report(done, all.length, archive.image.name);
        if (!isWritten(archive)) await write(archive, signal);
      }
      report(all.length, all.length);
    },
  };
}

/** @param storeFor returns the store for these images */
function storeStep(addons: readonly AddonName[], storeFor: typeof storeOf): Step {
  return {
    title: "Image store under all seats",
    isDone: async () => {
      try {
        return isMade(storeFor(images(addons)));
      } catch {
        return false; // something is not built yet, see imagesStep
      }
    },
    run: async (report, signal) => {
      const all = images(addons);
      const store = storeFor(all);
      if (!isMade(store)) await makeStore(store, all, report, signal);
    },
  };
}

function archives(addons: readonly AddonName[]): Archive[] {
  return recipesFor(addons).map((recipe) => archiveOf(recipe, programs));
}
