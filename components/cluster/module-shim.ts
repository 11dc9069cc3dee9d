import * as pulumi from "@pulumi/pulumi";

/**
 * A dynamic resource whose provider is a TypeScript module of this project. `pulumi.dynamic.Resource` would make the
 * provider's code from a function. For that it starts a debugger and the TypeScript compiler at every run.
 */
export abstract class ModuleResource extends pulumi.CustomResource {
  /** @param provider the code of `moduleProvider` */
  constructor(
    provider: string,
    name: string,
    props: pulumi.Inputs,
    opts: pulumi.CustomResourceOptions,
    module: string,
    type: string,
  ) {
    super(`pulumi-nodejs:dynamic/${module}:${type}`, name, { ...props, __provider: provider }, opts);
  }
}

/**
 * Returns the code of a dynamic provider that passes every call on to a TypeScript module of this project, loaded at
 * call time. The state stores this code. A changed module therefore does not change the resource, and today's code also
 * deletes a seat that an older checkout created. So the code must contain nothing but its two texts. It must also run
 * in an older checkout, which has no `launch`.
 * @param file the module, relative to the project folder, which is the working folder of Pulumi's dynamic plugin
 * @param exported the name under which it exports a `DynamicOperations`
 */
export function moduleProvider(file: string, exported: string): string {
  return `const { file, exported } = ${JSON.stringify({ file, exported })};
const project = process.cwd() + "/package.json";
const load = () => {
  const inProject = require("node:module").createRequire(project);
  const bundled = process.cwd() + "/launch/operations.cjs";
  if (require("node:fs").existsSync(bundled)) return inProject(bundled).operations(file, exported);
  return inProject("tsx/cjs/api").require("./" + file, project)[exported];
};
const call = (name) => (...given) => load()[name](...given);
exports.handler = () => ({ diff: call("diff"), create: call("create"), read: call("read"), update: call("update"), delete: call("delete") });
`;
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
