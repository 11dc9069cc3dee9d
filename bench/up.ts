import type { Row } from "./row";
import { Standing } from "./scenes/standing";

const ARGS = ["up", "--yes", "--skip-preview"];

export const up: Row<Standing> = {
  name: "up",
  title: "`pulumi up` with nothing to change, and `npm run up`",
  figures: [
    { name: "pulumi up", unit: "s", must: { ratio: 2.2 } },
    { name: "npm run up", unit: "s" },
    { name: "npm's more", unit: "s", must: { most: 1 } },
  ],
  open: Standing.open,
  contestants: (scene) =>
    scene.contestants(
      async (empty) => ({ "pulumi up": (await empty.pulumi(ARGS)).seconds }),
      async (subject) => {
        const [plain, npm] = [await subject.pulumi(ARGS), await subject.moved("up")];
        return { "pulumi up": plain.seconds, "npm run up": npm.seconds, "npm's more": npm.seconds - plain.seconds };
      },
    ),
};
