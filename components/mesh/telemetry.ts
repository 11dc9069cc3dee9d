import * as pulumi from "@pulumi/pulumi";
import type { Istio } from "./istio";
import { meshObject } from "./object";
import { providers } from "./telemetry-providers";

export interface MeshTelemetryArgs {
  mesh: Istio;
  /** The result of `makeGateway`. */
  gateway: pulumi.Resource;
  /** Receiver of the proxies' traces. @default none, and the proxies create no traces */
  tracing?: pulumi.Resource;
  /** Receiver of the proxies' access logs. @default none: they are only in each proxy's log */
  logging?: pulumi.Resource;
  /** Percentage of requests that are traced. */
  sampling: number;
}

/**
 * What all proxies report. One object covers everything, because of several mesh-wide ones istiod heeds only the
 * oldest (istio.io/istio, pilot/pkg/model/telemetry.go, namespaceWideTelemetryConfig).
 */
export class MeshTelemetry extends pulumi.ComponentResource {
  constructor(name: string, args: MeshTelemetryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:mesh:Telemetry", name, {}, opts);
    const { mesh, gateway, tracing, logging, sampling } = args;
    const receivers = [tracing, logging].filter((resource) => resource !== undefined);
    const spec = {
      ...(tracing && { tracing: [{ providers: [{ name: providers.tracing }], randomSamplingPercentage: sampling }] }),
      // This replaces meshConfig's setting, so the proxies' own log has to be named as well.
      ...(logging && { accessLogging: [{ providers: [{ name: providers.file }, { name: providers.logging }] }] }),
    };
    meshObject(
      `${name}-default`,
      { kind: "telemetry.istio.io/v1 Telemetry", name: "mesh-default", namespace: mesh.systemNamespace, spec },
      // It comes after the receivers. istiod leaves out a provider whose Service it does not know, until the next
      // change.
      { parent: this, dependsOn: [gateway, ...receivers] },
    );
    this.registerOutputs();
  }
}
