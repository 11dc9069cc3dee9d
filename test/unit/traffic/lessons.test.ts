import { describe, expect, it } from "vitest";
import { targetOf } from "../../../cli/traffic/seat";

describe("what a lesson is asked and how its answer tells the version", () => {
  it.each([
    ["bookinfo", '{"id":"0","podname":"reviews-v3-7d8c6b5f4-abcde","reviews":[]}', "v3"],
    ["bookinfo", '{"id":"0","podname":"ratings-v1-7d8c6b5f4-abcde"}', undefined],
    ["bookinfo", '{"error":"Sorry, product reviews are currently unavailable for this book."}', undefined],
    ["bookinfo", "<html>", undefined],
    ["bookinfo", "null", undefined],
    ["blog", "my-blog v2\n", "v2"],
    ["blog", "my-blog v1", "v1"],
    ["blog", "Hello from backend service\n", undefined],
    ["temperature", '{"value":423.15,"unit":"Kelvin"}', "answered"],
    ["temperature", '{"error":"unknown unit"}', undefined],
  ] as const)("%s: %j", (lesson, body, version) => {
    expect(targetOf(lesson, "http://seat:31380").versionOf(body)).toBe(version);
  });

  it("is asked through the gateway, blog by its host", () => {
    expect(targetOf("bookinfo", "http://seat:31380/").url).toBe("http://seat:31380/api/v1/products/0/reviews");
    expect(targetOf("blog", "http://seat:31380")).toMatchObject({
      url: "http://seat:31380/",
      headers: { Host: "codewithmsmaxpro.me" },
    });
    expect(targetOf("temperature", "http://seat:31380").url).toBe(
      "http://seat:31380/?from=Celsius&to=Kelvin&temperature=150",
    );
  });
});
