import * as pulumi from "@pulumi/pulumi";
import type { Addon, AddonArgs } from "../addon";
import { changePod, keep, tellProtocols, withoutToken } from "../changes";
import { addonImages } from "../../../versions";
import type { WholeObject } from "../../../kube";
import { find } from "../kube-object";
import { registerObjects } from "../registration";
import { readSample } from "../samples";

/** The proxies' traces. They send them to its Service `zipkin`. */
export class JaegerAddon extends pulumi.ComponentResource implements Addon {
  readonly url: pulumi.Output<string>;

  constructor(name: string, { addresses, mesh, storage }: AddonArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:addons:Jaeger", name, {}, opts);
    const successorOf = { name: "zipkin", type: "istio-lab:addons:Zipkin", services: ["tracing", "zipkin"] };
    registerObjects(
      name,
      { objects: jaeger(storage.jaeger), namespace: mesh.systemNamespace, successorOf },
      { parent: this },
    );

    this.url = pulumi.output(addresses.browserUrl("jaeger")!);
    this.registerOutputs({ url: this.url });
  }
}

/** Returns the sample's objects with the lab's changes; README.md names each change. */
function jaeger(size: string | undefined): WholeObject[] {
  const objects = readSample("jaeger");
  const deployment = find(objects, "Deployment");
  const { pod } = changePod(deployment, {
    container: "jaeger",
    image: addonImages.jaeger,
    requests: { cpu: "20m", memory: "64Mi" },
    user: 10001,
  });
  withoutToken(pod);
  tellProtocols(objects, "jaeger-collector", { "jaeger-collector-http": "http", "jaeger-collector-grpc": "grpc" });
  return keep(objects, deployment, "data", size);
}
