import type { Row } from "./row";
import { Existing } from "./scenes/existing";

export const zero: Row<Existing> = {
  name: "zero",
  title: "`pulumi up` in a bare cluster, until every lesson answers; no addons",
  figures: [{ name: "time", unit: "s", must: { ratio: 1 } }],
  open: Existing.open,
  contestants: (scene) =>
    scene.makers.map((maker) => ({ ...maker, sample: async () => ({ time: await scene.make(maker) }) })),
};
