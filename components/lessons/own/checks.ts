import type { Aspect, Caller, CheckBase, CheckKind, CheckSpec, ObjectsCheck, PodsCheck } from "../checks/check";
import { showEntry, showLog, showMtls, showPods } from "../checks/commands";
import { KUBECTL } from "../../../base/advice";
import type { LessonSettings } from "../lesson";
import { kindsNamed, pathOf } from "./kinds";
import type { OwnLesson } from "./read";
import type { OwnCheck } from "./schema";

/** Converts the checks of checks.yaml to those that the probes know. */
export function ownChecks(lesson: OwnLesson, settings: LessonSettings): CheckSpec[] {
  return lesson.checks.map((check) => ({ ...baseOf(check, lesson, settings), ...kindOf(check, lesson, settings) }));
}

/** Aspects of the mesh that a kind of check depends on. */
const aspects: Readonly<Record<OwnCheck["kind"], readonly Aspect[]>> = {
  answer: ["gateway", "route", "authorization", "pods", "mtls", "protocol"],
  split: ["split", "route", "gateway", "authorization", "mtls", "pods", "protocol"],
  plaintext: ["mtls", "sidecar", "pods"],
  access: ["authorization", "identity", "mtls", "sidecar", "route", "pods"],
  pods: ["pods", "sidecar"],
  log: ["pods", "route", "authorization", "mtls", "sidecar"],
  objects: ["route", "split", "gateway", "authorization", "mtls"],
};

function baseOf(check: OwnCheck, { name, namespace, pods }: OwnLesson, { gatewayApi }: LessonSettings): CheckBase {
  const { kind, title, hint } = check;
  return {
    lesson: name,
    name: `${name}-${check.name}`,
    title,
    about: { namespace, services: [...new Set(pods.map(({ app }) => app))], aspects: aspects[kind] },
    lookAt: lookAt(check, namespace, gatewayApi),
    images: [...new Set(pods.flatMap(({ containers }) => containers.map(({ image }) => image)))],
    ...(hint !== undefined && { hints: typeof hint === "string" ? [hint] : hint }),
  };
}

function lookAt(check: OwnCheck, namespace: string, gatewayApi: boolean): string {
  switch (check.kind) {
    case "pods":
      return showPods(namespace);
    case "log":
      return showLog(namespace, `app=${check.app}`, check.container ?? check.app);
    case "plaintext":
      return showMtls(namespace);
    case "access":
      return `${KUBECTL} get authorizationpolicies,requestauthentications,virtualservices,destinationrules -n ${namespace} -o yaml`;
    case "objects":
      return `${KUBECTL} get ${check.wanted[0]!.object.replace(" ", "/").toLowerCase()} -n ${namespace} -o yaml`;
    default:
      return showEntry(namespace, gatewayApi);
  }
}

function kindOf(check: OwnCheck, lesson: OwnLesson, settings: LessonSettings): CheckKind {
  const { file, namespace } = lesson;
  switch (check.kind) {
    case "answer": {
      const { path, host = file.entry?.host, headers } = check.request;
      const { status, body } = check.wanted;
      return {
        kind: "answer",
        cases: [
          {
            path,
            ...(host !== undefined && { host }),
            ...(Object.keys(headers).length > 0 && { headers }),
            status,
            ...(body !== undefined && { body: { text: body } }),
            words: path,
          },
        ],
      };
    }
    case "split": {
      const versions = file.versions[check.service]!;
      const { path, host, version } = file.entry!;
      const weights: Readonly<Record<string, number>> = check.wanted ??
        settings.canary[check.service] ?? { [versions[0]!]: 100 };
      return {
        kind: "split",
        service: check.service,
        path,
        ...(host !== undefined && { host }),
        version: version!,
        weights: Object.fromEntries(versions.map((one) => [one, weights[one] ?? 0])),
        requests: 400,
        confidence: 0.9999,
      };
    }
    case "plaintext":
      return {
        kind: "plaintext",
        urls: check.urls.map((url) => qualified(url, namespace)),
        mtls: check.wanted === undefined ? settings.mtls : check.wanted === "refused" ? "STRICT" : "PERMISSIVE",
      };
    case "access": {
      const { from, request, wanted } = check;
      const { method, headers } = request;
      const url = typeof from === "string" ? qualified(request.url, namespace) : request.url;
      return {
        kind: "access",
        cases: [
          {
            from: callerOf(from, lesson),
            method,
            url,
            ...(Object.keys(headers).length > 0 && { headers }),
            status: wanted.status,
            words: `${typeof from === "string" ? from : from.app} ${method} ${url}`,
          },
        ],
      };
    }
    case "pods":
      return podsWanted(check, lesson);
    case "log":
      return {
        kind: "log",
        app: check.app,
        container: containerOf(check.app, check.container, lesson),
        line: check.wanted,
        withinSeconds: check.within,
        amongOthers: true,
      };
    case "objects":
      return objectsWanted(check, lesson);
  }
}

/** Converts what a check or a task says of pods. */
export function podsWanted(
  { wanted }: Pick<Extract<OwnCheck, { kind: "pods" }>, "wanted">,
  { pods }: OwnLesson,
): PodsCheck {
  return {
    kind: "pods",
    apps:
      wanted === undefined
        ? pods
            .filter(({ isServing }) => isServing)
            .map(({ app, version, replicas }) => ({ app, version, pods: replicas }))
        : Object.entries(wanted).flatMap(([app, versions]) =>
            Object.entries(versions).map(([version, pods]) => ({ app, version, pods })),
          ),
  };
}

/** Converts what a check or a task says of objects. */
export function objectsWanted(
  { wanted }: Pick<Extract<OwnCheck, { kind: "objects" }>, "wanted">,
  { namespace }: OwnLesson,
): ObjectsCheck {
  return {
    kind: "objects",
    wanted: wanted.map(({ object, fields, absent }) => {
      const [kind, name] = object.split(" ") as [string, string];
      return {
        object,
        path: pathOf(kindsNamed(kind)[0]!, namespace, name),
        fields,
        ...(absent && { isAbsent: true as const }),
      };
    }),
  };
}

function callerOf(from: Extract<OwnCheck, { kind: "access" }>["from"], lesson: OwnLesson): Caller {
  if (typeof from === "string") return from;
  return { namespace: lesson.namespace, app: from.app, container: containerOf(from.app, from.container, lesson) };
}

function containerOf(app: string, container: string | undefined, { pods }: OwnLesson): string {
  return container ?? pods.find((one) => one.app === app)?.containers[0]?.name ?? app;
}

/** Adds the namespace to a Service's short name, which no pod of another namespace resolves. */
function qualified(url: string, namespace: string): string {
  const { hostname } = new URL(url);
  return hostname.includes(".") ? url : url.replace(hostname, `${hostname}.${namespace}`);
}
