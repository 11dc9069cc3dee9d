import { randomBytes } from "node:crypto";
import { isSecret, SECRET, SIGNATURE } from "../../../base/pulumi-marks";
import { isMap } from "../../../base/values";
import type { StateResource } from "../stack";
import type { WholeObject } from "../../../kube";

/**
 * Turns a creation that a killed run left open into the resource that it would have become. The plugin writes the same
 * after a create (test/engine/provider/recordings).
 * The init error makes the next `up` apply the resource again and wait for it.
 * Pulumi's own `refresh --import-pending-creates` is unusable: engine 3.259.0 turns the operation into an import and
 * then forgets both.
 */
export function adopted(resource: StateResource, live: WholeObject): StateResource {
  const { namespace, name } = live.metadata;
  const inputs = resource.inputs ?? {};
  const outputs = {
    ...marked(live, inputs),
    __inputs: inputs,
    __initialApiVersion: inputs.apiVersion ?? live.apiVersion,
    __fieldManager: `pulumi-kubernetes-${randomBytes(4).toString("hex")}`,
  };
  return {
    ...resource,
    id: namespace ? `${namespace}/${name}` : name,
    outputs,
    initErrors: ["the run that created it was killed"],
  } as StateResource;
}

/**
 * The live object with its secrets marked: the values that are secret in the inputs, and the data of a Secret. Pulumi
 * encrypts them when it imports the state.
 */
function marked(live: WholeObject, inputs: Record<string, unknown>): Record<string, unknown> {
  if (live.kind !== "Secret") return like(live, inputs);
  return Object.fromEntries(
    Object.entries(live).map(([key, value]) => [key, key === "data" || key === "stringData" ? secret(value) : value]),
  );
}

function like(value: Record<string, unknown>, inputs: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const input = inputs[key];
      if (isMap(inner) && isMap(input) && !isSecret(input)) return [key, like(inner, input)];
      return [key, hasSecret(input) ? secret(inner) : inner];
    }),
  );
}

function hasSecret(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasSecret);
  return isSecret(value) || (isMap(value) && Object.values(value).some(hasSecret));
}

function secret(value: unknown): object {
  return { [SIGNATURE]: SECRET, plaintext: JSON.stringify(value) };
}
