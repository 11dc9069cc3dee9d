import { expect, it } from "vitest";
import { onStack, STACK_SCRIPTS } from "../../../base/advice";

it.each([
  ["npm run up", "npm run up -- --stack dev"],
  ["npm run up -- --heal", "npm run up -- --stack dev --heal"],
  ["npm run open kiali", "npm run open -- --stack dev kiali"],
  ["npm run -s kubectl -- get pods -A", "npm run -s kubectl -- --stack dev get pods -A"],
  ['eval "$(npm run -s env)"', 'eval "$(npm run -s env -- --stack dev)"'],
  // Pulumi's own flag, where a user's own `pulumi` takes it too.
  ["npm run -s pulumi -- refresh --yes", "npm run -s pulumi -- refresh --stack dev --yes"],
  ["npm run -s pulumi -- stack output GATEWAY_URL", "npm run -s pulumi -- stack output GATEWAY_URL --stack dev"],
  ["npm run -s pulumi -- stack tag set a:b c", "npm run -s pulumi -- stack tag set a:b c --stack dev"],
  [
    "npm run -s pulumi -- config set --secret --path a.b < FILE",
    "npm run -s pulumi -- config set --stack dev --secret --path a.b < FILE",
  ],
  ["curl $(npm run -s pulumi -- stack output URL)/x", "curl $(npm run -s pulumi -- stack output URL --stack dev)/x"],
  [
    "npm run -s pulumi -- refresh --yes && npm run up",
    "npm run -s pulumi -- refresh --stack dev --yes && npm run up -- --stack dev",
  ],
  [
    "Run `npm run up` again, or `npm run down`, which …",
    "Run `npm run up -- --stack dev` again, or `npm run down -- --stack dev`, which …",
  ],
])("a command names its stack in the shortest form that works: %s", (command, named) => {
  expect(onStack("dev", command)).toBe(named);
  // Said once is enough, also where another stack is named.
  expect(onStack("other", named)).toBe(named);
});

it("of several commands only those are named that name none", () => {
  expect(onStack("dev", "npm run -s kubectl -- delete pod x && npm run up -- --stack a")).toBe(
    "npm run -s kubectl -- --stack dev delete pod x && npm run up -- --stack a",
  );
  expect(onStack("dev", "npm run up -- --heal\nnpm run down -- --stack a")).toBe(
    "npm run up -- --stack dev --heal\nnpm run down -- --stack a",
  );
});

it.each([
  "npm run class -- up --roster r.csv",
  "npm run embedded -- build",
  "npm run embedded -- stop --seat a",
  "npm run -s pulumi -- stack init NAME --copy-config-from dev",
  "npm run -s pulumi -- stack select NAME",
  "npm run -s pulumi -- login",
  "npm test",
  "npm run upload",
  "kubectl get pods",
  "Install a StorageClass with a provisioner.",
  "",
])("what works on no one stack stays as it is: %j", (command) => expect(onStack("dev", command)).toBe(command));

it("every script that takes a stack is one of package.json", () => {
  const { scripts } = require("../../../package.json") as { scripts: object };
  for (const script of [...STACK_SCRIPTS, "pulumi"]) expect(scripts).toHaveProperty(script);
});
