import { onStack } from "../../../base/advice";
import { seatStatus, type SeatStatus } from "../../../embedded";
import { seatFolder } from "../../../base/paths";
import type { Deployment } from "../../stack/stack";
import { generationsOfState } from "../../stack/target-of-state";
import type { ClusterStatus } from "../target";

export async function embeddedClusterStatus(
  stack: string,
  state: Deployment,
  statusOf: (folder: string) => Promise<SeatStatus> = seatStatus,
): Promise<ClusterStatus> {
  const { state: is, seat, problem } = await statusOf(seatFolder(stack));
  if (problem !== undefined)
    return { is: "unknown", seen: problem, todo: `\`npm run embedded -- status --seat ${stack}\` asks again.` };
  if (is === "absent") return { is: "lost", evidence: `seat ${stack} no longer has a folder` };
  if (!generationsOfState(state).includes(seat!.generation))
    return { is: "lost", evidence: `another seat has replaced seat ${stack}; its generation is ${seat!.generation}` };
  if (is === "dead") return { is: "lost", evidence: `the processes of seat ${stack} have ended` };
  if (is === "running") return { is: "there", seen: `seat ${stack} runs` };
  const todo =
    is === "stopped" ? `Start it: \`${onStack(stack, "npm run up")}\`.` : `Run the same command after that has ended.`;
  return { is: "unknown", seen: `seat ${stack} is ${is === "creating" ? "being made right now" : is}`, todo };
}
