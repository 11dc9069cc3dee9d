// Leaves out stack traces that nobody sees. Pulumi's SDK takes one at each promise, to search for leaks, and one at each
// resource, to note its place in the sources. Formatting and mapping them took a quarter of the program's time.

/** Whether the SDK shows where a promise was made. */
const isDebugging = !!process.env.PULUMI_DEBUG_PROMISE_LEAKS;

/**
 * Other errors are formatted by whoever sets `Error.prepareStackTrace`, and so with the file and line of the TypeScript:
 * Pulumi's SDK sets its source-map-support there. An error of packages alone is formatted as V8 does it, because the maps
 * of packages take long to read. gRPC asks for the trace of every call that the other side does not know.
 */
function spare() {
  let prepare = Error.prepareStackTrace;
  const sparing = (error, frames) => {
    if (isBookkeeping(frames[0])) return String(error);
    if (frames.some(isOurs)) return prepare(error, frames);
    return [String(error), ...frames.map((frame) => `    at ${frame}`)].join("\n");
  };
  Object.defineProperty(Error, "prepareStackTrace", {
    configurable: true,
    get: () => (prepare === undefined ? undefined : sparing),
    set: (other) => (prepare = other),
  });
}

function isBookkeeping(frame) {
  const name = frame?.getFunctionName();
  return (
    (name === "callsites" || (name === "debuggablePromise" && !isDebugging)) &&
    /[\\/]@pulumi[\\/]pulumi[\\/]/.test(frame.getFileName() ?? "")
  );
}

function isOurs(frame) {
  const file = frame.getFileName();
  return !!file && !file.startsWith("node:") && !/[\\/]node_modules[\\/]/.test(file);
}

module.exports = { spare };
