import { connect, type IncomingHttpHeaders } from "node:http2";
import { connect as dial } from "node:net";
import { once } from "node:events";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ask } from "./ask";
import { traced } from "./backend";
import { app, built, buildTime, withoutApps } from "./built";
import { convert, FakeConverter, framed, unframed, type ConvertRequest, type ConvertResponse } from "./converter";
import { killAll, start, type Running } from "./process";
import { needs } from "../../support/needs";

beforeAll(built, buildTime);
afterAll(killAll);

const units = ["Celsius", "Fahrenheit", "Kelvin"] as const;
const absoluteZero = { Celsius: -273.15, Fahrenheit: -459.67, Kelvin: 0 };

describe("temperature-api with temperature-service behind it", needs(withoutApps), () => {
  let api: Running, service: Running;
  beforeAll(async () => {
    service = await start(app("temperature-service"));
    api = await start(app("temperature-api"), { BACKEND: new URL(service.url).host });
  });

  const get = (query: string, path = "/") => ask(`${api.url}${path}${query}`);
  const converted = async (temperature: number | string, from: string, to: string) =>
    (await get(`?from=${from}&to=${to}&temperature=${temperature}`)).body as { value: number; unit: string };

  it("answers the course's question with exactly the course's answer", async () => {
    const answer = await fetch(`${api.url}/?from=Celsius&to=Kelvin&temperature=150`);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/json"]);
    expect(await answer.text()).toBe('{"value":423.15,"unit":"Kelvin"}\n');
  });

  it.each([
    [150, "Celsius", "Kelvin", 423.15],
    [0, "Celsius", "Fahrenheit", 32],
    [100, "Celsius", "Fahrenheit", 212],
    [100, "Fahrenheit", "Celsius", 37.7777777777778],
    [-40, "Fahrenheit", "Celsius", -40],
    [-459.67, "Fahrenheit", "Kelvin", 0],
    [-273.15, "Celsius", "Fahrenheit", -459.67],
    [0, "Kelvin", "Celsius", -273.15],
    [0.01, "Kelvin", "Celsius", -273.14],
    [36.6, "Celsius", "Celsius", 36.6],
    ["1e3", "Kelvin", "Celsius", 726.85],
    ["+5", "Celsius", "Kelvin", 278.15],
    ["%2B.5", "Kelvin", "Kelvin", 0.5],
    ["1e-12", "Kelvin", "Kelvin", 1e-12],
    ["1e300", "Celsius", "Kelvin", 1e300],
  ])("%s %s is, in %s, %d", async (temperature, from, to, value) => {
    expect(await converted(temperature, from, to)).toEqual({ value, unit: to });
  });

  it("takes units in any case and any path", async () => {
    expect(await get("?from=celsius&to=KELVIN&temperature=0", "/some/path")).toMatchObject({
      status: 200,
      body: { value: 273.15, unit: "Kelvin" },
    });
  });

  it("converts there and back to the same, for any temperature of 15 digits", async () => {
    const hundredths = fc.integer({ min: 0, max: 1_000_000_00 });
    const pair = fc.tuple(fc.constantFrom(...units), fc.constantFrom(...units));
    await fc.assert(
      fc.asyncProperty(hundredths, pair, async (above, [from, to]) => {
        const temperature = (Math.round(absoluteZero[from] * 100) + above) / 100;
        const there = await converted(temperature, from, to);
        expect(Number(there.value.toPrecision(15))).toBe(there.value);
        const back = await converted(there.value, to, from);
        expect(back.unit).toBe(from);
        expect(Math.abs(back.value - temperature)).toBeLessThan(1e-8);
      }),
      { numRuns: 100 },
    );
  }, 60_000);

  it("is as exact as the textbook, and never has more digits than that", async () => {
    const tenths = fc.integer({ min: -2731, max: 100_000 });
    await fc.assert(
      fc.asyncProperty(tenths, async (t) => {
        const { value } = await converted(t / 10, "Celsius", "Kelvin");
        expect(String(value)).toBe(String((t * 10 + 27315) / 100)); // in whole hundredths: no rounding on this side
      }),
      { numRuns: 100 },
    );
  }, 60_000);

  const valid = "valid are Celsius, Fahrenheit, Kelvin";
  it.each<[query: string, error: string]>([
    ["?from=Rankine&to=Kelvin&temperature=1", `from=Rankine: ${valid}`],
    ["?from=Kelvin&to=&temperature=1", `to=: ${valid}`],
    ["?from=Kelvin&to=K&temperature=1", `to=K: ${valid}`],
    ["?to=Kelvin&temperature=1", `from is missing: ${valid}`],
    ["?from=Kelvin&to=Kelvin", "temperature is missing: valid is a number, such as 36.6"],
    ...["", "abc", "12abc", "1,5", "NaN", "inf", "-Infinity", "0x1p4", "1_000", "1e999", "--1", "1e"].map(
      (text): [string, string] => [
        `?from=Kelvin&to=Kelvin&temperature=${text}`,
        `temperature=${text}: valid is a number, such as 36.6`,
      ],
    ),
    ["?from=a&to=b&temperature=c", `from=a: ${valid}; to=b: ${valid}; temperature=c: valid is a number, such as 36.6`],
    [
      "?from=Celsius&to=Kelvin&temperature=-273.16",
      "temperature=-273.16: valid is absolute zero (-273.15 Celsius) or above",
    ],
    [
      "?from=Fahrenheit&to=Kelvin&temperature=-460",
      "temperature=-460: valid is absolute zero (-459.67 Fahrenheit) or above",
    ],
    ["?from=Kelvin&to=Celsius&temperature=-1e-9", "temperature=-1e-09: valid is absolute zero (0 Kelvin) or above"],
    [
      "?from=Kelvin&to=Fahrenheit&temperature=1.7e308",
      "temperature=1.7e+308: valid is a number whose value in Fahrenheit a 64-bit float can hold",
    ],
  ])("answers 400 to %s", async (query, error) => {
    expect(await get(query)).toMatchObject({ status: 400, type: "application/json", body: { error } });
  });

  it("answers 405 to what is no question", async () => {
    const answer = await ask(`${api.url}/?from=Celsius&to=Kelvin&temperature=1`, { method: "POST" });
    expect(answer).toMatchObject({ status: 405, body: { error: "method=POST: valid are GET, HEAD" } });
    expect(answer.headers.get("allow")).toBe("GET, HEAD");
  });

  it("logs that they are stand-ins first, then each request", async () => {
    await converted(21, "Celsius", "Fahrenheit");
    expect(api.log[0]).toContain("istio-lab stand-in for amrelhewy/service-mesh-temp-api:1.0, listening on");
    expect(service.log[0]).toContain("istio-lab stand-in for amrelhewy/service-mesh-temp-service:1.0, listening on");
    expect(api.log.some((line) => line.endsWith("GET /?from=Celsius&to=Fahrenheit&temperature=21 200"))).toBe(true);
    expect(service.log.some((line) => line.endsWith("Convert 21 Celsius to Fahrenheit: 69.8"))).toBe(true);
  });
});

describe("temperature-api", needs(withoutApps), () => {
  const fake = new FakeConverter();
  let api: Running;
  beforeAll(async () => void (api = await start(app("temperature-api"), await fake.environment())));
  afterEach(() => void (fake.asked.length = 0));
  afterAll(() => fake.close());

  const query = "/?from=Celsius&to=Kelvin&temperature=150";

  it("asks over HTTP/2, as the .proto says, and tells what the service says", async () => {
    fake.answer = { value: 1.5, unit: "UNIT_FAHRENHEIT" };
    expect(await ask(api.url + query)).toMatchObject({ status: 200, body: { value: 1.5, unit: "Fahrenheit" } });
    expect(fake.asked).toHaveLength(1);
    expect(fake.asked[0]!.request).toEqual({ temperature: 150, from: "UNIT_CELSIUS", to: "UNIT_KELVIN" });
    expect(fake.asked[0]!.headers).toMatchObject({
      ":method": "POST",
      ":path": "/temperature.Converter/Convert",
      "content-type": "application/grpc",
      te: "trailers",
    });
  });

  it("passes the trace on as metadata, and leaves out what would break the call", async () => {
    fake.answer = { value: 1, unit: "UNIT_KELVIN" };
    const sent = {
      ...traced,
      "grpc-trace-bin": "AAEC/w==",
      "x-not-passed": "1",
      "x-cloud-trace-context": "jäson",
      sw8: "a\tb",
    };
    expect((await ask(api.url + query, { headers: sent })).status).toBe(200);
    const { "user-agent": _, "x-cloud-trace-context": __, sw8: ___, ...passed } = traced;
    expect(fake.asked[0]!.headers).toMatchObject({ ...passed, "grpc-trace-bin": "AAEC/w" });
    expect(fake.asked[0]!.headers["user-agent"]).toMatch(/^grpc-go\//);
    for (const name of ["x-not-passed", "x-cloud-trace-context", "sw8"])
      expect(fake.asked[0]!.headers).not.toHaveProperty(name);
  });

  it.each([
    [3, 400, "no such unit"],
    [14, 503, "BACKEND: no such unit"],
    [7, 403, "BACKEND: no such unit"],
    [12, 502, "BACKEND: no such unit"],
  ])("makes %d of gRPC into %d", async (grpc, status, error) => {
    fake.answer = { status: grpc, message: "no such unit" };
    const { body, ...answer } = await ask(api.url + query);
    expect(answer.status).toBe(status);
    expect(body.error.replace(/127\.0\.0\.1:\d+/, "BACKEND")).toBe(error);
  });

  it("waits three seconds for an answer", async () => {
    fake.answer = "silence";
    const { status, body } = await ask(api.url + query);
    expect([status, body.error]).toEqual([504, expect.stringMatching(/^127\.0\.0\.1:\d+: no answer within 3s$/)]);
  });

  it("answers 503 while the service is away, and finds it again within three seconds", async () => {
    const away = await start(app("temperature-service"));
    const address = new URL(away.url).host;
    const front = await start(app("temperature-api"), { BACKEND: address });
    expect((await ask(front.url + query)).status).toBe(200);
    await away.stop();
    const gone = await ask(front.url + query);
    expect([gone.status, gone.body.error]).toEqual([503, expect.stringContaining(`${address}: `)]);
    await start(app("temperature-service"), {}, ["-listen", address]);
    await expect.poll(async () => (await ask(front.url + query)).status, { timeout: 3000, interval: 100 }).toBe(200);
  });
});

describe("temperature-service", needs(withoutApps), () => {
  let service: Running;
  beforeAll(async () => void (service = await start(app("temperature-service"))));

  it("speaks gRPC, on HTTP/2, to any client of the .proto", async () => {
    const call = await grpc(
      service.url,
      convert.path,
      convert.requestSerialize({ temperature: 0, from: "UNIT_KELVIN", to: "UNIT_CELSIUS" } as ConvertRequest),
    );
    expect(call.headers).toMatchObject({ ":status": 200, "content-type": "application/grpc" });
    expect(call.trailers).toMatchObject({ "grpc-status": "0" });
    expect(convert.responseDeserialize(call.message) as ConvertResponse).toEqual({
      value: -273.15,
      unit: "UNIT_CELSIUS",
    });
  });

  it("refuses what has no unit as INVALID_ARGUMENT", async () => {
    const call = await grpc(service.url, convert.path, convert.requestSerialize({ temperature: 1 } as ConvertRequest));
    expect({ ...call.headers, ...call.trailers }).toMatchObject({
      "grpc-status": "3",
      "grpc-message": "from=0: valid are Celsius, Fahrenheit, Kelvin",
    });
  });

  it("tells its health as gRPC's health service", async () => {
    const call = await grpc(service.url, "/grpc.health.v1.Health/Check", Buffer.alloc(0));
    expect([call.trailers["grpc-status"], [...call.message]]).toEqual(["0", [0x08, 1]]); // field 1, SERVING
  });

  it("does not speak HTTP/1.1", async () => {
    const { hostname, port } = new URL(service.url);
    const socket = dial(Number(port), hostname);
    const received: Buffer[] = [];
    socket.on("data", (bytes) => received.push(bytes)).on("error", () => {}); // it may hang up by a reset
    socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await new Promise((closed) => socket.on("close", closed));
    expect(Buffer.concat(received).toString("latin1")).not.toContain("HTTP/1.1 ");
  });
});

describe("both", needs(withoutApps), () => {
  it("stop on SIGTERM, though a connection is open and a call waits that nobody answers", async () => {
    const fake = new FakeConverter();
    const waiting = await start(app("temperature-api"), await fake.environment());
    const call = ask(`${waiting.url}/?from=Celsius&to=Kelvin&temperature=1`).catch(() => {});
    await expect.poll(() => fake.asked.length).toBe(1);
    const service = await start(app("temperature-service"));
    const session = connect(service.url).on("error", () => {});
    await once(session, "connect");
    for (const running of [waiting, service]) {
      // The converter never answers: whoever waited for it would not end.
      const { code } = await running.stop();
      // What it logs of the call that it cuts off may come before or after.
      expect([running.log, code]).toEqual([expect.arrayContaining([expect.stringMatching(/ stopped$/)]), 0]);
    }
    await call;
    session.destroy();
    fake.close();
  });
});

/** One gRPC call by HTTP/2 alone. */
async function grpc(url: string, path: string, message: Buffer) {
  const session = connect(url);
  try {
    const stream = session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
    });
    const headers = once(stream, "response") as Promise<[IncomingHttpHeaders]>;
    let trailers: IncomingHttpHeaders = {};
    stream.on("trailers", (found) => (trailers = found));
    stream.end(framed(message));
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part as Buffer);
    const bytes = Buffer.concat(parts);
    return { headers: (await headers)[0], trailers, message: bytes.length > 0 ? unframed(bytes) : bytes };
  } finally {
    session.close();
  }
}
