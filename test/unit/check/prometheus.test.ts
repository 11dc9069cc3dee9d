import { describe, expect, it } from "vitest";
import { PrometheusSilent, queryPrometheus } from "../../../cli/kube/prometheus";
import { ServiceSilent } from "../../../cli/seat/seat";

const answering = (status: number, body: unknown) => {
  const asked: string[] = [];
  const fromService = async (namespace: string, service: string, port: number, path: string) => {
    asked.push(`${namespace}/${service}:${port}${path}`);
    return { status, body: typeof body === "string" ? body : JSON.stringify(body) };
  };
  return { fromService, asked };
};

describe("a query", () => {
  it("gives each series with its labels and its value", async () => {
    const seat = answering(200, {
      status: "success",
      data: {
        resultType: "vector",
        result: [
          { metric: { app: "reviews" }, value: [1.5, "42"] },
          { metric: {}, value: [1.5, "+Inf"] },
        ],
      },
    });
    expect(await queryPrometheus(seat, 'sum(x{a="b"}) by (app)')).toEqual([
      { labels: { app: "reviews" }, value: 42 },
      { labels: {}, value: Infinity },
    ]);
    expect(seat.asked).toEqual([
      "istio-system/prometheus:9090/api/v1/query?query=sum(x%7Ba%3D%22b%22%7D)%20by%20(app)",
    ]);
  });

  it("takes a number for a series without labels, and nothing for nothing", async () => {
    expect(
      await queryPrometheus(
        answering(200, { status: "success", data: { resultType: "scalar", result: [1, "3"] } }),
        "3",
      ),
    ).toEqual([{ labels: {}, value: 3 }]);
    expect(
      await queryPrometheus(answering(200, { status: "success", data: { resultType: "vector", result: [] } }), "up"),
    ).toEqual([]);
  });

  it("that is wrong is refused in Prometheus' own words", async () => {
    await expect(
      queryPrometheus(
        answering(400, { status: "error", errorType: "bad_data", error: "parse error: unclosed left parenthesis" }),
        "sum(",
      ),
    ).rejects.toThrow("Prometheus refused the query sum(: parse error: unclosed left parenthesis");
    await expect(queryPrometheus(answering(502, "Bad Gateway"), "up")).rejects.toThrow("it answered 502");
  });
});

describe("a Prometheus that does not answer", () => {
  const failing = (error: Error) => ({ fromService: () => Promise.reject(error) });
  const reason = (seat: Parameters<typeof queryPrometheus>[0]) =>
    queryPrometheus(seat, "up").then(
      () => undefined,
      (error: PrometheusSilent) => [error.name, error.reason, error.message],
    );

  it("is not installed, and can be added", async () => {
    expect(await reason(failing(new ServiceSilent("missing", "there is no Service prometheus")))).toEqual([
      "PrometheusSilent",
      "not installed",
      expect.stringContaining("Add prometheus to istio-lab:addons"),
    ]);
  });

  it("is not ready, with what the API server says of it", async () => {
    expect(await reason(failing(new ServiceSilent("silent", "no endpoints available")))).toEqual([
      "PrometheusSilent",
      "not ready",
      expect.stringMatching(/no endpoints available\. Look at it with `npm run -s kubectl/),
    ]);
    expect(await reason(answering(503, "Service Unavailable"))).toEqual([
      "PrometheusSilent",
      "not ready",
      "Prometheus is not ready: Service Unavailable.",
    ]);
  });

  it("is told apart from any other trouble", async () => {
    await expect(queryPrometheus(failing(new Error("socket hang up")), "up")).rejects.toThrow("socket hang up");
  });
});
