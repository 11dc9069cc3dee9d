// Makes a bundle of the program: `node make.cjs NAME FILE FOLDER` writes into FOLDER what shall become FILE. bundle.cjs
// calls it where none is kept of the sources as they are.
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");
const { stateOf } = require("./bundle.cjs");

const root = path.resolve(__dirname, "..");

/**
 * Packages that are bundled, because many small files of them are needed at each start. The others are loaded as they
 * are. Of Pulumi's SDK there must be one copy in a process, and its language host has loaded it already.
 */
const isInside = (name) => /^(ipaddr\.js|yaml|zod)(\/|$)/.test(name);

/** The folder of Istio's samples. Their YAML is parsed here, once. */
const samples = path.join(root, "components/addons/samples");

/** esbuild's entries of the bundles. */
const entries = {
  /** What Pulumi's language host runs. */
  program: () => ({
    entryPoints: ["index.ts"],
    define: { PARSED_SAMPLES: JSON.stringify(parsedSamples()) },
  }),
  /** What Pulumi's dynamic provider runs: each module of operations, by its path. */
  operations: () => ({
    stdin: {
      contents: `module.exports = {${operations()
        .map((file) => `${JSON.stringify(file)}: () => require(${JSON.stringify(`./${file}`)})`)
        .join(",\n")}};`,
      resolveDir: root,
      sourcefile: "launch/operations",
    },
  }),
};

async function make(name, outfile, folder) {
  const { metafile, outputFiles } = await require("esbuild").build({
    ...entries[name](),
    absWorkingDir: root,
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    sourcemap: "external",
    metafile: true,
    write: false,
    logLevel: "silent",
    plugins: [
      { name: "outside", setup: (build) => build.onResolve({ filter: /^[^.]/ }, leaveOutside) },
      { name: "dirname", setup: (build) => build.onLoad({ filter: /\.ts$/ }, keepDirname) },
    ],
  });
  const text = (end) => outputFiles.find((output) => output.path.endsWith(end)).text;
  const packages = Object.keys(metafile.inputs).filter((input) => input.includes("node_modules/"));
  const file = path.join(folder, path.basename(outfile));
  fs.writeFileSync(`${file}.map`, text(".map"));
  fs.writeFileSync(`${file}.packages`, JSON.stringify(packages.map((input) => [input, stateOf(input)])));
  // The name of the map is a comment that Pulumi's SDK looks for when it prints an error.
  fs.writeFileSync(file, `${text(".cjs")}//# sourceMappingURL=${path.basename(file)}.map\n`);
}

/** Every module of operations. A state names one by its path. */
function operations() {
  return fs
    .readdirSync(path.join(root, "components"), { recursive: true })
    .filter((file) => file.endsWith("-operations.ts"))
    .map((file) => `components/${file.split(path.sep).join("/")}`)
    .sort();
}

/** The objects of each sample as JSON, by the SHA-256 of its file. components/addons/samples.ts takes them. */
function parsedSamples() {
  const { parseAllDocuments } = require("yaml");
  const texts = fs
    .readdirSync(samples)
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => fs.readFileSync(path.join(samples, name)));
  return Object.fromEntries(
    texts.map((text) => [
      createHash("sha256").update(text).digest("hex"),
      JSON.stringify(
        parseAllDocuments(text.toString("utf8"), { uniqueKeys: false }).map((document) => document.toJS()),
      ),
    ]),
  );
}

function leaveOutside({ path: name }) {
  return path.isAbsolute(name) || isInside(name) ? undefined : { path: name, external: true };
}

/** Keeps __dirname in a bundled source, so that it still finds the files beside it. */
function keepDirname({ path: file }) {
  const contents = fs.readFileSync(file, "utf8").replace(/\b__dirname\b/g, JSON.stringify(path.dirname(file)));
  return { contents, loader: "ts" };
}

const [, , name, file, folder] = process.argv;
make(name, file, folder).catch((error) => {
  const lines = (error.errors ?? []).map(({ location, text }) =>
    location ? `${location.file}:${location.line}:${location.column + 1}: ${text}` : text,
  );
  console.error(lines.length > 0 ? lines.join("\n") : error.stack);
  process.exit(1);
});
