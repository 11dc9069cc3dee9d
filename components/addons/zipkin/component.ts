import * as pulumi from "@pulumi/pulumi";
import type { Addon, AddonArgs } from "../addon";
import { changePod, withoutToken } from "../changes";
import { addonImages } from "../../../versions";
import type { WholeObject } from "../../../kube";
import { find } from "../kube-object";
import { registerObjects } from "../registration";
import { readSample } from "../samples";

/**
 * The proxies' traces, as an alternative to Jaeger: both own the Services `zipkin` and `tracing`. It keeps them in
 * memory.
 */
export class ZipkinAddon extends pulumi.ComponentResource implements Addon {
  readonly url: pulumi.Output<string>;

  constructor(name: string, { addresses, mesh }: AddonArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:addons:Zipkin", name, {}, opts);
    const successorOf = { name: "jaeger", type: "istio-lab:addons:Jaeger", services: ["tracing", "zipkin"] };
    registerObjects(name, { objects: zipkin(), namespace: mesh.systemNamespace, successorOf }, { parent: this });

    this.url = pulumi.output(addresses.browserUrl("zipkin")!);
    this.registerOutputs({ url: this.url });
  }
}

/** Returns the sample's objects with the lab's changes; README.md names each change. */
function zipkin(): WholeObject[] {
  const objects = readSample("zipkin");
  const { pod } = changePod(find(objects, "Deployment"), {
    container: "zipkin",
    image: addonImages.zipkin,
    requests: { cpu: "20m", memory: "128Mi" },
    user: 1000,
  });
  withoutToken(pod);
  return objects;
}
