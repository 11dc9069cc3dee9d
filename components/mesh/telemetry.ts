import * as pulumi from "@pulumi/pulumi";
import type { Istio } from "./istio";
import { meshObject } from "./object";
import { providers } from "./telemetry-providers";

export interface MeshTelemetryArgs {
  mesh: Istio;
  /** What `makeGateway` gave. */
  gateway: pulumi.Resource;
  /** What takes the proxies' traces. @default nothing does, and none are made */
  tracing?: pulumi.Resource;
  /** What takes the proxies' access logs. @default they are only in the log of each proxy */
  logging?: pulumi.Resource;
  /** Percentage of the requests that are traced. */
  sampling: number;
}

/**
 * What all proxies report. One object for everything: of several that hold for the whole mesh istiod heeds only the oldest
 * (istio.io/istio, pilot/pkg/model/telemetry.go, namespaceWideTelemetryConfig).
 */
export class MeshTelemetry extends pulumi.ComponentResource {
  constructor(name: string, args: MeshTelemetryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:mesh:Telemetry", name, {}, opts);
    const { mesh, gateway, tracing, logging, sampling } = args;
    const receivers = [tracing, logging].filter((resource) => resource !== undefined);
    const spec = {
      ...(tracing && { tracing: [{ providers: [{ name: providers.tracing }], randomSamplingPercentage: sampling }] }),
      // It replaces what meshConfig says: the proxies' own log has to be named beside the other.
      ...(logging && { accessLogging: [{ providers: [{ name: providers.file }, { name: providers.logging }] }] }),
    };
    meshObject(
      `${name}-default`,
      { kind: "telemetry.istio.io/v1 Telemetry", name: "mesh-default", namespace: mesh.systemNamespace, spec },
      // After what takes them: a provider whose Service istiod does not know is left out until the next change.
      { parent: this, dependsOn: [gateway, ...receivers] },
    );
    this.registerOutputs();
  }
}
