import Module from "node:module";

/**
 * Pulumi's SDK loads every module of Node's, to find those that a dynamic provider uses. A thread cannot have this one, and the program would wait for ever:
 * https://nodejs.org/docs/latest-v20.x/api/tracing.html
 */
const loader = Module as unknown as { _load(request: string, ...rest: unknown[]): unknown };
const load = loader._load;
loader._load = (request, ...rest) => (request === "trace_events" ? {} : load.call(Module, request, ...rest));
