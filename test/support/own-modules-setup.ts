import * as fs from "node:fs";
import * as path from "node:path";
import { forgetReplaced, replacedIn, type LoadedModules } from "./own-modules";

/** Vitest's own of a worker: it has no public way to forget some modules and keep the others. */
const own = globalThis as typeof globalThis & {
  __vitest_worker__: { filepath: string; evaluatedModules: LoadedModules };
  replacedBefore?: readonly string[];
};

/**
 * Forgets what the previous file replaced, what this file replaces, and everything that has loaded one of them. All
 * else of the product stays loaded: to load it anew for each file was most of the time of these files. Helpers of the
 * tests are loaded anew for a file that replaces modules, because some make a folder that ends with their file.
 */
const { filepath, evaluatedModules } = own.__vitest_worker__;
const replaced = replacedIn(filepath, fs.readFileSync(filepath, "utf8"));
const helpers = replaced.length === 0 ? [] : [`${path.resolve(__dirname, "..")}/`];
forgetReplaced(evaluatedModules, [...(own.replacedBefore ?? []), ...replaced, ...helpers]);
own.replacedBefore = replaced;
