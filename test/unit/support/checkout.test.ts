import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execaSync } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Checkout } from "../../support/checkout";
import { forgetCheckout } from "../../support/made-checkouts";

let source: string;
let copy: Checkout;

const put = (name: string, text: string) => fs.writeFileSync(path.join(source, name), text);
const copied = (name: string) => fs.readFileSync(path.join(copy.root, name), "utf8");
const git = (...args: string[]) => execaSync("git", args, { cwd: source });

beforeAll(async () => {
  source = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-source-"));
  git("init", "--quiet");
  put("Pulumi.yaml", "name: lab\n");
  put("Pulumi.embedded.yaml", "config: {}\n");
  put("index.ts", "one\n");
  git("add", ".");
  put("Pulumi.yaml", "name: changed\n");
  put("Pulumi.embedded.yaml", "config: {}\nencryptionsalt: v1:x\n");
  put("Pulumi.k-01.yaml", "config: {}\n");
  put("index.ts", "two\n");
  put("new.ts", "new\n");
  copy = await Checkout.create("missing", "istio-lab-copy-", source);
});

afterAll(() => {
  forgetCheckout(copy.root);
  for (const folder of [source, copy.root]) fs.rmSync(folder, { recursive: true, force: true });
});

test("a copy has the sources as they lie there", () => {
  expect(["Pulumi.yaml", "index.ts", "new.ts"].map(copied)).toEqual(["name: changed\n", "two\n", "new\n"]);
});

test("a copy has git's stack files, without the salt of this checkout's own state", () => {
  expect(copied("Pulumi.embedded.yaml")).toBe("config: {}\n");
  expect(fs.existsSync(path.join(copy.root, "Pulumi.k-01.yaml"))).toBe(false);
});
