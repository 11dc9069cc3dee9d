import { describe, expect, it } from "vitest";
import { runAll, type EngineOptions } from "../../../cli/check/engine";
import { ApiSilent } from "../../../cli/seat/api";
import { ProbePodMissing } from "../../../cli/check/probe-pods";
import { UserError } from "../../../base/errors";
import type { Held } from "../../../cli/check/placeholders";
import type { Context, Probe, Verdict } from "../../../cli/check/probes/probe";
import type { CheckKind, CheckSpec } from "../../../components/lessons/checks/check";
import type { Seat } from "../../../cli/seat/seat";
import { spec } from "./reports";

const seat = { list: async () => [], logs: async () => [] } as unknown as Seat;
const context: Context = {
  seat,
  secure: { host: "", port: 0 },
  analyze: async () => ({ messages: [] }),
  caller: async () => Promise.reject(new Error("nobody")),
};

/** A probe that gives the verdicts one after the other, the last for ever. */
function probe(verdicts: (Verdict | Error)[], heavy?: true): Probe<CheckKind, Verdict> & { looks: number } {
  return {
    heavy,
    looks: 0,
    expected: () => "200",
    async look() {
      const verdict = verdicts[Math.min(this.looks++, verdicts.length - 1)]!;
      if (verdict instanceof Error) throw verdict;
      return verdict;
    },
    evaluate: (_, seen) => seen,
  };
}

function run(
  specs: CheckSpec[],
  one: Probe<CheckKind, never> | Probe<CheckKind, Verdict>,
  over: { signal?: AbortSignal; settleMilliseconds?: number; context?: Context } = {},
) {
  return runAll(specs, {
    probeOf: () => one as Probe<CheckKind, unknown>,
    context,
    standInOf: () => undefined,
    signal: new AbortController().signal,
    settleMilliseconds: 300,
    pauseMilliseconds: 30,
    ...over,
  });
}

describe("a run of checks", () => {
  it("asks no second time after an observation that has waited long enough itself", async () => {
    const waited = probe([
      { ok: false, seen: "nothing new", isFinal: true },
      { ok: true, seen: "200" },
    ]);
    expect(await run([spec], waited)).toMatchObject([{ status: "failed", seen: "nothing new" }]);
    expect(waited.looks).toBe(1);
  });

  it("gives what fails at first time to settle", async () => {
    const settling = probe([
      { ok: false, seen: "503" },
      { ok: true, seen: "200" },
    ]);
    expect(await run([spec], settling)).toMatchObject([{ status: "passed", seen: "200" }]);
    expect(settling.looks).toBe(2);
  });

  it("counts the last look, and hands the failure to the diagnosis", async () => {
    const [row] = await run([spec], probe([{ ok: false, seen: "503", evidence: { statuses: { 503: 1 } } }]));
    expect(row).toMatchObject({
      status: "failed",
      seen: "503",
      expected: "200",
      failure: { check: spec, evidence: { statuses: { 503: 1 } } },
    });
  });

  it("takes a look that throws for a failure, in its words; but not a defect of the probe", async () => {
    expect(await run([spec], probe([new Error("no pod with app=api runs in namespace blog")]))).toMatchObject([
      { status: "failed", seen: "no pod with app=api runs in namespace blog" },
    ]);
    await expect(run([spec], probe([new TypeError("x is not a function")]))).rejects.toThrow(TypeError);
  });

  it("says nothing about the lesson where its own pod is not there to ask", async () => {
    const missing = probe([new ProbePodMissing("the pod istio-lab-check/stranger is not ready: ImagePullBackOff")]);
    const [row] = await run([spec], missing);
    expect(missing.looks, "another look would wait for the pod once more").toBe(1);
    expect(row).toMatchObject({
      status: "failed",
      hint: { cause: expect.stringContaining("says nothing about the lesson") },
    });
    expect(row!.failure).toBeUndefined();
  });

  it("ends with what the user has to act on", async () => {
    await expect(run([spec], probe([new UserError("Another check is running on this seat.")]))).rejects.toThrow(
      UserError,
    );
  });

  it("asks again where the API server is silent for a moment, and says nothing of a lesson where it stays so", async () => {
    const silence = new ApiSilent(
      "The cluster's API server does not answer (https://10.231.0.2:6443: no answer within 10 s).",
    );
    const moment = probe([silence, { ok: true, seen: "200" }]);
    expect(await run([spec], moment)).toMatchObject([{ status: "passed", seen: "200" }]);
    expect(moment.looks).toBe(2);
    await expect(run([spec], probe([silence]))).rejects.toBe(silence);
  });

  it("goes on with the others where the API server does not answer one check alone: nothing is said of its lesson", async () => {
    const silence = new ApiSilent(
      "The cluster's API server does not answer (https://10.231.0.2:6443: no answer within 10 s).",
    );
    const slow = probe([silence]);
    const rows = await run([spec, { ...spec, name: "other" }], slow, {
      context: { ...context, seat: { ...seat, get: async () => ({ metadata: { name: "kube-system" } }) } },
    });
    expect(rows.map(({ status }) => status)).toEqual(["failed", "failed"]);
    expect(rows[0]!.hint).toEqual({
      cause:
        "The check did not run: The cluster's API server does not answer (https://10.231.0.2:6443: no answer within 10 s). It answers other questions. This says nothing about the lesson.",
      look: "npm run -s kubectl -- get --raw /readyz?verbose",
      fix: `npm run check -- --lesson ${spec.lesson}`,
    });
    // One answer takes longer than all of the settling: it is asked for once more in any case.
    const late = probe([silence, { ok: true, seen: "200" }]);
    expect(await run([spec], late, { settleMilliseconds: 0 })).toMatchObject([{ status: "passed" }]);
  });

  it("looks at nothing that is not applicable", async () => {
    const never = probe([new Error("looked")]);
    expect(await run([{ ...spec, notApplicable: "HTTPRoute has no fault injection" }], never)).toMatchObject([
      { status: "not applicable", seen: "HTTPRoute has no fault injection" },
    ]);
    expect(never.looks).toBe(0);
    expect(await run([spec], probe([{ ok: false, notApplicable: true, seen: "no class" }]))).toMatchObject([
      { status: "not applicable" },
    ]);
  });

  it("never passes what a placeholder answers, but asks whether it is in its place", async () => {
    const of = (one: Partial<Probe<CheckKind, Verdict>>) =>
      runAll([spec], {
        probeOf: () => ({ ...probe([{ ok: true, seen: "200" }]), ...one }) as Probe<CheckKind, unknown>,
        context,
        standInOf: () => undefined,
        heldOf: async () => ({ placeholder: "kiali: a placeholder" }),
        signal: new AbortController().signal,
        settleMilliseconds: 0,
        pauseMilliseconds: 30,
      });
    expect(await of({})).toMatchObject([{ status: "placeholder", seen: "200 (kiali: a placeholder)" }]);
    expect(await run([spec], probe([{ ok: true, seen: "302", placeholder: "of an older version" }]))).toMatchObject([
      { status: "placeholder", seen: "302 (of an older version)" },
    ]);
    expect(await of({ placeholder: async () => ({ ok: true, seen: "ready" }) })).toMatchObject([
      { status: "placeholder", seen: "ready (kiali: a placeholder)" },
    ]);
    expect(await of({ placeholder: async () => ({ ok: false, seen: "503" }) })).toMatchObject([
      { status: "failed", seen: "503" },
    ]);
    expect(await of({ placeholder: async () => Promise.reject(new Error("no endpoints")) })).toMatchObject([
      { status: "failed", seen: "no endpoints" },
    ]);
  });

  describe("whose addon nobody could ask what it is", () => {
    const silence = new ApiSilent(
      "The cluster's API server does not answer (https://10.231.0.2:6443: no answer within 10 s).",
    );
    const unknown = (error: Error = new Error("no endpoints available")): Held => ({
      unknown: { name: "grafana", error },
    });
    const answering = {
      ...context,
      seat: { ...seat, get: async () => ({ metadata: { name: "kube-system" } }) } as Seat,
    };
    /** The answers to the question one after the other, the last for ever. */
    async function held(one: Probe<CheckKind, Verdict>, answers: Held[], over: Partial<EngineOptions> = {}) {
      let asked = 0;
      const heldOf = async () => answers[Math.min(asked++, answers.length - 1)]!;
      const rows = await runAll([spec], {
        probeOf: () => one as Probe<CheckKind, unknown>,
        context: answering,
        standInOf: () => undefined,
        heldOf,
        signal: new AbortController().signal,
        settleMilliseconds: 0,
        pauseMilliseconds: 30,
        ...over,
      });
      return { row: rows[0]!, asked };
    }

    it("neither passes nor is a placeholder's: it was not asked", async () => {
      const { row, asked } = await held(probe([{ ok: true, seen: "200" }]), [unknown()]);
      expect(row).toMatchObject({
        status: "failed",
        seen: "200; it is unknown whether grafana itself answered, or a placeholder",
      });
      expect(row.hint).toEqual({
        cause:
          "The check proves nothing, because a placeholder may have answered; asking failed (no endpoints available). This says nothing about the lesson.",
        look: "npm run -s kubectl -- get service,endpointslices,pods -n istio-system",
        fix: `npm run check -- --lesson ${spec.lesson}`,
      });
      expect(row.failure).toBeUndefined();
      expect(asked, "before the look, and once more").toBe(2);
    });

    it.each<[string, Held, object]>([
      ["passes as soon as the real thing has answered", {}, { status: "passed", seen: "200" }],
      [
        "is a placeholder's as soon as one says so",
        { placeholder: "grafana: a placeholder" },
        { status: "placeholder", seen: "200 (grafana: a placeholder)" },
      ],
    ])("%s", async (_, known, row) => {
      expect((await held(probe([{ ok: true, seen: "200" }]), [unknown(silence), known])).row).toMatchObject(row);
      const patient = { ...probe([{ ok: true, seen: "200" }]), patient: true as const };
      expect((await held(patient, [unknown(), unknown(), known], { settleMilliseconds: 60_000 })).row).toMatchObject(
        row,
      );
      expect(patient.looks, "nothing is looked at again for it").toBe(1);
    });

    it("fails for its own reason where it fails, and is what the answer itself says", async () => {
      expect((await held(probe([{ ok: false, seen: "503" }]), [unknown()])).row).toMatchObject({
        status: "failed",
        seen: "503",
        failure: { check: spec },
      });
      expect(
        (await held(probe([{ ok: true, seen: "302", placeholder: "of an older version" }]), [unknown()])).row,
      ).toMatchObject({ status: "placeholder", seen: "302 (of an older version)" });
    });

    it("looks for a placeholder in its place once it is known to be one", async () => {
      const instead = {
        ...probe([{ ok: false, seen: "no dashboards" }]),
        placeholder: async () => ({ ok: true, seen: "ready" }),
      };
      expect(
        (await held(instead, [unknown(), { placeholder: "grafana: a placeholder" }], { settleMilliseconds: 60_000 }))
          .row,
      ).toMatchObject({ status: "placeholder", seen: "ready (grafana: a placeholder)" });
    });

    it("ends the run where the API server answers nothing at all", async () => {
      const mute = { ...context, seat: { ...seat, get: async () => Promise.reject(silence) } as Seat };
      await expect(held(probe([{ ok: true, seen: "200" }]), [unknown(silence)], { context: mute })).rejects.toBe(
        silence,
      );
      expect((await held(probe([{ ok: true, seen: "200" }]), [unknown(silence)])).row).toMatchObject({
        status: "failed",
      });
    });
  });

  it("begins what waits for itself at once, beside all others, and looks no second time", async () => {
    const patient = { ...probe([{ ok: false, seen: "nothing came" }]), patient: true as const };
    const started: string[] = [];
    const light = probe([{ ok: true, seen: "" }]);
    const kinds = { ...spec, kind: "metrics", name: "last" } as unknown as CheckSpec;
    const rows = await runAll(
      [...Array.from({ length: 20 }, (_, index) => ({ ...spec, name: `light-${index}` })), kinds],
      {
        probeOf: (kind) => (kind === "metrics" ? patient : light) as Probe<CheckKind, unknown>,
        context,
        standInOf: () => undefined,
        signal: new AbortController().signal,
        seen: ({ name }, row) => row === undefined && started.push(name),
      },
    );
    expect(rows.at(-1)).toMatchObject({ check: "last", status: "failed", seen: "nothing came" });
    expect(started[0]).toBe("last");
    expect(patient.looks).toBe(1);
  });

  it("looks again at what waits for itself where it could not look at all", async () => {
    const patient = {
      ...probe([new Error("Prometheus is not ready"), { ok: true, seen: "+20" }]),
      patient: true as const,
    };
    expect(await run([spec], patient)).toMatchObject([{ status: "passed", seen: "+20" }]);
  });

  it("keeps the order, and runs heavy checks one after the other", async () => {
    let now = 0;
    let most = 0;
    const heavy = probe([{ ok: true, seen: "" }], true);
    const counted: Probe<CheckKind, Verdict> = {
      ...heavy,
      async look() {
        most = Math.max(most, (now += 1));
        await new Promise((wait) => setTimeout(wait, 20));
        now -= 1;
        return { ok: true, seen: "" };
      },
    };
    const names = ["a", "b", "c"];
    const rows = await run(
      names.map((name) => ({ ...spec, name })),
      counted,
    );
    expect(rows.map(({ check }) => check)).toEqual(names);
    expect(most).toBe(1);
  });

  it("ends at once when it is interrupted", async () => {
    const abort = new AbortController();
    const endless: Probe<CheckKind, Verdict> = {
      expected: () => "",
      look: () => new Promise(() => undefined),
      evaluate: (_, seen) => seen,
    };
    const running = run([spec], endless, { signal: abort.signal });
    abort.abort(new Error("Interrupted."));
    await expect(running).rejects.toThrow("Interrupted.");
  });
});
