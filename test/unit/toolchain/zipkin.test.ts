import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, expect, it } from "vitest";
import { addonImages, zipkin } from "../../../versions";
import { requireContent } from "../../../embedded/toolchain/zipkin";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "zipkin-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));

it("Zipkin's jar is of the version that the addon's image names", () => {
  expect(zipkin.version).toBe(addonImages.zipkin.split(":")[1]);
});

it("a file that is not the pinned one is refused, with both hashes and what to do", () => {
  const file = path.join(folder, "zipkin.jar");
  fs.writeFileSync(file, "hello\n");
  const hello = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
  expect(() => requireContent(file, hello)).not.toThrow();
  expect(() => requireContent(file, "0".repeat(64))).toThrow(
    `zipkin.jar is not the pinned one: its SHA-256 is ${hello} and not ${"0".repeat(64)}. It is not used. Without Zipkin, put jaeger into istio-lab:addons instead.`,
  );
});
