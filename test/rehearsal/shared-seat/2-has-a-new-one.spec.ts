import * as fs from "node:fs";
import { expect, it } from "vitest";
import { sharedSeat } from "../../support/shared-seat";

const seat = sharedSeat();

it("finds nothing of what was left", async () => {
  fs.appendFileSync(process.env.SEEN_SEATS!, `${seat.lab.root}\n`);
  expect((await seat.lab.kubectlEnds("get", "configmap", "-n", "blog", "notes")).all).toContain("not found");
});
