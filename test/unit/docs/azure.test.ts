import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execaSync } from "execa";
import { afterAll, describe, expect, test } from "vitest";
import { otherSizes, parseSize } from "../../../components/cluster/azure/size";
import { parseConfig } from "../../../config";
import { projectRoot } from "../../../base/paths";
import { required } from "../azure/config";

const page = fs.readFileSync(path.join(projectRoot, "docs/azure.md"), "utf8");

test("docs/azure.md names the sizes that the program names", () => {
  expect(page).toContain(otherSizes.map((size) => `\`${size}\``).join(", "));
});

test("what a class costs by docs/azure.md is the price it names, multiplied; a seat takes 4 vCPUs and one address", () => {
  const price = Number(/about (\d\.\d+) USD an hour/.exec(page)![1]);
  const rows = [
    ...page.matchAll(/^\| (\d+) seats?, (\d+) hours[^|]*\| about ([\d.]+) USD \| (\d+) \| (\d+) \|$/gm),
  ].map(([, ...cells]) => cells.map(Number));
  expect(rows).toHaveLength(4);
  const { vmSize, nodes } = parseConfig({ target: "azure", azure: JSON.stringify(required) }).azure;
  for (const [seats, hours, cost, cores, addresses] of rows as [number, number, number, number, number][]) {
    expect(Math.abs(seats * hours * price - cost)).toBeLessThanOrEqual(0.5);
    expect([cores, addresses]).toEqual([seats * nodes * parseSize(vmSize)!.cores, seats * nodes]);
  }
});

/** What docs/azure.md tells to type, run by sh as it is printed; stand-ins for curl and npm record what they are asked. */
describe("another release of k3s, by the commands of docs/azure.md", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-docs-"));
  afterAll(() => fs.rmSync(folder, { recursive: true }));
  const commands = /## Which k3s\n[^]*?```sh\n([^]*?)```/.exec(page)![1]!;

  function run(curl: string) {
    fs.writeFileSync(path.join(folder, "curl"), `#!/bin/sh\n${curl}\n`, { mode: 0o755 });
    fs.writeFileSync(path.join(folder, "npm"), `#!/bin/sh\necho "$*" >> ${folder}/asked\n`, { mode: 0o755 });
    fs.rmSync(path.join(folder, "asked"), { force: true });
    const { exitCode, stderr } = execaSync("sh", ["-c", commands], {
      reject: false,
      env: { PATH: `${folder}:${process.env.PATH}` },
    });
    const asked = fs.existsSync(path.join(folder, "asked"))
      ? fs.readFileSync(path.join(folder, "asked"), "utf8").trim().split("\n")
      : [];
    return { exitCode, stderr, asked };
  }

  test("set the hash of the file k3s, and then the release", () => {
    const [images, k3s] = ["b".repeat(64), "c".repeat(64)];
    const { exitCode, asked } = run(
      `case "$*" in *v1.35.2%2Bk3s1/sha256sum-amd64.txt) printf '%s  %s\\n' ${images} k3s-images.txt ${k3s} k3s ;; esac`,
    );
    expect({ exitCode, asked }).toEqual({
      exitCode: 0,
      asked: [
        `run -s pulumi -- config set --path istio-lab:azure.k3s.sha256 ${k3s} --stack seat7`,
        "run -s pulumi -- config set --path istio-lab:azure.k3s.version v1.35.2+k3s1 --stack seat7",
      ],
    });
    expect(
      parseConfig({
        target: "azure",
        azure: JSON.stringify({ ...required, k3s: { sha256: k3s, version: "v1.35.2+k3s1" } }),
      }).azure.k3s.version,
    ).toBe("v1.35.2+k3s1");
  });

  test.each([
    ["fails, as -f makes it at a 404", "echo 'curl: (22) 404' >&2; exit 22"],
    ["prints the page of a 404", "echo 'Not Found'"],
  ])("set nothing where curl %s", (_what, curl) => {
    const { exitCode, stderr, asked } = run(curl);
    expect(asked).toEqual([]);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("there is no such release");
  });
});
