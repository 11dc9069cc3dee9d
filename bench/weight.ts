import * as http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../base/errors";
import { targetOf } from "../cli/traffic/seat";
import { ask, type TrafficTarget } from "../cli/traffic/request";
import type { Row } from "./row";
import { Standing } from "./scenes/standing";
import type { Subject } from "./subject";

const ARGS = ["up", "--yes", "--skip-preview"];
/** Seconds after the end of the command from which on every answer must be right. */
const SETTLED = 1;
/** How many answers must then be right. */
const REQUESTS = 100;
const DEADLINE_MS = 10_000;

/** The version that a subject's blog is sent to. */
const sentTo = new WeakMap<Subject, string>();

export const weight: Row<Standing> = {
  name: "weight",
  title: "a weight changed: `pulumi up` until the data plane has it",
  figures: [{ name: "time", unit: "s", must: { ratio: 2.2 } }],
  open: Standing.open,
  contestants: (scene) =>
    scene.contestants(
      async (empty) => ({ time: (await empty.pulumi(ARGS)).seconds }),
      async (subject) => ({ time: await shifted(subject) }),
    ),
};

/** Sends everything to the blog's other version. Returns the seconds until no answer was of the old one any more. */
async function shifted(subject: Subject): Promise<number> {
  const version = sentTo.get(subject) === "v2" ? "v1" : "v2";
  const target = targetOf("blog", await subject.output("GATEWAY_URL"));
  subject.lab.configure({ canary: { reviews: { v1: 50, v3: 50 }, "my-blog": { v1: 0, v2: 0, [version]: 100 } } });
  const { seconds } = await subject.pulumi(ARGS);
  sentTo.set(subject, version);
  return seconds + (await settled(target, version));
}

/** Returns the seconds until the last wrong answer. @throws UserError where an answer is wrong after SETTLED */
async function settled(target: TrafficTarget, version: string): Promise<number> {
  const agent = new http.Agent({ keepAlive: false });
  const { signal } = new AbortController();
  const isRight = async () => {
    const answered = await ask(target, agent, DEADLINE_MS, signal);
    return answered !== undefined && "version" in answered && answered.version === version;
  };
  const begun = performance.now();
  const passed = () => (performance.now() - begun) / 1000;
  let wrongUntil = 0;
  while (passed() < SETTLED) {
    if (!(await isRight())) wrongUntil = passed();
    await sleep(10);
  }
  for (let count = 1; count <= REQUESTS; count += 1) {
    if (!(await isRight()))
      throw new UserError(
        `${target.url}: answer ${count} of ${REQUESTS} was not of ${version}, ${SETTLED} s after the command ended.`,
      );
  }
  return wrongUntil;
}
