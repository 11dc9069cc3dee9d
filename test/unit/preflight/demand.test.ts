import { expect, test } from "vitest";
import { claimsOf, demandOf } from "../../../cli/preflight/demand";
import { addonNames } from "../../../components/addons/catalog";
import { quantity } from "../../../kube";
import { lessonNames } from "../../../components/lessons/catalog";
import { parseConfig } from "../../../config";
import type { Registered } from "../components/graph";
import { config, runProgram } from "../components/program";

/** What the program's pods request, those of the lessons with a sidecar; Istio's own two are Helm's, with the values the program gives it. */
async function counted(changes: Record<string, unknown>) {
  const { resources } = await runProgram(config(changes));
  const workloads = resources.filter(({ type }) => /^kubernetes:apps\/v1:(Deployment|StatefulSet)$/.test(type));
  const podsOf = (some: Registered[]) =>
    some.flatMap(({ inputs }) =>
      Array.from(
        { length: inputs.spec.replicas ?? 1 },
        () => inputs.spec.template.spec.containers[0].resources.requests,
      ),
    );
  const isAddon = ({ inputs }: Registered) => inputs.metadata.namespace === "istio-system";
  const [pods, injected] = [podsOf(workloads), podsOf(workloads.filter((workload) => !isAddon(workload)))];
  const values = (release: string) => resources.find(({ inputs }) => inputs.name === release)!.inputs.values;
  const own = [values("istiod").resources.requests, values("istio-ingressgateway").resources.requests];
  const all = [...pods, ...injected.map(() => values("istiod").global.proxy.resources.requests), ...own];
  return {
    pods: pods.length + 2,
    cpu: 1000 * sum(all.map(({ cpu }) => quantity(cpu))),
    memory: sum(all.map(({ memory }) => quantity(memory))),
  };
}

const sum = (numbers: number[]) => Math.round(numbers.reduce((total, each) => total + each, 0) * 1e6) / 1e6;
const handedOver = (changes: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries({ target: "embedded", ...changes }).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );

test.each([
  ...lessonNames.map((lesson) => ({ lessons: [lesson], addons: [] })),
  { lessons: [] },
  ...addonNames.map((addon) => ({ lessons: [], addons: [addon] })),
  { lessons: ["backend"], addons: [] },
  { blog: { replicasFollowWeights: true }, canary: { "my-blog": { v1: 90, v2: 10 } } },
  {
    lessons: ["backend"],
    istio: {
      values: {
        istiod: {
          resources: { requests: { cpu: "0.5", memory: "1Gi" } },
          global: { proxy: { resources: { requests: { cpu: "20m" } } } },
        },
      },
    },
  },
])("%j: what the preflight reckons with is what the program's pods request", async (changes) => {
  const { namespaces, ...amounts } = demandOf(parseConfig(handedOver(changes)));
  const seen = await counted(changes);
  expect({ ...amounts, cpu: Math.round(amounts.cpu) }).toEqual({ ...seen, cpu: Math.round(seen.cpu) });
});

test("the namespaces are those of the mesh and of the lessons", () => {
  expect(demandOf(parseConfig(handedOver({ lessons: ["bookinfo", "blog"] }))).namespaces).toEqual([
    "istio-system",
    "istio-ingress",
    "default",
    "blog",
  ]);
});

test("claims of storage are made by lesson admission, and by addons that keep what they collect", () => {
  const claims = (changes: Record<string, unknown>) => claimsOf(parseConfig(handedOver(changes)));
  expect(claims({ lessons: ["bookinfo"] })).toEqual([]);
  expect(
    claims({ lessons: ["bookinfo", "admission"], addons: ["prometheus", "grafana"], storage: { prometheus: "1Gi" } }),
  ).toEqual(["lesson admission", "addon prometheus"]);
});
