import { expect, it } from "vitest";
import { choose, small, until } from "../../../../cli/class/cards/card";
import { card, gateway, outputs } from "./cards";

it("has the seat's addresses, the first commands of its lessons, and codes for what a phone can open", () => {
  const { addresses, commands, codes } = card("Ada");
  expect(addresses).toEqual([
    { name: "GATEWAY_URL", url: gateway },
    { name: "KIALI_URL", url: outputs.KIALI_URL },
  ]);
  expect(commands).toEqual([
    `URL=${gateway}`,
    'curl -s $URL/productpage | grep -o "<title>.*</title>"',
    'curl -s "$URL/?from=Celsius&to=Kelvin&temperature=150"',
  ]);
  expect(codes).toEqual([
    { label: "Bookstore", url: `${gateway}/productpage` },
    { label: "Kiali", url: outputs.KIALI_URL },
  ]);
});

it("says nothing of what the seat has not: the blog goes by a header, which no phone sends, and the address itself is the code", () => {
  const blog = card("Ada", 1, { GATEWAY_URL: gateway, lessons: { blog: "http://codewithmsmaxpro.me:31380/" } });
  expect(blog.addresses.map(({ name }) => name)).toEqual(["GATEWAY_URL"]);
  expect(blog.commands).toEqual([`URL=${gateway}`, 'curl -s -H "Host: codewithmsmaxpro.me" $URL/posts']);
  expect(blog.codes).toEqual([{ label: "GATEWAY_URL", url: gateway }]);
});

it("names kubectl only where its file is handed out as well, and says what that file means", () => {
  expect(card("Ada").commands.join()).not.toMatch(/kubectl|root/);
  const { commands } = card("Ada", 7, outputs, { kubeconfig: true });
  expect(commands).toContain("kubectl --kubeconfig seat-7.kubeconfig get pods -A");
  expect(commands.at(-1)).toBe("# keep it: whoever has that file can become root of the seat's machine");
});

it("says when the seat is shut down each day, where it is", () => {
  expect(card("Ada").commands.join()).not.toContain("shut down");
  expect(card("Ada", 7, outputs, { shutdown: "19:00 UTC (14:00 in America/New_York)" }).commands.at(-1)).toBe(
    "# the seat is shut down each day at 19:00 UTC (14:00 in America/New_York)",
  );
});

it("says until when, with the time where it is not the end of the day", () => {
  expect(small(card("Ada"))).toBe("december · until 1 December 2026");
  expect(until(new Date("2026-12-01T17:30:00+02:00"))).toBe("until 1 December 2026, 15:30 UTC");
});

it("is made of outputs that are no secret, and of three of them alone", () => {
  const all = { ...outputs, kubeconfig: "[secret]", INGRESS_HOST: "10.231.0.2" };
  expect(choose(all)).toEqual({ outputs });
  expect(choose({ ...all, KIALI_URL: "[secret]", lessons: "[secret]" })).toEqual({
    outputs: { GATEWAY_URL: gateway, lessons: {} },
  });
  expect(choose({ ...all, GATEWAY_URL: "[secret]" })).toEqual({ missing: "its GATEWAY_URL is a secret" });
  expect(choose({})).toEqual({ missing: "it is not up" });
});
