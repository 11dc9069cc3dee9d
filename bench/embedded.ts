import type { Row } from "./row";
import { EachAlone } from "./scenes/each-alone";

const PARTS = ["cluster", "Istio", "lessons", "addons"];

export const embedded: Row<EachAlone> = {
  name: "embedded",
  title: "`npm run up` from zero, everything built, with all lessons and addons",
  figures: [{ name: "all", unit: "s", must: { most: 35 } }, ...PARTS.map((name) => ({ name, unit: "s" as const }))],
  open: EachAlone.open,
  contestants: (scene) =>
    scene.contestants(async (subject) => {
      const { seconds, stdout } = await subject.moved("up");
      await subject.moved("down");
      return { all: seconds, ...partsIn(stdout) };
    }),
};

/** Reads the parts in the last sentence of `up`, such as `Up in 34 s: cluster 4 s, Istio 11 s`. It may lack some. */
export function partsIn(printed: string): Record<string, number> {
  const sentence = /^Up in .*$/m.exec(printed)?.[0] ?? "";
  return Object.fromEntries(
    PARTS.flatMap((name) => {
      const [, minutes = 0, seconds] = new RegExp(`[:,] ${name} (?:(\\d+) min )?([\\d.]+) s\\b`).exec(sentence) ?? [];
      return seconds === undefined ? [] : [[name, 60 * Number(minutes) + Number(seconds)]];
    }),
  );
}
