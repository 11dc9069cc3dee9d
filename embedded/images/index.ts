import type { Step } from "../step";
import { binary, pagesOf } from "../toolchain";
import { app, appsStep } from "./apps";
import { archiveOf, isWritten, write, type Archive } from "./archives";
import type { Programs } from "./recipe";
import { recipes } from "./recipes";
import { isMade, storeOf, type ImageArchive } from "./store";
import { makeStore } from "./store/make";

export { COREDNS_IMAGE, PAUSE_IMAGE, STORAGE_PROVISIONER_IMAGE } from "./recipes/kubernetes";

/** An image of the seat as `ctr --namespace k8s.io images import` takes it: its full reference, under which it is known after the import, and its archive. */
export interface SeatImage extends ImageArchive {
  /** What is in it and where that is from. */
  from: string;
  /** Set when a program of this lab stands in for the real one: how far. */
  standIn?: string;
  /** Set when it only holds the real one's place. */
  placeholder?: true;
}

const programs: Programs = { tool: binary, pages: pagesOf, app };

/** Builds the stand-in apps, writes all images, and unpacks them for all seats; the toolchain must be built before the second. */
export function imageSteps(): Step[] {
  return [appsStep(), imagesStep(), storeStep()];
}

/** The images of the seat. @throws when something they are made of is not built yet. */
export function images(): SeatImage[] {
  return recipes.map((recipe) => {
    const { name, from, standIn, placeholder } = recipe;
    return { name, archive: archiveOf(recipe, programs).file, from, standIn, placeholder };
  });
}

function imagesStep(): Step {
  return {
    title: "Container images",
    isDone: async () => {
      try {
        return archives().every(isWritten);
      } catch {
        return false; // a program is not built yet: run() says which, if it is still missing then
      }
    },
    run: async (report, signal) => {
      const all = archives();
      for (const [done, archive] of all.entries()) {
        report(done, all.length, archive.image.name);
        if (!isWritten(archive)) await write(archive, signal);
      }
      report(all.length, all.length);
    },
  };
}

function storeStep(): Step {
  return {
    title: "Image store under all seats",
    isDone: async () => {
      try {
        return isMade(storeOf(images()));
      } catch {
        return false; // as above
      }
    },
    run: async (report, signal) => {
      const all = images();
      const store = storeOf(all);
      if (!isMade(store)) await makeStore(store, all, report, signal);
    },
  };
}

function archives(): Archive[] {
  return recipes.map((recipe) => archiveOf(recipe, programs));
}
