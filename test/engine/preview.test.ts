import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { lessonNames } from "../../components/lessons/catalog";
import { change } from "../support/changes";
import type { Checkout } from "../support/checkout";
import { previewed, setSecret, touchedOf, type Touched } from "../support/previewed";
import { sharedSeat } from "../support/shared-seat";
import { runProgram } from "../unit/components/program";
import { touchedBetween } from "../unit/components/touched";
import { pairFor } from "../unit/config/certificates";

const both = (...titles: string[]): Touched[] => titles.flatMap((title) => change(title)[2]);

/**
 * What each single change touches is asserted in the unit tier, of the program alone (test/support/changes.ts). Here the engine and the provider
 * have the word, on a live seat with all lessons: changes that do not meet, put together.
 */
const together: [title: string, keys: Record<string, unknown>, among: Touched[]][] = [
  [
    "what is updated where it stands",
    {
      mtls: "PERMISSIVE",
      canary: { reviews: { v2: 100 }, "my-blog": { v1: 50, v2: 50 } },
      blog: { replicasFollowWeights: true, https: true },
      bookinfo: {
        reviews: {
          loadBalancer: "RANDOM",
          timeout: "0.5s",
          retries: { attempts: 3, perTryTimeout: "2s", retryOn: "5xx" },
          users: { jason: "v2" },
        },
        ratings: { fault: { delay: { fixedDelay: "7s", percentage: 100 }, user: "jason" } },
        productpage: { timeout: "3s" },
        details: {
          timeout: "1s",
          retries: { attempts: 0 },
          fault: { abort: { httpStatus: 500, percentage: 10 } },
          loadBalancer: "ROUND_ROBIN",
        },
      },
      embedded: { serviceType: "ClusterIP" },
      telemetry: { sampling: 10 },
      kiali: { auth: "token", viewOnly: false },
      storage: { jaeger: "1Gi" },
    },
    both(
      "plaintext accepted", "another version of reviews", "weights of my-blog", "pods that follow 50:50", "HTTPS with a certificate of the seat's own", "a load balancer",
      "timeouts, retries, users and a fault", "everything a service has", "the gateway by port-forward", "fewer traces", "Kiali with a token, that may change the mesh", "storage",
    ), // prettier-ignore
  ],
  [
    "lessons less, an addon less, and zipkin in jaeger's place",
    {
      lessons: lessonNames.filter((name) => name !== "admission"),
      addons: ["kiali", "prometheus", "grafana", "zipkin"],
    },
    both("a lesson less", "zipkin in jaeger's place: the Services that both own are handed on"),
  ],
  ["routes by the Gateway API", { gatewayApi: true }, both("routes by the Gateway API")],
  ["no addons", { addons: [] }, both("no addons")],
  [
    "a lesson of one's own",
    { lessons: [...lessonNames, "./lessons/resilience"] },
    [
      "create apps/v1:Deployment resilience/shelf-broken",
      "create core/v1:Namespace resilience",
      "create networking.istio.io/v1:DestinationRule resilience/desk",
      "create networking.istio.io/v1:VirtualService resilience/shelf",
    ],
  ],
];

/** Previews on a seat that is up; nothing of it is changed. */
describe("a preview names what a change of the config touches, and nothing else", () => {
  const seat = sharedSeat();
  let lab: Checkout;
  let config: string;
  beforeAll(() => {
    ({ lab } = seat);
    config = lab.stackFile();
  });
  afterEach(() => void lab.stackFile(config));

  /** What the program registers for the stack's file, with these keys instead. */
  const program = async (keys: Record<string, unknown>) => {
    const given = Object.entries((parse(config) as { config: Record<string, unknown> }).config).map(([key, value]) => [
      key.replace("istio-lab:", ""),
      value,
    ]);
    return (await runProgram({ ...Object.fromEntries(given), ...keys })).resources;
  };

  it("no change: nothing", async () => {
    expect(await previewed(lab)).toMatchObject({ touched: [], inDiff: [] });
  });

  it("a weight, set as README says: one VirtualService and two lines", async () => {
    const [v1, v3] = ["v1=80", "v3=20"].map((weight) => ["--plaintext", `istio-lab:canary.reviews.${weight}`]) as [
      string[],
      string[],
    ];
    await lab.pulumi("config", "set-all", "--path", ...v1, ...v3);
    const { touched, inDiff, diff } = await previewed(lab);
    expect(touched).toEqual(change("weights of reviews")[2]);
    expect(inDiff).toEqual(["update networking.istio.io/v1:VirtualService"]);
    expect(diff.match(/~ weight\s*: .*/g)).toEqual(["~ weight: 50 => 80", "~ weight: 50 => 20"]);
    expect(diff).toMatch(/~ 1 to update\n\s+\d+ unchanged/);
  });

  it.each(together)(
    "%s: what the program says by itself, and what is asserted of each change",
    async (_, keys, among) => {
      lab.configure(keys);
      const touched = await touchedOf(lab);
      expect(touched).toEqual(await touchedBetween(await program({}), await program(keys)));
      expect(touched).toEqual(expect.arrayContaining(among));
    },
  );

  it("HTTPS with a given certificate: its Secret and the Gateway, and the key is nowhere", async () => {
    const { certificate, key } = await pairFor();
    lab.configure({ blog: { https: { certificate } } });
    await setSecret(lab, "blog.https.key", key);
    const { touched, printed } = await previewed(lab);
    expect(touched).toEqual([
      "create core/v1:Secret istio-ingress/my-blog-credential",
      "update networking.istio.io/v1:Gateway blog/my-blog-gateway",
    ]);
    const stored = lab.stackFile();
    for (const form of formsOf(key)) {
      expect(form.length).toBeGreaterThan(30);
      expect(printed).not.toContain(form);
      expect(stored).not.toContain(form);
    }
  });
});

/** A key as it could be printed: its lines, as they are, and as a Secret writes the whole. */
function formsOf(key: string): string[] {
  const lines = key.split("\n").filter((line) => line.length > 30 && !line.includes("PRIVATE KEY"));
  const encoded = Buffer.from(key).toString("base64");
  return [...lines, ...(encoded.match(/.{60}/g) ?? [])];
}
