import { afterEach, beforeEach, expect, test } from "vitest";
import { rmSync } from "node:fs";
import { UserError } from "../../../base/errors";
import { powerOf, requirePower } from "../../../cli/targets/minikube/power";
import { MinikubeError } from "../../../components/cluster/minikube/errors";
import { Fake, running, stopped } from "./fake";

let fake: Fake;
beforeEach(() => void (fake = new Fake()));
afterEach(() => rmSync(fake.folder, { recursive: true }));

const power = () => powerOf("dev", {}, fake.minikube);
const named = (state: string) => ({ profile: "istio-lab-dev", state });
const refusal = (state: string) => () => requirePower("dev", named(state));

test("a profile that runs is asked itself", async () => {
  fake.has("istio-lab-dev");
  expect(await power()).toEqual(named("running"));
  expect(refusal("running")).not.toThrow();
});

test.each([
  ["stopped", stopped],
  ["paused", { ...running, apiServer: "Paused" }],
])("nothing can be asked of one that is %s: the command that starts it is named", async (state, status) => {
  fake.has("istio-lab-dev").status = status;
  expect(await power()).toEqual(named(state));
  expect(refusal(state)).toThrow(
    new UserError(
      `The seat of stack dev is ${state} (minikube's profile istio-lab-dev). \`npm run up -- --stack dev\` starts it again.`,
    ),
  );
});

test("one that minikube does not know any more is gone", async () => {
  expect(await power()).toEqual(named("gone"));
  expect(refusal("gone")).toThrow(
    new UserError(
      "The seat of stack dev is gone: minikube no longer has its profile istio-lab-dev. `npm run up -- --stack dev` recreates it.",
    ),
  );
});

test.each<[string, () => unknown]>([
  [
    "a machine that minikube cannot tell of",
    () => (fake.has("istio-lab-dev").status = { ...stopped, host: "Nonexistent" }),
  ],
  ["a profile that it cannot read", () => (fake.unreadable = ["istio-lab-dev"])],
  [
    "no minikube",
    () => (fake.minikube.profiles = () => Promise.reject(new MinikubeError("There is no minikube on PATH."))),
  ],
])("what was not told is unknown, and never gone: %s", async (_, become) => {
  become();
  expect(await power()).toEqual(named("unknown"));
  expect(refusal("unknown")).not.toThrow();
});

test("the profile that the config names is the one", async () => {
  fake.has("course");
  expect(await powerOf("dev", { profile: "course" }, fake.minikube)).toEqual({ profile: "course", state: "running" });
});
