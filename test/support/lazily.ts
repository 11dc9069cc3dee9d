import Module from "node:module";
import { onTestFinished } from "vitest";

const loader = Module as unknown as { _load(request: string, ...rest: unknown[]): unknown };

/**
 * Gives the product these modules, by the text that it requires, until the test has ended.
 * The product loads some modules only where it needs them, by `require`. In Vitest `require` reads no TypeScript.
 */
export function lazily(modules: Readonly<Record<string, object>>): void {
  const load = loader._load;
  loader._load = (request, ...rest) =>
    Object.hasOwn(modules, request) ? modules[request] : load.call(Module, request, ...rest);
  onTestFinished(() => void (loader._load = load));
}
