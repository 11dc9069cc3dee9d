import type { Row } from "./row";
import { Standing } from "./scenes/standing";

const ARGS = ["preview", "--expect-no-changes"];

export const preview: Row<Standing> = {
  name: "preview",
  title: "`pulumi preview` with nothing to change",
  figures: [{ name: "time", unit: "s", must: { ratio: 3 } }],
  open: Standing.open,
  contestants: (scene) =>
    scene.contestants(
      async (empty) => ({ time: (await empty.pulumi(ARGS)).seconds }),
      async (subject) => ({ time: (await subject.pulumi(ARGS)).seconds }),
    ),
};
