// Node loads this before Pulumi's SDK: Pulumi.yaml names it for the language host (`nodeargs`), and plugin/ for the
// provider of dynamic resources.
const path = require("node:path");
const { loadLate } = require("./sdk.cjs");
const { spare } = require("./stack-traces.cjs");

const root = path.resolve(__dirname, "..");
const program = path.join(root, "index.ts");

loadLate(root);
spare();

/** The SDK loads the program by `require`. Whatever else is TypeScript is left to tsx. */
require.extensions[".ts"] = (module, file) => {
  if (file !== program) {
    require("tsx/cjs/api").register();
    return require.extensions[".ts"](module, file);
  }
  require("./debug-log.cjs").gather(root);
  module.exports = require("./bundle.cjs").load("program");
};
