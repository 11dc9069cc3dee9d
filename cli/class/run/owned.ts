import { UserError } from "../../errors";
import { listStacks } from "../../stack";
import { pulumiOutput, type Workspace } from "../../workspace";
import type { Class } from "../class";
import type { RosterSeat } from "../model";
import { stackOf } from "../engine";

/** Which class a stack is a seat of; `up` writes it, and no verb changes a stack that says another. */
export const CLASS_TAG = "istio-lab:class";
/** When the seat may be destroyed. */
export const EXPIRES_TAG = "istio-lab:expires";

/** The names of a class' stacks, also of seats that the roster no longer has. */
export async function stacksOfClass({ roster, workspace }: Pick<Class, "roster" | "workspace">): Promise<string[]> {
  return names(workspace, "--tag", `${CLASS_TAG}=${roster.name}`);
}

/**
 * The roster's seats of which there is a stack. One that belongs to no class and has nothing in it counts as the class': a run that was ended between the
 * two calls that make a stack and write its tag leaves it so. @throws UserError where one of them is somebody's, and has only the name
 */
export async function ownSeats(of: Class): Promise<Set<string>> {
  const { roster, workspace } = of;
  const [all, tagged, own] = await Promise.all([stacks(workspace), names(workspace, "--tag", CLASS_TAG), stacksOfClass(of)]);
  const there = roster.seats.map(({ seat }) => seat).filter((seat) => all.has(seat));
  const others = there.filter((seat) => !own.includes(seat) && (tagged.includes(seat) || all.get(seat)! > 0));
  if (others.length === 0) return new Set(there);
  const whose = await Promise.all(others.map(async (seat) => ({ seat, name: await tagOf(workspace, seat, CLASS_TAG) })));
  throw new UserError(
    [
      `Nothing has been changed. Of these seats there is a stack already that is no seat of class ${roster.name}:`,
      ...whose.map(({ seat, name }) => `- ${seat}: belongs to ${name === undefined ? "no class" : `class ${name}`}`),
      `Rename the seats in ${roster.file}, or give the stacks to the class: npm run -s pulumi -- stack tag set ${CLASS_TAG} ${roster.name} --stack ${others[0]}`,
    ].join("\n"),
  );
}

/** Writes into the stack what `ownSeats` and `class expire` read. Neither trainee nor e-mail: a backend may be everybody's. */
export async function tagSeat(stack: Awaited<ReturnType<typeof stackOf>>, { roster }: Pick<Class, "roster">, { expires }: RosterSeat): Promise<void> {
  const has = await stack.listTags();
  const wanted = { [CLASS_TAG]: roster.name, [EXPIRES_TAG]: expires?.toISOString() };
  for (const [tag, value] of Object.entries(wanted)) {
    if (value !== undefined && has[tag] !== value) await stack.setTag(tag, value);
    if (value === undefined && has[tag] !== undefined) await stack.removeTag(tag);
  }
}

/** What a tag of a stack says; undefined where it has none of that name. */
export async function tagOf(workspace: Workspace, stack: string, tag: string): Promise<string | undefined> {
  return (JSON.parse(await pulumiOutput(workspace, ["stack", "tag", "ls", "--json", "--stack", stack])) as Record<string, string>)[tag];
}

async function names(workspace: Workspace, ...filter: string[]): Promise<string[]> {
  return [...(await stacks(workspace, ...filter)).keys()];
}

/** Name → number of resources. */
async function stacks(workspace: Workspace, ...filter: string[]): Promise<Map<string, number>> {
  return new Map((await listStacks(workspace, ...filter)).map(({ name, resourceCount = 0 }) => [name, resourceCount]));
}
