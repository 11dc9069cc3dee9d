import { describe, expect, it } from "vitest";
import { lostObjects } from "../../../cli/stack/lost-objects";

const urn = (name: string) => `urn:pulumi:x::istio-lab::kubernetes:core/v1:Service::${name}`;
const failed = (name: string, op = "update") => ({
  timestamp: 1,
  sequence: 1,
  resOpFailedEvent: { metadata: { op, urn: urn(name) } },
});
const said = (name: string, message: string, severity = "error") => ({
  timestamp: 1,
  sequence: 1,
  diagnosticEvent: { urn: urn(name), message, severity, prefix: "", color: "" },
});
const gone = `update of resource failed: unable to get cluster state: services "a" not found`;
const lost = (...events: object[]) => lostObjects(events as never).map((one) => one.split("::").at(-1));

describe("an object that was deleted by hand", () => {
  it("is each one of which the API server says that it is not found", () =>
    expect(lost(failed("a"), said("a", gone), failed("b", "delete"), said("b", "release: not found"))).toEqual([
      "a",
      "b",
    ]));

  it.each<[string, object[]]>([
    ["another failure", [failed("a"), said("a", "conflict")]],
    ["a creation, which lacks something else", [failed("a", "create"), said("a", `namespaces "x" not found`)]],
    ["a warning", [failed("a"), said("a", gone, "warning")]],
    ["what did not fail", [said("a", gone)]],
    ["another resource's words", [failed("b"), said("a", gone)]],
  ])("is none by %s", (_, events) => expect(lost(...events)).toEqual([]));

  it("is told once, and none where the events could not be read", () => {
    expect(lost(failed("a"), said("a", gone), said("a", gone))).toEqual(["a"]);
    expect(lostObjects(undefined)).toEqual([]);
  });
});
