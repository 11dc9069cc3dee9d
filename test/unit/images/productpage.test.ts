import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ask } from "./ask";
import { Backend, traced } from "./backend";
import { app, built, buildTime, withoutApps } from "./built";
import { killAll, start } from "./process";
import { needs } from "../../support/needs";

beforeAll(built, buildTime);
afterEach(killAll);

describe("productpage", needs(withoutApps), () => {
  const backend = new Backend();
  let env: Record<string, string>;
  beforeAll(async () => void (env = await backend.environment("DETAILS", "REVIEWS", "RATINGS")));
  afterEach(() => {
    backend.answers.clear();
    backend.asked.length = 0;
  });
  afterAll(() => backend.close());

  const book = {
    id: 0,
    author: "William Shakespeare",
    year: 1595,
    pages: 200,
    publisher: "PublisherA",
    "ISBN-10": "1234567890",
  };
  const rated = (rating?: unknown) => ({
    id: "0",
    podname: "reviews-pod",
    clustername: "null",
    reviews: [{ reviewer: "Reviewer1", text: "a <b> text", rating }],
  });

  function healthy(rating?: unknown) {
    backend.answers.set("/details/0", book);
    backend.answers.set("/reviews/0", rated(rating));
    backend.answers.set("/ratings/0", { id: 0, ratings: { Reviewer1: 5 } });
  }

  it("shows details and reviews under upstream's title", async () => {
    healthy();
    const { url } = await start(app("productpage"), env);
    const { status, type, body } = await ask(`${url}/productpage?u=normal`);
    expect([status, type]).toEqual([200, "text/html; charset=utf-8"]);
    expect(body).toContain("<title>Simple Bookstore Application</title>");
    expect(body).toContain('<meta name="viewport"');
    for (const text of [
      "The Comedy of Errors",
      "Book Details",
      "PublisherA",
      "1234567890",
      "Book Reviews",
      "a &lt;b&gt; text",
    ]) {
      expect(body).toContain(text);
    }
    expect(body).toContain("Reviews served by: <code>reviews-pod</code>");
    expect(body).not.toContain("glyphicon-star");
    expect(body).not.toContain("on cluster");
    expect(backend.asked.map(({ path: p }) => p)).toEqual(["/details/0", "/reviews/0"]);
  });

  it.each(["black", "red"])("shows %s stars with upstream's markers, one per star", async (color) => {
    healthy({ stars: 4, color });
    const { url } = await start(app("productpage"), env);
    const { body } = await ask(`${url}/productpage`);
    expect(body.match(/glyphicon glyphicon-star/g)).toHaveLength(4);
    expect(body).toContain(`text-${color}-500`);
    expect(body).toContain(`color: ${color}`);
    expect(body).not.toContain(color === "red" ? "text-black-500" : "text-red-500");
  });

  it("shows the ratings' error and the cluster", async () => {
    healthy();
    backend.answers.set("/reviews/0", {
      ...rated({ error: "Ratings service is currently unavailable" }),
      clustername: "east",
    });
    const { url } = await start(app("productpage"), env);
    const { body } = await ask(`${url}/productpage`);
    expect(body).toContain("Ratings service is currently unavailable");
    expect(body).toContain("on cluster <code>east</code>");
  });

  it("answers 200 with an error in place of a part that fails, and asks reviews twice", async () => {
    backend.answers.set("/details/0", 503);
    const { url } = await start(app("productpage"), env);
    const { status, body } = await ask(`${url}/productpage`);
    expect(status).toBe(200);
    expect(body).toContain("Error fetching product details");
    expect(body).toContain("Sorry, product details are currently unavailable for this book.");
    expect(body).toContain("Error fetching product reviews");
    expect(body).toContain("Sorry, product reviews are currently unavailable for this book.");
    expect(backend.asked.map(({ path: p }) => p)).toEqual(["/details/0", "/reviews/0", "/reviews/0"]);
  });

  it("has upstream's API", async () => {
    healthy();
    const { url } = await start(app("productpage"), env);
    const products = await ask(`${url}/api/v1/products`);
    expect(products).toMatchObject({ status: 200, type: "application/json" });
    const descriptionHtml = expect.stringContaining("William Shakespeare's");
    expect(products.body).toEqual([{ id: 0, title: "The Comedy of Errors", descriptionHtml }]);
    expect(await ask(`${url}/api/v1/products/0`)).toMatchObject({ status: 200, body: book });
    expect((await ask(`${url}/api/v1/products/0/reviews`)).body).toEqual(rated());
    expect((await ask(`${url}/api/v1/products/0/ratings`)).body).toEqual({ id: 0, ratings: { Reviewer1: 5 } });
    const error = "Sorry, product details are currently unavailable for this book.";
    expect(await ask(`${url}/api/v1/products/9`)).toMatchObject({ status: 404, body: { error } });
    expect(await ask(`${url}/health`)).toMatchObject({ status: 200, body: "Product page is healthy" });
  });

  it("has the index and the static files", async () => {
    const { url } = await start(app("productpage"), env);
    const index = (await ask(url)).body;
    expect(index).toContain('href="/productpage?u=normal"');
    expect(index).toContain('href="/productpage?u=test"');
    expect(await ask(`${url}/static/tailwind/tailwind.css`)).toMatchObject({
      status: 200,
      type: "text/css; charset=utf-8",
    });
    expect(await ask(`${url}/static/img/reader.svg`)).toMatchObject({ status: 200, type: "image/svg+xml" });
    expect((await ask(`${url}/static/nothing`)).status).toBe(404);
    expect((await ask(`${url}/nothing`)).status).toBe(404);
  });

  it("signs in by name, passes it on as end-user beside the trace, and signs out", async () => {
    healthy();
    const { url } = await start(app("productpage"), env);
    const form = { method: "POST", body: new URLSearchParams({ username: "jäson <b>", passwd: "any" }) };
    const login = await ask(`${url}/login`, { ...form, headers: { referer: `${url}/productpage?u=test` } });
    expect([login.status, login.headers.get("location")]).toEqual([302, `${url}/productpage?u=test`]);
    const cookie = login.headers.get("set-cookie")!;
    expect(cookie).toMatch(/^session=\S+; Path=\/; HttpOnly/);

    const session = `${cookie.split(";")[0]!}; ${traced.cookie}`;
    const { body } = await ask(`${url}/productpage`, { headers: { ...traced, cookie: session, "end-user": "forged" } });
    expect(body).toContain("jäson &lt;b&gt;");
    expect(body).toContain("Sign out");
    expect(backend.asked).toHaveLength(2);
    for (const { headers } of backend.asked) {
      const name = Buffer.from(headers["end-user"] as string, "latin1").toString();
      expect({ ...headers, "end-user": name }).toMatchObject({ ...traced, cookie: session, "end-user": "jäson <b>" });
    }

    const logout = await ask(`${url}/logout`, { headers: { referer: "http://elsewhere.example/" } });
    expect([logout.status, logout.headers.get("location")]).toEqual([302, "/productpage"]);
    expect(logout.headers.get("set-cookie")).toMatch(/^session=; Path=\/; Max-Age=0/);
    expect((await ask(`${url}/login`)).status).toBe(405);
  });
});
