import type { EngineEvent } from "@pulumi/pulumi/automation";
import { onStack } from "../../base/advice";
import { UserError } from "../../base/errors";
import { runEngine } from "../terminal/ending/in-terminal";
import { targetedArgs } from "./targeted";
import type { Workspace } from "./workspace";

/** The API server's words for an object that is not there. Helm has its own for a release. */
const NOT_FOUND = /\bnot found\b/i;

/**
 * The resources that a run failed on because their object is not there: somebody deleted it by hand, and the state
 * still has it. A failed creation is something else.
 */
export function lostObjects(events: readonly EngineEvent[] | undefined): string[] {
  const failed = new Set(
    (events ?? []).flatMap(({ resOpFailedEvent }) =>
      resOpFailedEvent === undefined || resOpFailedEvent.metadata.op === "create" ? [] : resOpFailedEvent.metadata.urn,
    ),
  );
  const lost = (events ?? []).flatMap(({ diagnosticEvent }) =>
    diagnosticEvent?.severity === "error" &&
    diagnosticEvent.urn !== undefined &&
    failed.has(diagnosticEvent.urn) &&
    NOT_FOUND.test(diagnosticEvent.message)
      ? diagnosticEvent.urn
      : [],
  );
  return [...new Set(lost)];
}

/**
 * Lets the engine see that these objects are gone, and asks for nothing else. The next run makes them again.
 * @throws UserError
 */
export async function refreshLost(
  workspace: Pick<Workspace, "env">,
  stack: string,
  urns: readonly string[],
  say: (line: string) => void,
): Promise<void> {
  const names = urns.map((urn) => urn.split("::").at(-1)).join(", ");
  say(
    `Not found: ${names}. The state is refreshed for ${urns.length === 1 ? "it" : "them"} alone, and up tries once more.`,
  );
  const code = await runEngine(targetedArgs("refresh", stack, urns), workspace.env, {
    again: onStack(stack, "`npm run up` continues from here."),
  });
  if (code !== 0)
    throw new UserError(
      `The seat is not up: refreshing what was not found failed, and pulumi's message is above. \`${onStack(stack, "npm run repair -- --yes")}\` restores what is missing.`,
    );
}
