// Sends the debug messages of Pulumi's SDK together. There are three for each resource, and the engine shows none of
// them without --debug. One call for each was a quarter of the program's time.
const Module = require("node:module");
const path = require("node:path");

/** Messages of one turn of the event loop become one. Their order stays. */
function gather(root) {
  const log = Module.createRequire(path.join(root, "package.json"))("@pulumi/pulumi/log");
  const { debug } = log;
  let lines = [];
  let sent;
  log.debug = (message, ...about) => {
    if (about.some((given) => given !== undefined)) return debug(message, ...about);
    lines.push(message);
    sent ??= new Promise((resolve) => setImmediate(resolve)).then(() => {
      const together = lines.join("\n");
      lines = [];
      sent = undefined;
      return debug(together);
    });
    return sent;
  };
}

module.exports = { gather };
