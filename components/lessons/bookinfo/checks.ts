import { milliseconds, type TrafficPolicy } from "../../mesh/traffic-policy";
import type { AnswerCase, CheckSpec } from "../checks/check";
import { showEntry, showPods } from "../checks/commands";
import { plaintextCheck } from "../checks/plaintext";
import type { LessonSettings } from "../lesson";
import { bookinfoImage as image, entry, namespace, port, reviews as versions } from "./app";
import type { BookinfoService } from "./settings";

const lesson = "bookinfo";
const reviewsPath = entry.traffic.path;
/** Matches the pod that answered for reviews, and its version, in the product page's API. */
const reviewsVersion = '"podname": ?"reviews-(v\\d+)-';
/** Services that are called for the page, and those that are called for the reviews only. */
const behindPage: readonly BookinfoService[] = ["productpage", "details", "reviews", "ratings"];
const behindReviews: readonly BookinfoService[] = ["productpage", "reviews", "ratings"];
const reviewsImages = versions.map((version) => image("reviews", version));

export function bookinfoChecks(settings: LessonSettings): CheckSpec[] {
  const { gatewayApi } = settings;
  const policies = settings.bookinfo;
  const lookAt = showEntry(namespace, gatewayApi);
  const weights = settings.canary.reviews ?? { [versions[0]]: 100 };
  return [
    {
      kind: "pods",
      lesson,
      name: "bookinfo-pods",
      title: "every pod has its sidecar",
      about: { namespace, services: behindPage, aspects: ["pods", "sidecar"] },
      lookAt: showPods(namespace),
      images: [image("productpage"), image("details"), image("ratings"), ...reviewsImages],
      apps: [
        ...["productpage", "details", "ratings"].map((app) => ({ app, version: "v1", pods: 1 })),
        ...versions.map((version) => ({ app: "reviews", version, pods: 1 })),
      ],
    },
    {
      kind: "answer",
      lesson,
      name: "bookinfo-page",
      title: "the bookstore answers through the gateway",
      about: { namespace, services: ["productpage"], aspects: ["gateway", "route", "pods", "mtls", "protocol"] },
      lookAt,
      images: [image("productpage")],
      ...unless(disturbance("the page", policies, ["productpage"], behindPage)),
      // The rest of the title differs between releases of the sample.
      cases: [
        { path: "/productpage", status: 200, body: { text: "<title>Simple Bookstore App" }, words: "/productpage" },
      ],
    },
    {
      kind: "answer",
      lesson,
      name: "bookinfo-products",
      title: "its API lists the products, with details and ratings",
      about: {
        namespace,
        services: ["productpage", "details", "ratings"],
        aspects: ["gateway", "route", "pods", "mtls", "protocol"],
      },
      lookAt,
      images: [image("productpage"), image("details"), image("ratings")],
      ...unless(disturbance("the API", policies, ["productpage"], behindPage)),
      cases: products
        .filter(({ service }) => service === undefined || disturbance("", policies, [service], [service]) === undefined)
        .map(({ service: _, ...one }) => one),
    },
    {
      kind: "answer",
      lesson,
      name: "bookinfo-paths",
      title: "the gateway lets in no other path",
      about: { namespace, services: ["productpage"], aspects: ["gateway", "route"] },
      lookAt,
      images: [],
      cases: [{ path: "/reviews/0", status: 404, words: "/reviews/0" }],
    },
    {
      kind: "split",
      lesson,
      name: "bookinfo-split",
      title: "reviews gets its requests by weight",
      about: {
        namespace,
        services: ["reviews", "productpage"],
        aspects: ["split", "route", "gateway", "mtls", "pods", "protocol"],
      },
      lookAt,
      images: [image("productpage"), ...reviewsImages],
      ...unless(splitDisturbance(policies)),
      ...(isFaulty(policies.reviews) && { faulty: true }),
      service: "reviews",
      path: reviewsPath,
      version: reviewsVersion,
      weights: Object.fromEntries(
        versions.map((version) => [version, (weights as Record<string, number>)[version] ?? 0]),
      ),
      requests: 400,
      confidence: 0.9999,
    },
    {
      kind: "versions",
      lesson,
      name: "bookinfo-stars",
      title: "each version of reviews has its own stars",
      about: { namespace, services: ["reviews", "ratings"], aspects: ["pods", "route", "mtls", "protocol"] },
      lookAt: showPods(namespace),
      images: [...reviewsImages, image("ratings")],
      ...unless(disturbance("the stars", policies, ["ratings"], ["ratings"])),
      app: "reviews",
      port: port.service,
      path: "/reviews/0",
      colours: { v1: null, v2: "black", v3: "red" },
    },
    plaintextCheck({ lesson, namespace }, settings, {
      services: behindPage,
      images: [image("productpage"), image("details"), image("ratings"), ...reviewsImages],
      urls: behindPage.map((service) => `http://${service}.${namespace}:${port.service}/`),
    }),
    ...userChecks(settings, lookAt),
    ...Object.entries(policies).flatMap(([service, policy]) =>
      policyChecks(service as BookinfoService, policy, lookAt),
    ),
    ...(gatewayApi ? withoutWords(lookAt) : []),
  ];
}

/** The answers of the product page's API. `service` is the service that it calls for the answer. */
const products: (AnswerCase & { service?: BookinfoService })[] = [
  {
    path: "/api/v1/products",
    status: 200,
    body: { json: [{ id: 0, title: "The Comedy of Errors" }] },
    words: "products",
  },
  { path: "/api/v1/products/0", status: 200, body: { json: { id: 0 } }, words: "details", service: "details" },
  { path: "/api/v1/products/0/ratings", status: 200, body: { json: { id: 0 } }, words: "ratings", service: "ratings" },
];

function userChecks({ bookinfo, gatewayApi }: LessonSettings, lookAt: string): CheckSpec[] {
  return Object.entries(bookinfo.reviews?.users ?? {}).map(([user, to]) => ({
    kind: "user",
    lesson,
    name: `bookinfo-user-${user}`,
    title: `${user} gets reviews ${to}, whatever the weights`,
    about: {
      namespace,
      services: ["reviews", "productpage"],
      aspects: ["route", "split", "gateway", ...(gatewayApi ? [] : (["policy"] as const))],
    },
    lookAt,
    images: [image("productpage"), image("reviews", to)],
    ...unless(disturbance("the calls", bookinfo, ["productpage", "reviews"], behindReviews, user)),
    user,
    path: reviewsPath,
    version: reviewsVersion,
    to,
    requests: 30,
  }));
}

/** Milliseconds that a check waits for a delayed answer. */
const longestDelay = 20_000;

function policyChecks(service: BookinfoService, policy: TrafficPolicy, lookAt: string): CheckSpec[] {
  const { fault, timeout, retries, loadBalancer } = policy;
  // The gateway calls productpage. The other services are called inside the mesh.
  const isEntry = service === entry.app;
  const path = isEntry ? entry.path : `/${service}/0`;
  const base = { lesson, about: { namespace, services: [service], aspects: ["policy", "route"] }, lookAt } as const;
  return [
    ...(fault
      ? [
          {
            ...base,
            kind: "fault",
            name: `bookinfo-fault-${service}`,
            title: `calls of ${service} meet the configured fault`,
            images: [image(service)],
            service,
            ...(!isEntry && { url: `http://${service}.${namespace}:${port.service}` }),
            path,
            user: fault.user,
            abort: fault.abort,
            ...(fault.delay && {
              delay: { seconds: milliseconds(fault.delay.fixedDelay) / 1000, percentage: fault.delay.percentage },
            }),
            confidence: 0.9999,
            ...unless(
              milliseconds(fault.delay?.fixedDelay ?? "1ms") > longestDelay
                ? `a delay of ${fault.delay!.fixedDelay} takes longer than a check may`
                : undefined,
            ),
          } as const,
        ]
      : []),
    ...(timeout !== undefined || retries !== undefined || loadBalancer !== undefined
      ? [
          {
            ...base,
            kind: "proxy-route",
            name: `bookinfo-policy-${service}`,
            title: `callers of ${service} have the configured policy`,
            images: [],
            service,
            proxy: isEntry ? "gateway" : "stranger",
            host: `${service}.${namespace}.svc.cluster.local`,
            port: port.service,
            ...(timeout !== undefined && { timeoutSeconds: milliseconds(timeout) / 1000 }),
            ...(retries && {
              retries: {
                attempts: retries.attempts,
                ...(retries.perTryTimeout !== undefined && {
                  perTryTimeoutSeconds: milliseconds(retries.perTryTimeout) / 1000,
                }),
                ...(retries.retryOn !== undefined && { retryOn: retries.retryOn }),
              },
            }),
            loadBalancer,
          } as const,
        ]
      : []),
  ];
}

/** Returns a row for each part of the lesson that HTTPRoute cannot express, so that nobody looks for it in vain. */
function withoutWords(lookAt: string): CheckSpec[] {
  const kinds = [
    [
      "bookinfo-fault",
      "a configured fault is injected",
      "HTTPRoute has no fault injection: the config refuses bookinfo.*.fault under gatewayApi",
    ],
    [
      "bookinfo-retries",
      "configured retries are made",
      "HTTPRoute has no retries in the standard channel: the config refuses bookinfo.*.retries under gatewayApi",
    ],
    [
      "bookinfo-load-balancer",
      "a configured load-balancer policy is used",
      "HTTPRoute has no load-balancer policy: the config refuses bookinfo.*.loadBalancer under gatewayApi",
    ],
  ] as const;
  return kinds.map(([name, title, notApplicable]) => ({
    kind: "answer",
    lesson,
    name,
    title,
    about: { namespace, services: [], aspects: ["policy"] },
    lookAt,
    images: [],
    notApplicable,
    cases: [],
  }));
}

/**
 * Explains why `what` cannot be relied on. Either calls of one of `services` meet a fault, for everybody or for
 * `user`. Or calls on the `way` are delayed for longer than one of `services` may take.
 */
function disturbance(
  what: string,
  policies: LessonSettings["bookinfo"],
  services: readonly BookinfoService[],
  way: readonly BookinfoService[],
  user?: string,
): string | undefined {
  const faulty = services.find((service) => meets(policies[service], user));
  if (faulty !== undefined)
    return `the config injects a fault into calls of ${faulty} (istio-lab:bookinfo.${faulty}.fault): ${what} cannot be relied on`;
  const slow = way.filter((service) => delayOf(policies[service], user) > 0);
  const delay = slow.reduce((sum, service) => sum + delayOf(policies[service], user), 0);
  // The product page calls reviews twice.
  const limited = services.find((service) => delay > 0 && limitOf(service, policies[service]) <= 2 * delay);
  if (limited === undefined) return undefined;
  return `the config delays calls of ${slow.join(" and ")} for longer than those of ${limited} may take (istio-lab:bookinfo.${slow[0]}.fault): ${what} cannot be relied on`;
}

/**
 * Returns the milliseconds that a call may take. productpage waits at most 3 s for its services, whatever is
 * configured.
 */
function limitOf(service: BookinfoService, policy: TrafficPolicy | undefined): number {
  const own = service === "productpage" ? Infinity : 3000;
  return policy?.timeout === undefined ? own : Math.min(own, milliseconds(policy.timeout));
}

function delayOf(policy: TrafficPolicy | undefined, user: string | undefined): number {
  const delay = meets(policy, user) ? policy?.fault?.delay : undefined;
  return delay && delay.percentage > 0 ? milliseconds(delay.fixedDelay) : 0;
}

/** Tolerates aborted calls of reviews. Any other disturbance would change the shares of the remaining calls. */
function splitDisturbance(policies: LessonSettings["bookinfo"]): string | undefined {
  return disturbance(
    "the split",
    policies,
    isFaulty(policies.reviews) ? ["productpage"] : ["productpage", "reviews"],
    behindReviews,
  );
}

/** Whether calls are aborted, but few enough that the others can still be counted. */
function isFaulty(policy: TrafficPolicy | undefined): boolean {
  const { delay, abort } = policy?.fault ?? {};
  return meets(policy) && delay === undefined && (abort?.percentage ?? 0) <= 50;
}

function meets(policy: TrafficPolicy | undefined, user?: string): boolean {
  const fault = policy?.fault;
  if (!fault || (fault.user !== undefined && fault.user !== user)) return false;
  return (fault.abort?.percentage ?? 0) > 0 || (fault.delay?.percentage ?? 0) > 0;
}

function unless(notApplicable: string | undefined): { notApplicable?: string } {
  return notApplicable === undefined ? {} : { notApplicable };
}
