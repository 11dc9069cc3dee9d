import { Watch, type Used } from "./processes";
import type { Row } from "./row";
import type { Ran } from "./run";
import { Standing } from "./scenes/standing";

const ARGS = ["preview", "--expect-no-changes"];

export const program: Row<Standing> = {
  name: "program",
  title: "CPU and memory of the processes of that preview",
  figures: [
    { name: "program: user CPU", unit: "s", must: { most: 2 } },
    { name: "program: memory", unit: "MB", must: { most: 150 } },
    { name: "dynamic provider: user CPU", unit: "s" },
    { name: "dynamic provider: memory", unit: "MB" },
    { name: "all processes: CPU", unit: "s" },
  ],
  open: Standing.open,
  contestants: (scene) =>
    scene.contestants(
      (empty) => watched((started) => empty.pulumi(ARGS, { started })),
      (subject) => watched((started) => subject.pulumi(ARGS, { started })),
    ),
};

async function watched(run: (started: (pid: number) => void) => Promise<Ran>): Promise<Record<string, number>> {
  let watch: Watch | undefined;
  try {
    await run((pid) => (watch = new Watch(pid)));
  } finally {
    watch?.end();
  }
  return sampleOf(watch!.end());
}

/** The SDK's own names of the programs that the language host and the engine start. */
const PROGRAM = /@pulumi\/pulumi\/cmd\/run(\/|$)/;
const DYNAMIC = /@pulumi\/pulumi\/cmd\/dynamic-provider(\/|$)/;

/** Adds up what the processes have used. What did not run has no figure. */
export function sampleOf(all: readonly Used[]): Record<string, number> {
  const those = (name: RegExp) => all.filter(({ command }) => command.some((word) => name.test(word)));
  const sum = (of: (used: Used) => number, some: readonly Used[]) => some.reduce((total, one) => total + of(one), 0);
  const figures = (name: string, some: readonly Used[]): Record<string, number> =>
    some.length === 0
      ? {}
      : {
          [`${name}: user CPU`]: sum(({ user }) => user, some),
          [`${name}: memory`]: Math.max(...some.map(({ peak }) => peak)),
        };
  return {
    ...figures("program", those(PROGRAM)),
    ...figures("dynamic provider", those(DYNAMIC)),
    "all processes: CPU": sum(({ cpu }) => cpu, all),
  };
}
