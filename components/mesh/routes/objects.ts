import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { meshObject } from "../object";
import type { RouteObject } from "./plan";

export interface RouteObjectsArgs {
  namespace: pulumi.Input<string>;
  parent: pulumi.Resource;
  /** Resources that come before every object. */
  after: pulumi.Resource[];
}

/** Creates the objects that a renderer described, as resources named `NAME-SUFFIX`. */
export function makeObjects(
  name: string,
  objects: readonly RouteObject[],
  { namespace, parent, after }: RouteObjectsArgs,
): void {
  const made = new Map<string, pulumi.Resource>();
  for (const { suffix, after: before, ...object } of objects) {
    const opts = { parent, dependsOn: [...after, ...before.map((other) => made.get(other)!)] };
    made.set(suffix, make(`${name}-${suffix}`, { namespace, ...object }, opts));
  }
}

type ObjectArgs = Omit<RouteObject, "suffix" | "after" | "namespace"> & { namespace: pulumi.Input<string> };

function make(
  name: string,
  object: ObjectArgs,
  opts: pulumi.CustomResourceOptions & { dependsOn: pulumi.Resource[] },
): pulumi.Resource {
  if (object.kind !== "v1 Service") return meshObject(name, object, opts);
  const { kind, spec, ...metadata } = object;
  return new k8s.core.v1.Service(name, { metadata, spec }, opts);
}
