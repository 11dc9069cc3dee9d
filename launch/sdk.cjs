// Keeps a process from loading parts of Pulumi's SDK that it never uses. The SDK loads them with its first line: the
// Automation API, the tracing of its own calls, and the writing of a function's code into a state. The last one loads npm's
// own installer and the TypeScript compiler. They took half of the start and 100 MB. Code that uses one gets the real one.
const Module = require("node:module");
const path = require("node:path");

/** Each such module, and the names that the SDK reads of it without using them. */
const late = {
  automation: [],
  "cmd/run/tracing": ["start", "stop"],
  "runtime/closure/codePaths": ["computeCodePaths"],
  "runtime/closure/serializeClosure": ["serializeFunction", "serializeFunctionAsync"],
  "runtime/closure/v8Hooks": [],
};

/** What the SDK does use of them at every start. */
const instead = {
  /** A span that no exporter takes, as long as `start` has not set one. */
  "cmd/run/tracing": (inSdk) => ({
    newSpan: (name) => inSdk("@opentelemetry/api").trace.getTracer("nodejs-runtime").startSpan(name),
  }),
  /** Only the code of functions is looked up by a debugger. It starts when the real module is loaded. */
  "runtime/closure/v8Hooks": () => ({ isInitializedAsync: async () => {} }),
};

/** Puts a stand-in for each module where `require` looks first. */
function loadLate(root) {
  const sdk = Module.createRequire(path.join(root, "package.json")).resolve("@pulumi/pulumi/package.json");
  const inSdk = Module.createRequire(sdk);
  for (const [name, functions] of Object.entries(late)) {
    const file = inSdk.resolve(`./${name}`);
    require.cache[file] ??= standIn(file, functions, instead[name]?.(inSdk));
  }
}

/** A module whose functions load the real module when they are called, and its other names when they are read. */
function standIn(file, functions, given) {
  const module = new Module(file, null);
  const real = () => {
    if (require.cache[file] === module) delete require.cache[file];
    return require(file);
  };
  const early = { __esModule: true, ...given };
  for (const name of functions) early[name] = (...args) => real()[name](...args);
  module.filename = file;
  module.loaded = true;
  module.exports = new Proxy(early, { get: (target, name) => (name in target ? target[name] : real()[name]) });
  return module;
}

module.exports = { late, loadLate };
