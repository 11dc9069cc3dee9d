import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { projectRoot } from "../../../base/paths";
import { app, appsStep } from "../../../embedded/images/apps";
import type { Lack } from "../../support/needs";

export { app };

/** Why the apps cannot be had here: they are not built, and what they are built from is not downloaded. A unit test downloads nothing. */
export const withoutApps: Lack =
  isBuilt() || areModulesHere() ? undefined : "needs the apps of the images, which `npm run embedded -- build` makes";

function isBuilt(): boolean {
  try {
    return app("pause") !== "";
  } catch {
    return false;
  }
}

function areModulesHere(): boolean {
  const env = { ...process.env, GOPROXY: "off", GOTOOLCHAIN: "local", GOWORK: "off", GOFLAGS: "-mod=readonly" };
  return (
    spawnSync("go", ["list", "-deps", "./..."], {
      cwd: path.join(projectRoot, "embedded/images/apps"),
      env,
      stdio: "ignore",
    }).status === 0
  );
}

/** Builds the apps into the cache, as `npm run up` does, unless they are there; the first time Go compiles its standard library. */
export async function built(): Promise<void> {
  const step = appsStep();
  if (!(await step.isDone())) await step.run(() => {}, new AbortController().signal);
}

/** How long that may take, in milliseconds. */
export const buildTime = 240_000;
