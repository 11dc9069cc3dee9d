import type * as pulumi from "@pulumi/pulumi";

/**
 * Returns a dynamic provider that passes every call on to a TypeScript module of this project, loaded at call time.
 * Each module gets one provider object, because the SDK serialises a provider's code once per object, and that is
 * slow.
 * @param file the module, relative to the project folder, which is the working folder of Pulumi's dynamic plugin
 * @param exported the name under which it exports a `DynamicOperations`
 */
export function moduleProvider(file: string, exported: string): pulumi.dynamic.ResourceProvider {
  const name = `${file}#${exported}`;
  const provider = providers.get(name) ?? shim(file, exported);
  providers.set(name, provider);
  return provider;
}

const providers = new Map<string, pulumi.dynamic.ResourceProvider>();

/**
 * The state stores a dynamic provider's code, and that code is only this shim. A changed module therefore does not
 * change the resource. Today's code also deletes a seat that an older checkout created. So the shim must capture
 * nothing but its two texts.
 */
function shim(file: string, exported: string): pulumi.dynamic.ResourceProvider {
  const load = (): DynamicOperations => {
    const project = `${process.cwd()}/package.json`;
    const tsx = require("node:module").createRequire(project)("tsx/cjs/api");
    return tsx.require(`./${file}`, project)[exported];
  };
  return {
    diff: (id: pulumi.ID, olds: unknown, news: unknown) => load().diff(id, olds, news),
    create: (inputs: unknown) => load().create(inputs),
    read: (id: pulumi.ID, props: unknown) => load().read(id, props),
    update: (id: pulumi.ID, olds: unknown, news: unknown) => load().update(id, olds, news),
    delete: (id: pulumi.ID, props: unknown) => load().delete(id, props),
  };
}

/**
 * What such a module exports for one resource. `Inputs` come from the program. `State` is what the engine stored:
 * inputs, possibly of an older program.
 */
export interface DynamicOperations<Inputs = any, State = any> {
  diff(id: string, olds: State, news: Inputs): Promise<pulumi.dynamic.DiffResult>;
  create(inputs: Inputs): Promise<pulumi.dynamic.CreateResult & { outs: State }>;
  read(id: string, props: State): Promise<pulumi.dynamic.ReadResult>;
  update(id: string, olds: State, news: Inputs): Promise<pulumi.dynamic.UpdateResult & { outs: State }>;
  delete(id: string, props: State): Promise<void>;
}
