import type { EngineEvent } from "@pulumi/pulumi/automation";
import { describe, expect, it } from "vitest";
import { changesText, EventReader, nameOf } from "../../../../cli/class/run/operation";
import { notedLine } from "./a-class";

const urn = "urn:pulumi:anna::istio-lab::istio-lab:mesh:Istio$kubernetes:helm.sh/v3:Release::istio-istiod";

/** What the engine sends, as far as it is read. */
function read(...events: object[]): { said: string[]; trouble?: string } {
  const line = notedLine();
  const reader = new EventReader(line);
  events.forEach((event) => reader.read(event as EngineEvent));
  return { said: line.said, ...(reader.trouble !== undefined && { trouble: reader.trouble }) };
}

describe("the engine's events", () => {
  it("become what the seat does, without what stays the same", () => {
    const pre = (op: string) => ({
      resourcePreEvent: { metadata: { op, urn, type: "kubernetes:helm.sh/v3:Release" } },
    });
    expect(read(pre("same"), pre("create"), pre("delete-replaced")).said).toEqual([
      "doing: creating Release istio-istiod",
      "doing: replacing Release istio-istiod",
    ]);
  });

  it("say nothing of the stack as a whole", () => {
    const metadata = { op: "create", urn, type: "pulumi:pulumi:Stack" };
    expect(read({ resourcePreEvent: { metadata } }).said).toEqual([]);
  });

  it("show what a resource says while it is made, and no warning", () => {
    const says = (about: object) =>
      read({ diagnosticEvent: { urn, message: "Waiting for\n  2 pods\n", ...about } }).said;
    expect(says({ severity: "info" })).toEqual(["doing: Waiting for 2 pods"]);
    expect(says({ severity: "info#err", ephemeral: true })).toEqual(["doing: Waiting for 2 pods"]);
    expect(says({ severity: "warning" })).toEqual([]);
  });

  it("end with what was changed", () => {
    expect(read({ summaryEvent: { resourceChanges: { create: 36, same: 2 } } }).said).toEqual(["doing: 36 created"]);
    expect(changesText({ same: 40 })).toBe("no change");
    expect(changesText({ update: 1, delete: 2, replace: 3, create: 4, same: 5 })).toBe(
      "4 created, 1 updated, 2 deleted, 3 replaced",
    );
  });

  it("have one line of trouble: the resource's own error, and not that all has failed", () => {
    const stack = "urn:pulumi:anna::istio-lab::pulumi:pulumi:Stack::istio-lab-anna";
    const error = (of: string, message: string) => ({ diagnosticEvent: { severity: "error", urn: of, message } });
    const { trouble } = read(
      error(stack, "update failed\n"),
      error(urn, "error: Helm release failed:\n  no such image\n"),
    );
    expect(trouble).toBe("Release istio-istiod: Helm release failed: no such image");
    expect(read(error(stack, "istio-lab:mtls: MAYBE is not a mode")).trouble).toBe(
      "istio-lab:mtls: MAYBE is not a mode",
    );
    expect(read(error(stack, "update failed")).trouble).toBe("update failed");
    // An error of the engine itself names no resource.
    for (const none of ["", undefined])
      expect(
        read({ diagnosticEvent: { severity: "error", urn: none, message: "exit 1, error: no plugin" } }).trouble,
      ).toBe("exit 1, error: no plugin");
  });

  it("name a resource by its kind and its name", () => expect(nameOf(urn)).toBe("Release istio-istiod"));
});
