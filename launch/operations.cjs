// What the code of a dynamic resource in a state loads: components/cluster/module-shim.ts.
let bundle;

/** The operations that a module of this project exports under this name. */
exports.operations = (file, exported) => {
  bundle ??= require("./bundle.cjs").load("operations");
  if (!Object.hasOwn(bundle, file))
    throw new Error(`The stack's state names ${file}, and this checkout has no such file.`);
  return bundle[file]()[exported];
};
