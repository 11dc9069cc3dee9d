import * as fs from "node:fs";
import pLimit from "p-limit";
import { Api, type KubeObject, unlessMissing } from "../../kube";
import { targetNamed } from "../../components/cluster/targets";
import { seatStatus } from "../../embedded";
import { seatFolder } from "../../base/paths";
import { attributes, testSuites } from "../../base/junit";
import { kubeconfigFile } from "../stack/kubeconfig";
import { exportStack, targetOf } from "../stack/stack";
import { holderOf } from "../stack/state";
import type { Class, Board, BoardRow, RosterSeat } from "./model";
import { readTasks } from "../check";
import { seatFileSettings } from "./roster/validate";
import { oneLine } from "./run/outcome";
import { ownSeats } from "./run/owned";

/** The status of all seats at one time. */
export interface ClassStatus {
  readonly class: string;
  readonly at: Date;
  readonly seconds: number;
  readonly seats: readonly SeatStatus[];
}

/** Reads the status of every seat, some at a time. */
export async function statusOfClass(cls: Class, concurrency: number): Promise<ClassStatus> {
  const at = new Date();
  const there = await ownSeats(cls, "read");
  const limit = pLimit(concurrency);
  const seats = await Promise.all(
    cls.roster.seats.map((seat) => limit(() => statusOf(cls, seat, there.has(seat.seat)))),
  );
  return { class: cls.roster.name, at, seconds: (Date.now() - at.getTime()) / 1000, seats };
}

export function isUp({ seats }: ClassStatus): boolean {
  return seats.every(({ phase }) => phase === "done");
}

/** The status as a board, for the terminal and the page. With `--watch` the page reloads itself. */
export function statusBoard({ class: name, at, seconds, seats }: ClassStatus, watched = false): Board {
  return {
    class: name,
    verb: "status",
    started: at,
    ...(!watched && { ended: new Date(at.getTime() + seconds * 1000) }),
    rows: seats,
  };
}

export function statusJson({ class: name, at, seats }: ClassStatus): string {
  return `${JSON.stringify({ class: name, verb: "status", at, seats: seats.map(({ elapsed: _, ...rest }) => rest) }, null, 2)}\n`;
}

/** One test case per seat; a seat that is not up fails. */
export function statusJunit({ class: name, seconds, seats }: ClassStatus): string {
  const counts = {
    tests: seats.length,
    failures: seats.filter(({ phase }) => phase !== "done").length,
    errors: 0,
    skipped: 0,
  };
  const cases = seats.map((seat) => {
    const head = `    <testcase${attributes({ classname: `${name}.status`, name: `${seat.seat} is up`, time: seat.elapsed / 1000 })}>`;
    const failure =
      seat.phase === "done"
        ? []
        : [`      <failure${attributes({ message: seat.trouble ?? seat.doing, type: seat.phase })}/>`];
    return [head, ...failure, "    </testcase>"].join("\n");
  });
  const suite = [
    `  <testsuite${attributes({ name: "status", ...counts, time: seconds })}>`,
    ...cases,
    "  </testsuite>",
  ].join("\n");
  return testSuites(`class ${name}`, counts, seconds, [suite]);
}

/** A seat's status: a row of the board, and facts for programs. */
interface SeatStatus extends BoardRow {
  /** The number of resources in the stack's state; 0 where there is no stack. */
  readonly resources: number;
  readonly expires?: string;
}

interface Pod {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly status?: { readonly phase?: string; readonly conditions?: readonly { type: string; status: string }[] };
}

type Seen = Pick<BoardRow, "phase" | "doing" | "trouble" | "gatewayUrl" | "tasks" | "tasksUnknown"> & {
  resources: number;
};

/** Reads one seat's status: its stack, its machine if it is on this one, and whether its cluster answers. */
export async function statusOf(
  { workspace, roster }: Pick<Class, "workspace" | "roster">,
  seat: RosterSeat,
  hasStack: boolean,
): Promise<SeatStatus> {
  const started = Date.now();
  const seen = hasStack
    ? await look().catch((error: Error): Seen => ({
        phase: "failed",
        doing: "",
        trouble: oneLine(error.message),
        resources: 0,
      }))
    : notMade;
  const { seat: name, trainee, expires } = seat;
  return {
    seat: name,
    trainee,
    ...seen,
    elapsed: Date.now() - started,
    ...(expires && { expires: expires.toISOString() }),
  };

  async function look(): Promise<Seen> {
    const stack = seat.seat;
    const { resources, pending } = await exportStack(workspace, stack);
    const known = { doing: "", resources: resources.length };
    const holder = workspace.state ? holderOf(workspace.state, stack) : undefined;
    if (holder !== undefined) return { ...known, phase: "running", doing: `process ${holder} works on it` };
    if (resources.length === 0) return { ...known, phase: "waiting", doing: "the stack exists; nothing is made yet" };
    const outputs = resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
    const gatewayUrl = typeof outputs.GATEWAY_URL === "string" ? { gatewayUrl: outputs.GATEWAY_URL } : {};
    const failed = (trouble: string): Seen => ({ ...known, ...gatewayUrl, phase: "failed", trouble });
    if (pending > 0) return failed("half-made: an earlier run was killed; `class up` resumes");
    if (!gatewayUrl.gatewayUrl) return failed("half-made; `class up` resumes");
    const { state: machine, problem } = targetNamed(targetOf(stack))?.isNodeHere
      ? await seatStatus(seatFolder(stack))
      : { state: "running", problem: undefined };
    if (problem !== undefined) return failed(oneLine(problem));
    if (machine === "stopped")
      return { ...known, ...gatewayUrl, phase: "waiting", doing: "stopped; `class start` turns it on" };
    if (machine !== "running") return failed(`its machine is ${machine}; \`class up\` recreates it`);
    try {
      const api = new Api(fs.readFileSync(await kubeconfigFile(workspace, stack), "utf8"));
      const pods = await api.list<Pod>("/api/v1/pods");
      // Every seat has a mesh, so a cluster without pods is another cluster, or has only just started.
      if (pods.length === 0) return failed("its cluster answers and has no pods");
      const installed = Object.keys(outputs.lessons ?? {});
      return { ...known, ...gatewayUrl, phase: "done", doing: podsText(pods), ...(await tasksOf(api, installed)) };
    } catch (error) {
      return failed(oneLine((error as Error).message));
    }
  }

  /** A seat is up whether or not its tasks can be asked. */
  async function tasksOf(api: Api, installed: readonly string[]): Promise<Pick<Seen, "tasks" | "tasksUnknown">> {
    const asked = {
      get: (path: string) => unlessMissing(api.request<KubeObject>("GET", path), undefined),
      list: (path: string) => unlessMissing(api.list<KubeObject>(path), []),
    };
    try {
      const { settings } = seatFileSettings(roster, seat);
      const tasks = await readTasks({ stack: seat.seat, settings, installed, seat: asked });
      return tasks.length > 0 ? { tasks } : {};
    } catch (error) {
      return { tasksUnknown: oneLine((error as Error).message) };
    }
  }
}

const notMade: Seen = { phase: "waiting", doing: "not made", resources: 0 };

/** Returns e.g. `12 pods ready`, or the names of those that are not ready. Completed pods do not count. */
export function podsText(pods: readonly Pod[]): string {
  const lasting = pods.filter(({ status }) => status?.phase !== "Succeeded");
  const unready = lasting.filter(
    ({ status }) => !status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True"),
  );
  if (unready.length === 0) return `up, ${lasting.length} pods ready`;
  return `up, ${unready.length} of ${lasting.length} pods not ready: ${unready.map(({ metadata: { namespace, name } }) => `${namespace}/${name}`).join(", ")}`;
}
