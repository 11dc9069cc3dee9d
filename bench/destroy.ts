import type { Row } from "./row";
import { Existing } from "./scenes/existing";

export const destroy: Row<Existing> = {
  name: "destroy",
  title: "`pulumi destroy` in that cluster",
  figures: [{ name: "time", unit: "s", must: { ratio: 1 } }],
  open: Existing.open,
  contestants: (scene) =>
    scene.makers.map((maker) => ({ ...maker, sample: async () => ({ time: await scene.remove(maker) }) })),
};
