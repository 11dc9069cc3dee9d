import { afterEach, describe, expect, it, vi } from "vitest";
import { UserError } from "../../../../base/errors";
import { EngineTrouble } from "../../../../cli/class/run/operation";
import { isPassing, retrying } from "../../../../cli/class/run/retry";
import { notedLine } from "./a-class";

const trouble = (said: string) => new EngineTrouble(said, said);
const forever = new AbortController().signal;

describe("what is worth another try", () => {
  // Each says it in one way alone, so that none stands for another.
  it.each([
    "Error code 429, slow down",
    "Too Many Requests",
    "toomanyrequests: You have reached your limit",
    "the request was throttled",
    "You have reached your pull rate limit",
    "rate exceeded",
    ...[500, 502, 503, 504].flatMap((code) => [
      `autorest/azure: Service returned an error. Status=${code}`,
      `StatusCode: ${code}`,
      `Code="${code}"`,
      `unexpected http ${code}`,
    ]),
    "500 Internal Server Error",
    "502 Bad Gateway",
    "503 Service Unavailable",
    "504 Gateway Timeout",
    'Code="ServiceUnavailable"',
    'Code="ServerBusy"',
    'Code="OperationTimedOut"',
    'Code="RetryableError"',
    'Code="AnotherOperationInProgress" Message="Another operation on this or dependent resource is in progress."',
    'Code="ConflictingConcurrentWrite"',
    'Code="AllocationFailed" Message="Allocation failed."',
    'Code="ZonalAllocationFailed"',
    'Code="OverconstrainedAllocationRequest"',
    'Code="SkuNotAvailable" Message="The requested VM size for resource is currently not available in location"',
    "Message: Allocation failed. We do not have sufficient capacity for the requested VM size in this region.",
    'Code="NicReservedForAnotherVm" Message="Nic(s) in request is reserved for another Virtual Machine for 180 seconds."',
    "dial tcp 192.0.2.1:6443: i/o timeout",
    "net/http: TLS handshake timeout",
    ...["reset by peer", "refused", "timed out"].map((how) => `read tcp 192.0.2.1: connection ${how}`),
    "read ECONNRESET",
    "connect ETIMEDOUT 192.0.2.1:443",
    "getaddrinfo EAI_AGAIN management.example",
    "socket hang up",
    "unexpected EOF",
    "dial tcp: lookup management.example: Temporary failure in name resolution",
    "lookup management.example on 192.0.2.53:53: server misbehaving",
    "etcdserver: leader changed",
    "etcdserver: request timed out",
    "the server is currently unable to handle the request",
  ])("%s", (said) => expect(isPassing(trouble(said))).toBe(true));

  it.each([
    "istio-lab:canary.reviews: the weights sum to 90 and not to 100",
    "The requested VM size Standard_D4s_v5 is not available in location 'westeurope'",
    "error: Operation could not be completed as it results in exceeding approved Total Regional Cores quota. Limit: 10, Required: 504",
    'deployments.apps "v429-x" is forbidden: User cannot create resource',
    "Helm release istiod timed out waiting for the condition",
    "istio-lab:traffic: 4290 requests",
    "the stack is currently locked by 1 lock(s)",
  ])("not: %s", (said) => expect(isPassing(trouble(said))).toBe(false));

  it("is judged by all that the engine said, and not by the board's line alone", () => {
    expect(
      isPassing(
        new EngineTrouble("Release istiod: no such image", "Release istiod: no such image\n429 TooManyRequests"),
      ),
    ).toBe(true);
    expect([
      isPassing(new Error("503 Service Unavailable")),
      isPassing("503 Service Unavailable"),
      isPassing(undefined),
    ]).toEqual([true, true, false]);
  });
});

describe("retrying", () => {
  afterEach(() => void vi.useRealTimers());

  it("waits five seconds at least, then three times as long each time, for three further tries", async () => {
    vi.useFakeTimers();
    const begun: number[] = [];
    const start = Date.now();
    const run = retrying(notedLine(), forever, {}, async () => {
      begun.push((Date.now() - start) / 1000);
      throw trouble("503 Service Unavailable");
    });
    const ended = expect(run).rejects.toThrow("503 Service Unavailable");
    await vi.runAllTimersAsync();
    await ended;
    const waits = begun.slice(1).map((at, index) => at - begun[index]!);
    expect(waits).toHaveLength(3);
    // Up to twice as long by chance, so that thirty seats do not come back at once.
    for (const [index, least] of [5, 15, 45].entries())
      expect(waits[index]! / least).toSatisfy((times: number) => times >= 1 && times <= 2);
  });

  it.each([
    ['Code="NicReservedForAnotherVm"', 180, /It is tried again in 180 s; 1 of 1/],
    [
      'Code="AllocationFailed"',
      60,
      /Try another azure\.vmSize: Standard_D4as_v5, .*\nIt is tried again in 60 s; 1 of 1/,
    ],
    ['Code="SkuNotAvailable"', 60, /Try another azure\.vmSize/],
    ['429 TooManyRequests, Code="NicReservedForAnotherVm"', 180, /It is tried again in 180 s; 1 of 1/],
  ])("of %s it waits %i s at least, and says so; not after the last try", async (said, least, log) => {
    vi.useFakeTimers();
    const begun: number[] = [];
    const line = notedLine();
    const start = Date.now();
    const run = retrying(line, forever, { retries: 1 }, async () => {
      begun.push((Date.now() - start) / 1000);
      throw trouble(said);
    });
    const ended = expect(run).rejects.toThrow(said);
    await vi.runAllTimersAsync();
    await ended;
    expect(begun).toHaveLength(2);
    expect(begun[1]).toBeGreaterThanOrEqual(least + 5);
    expect((Date.now() - start) / 1000).toBe(begun[1]);
    expect(line.said.join("\n")).toMatch(log);
    expect(line.said.at(-1)).toBe(`retrying: tries again in ${least} s: ${said}`);
  });

  it("ends a long wait at once when it is interrupted", async () => {
    const abort = new AbortController();
    const run = retrying(notedLine(), abort.signal, { wait: 1 }, async () => {
      setTimeout(() => abort.abort(), 20);
      throw trouble('Code="NicReservedForAnotherVm"');
    });
    await expect(run).rejects.toThrow();
  });

  it("breaks no lock of a stack that is not locked", async () => {
    let asked = 0;
    const run = retrying(
      notedLine(),
      forever,
      { wait: 1, breakLocks: () => ((asked += 1), ["Broke it"]) },
      async () => {
        throw trouble("no such image");
      },
    );
    await expect(run).rejects.toThrow("no such image");
    expect(asked).toBe(0);
  });

  it("tries what passes again, tells the board each time, and gives the result", async () => {
    const line = notedLine();
    let tries = 0;
    const result = await retrying(line, forever, { wait: 1 }, async () => {
      tries += 1;
      if (tries < 3) throw trouble("429 TooManyRequests");
      return "made";
    });
    expect(result).toBe("made");
    expect(line.said.filter((text) => text.startsWith("retrying:"))).toEqual([
      "retrying: tries again: 429 TooManyRequests",
      "retrying: tries again: 429 TooManyRequests",
    ]);
    expect(line.said[0]).toBe("log: 429 TooManyRequests\nIt is tried again; 3 of 3 further tries are left.\n");
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
    for (const [broken, wanted] of [
      [["Broke the lock of process 7"], 2],
      [[], 1],
    ] as const) {
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

  it("tells nobody of a further try where it was interrupted while it worked", async () => {
    const abort = new AbortController();
    const line = notedLine();
    const run = retrying(line, abort.signal, { wait: 1 }, async () => {
      abort.abort();
      throw trouble("503 Service Unavailable");
    });
    await expect(run).rejects.toThrow();
    expect(line.said).toEqual([]);
  });
});
