import type { ConformanceCluster } from "./cluster";
import type { Engine } from "./engine";

/** One recorded run: the command, and what was done before it. */
export interface Step {
  run: string;
  args: string[];
  before?(engine: Engine, cluster: ConformanceCluster): Promise<void>;
  fails?: true;
  /** The cluster does not answer: every call fails alike, and the engine stops before it has made all of them. */
  unreachable?: true;
  /**
   * A run that fails is cancelled at its first error: which of the other resources were reached by then is a matter of milliseconds. There
   * ("all") only the calls that both runs made are compared, and every failed one must be in both. In the runs after it, the resources named
   * here do what the race left for them to do; they are compared when that is the same.
   */
  racing?: "all" | string[];
}

const up = ["up", "--yes", "--skip-preview"];
const preview = ["preview", "--diff"];
const step =
  (n: number) =>
  (engine: Engine): Promise<void> =>
    engine.config("step", String(n));

/**
 * The recorded runs that ask the cluster, in their order; recordings/README.md tells their story. An empty preview asks nobody: each of its answers is in
 * test/unit/provider/replay.test.ts, and the next run here asks for the differences of the same state again.
 */
export const steps: Step[] = [
  { run: "01-preview-create", args: preview, before: step(1) },
  { run: "02-up-create", args: up },
  { run: "04-preview-update", args: preview, before: step(2) },
  { run: "05-up-update", args: up },
  { run: "06-preview-replace", args: preview, before: step(3), fails: true, racing: "all" },
  { run: "07-up-replace", args: up },
  {
    run: "09-refresh-drift",
    args: ["refresh", "--yes", "--diff"],
    before: async (_, cluster) => {
      await cluster.kubectl(
        "-n",
        "rec",
        "patch",
        "virtualservice",
        "vs",
        "--type",
        "json",
        "-p",
        JSON.stringify([
          { op: "replace", path: "/spec/http/0/route/0/weight", value: 10 },
          { op: "replace", path: "/spec/http/0/route/1/weight", value: 90 },
        ]),
      );
      await cluster.kubectl("-n", "rec", "scale", "deployment", "web", "--replicas=5");
      await cluster.kubectl("label", "namespace", "rec", "extra=byhand");
      await cluster.kubectl("-n", "rec", "delete", "destinationrule", "dr");
      await cluster.kubectl("-n", "rec", "rollout", "status", "deployment", "web", "--timeout=60s");
    },
  },
  { run: "10-up-after-drift-conflict", args: up, fails: true, racing: "all" },
  {
    run: "11-up-after-drift-forced",
    args: up,
    before: (engine) => engine.config("force", "true"),
    racing: ["dr", "vs"],
  },
  { run: "13-preview-invalid", args: ["preview"], before: step(4), fails: true, racing: "all" },
  { run: "14-up-invalid", args: up, fails: true, racing: "all" },
  { run: "15-up-stuck", args: up, before: step(5), fails: true, racing: ["sec", "auto"] },
  { run: "16-up-recover", args: up, before: step(3), racing: ["sec", "auto"] },
  {
    run: "17-refresh-all-gone",
    args: ["refresh", "--yes"],
    before: async (_, cluster) => void (await cluster.kubectl("delete", "namespace", "rec")),
  },
  { run: "18-up-recreate", args: up },
  {
    run: "20-refresh-unreachable",
    args: ["refresh", "--yes"],
    before: (_, cluster) => cluster.gate.shut(),
    fails: true,
    unreachable: true,
    racing: "all",
  },
  {
    run: "21-destroy-unreachable",
    args: ["destroy", "--yes", "--skip-preview"],
    fails: true,
    unreachable: true,
    racing: "all",
  },
  {
    run: "22-destroy",
    args: ["destroy", "--yes", "--skip-preview"],
    before: async (_, cluster) => void (await cluster.gate.open()),
  },
];
