import fc from "fast-check";

/** Paths of the config's schema, and some that it does not know; `*` is a key that the user chooses, `#` a place of a list. */
export const places = [
  "target", "lessons", "lessons.#", "canary", "canary.*", "canary.reviews", "canary.reviews.*", "canary.reviews.v1", "canaryPlan", "canaryPlan.*", "canaryPlan.reviews",
  "canaryPlan.reviews.from", "canaryPlan.reviews.to", "canaryPlan.reviews.steps", "canaryPlan.reviews.steps.#", "canaryPlan.reviews.*", "mtls", "gatewayApi", "bookinfo", "bookinfo.*",
  "bookinfo.reviews", "bookinfo.reviews.timeout", "bookinfo.reviews.retries", "bookinfo.reviews.retries.attempts", "bookinfo.reviews.retries.perTryTimeout",
  "bookinfo.reviews.retries.retryOn", "bookinfo.reviews.fault", "bookinfo.reviews.fault.delay.fixedDelay", "bookinfo.reviews.fault.abort.httpStatus",
  "bookinfo.reviews.fault.user", "bookinfo.reviews.loadBalancer", "bookinfo.reviews.users", "bookinfo.reviews.users.*", "bookinfo.reviews.users.jason", "blog", "blog.*",
  "blog.replicasFollowWeights", "blog.https", "blog.https.certificate", "blog.https.key", "blog.https.*", "addons", "addons.#", "kiali", "kiali.auth", "kiali.viewOnly", "kiali.*",
  "telemetry", "telemetry.sampling", "storage", "storage.prometheus", "storage.*", "istio", "istio.version", "istio.chartRepository", "istio.hub", "istio.values",
  "istio.values.istiod", "istio.values.*", "istio.objects", "istio.metricRelabelConfigs", "azure", "azure.location", "azure.vmSize", "azure.nodes", "azure.adminCidrs", "azure.adminCidrs.#", "azure.openToWorld.#", "azure.dnsLabel",
  "azure.autoShutdown", "azure.autoShutdown.time", "azure.autoShutdown.timezone", "azure.spot", "azure.ssh", "azure.ssh.publicKey", "azure.k3s.version", "azure.k3s.sha256",
  "azure.owner", "azure.expiry", "azure.prices", "azure.prices.asOf", "azure.prices.currency", "azure.prices.perHour.*", "azure.*", "minikube", "minikube.profile", "minikube.driver",
  "minikube.cpus", "minikube.kubernetesVersion", "existing", "existing.kubeconfig", "existing.context", "existing.serviceType", "existing.*", "embedded", "embedded.addressRange",
  "embedded.serviceType", "embedded.*", "unknown", "unknown.inner",
] as const; // prettier-ignore

/** A secret where it is put: the value, the only item of a list, a value in a map, a map's key. */
export type Shape = (secret: string | number) => unknown;

export const shapes: Record<string, Shape> = {
  plain: (secret) => secret,
  "in a list": (secret) => [secret],
  "twice in a list": (secret) => [secret, secret],
  "in a map": (secret) => ({ kubeconfig: secret, key: secret, v1: secret }),
  "a map's key": (secret) => ({ [String(secret)]: 1 }),
  "a key below": (secret) => ({ reviews: { [String(secret)]: secret } }),
};

export const place = fc.constantFrom(...places);
export const shape = fc.constantFrom(...Object.values(shapes));

/**
 * A config that has the value at the place, as Pulumi hands it over, with the path that Pulumi's file would name as the secret's.
 * What is chosen (`*`) is the user's own word, which stands in the stack's file in the clear.
 */
export function configWith(path: string, value: unknown): { raw: Record<string, string>; secret: string } {
  const [key, ...inner] = path.replaceAll("*", "someones-own").split(".");
  const whole = inner.reduceRight<unknown>((value, part) => (part === "#" ? [value] : { [part]: value }), value);
  const secret = [key, ...inner]
    .map((part, index) => (part === "#" ? "[0]" : index === 0 ? part : `.${part}`))
    .join("");
  return { raw: { target: "existing", [key!]: typeof whole === "string" ? whole : JSON.stringify(whole) }, secret };
}
