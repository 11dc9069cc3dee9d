// Bundles Kiali's pages from its own sources: node bundle.mjs FRONTEND OUT. Plain JavaScript: it runs beside the packages of this folder's lock file alone.
import * as fs from "node:fs";
import * as path from "node:path";
import { transform as svgr } from "@svgr/core";
import jsxOfSvg from "@svgr/plugin-jsx";
import { build } from "esbuild";
import postcss from "postcss";
import modules from "postcss-modules";
import { compile } from "sass";
import ts from "typescript";

const [frontend, out] = process.argv.slice(2);
const { version } = JSON.parse(fs.readFileSync(path.join(frontend, "package.json"), "utf8"));

/** What react-scripts would put in place of `process.env.NAME`. The last one is said by `.env.upstream`. */
const environment = {
  NODE_ENV: "production",
  PUBLIC_URL: ".",
  REACT_APP_NAME: "@kiali/kiali-ui",
  REACT_APP_VERSION: version,
  REACT_APP_GIT_HASH: `v${version}`,
  REACT_APP_IS_UPSTREAM: "true",
  REACT_APP_KIALI_DOC_URL: "https://www.kiali.io/documentation/",
};
const unset = ["API_PROXY", "CSS_PREFIX", "GLOBAL_SCROLLBAR", "I18N_NAMESPACE", "TEST_RUNNER"];

/** The sources import an image's address and its component from one file: `import { ReactComponent } from "x.svg"`. */
const svg = {
  name: "svg",
  setup({ onLoad }) {
    onLoad({ filter: /\.svg$/ }, async ({ path: file }) => {
      const text = fs.readFileSync(file, "utf8");
      const component = await svgr(text, { plugins: [jsxOfSvg], exportType: "named", namedExport: "ReactComponent" }, { filePath: file });
      const address = `data:image/svg+xml;base64,${Buffer.from(text).toString("base64")}`;
      return { contents: `${component}\nexport default ${JSON.stringify(address)};`, loader: "jsx" };
    });
  },
};

/** `@value` and `:global` are CSS modules' own words: Sass passes them on. */
const scssModules = {
  name: "scss modules",
  setup({ onLoad, onResolve }) {
    const styles = new Map();
    onResolve({ filter: /\?style$/ }, ({ path: file }) => ({ path: file, namespace: "style" }));
    onLoad({ filter: /./, namespace: "style" }, ({ path: file }) => ({ contents: styles.get(file), loader: "css", resolveDir: path.dirname(file) }));
    onLoad({ filter: /\.module\.scss$/ }, async ({ path: file }) => {
      let names = {};
      const { css } = await postcss([modules({ getJSON: (_, exported) => void (names = exported) })]).process(compile(file).css, { from: file });
      styles.set(`${file}?style`, css);
      return { contents: `import ${JSON.stringify(`${file}?style`)};\nexport default ${JSON.stringify(names)};`, loader: "js" };
    });
  },
};

/** cytoscape calls these as functions, which a class of ES2015 refuses. All other sources stay as they are: they import in circles, which ES5 does not survive. */
const layouts = {
  name: "layouts",
  setup({ onLoad }) {
    onLoad({ filter: /CytoscapeGraph\/Layout\/\w*Layout\.ts$/ }, ({ path: file }) => ({
      contents: ts.transpileModule(fs.readFileSync(file, "utf8"), { compilerOptions: { target: ts.ScriptTarget.ES5, module: ts.ModuleKind.ESNext } }).outputText,
      loader: "js",
    }));
  },
};

await build({
  absWorkingDir: frontend,
  entryPoints: { main: path.join(frontend, "src/index.tsx") },
  outdir: out,
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  jsx: "transform",
  entryNames: "[name]",
  assetNames: "[name]-[hash]",
  // The packages lie beside this script; the sources are elsewhere.
  nodePaths: [path.join(import.meta.dirname, "node_modules")],
  define: {
    global: "window",
    ...Object.fromEntries(Object.entries(environment).map(([name, value]) => [`process.env.${name}`, JSON.stringify(value)])),
    ...Object.fromEntries(unset.map((name) => [`process.env.${name}`, "undefined"])),
  },
  loader: Object.fromEntries([".png", ".jpg", ".gif", ".woff", ".woff2", ".ttf", ".eot", ".md"].map((end) => [end, "file"])),
  plugins: [svg, scssModules, layouts],
  logLevel: "error",
});

copy(path.join(frontend, "public"), out);
// The pages ask for their own language, too, whose texts are in the sources.
fs.mkdirSync(path.join(out, "locales/en"), { recursive: true });
fs.writeFileSync(path.join(out, "locales/en/translation.json"), "{}\n");
const page = path.join(out, "index.html");
fs.writeFileSync(
  page,
  fs
    .readFileSync(page, "utf8")
    .replaceAll("%PUBLIC_URL%", ".")
    .replace("</head>", '<link rel="stylesheet" href="./main.css" /></head>')
    .replace('<div id="root"></div>', '<div id="root"></div><script defer src="./main.js"></script>'),
);

/** Go's module cache is read-only, and a copy would be, too. */
function copy(from, to) {
  fs.mkdirSync(to, { recursive: true });
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    if (entry.isDirectory()) copy(path.join(from, entry.name), path.join(to, entry.name));
    else fs.writeFileSync(path.join(to, entry.name), fs.readFileSync(path.join(from, entry.name)));
  }
}
