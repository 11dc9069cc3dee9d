import { expect, it, vi } from "vitest";
import type { PreflightSeat } from "../../../../cli/class";
import type { Finding } from "../../../../cli/preflight/finding";
import { existingFindings } from "../../../../cli/targets/existing/class-preflight";
import { kubeconfigOf } from "../../existing/api-server";

const { world } = vi.hoisted(() => ({ world: { found: {} as Record<string, Finding[]>, asked: [] as unknown[] } }));
vi.mock("../../../../cli/targets/existing/preflight", () => ({
  evaluate: async (_: unknown, stack: string, own: unknown) => (world.asked.push([stack, own]), world.found[stack]),
}));

const seat = (name: string, server: string) =>
  ({
    seat: { seat: name, at: `line ${name}` },
    settings: { existing: { kubeconfig: kubeconfigOf(server) } },
    locked: [],
    own: { cluster: `cluster of ${name}`, namespaces: [] },
  }) as unknown as PreflightSeat;

it("a class in clusters of its own is told what is in the way in each, and in one word where nothing is", async () => {
  world.found = {
    anna: [
      { name: "cluster", status: "ok", seen: "context c, https://a:6443" },
      { name: "rights", status: "ok", seen: "all" },
    ],
    ben: [
      { name: "cluster", status: "ok", seen: "context c, https://b:6443" },
      { name: "version", status: "notice", seen: "1.30" },
      { name: "rights", status: "refused", seen: "no create", todo: "ask for it" },
    ],
    cleo: [],
  };
  const seats = [seat("anna", "https://a:6443"), seat("ben", "https://b:6443"), seat("cleo", "https://c:6443")];
  expect(await existingFindings([...seats, seat("dora", "https://a:6443")])).toEqual([
    expect.objectContaining({ name: "dora: cluster", status: "refused" }),
    { name: "anna", status: "ok", seen: "context c, https://a:6443" },
    { name: "ben: version", status: "notice", seen: "1.30" },
    { name: "ben: rights", status: "refused", seen: "no create", todo: "ask for it" },
    { name: "cleo", status: "ok", seen: "nothing is in the way" },
  ]);
  // A cluster is asked once, as the cluster of the seat that came first.
  expect(world.asked).toEqual(
    ["anna", "ben", "cleo"].map((name) => [name, { cluster: `cluster of ${name}`, namespaces: [] }]),
  );
});
