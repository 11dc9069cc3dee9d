import * as fs from "node:fs";
import * as path from "node:path";

/** A module as Vitest keeps it in a worker. */
export interface LoadedModule {
  readonly id: string;
  readonly importers: Set<string>;
  promise?: unknown;
  exports?: unknown;
  evaluated: boolean;
  /** What Vitest loads in its place; with `mockedModule`, it is a replacement that a test names. */
  meta?: object;
}
export interface LoadedModules {
  readonly idToModuleMap: ReadonlyMap<string, LoadedModule>;
}

/** A call that replaces a module, and the module where it is named by a text. */
const REPLACING = /\bvi\.(?:mock|doMock)\((?:\s*(?:import\(\s*)?(["'`])([^"'`$]+)\1\s*(?=[,)]))?/g;

/**
 * Returns the modules that a test file replaces: the path of a source, or the name of a package.
 * @throws Error where one cannot be told from the file's text
 */
export function replacedIn(file: string, text: string): string[] {
  return [...text.matchAll(REPLACING)].map(([call, , name]) => {
    if (name === undefined) throw new Error(`${file}: which module does ${call}…) replace? Name it by a plain text.`);
    return name.startsWith(".") ? sourceOf(path.resolve(path.dirname(file), name)) : bare(name);
  });
}

function sourceOf(module: string): string {
  const found = [`${module}.ts`, path.join(module, "index.ts"), module].find(
    (one) => fs.existsSync(one) && fs.statSync(one).isFile(),
  );
  if (found === undefined) throw new Error(`There is no source ${module}, which a test replaces.`);
  return found;
}

/** Vitest names a built-in module either way. */
const bare = (id: string) => id.replace(/^node:/, "");

/** Makes Vitest load these modules anew (a folder ends in `/`), and everything that has loaded one of them, directly or not. */
export function forgetReplaced({ idToModuleMap }: LoadedModules, replaced: readonly string[]): void {
  const waiting = [...idToModuleMap.keys()].filter((id) => replaced.some((name) => isOf(id, name)));
  const forgotten = new Set<string>();
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const module = idToModuleMap.get(id);
    if (module === undefined || forgotten.has(id)) continue;
    forgotten.add(id);
    waiting.push(...module.importers);
    const meta = module.meta !== undefined && "mockedModule" in module.meta ? undefined : module.meta;
    Object.assign(module, { promise: undefined, exports: undefined, evaluated: false, meta });
    module.importers.clear();
  }
}

/** Vitest keeps a replacement as `mock:ID`, and the original beside it as `ID?_vitest_original`. */
function isOf(id: string, name: string): boolean {
  const own = bare(id.replace(/^mock:/, "").replace(/\?.*$/, ""));
  if (name.endsWith("/")) return own.startsWith(name);
  return own === name || own.includes(`/node_modules/${name}/`);
}
