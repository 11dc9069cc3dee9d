import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { small, type WorkloadPort, type WorkloadSpec, type WorkloadVersion } from "./lessons/workload-spec";

export interface WorkloadArgs extends WorkloadSpec {
  readonly namespace: pulumi.Input<string>;
  /** Resources that must exist before the pods: `Istio.injector` (adds the sidecars) and the namespace's label. */
  readonly after: pulumi.Resource[];
}

/** An app with its service account, its Service, and one Deployment per version. */
export class Workload extends pulumi.ComponentResource {
  constructor(name: string, args: WorkloadArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:workload:Workload", name, {}, opts);
    const account = new k8s.core.v1.ServiceAccount(
      `${name}-account`,
      { metadata: { name: args.serviceAccount ?? args.app, namespace: args.namespace } },
      { parent: this },
    );
    const port = args.port;
    if (port !== undefined) new k8s.core.v1.Service(`${name}-service`, service(args, port), { parent: this });
    for (const version of args.versions) {
      new k8s.apps.v1.Deployment(`${name}-${version.version}`, deployment(args, version, account.metadata.name), {
        parent: this,
        dependsOn: args.after,
      });
    }
    this.registerOutputs();
  }
}

function service({ app, namespace }: WorkloadArgs, port: WorkloadPort): k8s.core.v1.ServiceArgs {
  return {
    metadata: {
      name: app,
      namespace,
      labels: { app, service: app },
      // The plugin would wait about 10 s for a new Service's endpoints. Pulumi waits for the Deployments behind it
      // anyway.
      annotations: { "pulumi.com/skipAwait": "true" },
    },
    spec: { selector: { app }, ports: [{ name: port.name ?? "http", port: port.service, targetPort: port.container }] },
  };
}

function deployment(
  { app, namespace, port }: WorkloadArgs,
  {
    version,
    image,
    deployment,
    command,
    args,
    env = {},
    scratch = [],
    resources = small,
    replicas = 1,
  }: WorkloadVersion,
  serviceAccountName: pulumi.Input<string>,
): k8s.apps.v1.DeploymentArgs {
  const labels = { app, version };
  const volumes = scratch.map((mountPath, index) => ({ name: `scratch-${index}`, mountPath }));
  return {
    metadata: {
      name: deployment ?? `${app}-${version}`,
      namespace,
      labels,
      annotations: { "pulumi.com/timeoutSeconds": "300" },
    },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName,
          // The apps have no work to finish, and the default would cost 30 s for every pod at destroy.
          terminationGracePeriodSeconds: 5,
          securityContext: { runAsNonRoot: true, runAsUser: 1000 },
          containers: [
            {
              name: app,
              image,
              imagePullPolicy: "IfNotPresent",
              ...(command && { command }),
              ...(args && { args }),
              ...(Object.keys(env).length > 0 && {
                env: Object.entries(env).map(([name, value]) => ({ name, value })),
              }),
              ...(port && serving(port)),
              ...(volumes.length > 0 && { volumeMounts: volumes }),
              resources,
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
            },
          ],
          ...(volumes.length > 0 && { volumes: volumes.map(({ name }) => ({ name, emptyDir: {} })) }),
        },
      },
    },
  };
}

/**
 * Sends requests to a pod only while it can answer. Without the probe, a slow starter answers 503. The preStop delay
 * lasts until every proxy knows that the pod goes. Without it, about one in 500 requests gets 503 while replicas are
 * removed (measured at 100 a second).
 */
function serving({ name = "http", container }: WorkloadPort) {
  return {
    ports: [{ name, containerPort: container }],
    readinessProbe: { tcpSocket: { port: container }, periodSeconds: 2 },
    lifecycle: { preStop: { sleep: { seconds: 3 } } },
  };
}
