import { randomBytes } from "node:crypto";
import { WholeObject } from "../../kube";
import { annotation } from "./kinds";
import { annotateSecrets, Bag, clone, plain } from "./wire";

/** The state of an object: the live object, its inputs, and the field manager that applied them. */
export function checkpoint(
  inputs: WholeObject,
  live: WholeObject,
  from: Bag,
  initialApiVersion: string,
  fieldManager: string,
): Bag {
  const state: Bag = clone(live);
  const kept: Bag = clone(inputs);
  annotateSecrets(state, from);
  annotateSecrets(kept, from);
  return { ...state, __inputs: kept, __initialApiVersion: initialApiVersion, __fieldManager: fieldManager };
}

export function parseCheckpoint(state: Bag): { inputs: WholeObject; live: WholeObject } {
  const { __inputs, __initialApiVersion: _version, __fieldManager: _manager, ...live } = plain(state) as Bag;
  return { inputs: __inputs ?? {}, live: live as WholeObject };
}

/** The field manager, chosen once per object and kept in its state. */
export function fieldManagerOf(state: Bag, inputs: WholeObject): string {
  return (
    annotation(inputs, "pulumi.com/patchFieldManager") ??
    state.__fieldManager ??
    `pulumi-kubernetes-${randomBytes(4).toString("hex")}`
  );
}
