// The start of the stand-in: bundles embedded/provider into one file if a source is newer than the last bundle, and
// runs it. This is plain JavaScript because loading a TypeScript loader first would cost seconds at every start. The
// bundle starts in about 0.2 s.
const { createHash, randomBytes } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

const root = path.resolve(__dirname, "../..");
/**
 * All paths that the bundle may be made from. Any change in them makes a new bundle, which takes 0.2 s. Otherwise a
 * stale one would run.
 */
const sources = ["base", "components", "embedded", "kube", "package-lock.json", "versions.ts"];

/** A key of the sources' names, sizes and times, and of the installed packages. */
function key() {
  const hash = createHash("sha256").update(process.version);
  const visit = (file) => {
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    if (stat?.isDirectory())
      fs.readdirSync(file)
        .sort()
        .forEach((name) => visit(path.join(file, name)));
    else if (stat && /\.(ts|cjs|json|mod|sum)$/.test(file)) hash.update(`${file} ${stat.size} ${stat.mtimeMs}\n`);
  };
  sources.forEach((name) => visit(path.join(root, name)));
  return hash.digest("hex").slice(0, 16);
}

/** The path of the bundle in `folder`. Makes the bundle if it is missing, and removes bundles of older sources. */
async function bundle(folder) {
  const file = path.join(folder, `provider-${key()}.cjs`);
  if (fs.existsSync(file)) return file;
  const temporary = `${file}.${process.pid}.${randomBytes(6).toString("hex")}`;
  await require("esbuild").build({
    entryPoints: [path.join(__dirname, "main.ts")],
    outfile: temporary,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    logLevel: "error",
    plugins: [
      { name: "client-node", setup: takeOnlyWhatIsUsed },
      { name: "dirname", setup: (build) => build.onLoad({ filter: /(base|embedded)[\\/].*\.ts$/ }, keepDirname) },
    ],
  });
  for (const name of fs.readdirSync(folder))
    if (/^provider-.*\.cjs$/.test(name) || isLeft(folder, name)) fs.rmSync(path.join(folder, name), { force: true });
  fs.renameSync(temporary, file);
  return file;
}

/**
 * Whether a file is an unfinished bundle of a killed run. Bundling takes seconds, so such a file is older than ten
 * minutes.
 */
function isLeft(folder, name) {
  return (
    /^provider-.*\.cjs\.\d+(\.[0-9a-f]+)?$/.test(name) &&
    Date.now() - fs.statSync(path.join(folder, name), { throwIfNoEntry: false })?.mtimeMs > 600_000
  );
}

/**
 * Leaves out what client-node generates from Kubernetes' API, 15 MB: its KubeConfig uses two names of that. The package
 * does not say that loading it does nothing else.
 */
function takeOnlyWhatIsUsed(build) {
  build.onResolve({ filter: /^\.\/gen\/index\.js$/ }, ({ path: name, resolveDir }) => ({
    path: path.join(resolveDir, name),
    sideEffects: false,
  }));
}

/** Keeps __dirname in a bundled source, so that it still finds the files beside it. */
function keepDirname({ path: file }) {
  const contents = fs.readFileSync(file, "utf8").replace(/\b__dirname\b/g, JSON.stringify(path.dirname(file)));
  return { contents, loader: "ts" };
}

module.exports = { bundle, sources };
if (require.main === module) {
  const [, , folder, ...args] = process.argv;
  process.argv = [process.argv[0], __filename, ...args];
  process.env.ISTIO_LAB_PROVIDER_HOME = folder;
  bundle(folder).then(require, (e) => {
    console.error(`the Kubernetes provider's stand-in could not be built: ${e.message}`);
    process.exit(1);
  });
}
