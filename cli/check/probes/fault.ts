import type { FaultCheck } from "../../../components/lessons/checks/check";
import { binomialInterval } from "../binomial";
import { curlMany, type Timed } from "./curl";
import type { Probe } from "./probe";

export interface FaultSeen {
  /** Requests that the fault applies to. */
  meant: Timed[];
  /** Requests of other users, where the fault applies to one user. */
  others?: Timed[];
}

/**
 * How many requests, and how many at a time. A long delay takes long; a short one must stay visible beside the
 * requests' own duration.
 */
function sample({ delay }: FaultCheck): { requests: number; atATime: number } {
  if (!delay) return { requests: 200, atATime: 20 };
  return delay.seconds < 1 ? { requests: 60, atATime: 6 } : { requests: 100, atATime: 50 };
}

export const fault: Probe<FaultCheck, FaultSeen> = {
  heavy: true,
  expected: ({ abort, delay, user }) => {
    const parts = [
      ...(abort ? [`${abort.httpStatus} for ${abort.percentage} %`] : []),
      ...(delay ? [`${delay.seconds} s later for ${delay.percentage} %`] : []),
    ];
    return `${parts.join(", ")} of the requests${user ? ` of ${user} only` : ""}`;
  },
  async look(spec, { seat, caller }) {
    const { url, path, user, delay } = spec;
    const { requests, atATime } = sample(spec);
    const maxSeconds = (delay?.seconds ?? 0) + 10;
    const ask = async (name?: string): Promise<Timed[]> => {
      const headers: Record<string, string> = name ? { "end-user": name } : {};
      if (url !== undefined)
        return curlMany(seat, await caller("stranger"), url + path, { requests, atATime, maxSeconds, headers });
      const all: Timed[] = [];
      let sent = 0;
      const worker = async () => {
        while (sent++ < requests) {
          const got = await seat.http(path, { headers, timeoutMilliseconds: maxSeconds * 1000 });
          all.push({ status: got.status, seconds: got.milliseconds / 1000 });
        }
      };
      await Promise.all(Array.from({ length: atATime }, worker));
      return all;
    };
    return { meant: await ask(user), ...(user && { others: await ask() }) };
  },
  evaluate(spec, { meant, others = [] }) {
    const parts = [...(spec.abort ? [aborted(spec, meant)] : []), ...(spec.delay ? [delayed(spec, meant)] : [])];
    const strays = others.filter((one) => isAborted(spec, one) || isDelayed(spec, one)).length;
    const statuses: Record<number, number> = {};
    for (const { status } of meant) statuses[status] = (statuses[status] ?? 0) + 1;
    return {
      ok: parts.every(({ ok }) => ok) && strays === 0,
      seen: [
        ...parts.map(({ words }) => words),
        ...(spec.user ? [`${strays} of ${others.length} of others`] : []),
      ].join("; "),
      evidence: { statuses },
    };
  },
};

function aborted(spec: FaultCheck, meant: Timed[]) {
  const { httpStatus, percentage } = spec.abort!;
  const count = meant.filter((one) => isAborted(spec, one)).length;
  return measured(spec, { count, requests: meant.length, percentage, words: `answered ${httpStatus}` });
}

function delayed(spec: FaultCheck, meant: Timed[]) {
  const { seconds, percentage } = spec.delay!;
  const count = meant.filter((one) => isDelayed(spec, one)).length;
  return measured(spec, { count, requests: meant.length, percentage, words: `took ${seconds} s or longer` });
}

function measured(
  spec: FaultCheck,
  { count, requests, percentage, words }: { count: number; requests: number; percentage: number; words: string },
) {
  const [low, high] = binomialInterval(requests, percentage / 100, 1 - spec.confidence);
  const tolerance = low === high ? "" : ` → ${low}–${high}`;
  return {
    ok: low <= count && count <= high,
    words: `${count} of ${requests} requests${of(spec)} ${words} (configured: ${percentage} %${tolerance})`,
  };
}

function of({ user }: FaultCheck): string {
  return user ? ` of ${user}` : "";
}

function isAborted({ abort }: FaultCheck, { status }: Timed): boolean {
  return abort !== undefined && status === abort.httpStatus;
}

function isDelayed({ delay }: FaultCheck, { seconds }: Timed): boolean {
  return delay !== undefined && seconds >= delay.seconds;
}
