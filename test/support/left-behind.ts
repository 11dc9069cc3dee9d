import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "vitest";
import { jsonOf, type Ended } from "./checkout";
import type { SimulatedClass } from "./simulated";

interface Row {
  seat: string;
  status: string;
  proof: { what: string; left: string[] }[];
}

/** The config files of a simulated class's stacks. */
export function stackFilesOf({ lab }: SimulatedClass): string[] {
  return fs
    .readdirSync(lab.root)
    .filter((name) => /^Pulumi\.seat/.test(name))
    .sort();
}

/**
 * Runs `class destroy` while the simulated cloud refuses to delete what `seat` has. The command fails for that seat
 * only, names what is left, and keeps its stack. The user's own `Pulumi.seat-02.yaml` existed before the class, and
 * stays.
 */
export async function expectLeftBehind(
  room: SimulatedClass,
  seat: string,
  destroy: (...args: string[]) => Promise<Ended>,
): Promise<void> {
  room.set(`keep.${seat}`, "");
  const destroyed = await destroy("--yes", "--json");
  expect(destroyed.exitCode).toBe(1);
  const failed = jsonOf<{ seats: Row[] }>(destroyed).seats.filter(({ status }) => status === "failed");
  expect(failed.map((row) => row.seat)).toEqual([seat]);
  expect(failed[0]!.proof.filter(({ left }) => left.length > 0).map(({ what }) => what)).toEqual([
    "resource groups of the seat",
    "disks",
    "resources of the seat",
  ]);
  expect(stackFilesOf(room)).toEqual(["Pulumi.seat-02.yaml", `Pulumi.${seat}.yaml`]);
  expect(fs.readFileSync(path.join(room.lab.root, "Pulumi.seat-02.yaml"), "utf8")).toMatch(/^# Mine\./);
}

/** Removes what the simulated cloud kept. */
export function takeKept(room: SimulatedClass, seat: string): void {
  for (const file of [`keep.${seat}`, `group.${seat}.json`, `machine.${seat}.json`]) room.set(file);
}
