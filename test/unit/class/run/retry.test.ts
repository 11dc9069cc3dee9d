import { describe, expect, it } from "vitest";
import { UserError } from "../../../../cli/errors";
import { EngineTrouble } from "../../../../cli/class/run/operation";
import { isPassing, retrying } from "../../../../cli/class/run/retry";
import { notedLine } from "./a-class";

const trouble = (said: string) => new EngineTrouble(said, said);
const forever = new AbortController().signal;

describe("what is worth another try", () => {
  it.each([
    'Status=429 Code="TooManyRequests" Message="slow down"',
    "autorest/azure: Service returned an error. Status=503",
    "Code=\"AnotherOperationInProgress\" Message=\"Another operation on this or dependent resource is in progress.\"",
    "failed to pull image: toomanyrequests: You have reached your pull rate limit",
    "Get \"https://registry.example/v2/\": net/http: TLS handshake timeout",
    "dial tcp 192.0.2.1:6443: i/o timeout",
    "read tcp 192.0.2.1: connection reset by peer",
    "dial tcp: lookup management.example: Temporary failure in name resolution",
    "etcdserver: leader changed",
  ])("%s", (said) => expect(isPassing(trouble(said))).toBe(true));

  it.each([
    "istio-lab:canary.reviews: the weights sum to 90 and not to 100",
    "The requested VM size Standard_D4s_v5 is not available in location 'westeurope'",
    "error: Operation could not be completed as it results in exceeding approved Total Regional Cores quota. Limit: 10, Required: 504",
    "deployments.apps \"v429-x\" is forbidden: User cannot create resource",
    "Helm release istiod timed out waiting for the condition",
  ])("not: %s", (said) => expect(isPassing(trouble(said))).toBe(false));
});

describe("retrying", () => {
  it("tries what passes again, tells the board each time, and gives the result", async () => {
    const line = notedLine();
    let tries = 0;
    const result = await retrying(line, forever, { wait: 1 }, async () => {
      tries += 1;
      if (tries < 3) throw trouble("429 TooManyRequests");
      return "made";
    });
    expect(result).toBe("made");
    expect(line.said.filter((text) => text.startsWith("retrying:"))).toEqual(["retrying: tries again: 429 TooManyRequests", "retrying: tries again: 429 TooManyRequests"]);
  });

  it("gives up after its tries with the engine's own error", async () => {
    let tries = 0;
    const run = retrying(notedLine(), forever, { wait: 1, retries: 2 }, async () => {
      tries += 1;
      throw trouble("503 Service Unavailable");
    });
    await expect(run).rejects.toThrow("503 Service Unavailable");
    expect(tries).toBe(3);
  });

  it("does not try again what the user has to mend", async () => {
    const line = notedLine();
    let tries = 0;
    const run = retrying(line, forever, { wait: 1 }, async () => {
      tries += 1;
      throw new UserError("istio-lab:mtls: MAYBE is neither STRICT nor PERMISSIVE");
    });
    await expect(run).rejects.toThrow("MAYBE");
    expect([tries, line.said]).toEqual([1, []]);
  });

  it("tries a locked stack again only where the lock was a dead process'", async () => {
    const locked = trouble("error: the stack is currently locked by 1 lock(s)");
    for (const [broken, wanted] of [[["Broke the lock of process 7"], 2], [[], 1]] as const) {
      let tries = 0;
      const run = retrying(notedLine(), forever, { wait: 1, breakLocks: () => broken }, async () => {
        tries += 1;
        if (tries === 1) throw locked;
      });
      await run.catch(() => undefined);
      expect(tries).toBe(wanted);
    }
  });

  it("does not wait for a further try once it is interrupted", async () => {
    const abort = new AbortController();
    const run = retrying(notedLine(), abort.signal, { wait: 3_600_000 }, async () => {
      setTimeout(() => abort.abort(), 20);
      throw trouble("503 Service Unavailable");
    });
    await expect(run).rejects.toThrow();
  });
});
