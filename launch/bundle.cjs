// Loads the program's TypeScript as one JavaScript file, which make.cjs makes. Loading the sources one by one through a
// TypeScript loader would be most of a preview's start. This is plain JavaScript because it runs before TypeScript can
// be loaded.
const { spawnSync } = require("node:child_process");
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const Module = require("node:module");
const os = require("node:os");
const path = require("node:path");

const root = path.resolve(__dirname, "..");

/** All files and folders that a bundle may be made from. */
const sources = [
  "base",
  "components",
  "embedded",
  "kube",
  "launch",
  "config.ts",
  "index.ts",
  "package-lock.json",
  "package.json",
  "tsconfig.json",
  "versions.ts",
];
const isSource = (name) => /\.(ts|cjs|json)$/.test(name);

/** Milliseconds. Bundles of other sources, and what a killed run left, are removed when they are older. */
const KEPT_MS = 24 * 3600_000;

/** Returns what the bundle `name` exports. It is made anew when a source or a bundled package has changed. */
function load(name) {
  const sourcesNow = key();
  const file = path.join(folder(), `${name}-${sourcesNow}.cjs`);
  const found = kept(file);
  if (found !== undefined) return run(found, file);
  const draft = draftFor(file);
  try {
    const code = made(name, draft, file);
    // A source that changed meanwhile may be in the bundle or not, so its key is unknown.
    if (key() !== sourcesNow) return load(name);
    keep(draft, path.dirname(file));
    return run(code, file);
  } finally {
    fs.rmSync(draft, { recursive: true, force: true });
  }
}

/** The folder of kept bundles. base/paths.ts says where `.lab` is. */
function folder() {
  const lab = process.env.ISTIO_LAB_HOME ? path.resolve(process.env.ISTIO_LAB_HOME) : path.join(root, ".lab");
  return path.join(lab, "program");
}

/** A key of the name and content of every source. */
function key() {
  const hash = createHash("sha256").update(`${process.version} ${root}\n`);
  const add = (name) => {
    const content = fs.readFileSync(path.join(root, name));
    hash.update(`${name} ${content.length}\n`).update(content);
  };
  for (const source of sources)
    if (isSource(source)) {
      if (fs.existsSync(path.join(root, source))) add(source);
    } else
      for (const name of fs.readdirSync(path.join(root, source), { recursive: true }).filter(isSource).sort())
        add(path.join(source, name));
  return hash.digest("hex").slice(0, 16);
}

/** The code of a kept bundle, if the packages in it are still the same. */
function kept(file) {
  try {
    if (!isPrivate(path.dirname(file))) return undefined;
    const packages = JSON.parse(fs.readFileSync(`${file}.packages`, "utf8"));
    if (packages.every(([input, state]) => stateOf(input) === state)) return fs.readFileSync(file, "utf8");
  } catch (error) {
    if (!["ENOENT", "ENOTDIR", "EACCES"].includes(error.code)) throw error;
  }
  return undefined;
}

/** Whether a folder's code is as trustworthy as the sources: nobody else can write there. Windows has no such modes. */
function isPrivate(folder) {
  const stat = fs.statSync(folder, { throwIfNoEntry: false });
  const owners = [process.geteuid?.(), fs.statSync(root).uid];
  return (
    stat !== undefined && (process.platform === "win32" || (owners.includes(stat.uid) && (stat.mode & 0o022) === 0))
  );
}

/** Size and times of a file of a package. A change by hand changes them too. */
function stateOf(input) {
  const stat = fs.statSync(path.join(root, input), { throwIfNoEntry: false });
  return stat && `${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`;
}

/** Has the bundle made by a process of its own, because `require` cannot wait. Returns its code. */
function made(name, draft, file) {
  const making = [path.join(__dirname, "make.cjs"), name, file, draft];
  const { status, stderr, error } = spawnSync(process.execPath, making, {
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  if (error) throw error;
  // Pulumi prints an error of this name without a stack trace.
  if (status !== 0) throw Object.assign(new Error(stderr.trim()), { name: "SyntaxError" });
  return fs.readFileSync(path.join(draft, path.basename(file)), "utf8");
}

/** A new folder for an unfinished bundle: beside the kept ones, or a temporary one if none can be kept. */
function draftFor(file) {
  const to = path.dirname(file);
  try {
    fs.mkdirSync(to, { recursive: true, mode: 0o700 });
    if (isPrivate(to)) return fs.mkdtempSync(path.join(to, "draft-"));
  } catch (error) {
    if (!["EACCES", "EEXIST", "ENOTDIR", "EPERM", "EROFS"].includes(error.code)) throw error;
  }
  return fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-program-"));
}

/** A file of a kept bundle, or the folder of an unfinished one. */
const isOurs = (name) => /^(program|operations)-[0-9a-f]{16}\.cjs(\.map|\.packages)?$|^draft-\w{6}$/.test(name);

/** Moves the files of a finished draft to the kept ones, and removes what is old there. */
function keep(draft, to) {
  if (path.dirname(draft) !== to) return;
  for (const name of fs.readdirSync(draft)) fs.renameSync(path.join(draft, name), path.join(to, name));
  for (const name of fs.readdirSync(to).filter(isOurs)) {
    const written = fs.statSync(path.join(to, name), { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (Date.now() - written > KEPT_MS) fs.rmSync(path.join(to, name), { recursive: true, force: true });
  }
}

/** Runs the code as a module of that file, which finds the packages of this project. */
function run(code, file) {
  const module = new Module(file);
  module.filename = file;
  module.paths = Module._nodeModulePaths(root);
  require.cache[file] = module;
  module._compile(code, file);
  return module.exports;
}

module.exports = { load, sources, stateOf };
