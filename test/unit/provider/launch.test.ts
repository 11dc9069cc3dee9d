import { build } from "esbuild";
import { expect, it } from "vitest";
import { projectRoot } from "../../../base/paths";

const { sources } = require("../../../embedded/provider/launch.cjs") as { sources: readonly string[] };

it("the key of the bundle counts every source that the bundle is made of", async () => {
  const { metafile } = await build({
    absWorkingDir: projectRoot,
    entryPoints: ["embedded/provider/main.ts"],
    bundle: true,
    platform: "node",
    write: false,
    metafile: true,
    outdir: "nowhere",
    logLevel: "error",
  });
  // A copy of the checkout may have a link to the packages, and their paths then lead out of it.
  const own = Object.keys(metafile.inputs).filter((file) => !file.includes("node_modules/"));
  expect(own.length).toBeGreaterThan(50);
  expect(own.filter((file) => !sources.some((source) => file === source || file.startsWith(`${source}/`)))).toEqual([]);
});
