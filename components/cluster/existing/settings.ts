import { isIP } from "node:net";
import * as z from "zod";
import { onStack } from "../../../base/advice";
import { choice, isNot, map, mapOf, number, text, withRule, type Immutable } from "../../config-schema";
import type { ConfigValue } from "../../config-value";

/** The valid settings of `existing`, with defaults filled in. */
export type ExistingSettings = Immutable<z.infer<typeof existing>>;

const port = (what: string, otherwise: string) =>
  number({ from: 1, to: 65535, whole: true })
    .optional()
    .describe(`Port at which users reach ${what}.`)
    .meta({ otherwise });

const ports = map({
  http: port("the gateway by HTTP", "the node port 31380"),
  https: port("the gateway by HTTPS", "the node port 31390"),
  kiali: port("Kiali", "the node port 31602"),
});

/** A name of an annotation: https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/. */
const ANNOTATION =
  /^(?:[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;
/** Pulumi's own annotations steer how it waits, and the program sets them. */
const PULUMIS = /^pulumi\.com\//;

/** `config set --path` stores true and 5 as such, and an annotation is always a text. */
const annotation = z
  .preprocess((value) => (["boolean", "number"].includes(typeof value) ? String(value) : value), z.string())
  .meta({ says: isNot("a text"), valid: "a text" })
  .describe("The annotation's value.");

const serviceAnnotations = withRule(
  mapOf(annotation, "NAME", isNot("a map of annotations, each a text")).meta({ concealed: false }),
  (annotations, report) => {
    for (const name of Object.keys(annotations)) {
      if (!ANNOTATION.test(name)) report([name], () => "is not the name of an annotation, such as example.org/name");
      else if (PULUMIS.test(name)) report([name], () => "is one of Pulumi's own annotations, which the program sets");
    }
  },
);

const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;

const keys = map({
  kubeconfig: text(/\S/, "the path of a kubeconfig file, or the file's text")
    .optional()
    .describe("A kubeconfig: the path of its file (`~/` allowed), or its text set with `--secret`.")
    .meta({ otherwise: "`$KUBECONFIG`, else `~/.kube/config`" }),
  context: text(/^\S(.*\S)?$/, "the name of a context of the kubeconfig")
    .optional()
    .describe("The context that is used.")
    .meta({ otherwise: "the kubeconfig's current one" }),
  serviceType: choice("type of the gateway's Service", ["NodePort", "LoadBalancer"])
    .default("NodePort")
    .describe(
      "Type of the Service before the gateway. NodePort is reached at a node's address, LoadBalancer at the address that the cluster gives it.",
    ),
  serviceAnnotations: serviceAnnotations
    .optional()
    .describe("Annotations of that Service, by which a cloud gives it an internal load balancer or a static address."),
  host: text(
    (host) => isIP(host) !== 0 || HOST.test(host),
    "a name or an address, without a port, such as localhost or 203.0.113.7",
  )
    .optional()
    .describe(
      "Where users reach the node ports. kind, k3d and Docker Desktop publish them elsewhere than at the node's address.",
    )
    .meta({ otherwise: "an address of a node" }),
  ports: ports
    .optional()
    .describe("The ports at which users reach the node ports, where these are published as others."),
});

/**
 * The schema of `istio-lab:existing`. No message shows a value of it: a kubeconfig holds keys, and it lands at the
 * wrong key when `--path` is forgotten.
 */
export const existing = withRule(keys, ({ serviceType, ports }, report) => {
  if (serviceType !== "LoadBalancer") return;
  for (const key of ["http", "https"] as const)
    if (ports?.[key] !== undefined)
      report(
        ["ports", key],
        () => "has no effect with serviceType LoadBalancer: the gateway is reached at its own ports there",
      );
})
  .meta({ concealed: true, says: (at) => isNot(validMap(at)) })
  .prefault({})
  .describe("For target existing: which cluster, and how the gateway is reached there.");

/** Handles a plain text in place of the map: a kubeconfig that was set without its path, or a context's name. */
function validMap({ value, stack = "NAME" }: Pick<ConfigValue, "value" | "stack">): string {
  if (typeof value !== "string") return "a map";
  return (
    "a map with any of kubeconfig, context, serviceType, serviceAnnotations, host, ports. The text of a kubeconfig file is set at its path, from the file: " +
    onStack(stack, `npm run -s pulumi -- config set --secret --path istio-lab:existing.kubeconfig < KUBECONFIG`)
  );
}
