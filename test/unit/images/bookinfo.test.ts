import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ask } from "./ask";
import { Backend, traced } from "./backend";
import { app, built, buildTime, withoutApps } from "./built";
import { killAll, start } from "./process";
import { needs } from "../../support/needs";

beforeAll(built, buildTime);
afterEach(killAll);

describe("details", needs(withoutApps), () => {
  it("has the facts of the book, under any number", async () => {
    const { url } = await start(app("details"));
    expect(await ask(`${url}/details/7`)).toMatchObject({ status: 200, type: "application/json" });
    expect((await ask(`${url}/details/7`)).body).toEqual({
      id: 7,
      author: "William Shakespeare",
      year: 1595,
      type: "paperback",
      pages: 200,
      publisher: "PublisherA",
      language: "English",
      "ISBN-10": "1234567890",
      "ISBN-13": "123-1234567890",
    });
    expect(await ask(`${url}/details/x`)).toMatchObject({
      status: 400,
      body: { error: "please provide numeric product id" },
    });
    expect(await ask(`${url}/health`)).toMatchObject({ status: 200, body: { status: "Details is healthy" } });
    expect((await ask(`${url}/elsewhere`)).status).toBe(404);
  });
});

describe("ratings", needs(withoutApps), () => {
  it("has five and four stars until others are posted", async () => {
    const { url, log } = await start(app("ratings"));
    expect(await ask(`${url}/ratings/0`)).toMatchObject({
      status: 200,
      type: "application/json",
      body: { id: 0, ratings: { Reviewer1: 5, Reviewer2: 4 } },
    });
    const post = { method: "POST", body: '{"Reviewer1":1,"Reviewer2":2}' };
    expect(await ask(`${url}/ratings/3`, post)).toMatchObject({
      status: 200,
      body: { id: 3, ratings: { Reviewer1: 1, Reviewer2: 2 } },
    });
    expect((await ask(`${url}/ratings/3`)).body).toEqual({ id: 3, ratings: { Reviewer1: 1, Reviewer2: 2 } });
    expect((await ask(`${url}/ratings/0`)).body.ratings).toEqual({ Reviewer1: 5, Reviewer2: 4 });
    expect(await ask(`${url}/ratings/`)).toMatchObject({
      status: 400,
      body: { error: "please provide numeric product ID" },
    });
    const broken = await ask(`${url}/ratings/3`, { method: "POST", body: "{" });
    expect(broken).toMatchObject({ status: 400, body: { error: "please provide valid ratings JSON" } });
    expect(await ask(`${url}/health`)).toMatchObject({ status: 200, body: { status: "Ratings is healthy" } });
    expect(log.some((line) => line.endsWith("POST /ratings/3 200"))).toBe(true);
  });
});

describe("reviews", needs(withoutApps), () => {
  const backend = new Backend();
  let ratings: Record<string, string>;
  beforeAll(async () => void (ratings = await backend.environment("RATINGS")));
  afterEach(() => {
    backend.answers.clear();
    backend.asked.length = 0;
  });
  afterAll(() => backend.close());

  const shown = (body: { reviews: { reviewer: string; rating?: unknown }[] }) =>
    body.reviews.map(({ reviewer, rating }) => [reviewer, rating]);

  it("v1 has no stars, asks nobody, and names its pod and cluster", async () => {
    const { url } = await start(app("reviews"), { ...ratings, HOSTNAME: "reviews-v1-abc", CLUSTER_NAME: "lab" });
    const { status, type, body } = await ask(`${url}/reviews/0`);
    expect([status, type]).toEqual([200, "application/json"]);
    expect(body).toMatchObject({ id: "0", podname: "reviews-v1-abc", clustername: "lab" });
    expect(shown(body)).toEqual([
      ["Reviewer1", undefined],
      ["Reviewer2", undefined],
    ]);
    expect(backend.asked).toEqual([]);
    expect((await ask(`${url}/reviews/x`)).status).toBe(404);
    expect(await ask(`${url}/health`)).toMatchObject({ status: 200, body: { status: "Reviews is healthy" } });
  });

  it.each([
    ["v2", "black", {}],
    ["v3", "red", { STAR_COLOR: "red" }],
  ])("%s has %s stars from ratings and passes the trace on", async (_, color, env) => {
    backend.answers.set("/ratings/0", { id: 0, ratings: { Reviewer1: 5, Reviewer2: 4 } });
    const { url } = await start(app("reviews"), { ...ratings, ...env, ENABLE_RATINGS: "true" });
    const { body } = await ask(`${url}/reviews/0`, {
      headers: { ...traced, "end-user": "jason", "x-not-passed": "1" },
    });
    expect(shown(body)).toEqual([
      ["Reviewer1", { stars: 5, color }],
      ["Reviewer2", { stars: 4, color }],
    ]);
    expect(body).toMatchObject({ podname: "null", clustername: "null" });
    expect(backend.asked).toHaveLength(1);
    expect(backend.asked[0]!.headers).toMatchObject({ ...traced, "end-user": "jason" });
    expect(backend.asked[0]!.headers).not.toHaveProperty("x-not-passed");
  });

  it("says so where ratings fails", async () => {
    backend.answers.set("/ratings/0", 503);
    const { url, log } = await start(app("reviews"), { ...ratings, ENABLE_RATINGS: "true" });
    const { status, body } = await ask(`${url}/reviews/0`);
    const error = { error: "Ratings service is currently unavailable" };
    expect(status).toBe(200);
    expect(shown(body)).toEqual([
      ["Reviewer1", error],
      ["Reviewer2", error],
    ]);
    expect(log.some((line) => line.includes("got status 503"))).toBe(true);
  });
});

describe("bookinfo in whole", needs(withoutApps), () => {
  const at = (service: string, { url }: { url: string }) => ({
    [`${service}_HOSTNAME`]: "127.0.0.1",
    [`${service}_SERVICE_PORT`]: new URL(url).port,
  });

  it.each([
    ["v1", {}, 0],
    ["v2", { ENABLE_RATINGS: "true" }, 9],
    ["v3", { ENABLE_RATINGS: "true", STAR_COLOR: "red" }, 9],
  ])("shows reviews %s through all four services", async (version, env, stars) => {
    const [details, ratings] = [await start(app("details")), await start(app("ratings"))];
    const reviews = await start(app("reviews"), { ...at("RATINGS", ratings), ...env, HOSTNAME: `reviews-${version}` });
    const { url } = await start(app("productpage"), { ...at("DETAILS", details), ...at("REVIEWS", reviews) });
    const { body } = await ask(`${url}/productpage`);
    expect(body).toContain("Book Details");
    expect(body).toContain(`Reviews served by: <code>reviews-${version}</code>`);
    expect(body.match(/glyphicon-star/g) ?? []).toHaveLength(stars);
    expect(body.includes("text-red-500")).toBe(version === "v3");
    expect(body.includes("text-black-500")).toBe(version === "v2");
  });
});
