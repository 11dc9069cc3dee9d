import { describe, expect, it } from "vitest";
import type { Group } from "../../../../cli/class/model";
import type { Change } from "../../../../cli/preview/changes";
import { unexpected, unexpectedText } from "../../../../cli/class/preview/text";

const change = (kind: string, name: string, op: Change["op"] = "update"): Change => ({
  op,
  kind,
  object: `${kind} ${name}`,
  fields: [],
});
const routes = [change("VirtualService", "default/reviews")];
const group = (seats: string[], ...changes: Change[]): Group => ({ seats, changes }) as Group;

describe("--expect-only", () => {
  it("refuses every group that has another change, with all its seats and all its other changes", () => {
    const groups = [
      group(["k-01", "k-02"], ...routes),
      group(["k-03"], ...routes, change("Deployment", "default/a", "delete"), change("Service", "default/a")),
      group(["k-04"], change("Namespace", "blog", "create")),
    ];
    expect(unexpected(groups, ["VirtualService"])).toEqual([
      { seats: ["k-03"], changes: [change("Deployment", "default/a", "delete"), change("Service", "default/a")] },
      { seats: ["k-04"], changes: [change("Namespace", "blog", "create")] },
    ]);
  });

  it.each([[["virtualservice"]], [["VIRTUALSERVICE"]], [["Service", "VirtualService"]]])(
    "takes a kind as kubectl does, one of several too: %j",
    (kinds) => expect(unexpected([group(["k-01"], ...routes)], kinds)).toEqual([]),
  );

  it("takes no kind for another one that begins or ends with it", () => {
    expect(unexpected([group(["k-01"], ...routes)], ["Service"])).toHaveLength(1);
    expect(unexpected([group(["k-01"], change("Service", "default/a"))], ["VirtualService"])).toHaveLength(1);
  });

  it("has nothing to refuse where nothing changes", () =>
    expect(unexpected([group(["k-01"])], ["VirtualService"])).toEqual([]));

  it("names each group's seats, and each of its changes, in the message", () => {
    const found = unexpected(
      [
        group(["k-01", "k-02"], change("Deployment", "default/a", "delete"), change("Service", "default/a")),
        group(["k-03"], change("Namespace", "blog", "create")),
      ],
      ["VirtualService", "Gateway"],
    );
    expect(unexpectedText(found, ["VirtualService", "Gateway"]).split("\n")).toEqual([
      "Only changes of VirtualService, Gateway were expected. These are others:",
      "2 seats (k-01, k-02):",
      "  - Deployment default/a",
      "  ~ Service default/a",
      "1 seat (k-03):",
      "  + Namespace blog",
    ]);
  });
});
