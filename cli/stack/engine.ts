import * as fs from "node:fs";
import * as path from "node:path";
import { draftIn } from "../../base/files";
import { cacheRoot } from "../../base/paths";
import { binary } from "../../embedded";

/**
 * The folder with the `pulumi` that was built here, its Node language host and the script for dynamic resources.
 * Undefined while they are not built.
 * They are built in separate folders and linked together here, because the CLI warns when its language host is not
 * beside it.
 */
export function engineFolder(): string | undefined {
  let files: string[];
  try {
    files = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"].map(binary);
  } catch {
    return undefined;
  }
  const key = files.slice(0, 2).map((file) => path.basename(path.dirname(path.dirname(file))));
  const folder = path.join(cacheRoot(), "engine", key.join("+"));
  if (!fs.existsSync(folder)) {
    fs.mkdirSync(path.dirname(folder), { recursive: true });
    const draft = draftIn(path.dirname(folder));
    fs.mkdirSync(draft);
    for (const file of files) fs.linkSync(file, path.join(draft, path.basename(file)));
    try {
      fs.renameSync(draft, folder);
    } catch {
      fs.rmSync(draft, { recursive: true }); // another run was quicker
    }
  }
  return folder;
}

/** The folder where the npm package `pulumi` keeps the official release. Undefined until it is downloaded. */
export function officialEngine(pulumiHome: string): string | undefined {
  const folder = releaseFolder(pulumiHome);
  const own = fs.lstatSync(folder, { throwIfNoEntry: false });
  return own && !own.isSymbolicLink() && ["pulumi", "pulumi.exe"].some((file) => fs.existsSync(path.join(folder, file)))
    ? folder
    : undefined;
}

function releaseFolder(pulumiHome: string): string {
  return path.join(engineRoot(pulumiHome), "bin");
}

/** The Automation API's `root`: the folder above the one with the CLI. */
export function engineRoot(pulumiHome: string): string {
  const { version } = require("pulumi/package.json") as { version: string };
  return path.join(pulumiHome, "versions", version);
}

/**
 * Puts the engine where the npm package `pulumi` looks for it (`$PULUMI_HOME/versions/<version>/bin`). `npx pulumi`
 * then runs the same binary and downloads nothing. An engine that is already there is left alone.
 */
export function linkEngine(pulumiHome: string): void {
  const folder = engineFolder();
  if (folder) putLink(releaseFolder(pulumiHome), folder);
}

/**
 * Makes `link` point to an engine that was built here. Replaces a link to an older engine of this program; anything
 * else at that path stays.
 */
export function putLink(link: string, folder: string): void {
  const there = fs.lstatSync(link, { throwIfNoEntry: false });
  if (there) {
    const target = there.isSymbolicLink() ? fs.readlinkSync(link) : undefined;
    if (target === undefined || target === folder || !isBuiltHere(target)) return;
    fs.rmSync(link);
  }
  fs.mkdirSync(path.dirname(link), { recursive: true });
  fs.symlinkSync(folder, link);
}

/** Whether a folder has a name that `engineFolder` gives, in any cache. */
function isBuiltHere(folder: string): boolean {
  return (
    path.basename(path.dirname(folder)) === "engine" &&
    /^pulumi-[0-9a-f]+\+pulumi-language-nodejs-[0-9a-f]+$/.test(path.basename(folder))
  );
}
