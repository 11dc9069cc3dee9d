import { onStack } from "../../base/advice";
import { elapsed } from "../../base/elapsed";
import { UserError } from "../../base/errors";
import { exportStack, targetOf } from "../stack/stack";
import { takenStack } from "../stack/taken";
import { openWorkspace } from "../stack/workspace";
import { commandsNamed } from "../targets";
import { saying } from "../terminal/say";

/** `npm run start`: starts a seat's machines after its daily shutdown. */
export async function start(options: { stack?: string }): Promise<void> {
  const started = Date.now();
  const workspace = openWorkspace();
  const stack = await takenStack(options.stack, { to: "use", say: saying(process.stdout) });
  const target = targetOf(stack);
  const commands = commandsNamed(target);
  if (commands?.start === undefined)
    throw new UserError(
      `Stack ${stack} has target ${target}, and only VMs on azure are shut down. \`${onStack(stack, "npm run up")}\` starts a stopped seat elsewhere.`,
    );
  process.stdout.write(`${await commands.start(stack, await exportStack(workspace, stack))} ${elapsed(started)}.\n`);
}
