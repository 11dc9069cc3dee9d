import * as fs from "node:fs";
import { expect, it } from "vitest";
import { sharedSeat } from "../../support/shared-seat";

const seat = sharedSeat();

it("notes which seat it has", async () => {
  fs.appendFileSync(process.env.SEEN_SEATS!, `${seat.lab.root}\n`);
  expect((await seat.lab.kubectlEnds("get", "configmap", "-n", "blog", "notes")).exitCode).toBe(1);
});

it("leaves an object", async () => {
  expect(await seat.lab.kubectl("create", "configmap", "-n", "blog", "notes", "--from-literal=a=b")).toContain(
    "created",
  );
});

it("only looks", async () =>
  expect(await seat.lab.kubectl("get", "configmap", "-n", "blog", "notes", "-o", "name")).toContain("notes"));
