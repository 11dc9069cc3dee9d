import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect, it } from "vitest";
import { announceOnce } from "../../../embedded/provider/announce";

it("takes away the marks of processes that have ended, and no other file", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-announced-"));
  for (const name of ["4194304", String(process.pid), "notes"]) fs.writeFileSync(path.join(folder, name), "");
  const said: string[] = [];
  announceOnce(
    folder,
    { log: (_: string, __: string, text: string) => said.push(text) } as unknown as Parameters<typeof announceOnce>[1],
    "urn",
  );
  expect(fs.readdirSync(folder).sort()).toEqual([String(process.pid), String(process.ppid), "notes"].sort());
  expect(said).toHaveLength(1);
  fs.rmSync(folder, { recursive: true });
});

it("says it each time where nothing can be marked", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-announced-"));
  fs.writeFileSync(path.join(folder, "file"), "");
  const said: string[] = [];
  announceOnce(
    path.join(folder, "file", "below"),
    { log: (_: string, __: string, text: string) => said.push(text) } as unknown as Parameters<typeof announceOnce>[1],
    "urn",
  );
  expect(said).toHaveLength(1);
  fs.rmSync(folder, { recursive: true });
});

it("says it again where the mark is of a process that had the number before", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-announced-"));
  for (const pid of [process.pid, process.ppid]) fs.writeFileSync(path.join(folder, String(pid)), "1");
  const said: string[] = [];
  const announce = () =>
    announceOnce(
      folder,
      { log: (_: string, __: string, text: string) => said.push(text) } as unknown as Parameters<
        typeof announceOnce
      >[1],
      "urn",
    );
  announce();
  announce();
  expect(said).toHaveLength(1);
  expect(fs.readdirSync(folder)).toEqual([String(process.ppid)]);
  fs.rmSync(folder, { recursive: true });
});
