import type { EngineEvent } from "@pulumi/pulumi/automation";
import { describe, expect, it } from "vitest";
import { EngineTrouble, operation, type OperationOptions } from "../../../../cli/class/run/operation";
import { notedLine } from "./a-class";

/** The SDK's own classes: it is by their names that an error is known for the engine's. */
const errors = require("@pulumi/pulumi/automation/errors") as Record<string, new (result: object) => Error>;
const engines = ["CommandError", "ConcurrentUpdateError", "StackNotFoundError", "StackAlreadyExistsError"];
const error = (urn: string, message: string): EngineEvent =>
  ({
    sequence: 0,
    timestamp: 0,
    diagnosticEvent: { severity: "error", urn, message, color: "never" },
  }) as unknown as EngineEvent;
const stack = "urn:pulumi:anna::istio-lab::pulumi:pulumi:Stack::istio-lab-anna";
const release = "urn:pulumi:anna::istio-lab::kubernetes:helm.sh/v3:Release::istiod";

/** What an operation came to whose engine says this, and ends with an error of that name. */
async function failed(
  work: (how: OperationOptions) => void,
  name = "CommandError",
): Promise<{ trouble: EngineTrouble; said: string[] }> {
  const line = notedLine();
  const run = operation(line, new AbortController().signal, async (how) => {
    work(how);
    throw new errors[name]!({ stdout: "", stderr: "", exitCode: 255, toString: () => "code: 255" });
  });
  return {
    trouble: await run.then(
      () => expect.unreachable(),
      (thrown: EngineTrouble) => thrown,
    ),
    said: line.said,
  };
}

describe("an operation of the engine", () => {
  it("is given the signal that interrupts it, and gives what it made", async () => {
    const { signal } = new AbortController();
    const given = await operation(notedLine(), signal, async (how) => how);
    expect(given).toMatchObject({ signal, color: "never", suppressOutputs: true });
    expect(given.signal).toBe(signal);
  });

  it("is told to the seat's log, what it prints and what it complains of, and to the board", async () => {
    const { said } = await failed(({ onOutput, onError, onEvent }) => {
      onOutput("made\n");
      onError("warning: old\n");
      onEvent({
        resourcePreEvent: { metadata: { op: "create", type: "kubernetes:helm.sh/v3:Release", urn: release } },
      } as unknown as EngineEvent);
    });
    expect(said).toEqual(["log: made\n", "log: warning: old\n", "doing: creating Release istiod"]);
  });

  it.each(engines)(
    "fails as the engine's where the SDK throws %s; the whole of what was said is kept for who judges it",
    async (name) => {
      const { trouble } = await failed(({ onError, onEvent }) => {
        onError("error: 429 ");
        onEvent(error(release, "no such image"));
        onError("TooManyRequests\n");
      }, name);
      expect(trouble).toBeInstanceOf(EngineTrouble);
      expect(trouble.line).toBe("Release istiod: no such image");
      expect(trouble.said).toBe("Release istiod: no such image\nerror: 429 TooManyRequests\n");
    },
  );

  it("without an event has the first line that is no warning, and one without a word says so", async () => {
    expect(
      (
        await failed(({ onError }) =>
          onError("\nwarning: a new version\n\nerror: the stack is currently locked\nby 1 lock\n"),
        )
      ).trouble.line,
    ).toBe("the stack is currently locked");
    expect((await failed(({ onError }) => onError("  exit status 1, error: no room \n"))).trouble.line).toBe(
      "exit status 1, error: no room",
    );
    expect((await failed(() => undefined)).trouble.line).toBe("pulumi failed and gave no reason");
  });

  it("has the resource's own error before what came first, and before the whole's", async () => {
    const { trouble } = await failed(({ onEvent }) =>
      [error(stack, "update failed"), error(release, "one"), error(release, "two")].forEach(onEvent),
    );
    expect(trouble.line).toBe("Release istiod: one");
  });

  it("does not take a defect of the program for the engine's", async () => {
    const defect = new TypeError("nothing is undefined");
    await expect(operation(notedLine(), new AbortController().signal, () => Promise.reject(defect))).rejects.toBe(
      defect,
    );
  });
});
