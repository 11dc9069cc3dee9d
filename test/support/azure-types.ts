import { SIGNATURE, UNKNOWN } from "../../base/pulumi-marks";
import { Declarations, type Fields, type Shape } from "./declarations";

/**
 * Reads a resource's types from @pulumi/azure-native, @pulumi/random and @pulumi/tls, by its token in the engine
 * (`azure-native:compute:VirtualMachine`, `tls:index/privateKey:PrivateKey`). The unit tests' mocks and the recording
 * plugins share it.
 */

/**
 * Lists the problems of a resource's inputs: an unknown token, an unknown or missing property, or a value of another
 * type. Empty where all is right.
 */
export function inputProblems(token: string, inputs: Readonly<Record<string, unknown>>): string[] {
  const resource = resourceOf(token);
  return typeof resource === "string" ? [resource] : problemsOf(token, inputs, resource.inputs());
}

/**
 * Returns the names of a resource's outputs, including its inputs where the SDK shows them. @throws when no SDK has
 * the token
 */
export function outputNames(token: string): string[] {
  const resource = resourceOf(token);
  if (typeof resource === "string") throw new Error(resource);
  return Object.keys(resource.outputs());
}

/** Returns the names of the outputs that are always secret. @throws when no SDK has the token */
export function secretOutputs(token: string): string[] {
  const resource = resourceOf(token);
  if (typeof resource === "string") throw new Error(resource);
  return [...(/additionalSecretOutputs: \[([^\]]*)\]/.exec(resource.code)?.[1] ?? "").matchAll(/"(\w+)"/g)].map(
    ([, name]) => name!,
  );
}

interface Resource {
  inputs: () => Fields;
  outputs: () => Fields;
  code: string;
}

const sdks = new Map(["azure-native", "random", "tls"].map((name) => [name, new Declarations(name)]));

/** Returns the resource, or why there is none. */
function resourceOf(token: string): Resource | string {
  const [sdk, module = "", name = ""] = token.split(":");
  const declarations = sdks.get(sdk!);
  if (declarations === undefined)
    return `${token}: there is no SDK ${sdk} here; there are ${[...sdks.keys()].join(", ")}`;
  // azure-native:network:Subnet is network/subnet.js, tls:index/privateKey:PrivateKey is privateKey.js.
  const file = module.startsWith("index/")
    ? module.slice("index/".length)
    : `${module}/${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  const code = declarations.text(`${file}.js`);
  if (!code?.includes(`__pulumiType = '${token}'`)) return `${token}: the SDK ${sdk} has no such resource`;
  return {
    code,
    inputs: () => declarations.fields(`${file}.d.ts`, `${name}Args`),
    outputs: () => declarations.fields(`${file}.d.ts`, name),
  };
}

function problemsOf(path: string, value: Readonly<Record<string, unknown>>, fields: Fields): string[] {
  const lacking = Object.keys(fields).filter((key) => fields[key]!.required && isAbsent(value[key]));
  return [
    ...lacking.map((key) => `${path}.${key}: is missing`),
    ...Object.keys(value).flatMap((key) => {
      const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
      if (field === undefined)
        return [`${path}.${key}: the SDK's types have no such property; they have ${Object.keys(fields).join(", ")}`];
      return isAbsent(value[key]) ? [] : valueProblems(`${path}.${key}`, value[key], field.shape);
    }),
  ];
}

function valueProblems(path: string, wrapped: unknown, shape: Shape): string[] {
  const value = unwrapped(wrapped);
  if (shape.is === "any") return [];
  const problem = (valid: string) => [`${path}: ${JSON.stringify(value)} is not ${valid}`];
  if (value === UNKNOWN) return [];
  if (shape.is === "list")
    return Array.isArray(value)
      ? value.flatMap((item, index) => valueProblems(`${path}[${index}]`, item, shape.of))
      : problem("a list");
  if (shape.is === "text") return typeof value === "string" ? [] : problem("a text");
  if (shape.is === "number") return typeof value === "number" ? [] : problem("a number");
  if (shape.is === "flag") return typeof value === "boolean" ? [] : problem("true or false");
  if (shape.is === "one of") {
    // Any text is a valid size: Azure has far more sizes than the SDK's list, and the SDK's documentation calls that
    // list out of date.
    if (shape.values.includes(value as string) || (path.endsWith(".vmSize") && typeof value === "string")) return [];
    return problem(`one of ${shape.values.join(", ")}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return problem("a map");
  if (shape.is === "map")
    return Object.entries(value).flatMap(([key, item]) => valueProblems(`${path}.${key}`, item, shape.of));
  return problemsOf(path, value as Record<string, unknown>, shape.fields());
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

function unwrapped(value: unknown): unknown {
  const isWrapper = typeof value === "object" && value !== null && SIGNATURE in value;
  return isWrapper ? unwrapped((value as { value?: unknown }).value) : value;
}
