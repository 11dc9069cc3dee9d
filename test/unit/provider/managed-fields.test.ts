import { describe, expect, it } from "vitest";
import { adoptFields, hasOthersOfOurs } from "../../../embedded/provider/apply";
import type { Bag } from "../../../embedded/provider/wire";
import { object } from "./answers";

const live = (...entries: Bag[]) => object("ConfigMap", { metadata: { resourceVersion: "7", managedFields: entries } });
const entry = (manager: string, operation: string, fields: Bag = {}, more: Bag = {}) => ({
  manager,
  operation,
  fieldsV1: fields,
  ...more,
});

describe("fields that somebody else wrote", () => {
  it.each([
    ["kubectl-client-side-apply", "Update"],
    ["kubectl", "Apply"],
    ["kubectl-edit", "Update"],
    ["before-first-apply", "Update"],
    ["pulumi-kubernetes", "Update"],
    ["pulumi-resource-kubernetes", "Update"],
  ])("are taken over from %s (%s)", (manager, operation) => {
    expect(hasOthersOfOurs(live(entry("istiod", "Apply"), entry(manager, operation)))).toBe(true);
  });

  it.each([
    ["istiod", "Update"],
    ["argocd", "Apply"],
    ["before-first-apply", "Apply"],
    ["pulumi-kubernetes-1a2b3c4d", "Apply"],
  ])("are left to %s (%s)", (manager, operation) => {
    expect(adoptFields(live(entry(manager, operation)), "own")).toBeUndefined();
  });

  it("are left to whoever scales: that conflict is the user's to decide", () => {
    expect(adoptFields(live(entry("kubectl", "Update", {}, { subresource: "scale" })), "own")).toBeUndefined();
  });

  it("come to the program's own, all of them, and nobody else loses any", () => {
    const istiod = entry("istiod", "Update", { "f:status": {} });
    const own = entry("own", "Apply", { "f:data": { "f:a": {} } });
    const status = entry("own", "Apply", { "f:status": {} }, { subresource: "status" });
    const [fields, version] = adoptFields(
      live(
        istiod,
        status,
        own,
        entry("kubectl-edit", "Update", { "f:data": { "f:b": {} } }),
        entry("kubectl", "Apply", { "f:metadata": {} }),
      ),
      "own",
    )!;
    expect(fields).toEqual({
      op: "replace",
      path: "/metadata/managedFields",
      value: [entry("own", "Apply", { "f:data": { "f:a": {}, "f:b": {} }, "f:metadata": {} }), istiod, status],
    });
    expect(version, "somebody may have written since").toEqual({
      op: "replace",
      path: "/metadata/resourceVersion",
      value: "7",
    });
  });

  it("make an entry of the program's where it had none", () => {
    expect(
      adoptFields(live(entry("kubectl", "Update", { "f:data": {} }, { apiVersion: "v1" })), "own")![0].value,
    ).toEqual([entry("own", "Apply", { "f:data": {} }, { apiVersion: "v1" })]);
  });
});
