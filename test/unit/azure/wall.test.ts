import * as path from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, test } from "vitest";
import { systemBinary } from "../../../embedded/toolchain/debian";
import { needs, withoutRoot } from "../../support/needs";

/** What a machine must have for this: it makes network namespaces. */
const missing = needs(
  withoutRoot,
  ...["ip", "iptables"].map((tool) => (systemBinary(tool) ? undefined : `needs ${tool}`)),
);

const folder = path.join(__dirname, "wall");
const wall = path.join(__dirname, "../../../components/cluster/azure/scripts/wall.sh");

const wireServer = ["tcp:168.63.129.16:80", "tcp:168.63.129.16:32526"];
const metadata = "tcp:169.254.169.254:80";
const resolver = ["tcp:168.63.129.16:53", "udp:168.63.129.16:53"];
/** Of the cluster, with an endpoint of somebody's own. */
const service = "tcp:10.43.0.80:8080";

/** The very file that a node gets, on the kernel of this machine; a namespace each stands for the node, a pod and the cloud. */
describe("the wall between pods and what Azure tells the VM alone", missing, () => {
  let lines: string[][];
  const answered = (state: string, asker: string) =>
    lines
      .filter((words) => words[0] === state && words[1] === asker && words[3] !== "nothing")
      .map(([, , target]) => target)
      .sort();

  beforeAll(async () => {
    const { stdout } = await execa("unshare", [
      "--net",
      "--mount",
      "--pid",
      "--fork",
      "--kill-child",
      "--mount-proc",
      "bash",
      path.join(folder, "lab.sh"),
      wall,
    ]);
    lines = stdout.split("\n").map((line) => line.split(" "));
  });

  test("without it a pod reaches all of it, by a Service too", () => {
    expect(answered("open", "pod")).toEqual([...wireServer, metadata, ...resolver, service].sort());
    expect(lines).toContainEqual(["open", "pod", service, "168.63.129.16:80"]);
  });

  test("with it a pod reaches the resolver alone and the node everything, also after k3s has written its rules anew", () => {
    expect(answered("walled", "pod")).toEqual(resolver);
    expect(answered("walled", "node")).toEqual([...wireServer, metadata, ...resolver].sort());
  });

  test("is there once, however often it is built", () => {
    expect(lines.filter(([state, word]) => state === "rules" && word === "-A")).toHaveLength(3);
  });
});
