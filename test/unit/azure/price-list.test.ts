import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { retailPrices } from "../../../cli/targets/azure/price-list";

/** A stand-in for Microsoft's list, which cannot be reached from a test: it has the fields of the documented answer. */
let server: http.Server;
let address: string;
let reply: (response: http.ServerResponse) => void;
const asked: string[] = [];
beforeAll(async () => {
  server = http.createServer((request, response) => {
    asked.push(new URL(request.url!, "http://list").searchParams.get("$filter")!);
    reply(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/retail/prices`;
});
afterAll(() => server.close());

const item = (skuName: string, retailPrice: number, more: object = {}) => ({
  retailPrice,
  currencyCode: "USD",
  unitOfMeasure: "1 Hour",
  productName: "Virtual Machines Dsv5 Series",
  skuName,
  meterName: skuName,
  ...more,
});
const items = [
  item("D4s v5", 0.25),
  item("D4s v5", 0.5, { productName: "Virtual Machines Dsv5 Series Windows" }),
  item("D4s v5 Spot", 0.05),
  item("D4s v5 Low Priority", 0.06),
  item("D4s v5", 1000, { unitOfMeasure: "1 Month" }),
];
const json =
  (body: unknown, headers: http.OutgoingHttpHeaders = {}) =>
  (response: http.ServerResponse) =>
    void response.writeHead(200, headers).end(JSON.stringify(body));
const ask = (spot = false, at = address) =>
  retailPrices(at)({ location: "westeurope", vmSize: "Standard_D4s_v5", spot });

test("the price is that of Linux by the hour, of a spot VM where that is wanted", async () => {
  reply = json({ Items: items });
  expect(await ask()).toMatchObject({ perHour: 0.25, currency: "USD" });
  expect(await ask(true)).toMatchObject({ perHour: 0.05, currency: "USD" });
  expect(asked.at(-1)).toBe(
    "serviceName eq 'Virtual Machines' and priceType eq 'Consumption' and armRegionName eq 'westeurope' and armSkuName eq 'Standard_D4s_v5'",
  );
});

test("how far this machine's clock is ahead is told by the answer, however old that is", async () => {
  const date = (seconds: number) => new Date(Date.now() + seconds * 1000).toUTCString();
  for (const [headers, ahead] of [
    [{ date: date(0) }, 0],
    [{ date: date(-600) }, 600],
    [{ date: date(-600), age: "600" }, 0],
    [{ date: date(300) }, -300],
  ] as const) {
    reply = json({ Items: items }, headers);
    expect(Math.abs((await ask()).ahead! - ahead)).toBeLessThanOrEqual(2);
  }
});

test.each<[string, (response: http.ServerResponse) => void, string]>([
  ["has none", json({ Items: [] }), "Microsoft's price list has no Standard_D4s_v5 there"],
  ["has two", json({ Items: [...items, item("D4s v5", 0.3)] }), "Microsoft's price list has 2 prices of it"],
  ["is another", json({ Prices: [] }), "Microsoft's price list cannot be read"],
  ["is busy", (response) => void response.writeHead(429).end(), "Microsoft's price list answers 429"],
  [
    "prints no JSON",
    (response) => void response.end("<html>"),
    "Microsoft's price list does not answer (Unexpected token",
  ],
  ["hangs up", (response) => void response.destroy(), "Microsoft's price list does not answer (UND_ERR_SOCKET)"],
])("no price is guessed where the list %s", async (_what, answer, why) => {
  reply = answer;
  expect(await ask()).toMatchObject({ why: expect.stringContaining(why) });
});

test("nor where nobody answers", async () => {
  expect(await ask(false, "http://127.0.0.1:9/")).toEqual({
    why: expect.stringMatching(/^Microsoft's price list does not answer \(/),
  });
});
