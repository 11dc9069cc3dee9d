import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { isMap } from "../../../base/values";
import { EntryRoutes, ServiceRoutes } from "../../mesh/routes";
import type { Lesson, LessonArgs, LessonClass } from "../lesson";
import { LessonNamespace } from "../namespace";
import { podKinds, type OwnKind } from "./kinds";
import type { OwnObject } from "./manifests";
import type { OwnLesson } from "./read";
import { gatewayOf, portsOf } from "./rules";

/** Returns the component of a lesson that a folder holds. */
export function lessonClassOf(lesson: OwnLesson): LessonClass {
  return class extends OwnLessonComponent {
    constructor(name: string, args: LessonArgs, opts?: pulumi.ComponentResourceOptions) {
      super(name, { ...args, lesson }, opts);
    }
  };
}

/** The objects of the manifests, one resource each, and the routes that lesson.yaml asks for. */
export class OwnLessonComponent extends pulumi.ComponentResource implements Lesson {
  readonly home: LessonNamespace;
  readonly routes: readonly pulumi.Resource[];

  constructor(
    name: string,
    { lesson, mesh, mtls, canary }: LessonArgs & { readonly lesson: OwnLesson },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("istio-lab:lessons:Own", name, {}, opts);
    const { namespace, file, objects } = lesson;
    this.home = new LessonNamespace(`${name}-namespace`, { namespace, mtls, mesh }, { parent: this });
    const made = objects.filter(isPlain).map((own) => this.make(name, own, []));
    for (const own of objects.filter(({ kind }) => podKinds.has(kind)))
      this.make(name, own, [...this.home.beforePods, ...made]);

    const mine = { mesh, namespace: this.home.namespace };
    const services = new Map(objects.filter(({ kind }) => kind === "v1 Service").map((own) => [own.name, own]));
    const destination = (service: string, wanted?: number) => {
      const ports = portsOf(services.get(service)!);
      const { port, targetPort } = ports.find((one) => one.port === wanted) ?? ports[0]!;
      const versions = file.versions[service];
      return { ...mine, service, port, targetPort, ...(versions && { versions, weights: canary[service] }) };
    };
    const routes: pulumi.Resource[] = [];
    const { entry } = file;
    if (entry !== undefined)
      routes.push(
        new EntryRoutes(
          `${name}-entry`,
          {
            ...destination(entry.service, entry.port),
            gateway: gatewayOf(name),
            route: entry.service,
            hosts: [entry.host ?? "*"],
            routesIn: namespace,
            ...(entry.host === undefined && { paths: [{ prefix: entry.path.split("?")[0]! }] }),
          },
          { parent: this },
        ),
      );
    for (const [service, versions] of Object.entries(file.versions))
      if (service !== entry?.service)
        routes.push(
          new ServiceRoutes(`${name}-${service}-routes`, { ...destination(service), versions }, { parent: this }),
        );
    this.routes = [...routes, ...this.makeMeshObjects(name, objects, [mesh.routeKinds, mesh.kinds, mesh.injector])];
    this.registerOutputs();
  }

  /**
   * Creates the objects of the mesh's kinds. A route to a subset that does not exist yet answers 503, so rules come
   * before routes, and gateways last.
   */
  private makeMeshObjects(
    name: string,
    objects: readonly OwnObject[],
    after: readonly pulumi.Resource[],
  ): pulumi.Resource[] {
    const rank = ({ kind }: OwnObject) =>
      / (VirtualService|HTTPRoute|GRPCRoute)$/.test(kind) ? 1 : kind.endsWith(" Gateway") ? 2 : 0;
    const mesh = objects.filter((own) => !isPlain(own) && !podKinds.has(own.kind));
    const made: pulumi.Resource[] = [];
    for (const step of [0, 1, 2])
      made.push(...mesh.filter((own) => rank(own) === step).map((own) => this.make(name, own, [...after, ...made])));
    return made;
  }

  private make(
    lesson: string,
    { kind, name, object }: OwnObject,
    dependsOn: readonly pulumi.Resource[],
  ): pulumi.Resource {
    const suffix = kind
      .split(" ")[1]!
      .replace(/(?<!^)[A-Z]/g, "-$&")
      .toLowerCase();
    const { metadata, ...fields } = object;
    const args = {
      ...(kind === "v1 Secret" ? withSecrets(fields) : fields),
      metadata: { ...metadata, namespace: this.home.namespace, ...annotationsOf(kind, metadata) },
    };
    return new (classOf(kind))(`${lesson}-${suffix}-${name}`, args, { parent: this, dependsOn: [...dependsOn] });
  }
}

/** Kinds that neither run pods nor are the mesh's. */
function isPlain({ kind }: OwnObject): boolean {
  return !podKinds.has(kind) && !/\.istio\.io\/|^gateway\.networking/.test(kind);
}

/**
 * Adds the plugin's wait settings. It waits for pods, with a timeout. It skips Services and claims, where it would
 * wait for the same pods.
 */
function annotationsOf(kind: OwnKind, { annotations }: OwnObject["object"]["metadata"]): object {
  const added = ["v1 Service", "v1 PersistentVolumeClaim"].includes(kind)
    ? { "pulumi.com/skipAwait": "true" }
    : podKinds.has(kind)
      ? { "pulumi.com/timeoutSeconds": "300" }
      : {};
  const all = { ...added, ...annotations };
  return Object.keys(all).length === 0 ? {} : { annotations: all };
}

/** The content of a Secret is a secret in Pulumi's state too. */
function withSecrets(fields: Record<string, unknown>): Record<string, unknown> {
  const hidden = (key: string) => (isMap(fields[key]) ? { [key]: pulumi.secret(fields[key]) } : {});
  return { ...fields, ...hidden("data"), ...hidden("stringData") };
}

// Each kind has its own arguments, as its manifest shows.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type ResourceClass = new (name: string, args: any, opts: pulumi.CustomResourceOptions) => pulumi.CustomResource;

/** The class of a kind's resource. Those of the mesh have none of their own. */
function classOf(kind: OwnKind): ResourceClass {
  const classes: Partial<Record<OwnKind, ResourceClass>> = {
    "v1 ConfigMap": k8s.core.v1.ConfigMap,
    "v1 Secret": k8s.core.v1.Secret,
    "v1 Service": k8s.core.v1.Service,
    "v1 ServiceAccount": k8s.core.v1.ServiceAccount,
    "v1 PersistentVolumeClaim": k8s.core.v1.PersistentVolumeClaim,
    "v1 Pod": k8s.core.v1.Pod,
    "apps/v1 Deployment": k8s.apps.v1.Deployment,
    "apps/v1 StatefulSet": k8s.apps.v1.StatefulSet,
    "apps/v1 DaemonSet": k8s.apps.v1.DaemonSet,
    "batch/v1 Job": k8s.batch.v1.Job,
    "batch/v1 CronJob": k8s.batch.v1.CronJob,
    "autoscaling/v2 HorizontalPodAutoscaler": k8s.autoscaling.v2.HorizontalPodAutoscaler,
    "policy/v1 PodDisruptionBudget": k8s.policy.v1.PodDisruptionBudget,
    "networking.k8s.io/v1 NetworkPolicy": k8s.networking.v1.NetworkPolicy,
    "rbac.authorization.k8s.io/v1 Role": k8s.rbac.v1.Role,
    "rbac.authorization.k8s.io/v1 RoleBinding": k8s.rbac.v1.RoleBinding,
  };
  return classes[kind] ?? k8s.apiextensions.CustomResource;
}
