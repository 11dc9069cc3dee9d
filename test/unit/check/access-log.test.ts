import { describe, expect, it } from "vitest";
import { failedRequests, parseLogLine } from "../../../cli/check/access-log";
import { type Seat, USER_AGENT } from "../../../cli/seat/seat";
import { spec } from "./reports";

const check = { ...spec, about: { ...spec.about, namespace: "blog", services: ["api"], beyond: ["client"] } };
const line = (fields: object) => JSON.stringify({ response_code: 200, response_flags: "-", ...fields });

/** A seat with a gateway, and pods of two apps; the logs are by pod. It stands in for a live one. */
function seat(logs: Record<string, string[] | Error>): { asked: unknown[]; seat: Seat } {
  const asked: unknown[] = [];
  const pods: Record<string, [name: string, app: string][]> = {
    blog: [
      ["api-1", "api"],
      ["web-1", "web"],
    ],
    client: [
      ["client-1", "client"],
      ["api-2", "api"],
    ],
    "istio-ingress": [["istio-ingressgateway-1", "istio-ingressgateway"]],
  };
  const list = async (path: string) => {
    const namespace = path.split("/")[4]!;
    return pods[namespace]!.map(([name, app]) => ({ metadata: { name, namespace, labels: { app } } }));
  };
  const read = async (namespace: string, { name }: { name: string }, container: string, options: object) => {
    asked.push([namespace, name, container, options]);
    const found = logs[name] ?? [];
    if (found instanceof Error) throw found;
    return found.map((text) => ({ pod: name, line: text }));
  };
  return { asked, seat: { list, logs: read } as unknown as Seat };
}

describe("what the proxies logged of a failure", () => {
  it("is of the check's own services and the gateway, of the last seconds", async () => {
    const { asked, seat: one } = seat({});
    await failedRequests(one, check, 3.2);
    expect(asked.map((question) => (question as string[]).slice(0, 3))).toEqual([
      ["blog", "api-1", "istio-proxy"],
      ["client", "api-2", "istio-proxy"],
      ["istio-ingress", "istio-ingressgateway-1", "istio-proxy"],
    ]);
    expect(asked.map((question) => (question as object[])[3])).toEqual(
      Array(3).fill({ sinceSeconds: 6, tailLines: 300 }),
    );
  });

  it.each<[string, object, boolean]>([
    ["an answer 200", {}, false],
    ["an answer 302", { response_code: 302 }, false],
    ["a refusal", { response_code: 403 }, true],
    ["the least of errors", { response_code: 400 }, true],
    ["an error of the service", { response_code: 503 }, true],
    ["no answer at all", { response_code: 0 }, true],
    ["an answer 200 with a flag", { response_flags: "UC" }, true],
    ["an answer 200 with an empty flag", { response_flags: "" }, false],
  ])("has %s: %s", async (_, fields, isFailed) => {
    expect(await failedRequests(seat({ "api-1": [line(fields)] }).seat, check, 1)).toHaveLength(isFailed ? 1 : 0);
  });

  it("has of the gateway the checks' own requests alone: others are somebody's", async () => {
    const lines = [
      line({ response_code: 503, user_agent: "curl/8" }),
      line({ response_code: 503, user_agent: USER_AGENT }),
    ];
    expect(
      (await failedRequests(seat({ "istio-ingressgateway-1": lines }).seat, check, 1)).map(
        ({ user_agent }) => user_agent,
      ),
    ).toEqual([USER_AGENT]);
  });

  it("has ten of each proxy, the last ones, and goes on where one gives none", async () => {
    const many = Array.from({ length: 12 }, (_, index) => line({ response_code: 500, path: `/${index}` }));
    const seen = await failedRequests(seat({ "api-1": new Error("no"), "api-2": many }).seat, check, 1);
    expect(seen.map(({ path, pod }) => `${pod}${path}`)).toEqual(
      Array.from({ length: 10 }, (_, index) => `api-2/${index + 2}`),
    );
  });
});

it.each(["", "plain text", "{", '{"level":"info"}', "[1]"])("%j is no line of an access log", (text) => {
  expect(parseLogLine("p", text)).toBeUndefined();
});
