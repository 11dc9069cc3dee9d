import { onStack } from "../../base/advice";
import { UserError } from "../../base/errors";
import { checksOf } from "../../components/checks";
import { installedTasks, openTasks, placeText, readTasks, seatId } from "../check";
import { LiveSeat } from "../seat/live-seat";
import { readStack, type StackSeat } from "../seat/stack-outputs";
import { noteHint, readRecord } from "../stack/task-record";
import { takenStack } from "../stack/taken";
import { besideResult, saying } from "../terminal/say";

export interface HintOptions {
  readonly stack?: string;
  readonly next?: boolean;
}

/** Something that has hints: a task, or a check of a lesson of one's own. */
interface Helped {
  readonly name: string;
  readonly title: string;
  readonly hints: readonly string[];
  readonly page?: string;
}

/** `npm run hint`: shows the steps of help for a task, the first one at first. `--next` adds a step. */
export async function hint(named: string | undefined, options: HintOptions): Promise<void> {
  const stack = await takenStack(options.stack, { to: "use", say: saying(besideResult(false)) });
  const of = await readStack(stack);
  const seat = new LiveSeat(of.kubeconfig, of.gatewayUrl);
  const helped = named === undefined ? await nextOf(of, seat) : called(named, of);
  if (helped === undefined) return void process.stdout.write(`Every task is done on stack ${stack}.\n`);
  const id = await seatId(seat);
  const before = readRecord(stack, id).hints[helped.name] ?? 0;
  const shown = Math.min(helped.hints.length, Math.max(1, before + (options.next ? 1 : 0)));
  noteHint(stack, id, helped.name, shown);
  process.stdout.write(hintText(stack, helped, shown));
}

/** The task that comes next; undefined where all are done. @throws UserError where the lessons have none */
async function nextOf(of: StackSeat, seat: LiveSeat): Promise<Helped | undefined> {
  const states = await readTasks({ ...of, seat });
  if (states.length === 0) throw new UserError(`The lessons of stack ${of.stack} have no tasks.`);
  const [next] = openTasks(states);
  if (next === undefined && states.some(({ state }) => state !== "done"))
    throw new UserError(
      `What is next is unknown. \`${onStack(of.stack, "npm run check -- --progress")}\` says which task could not be asked.`,
    );
  return next && { ...called(next.task, of), page: placeText(next) };
}

/** The task or check of this name. @throws UserError where none with hints is called so */
function called(name: string, of: StackSeat): Helped {
  const all: readonly (Omit<Helped, "hints"> & { readonly hints?: readonly string[] })[] = [
    ...installedTasks(of),
    ...checksOf(of.settings),
  ];
  const found = all.find((one) => one.name === name);
  const { hints = [] } = found ?? {};
  if (found !== undefined && hints.length > 0) return { name, title: found.title, hints };
  const known = all.filter(({ hints = [] }) => hints.length > 0).map(({ name }) => name);
  throw new UserError(
    `${found === undefined ? `Stack ${of.stack} has no task ${name}` : `${name} has no hints`}. It has hints for: ${known.join(", ") || "nothing"}.`,
  );
}

function hintText(stack: string, { name, title, hints, page }: Helped, shown: number): string {
  const last = hints.length - shown;
  const steps = hints.slice(0, shown).map((step, index) => {
    const isSolution = hints.length > 1 && index === hints.length - 1;
    return `  ${isSolution ? "solution" : `hint ${index + 1}  `}  ${onStack(stack, step)}`;
  });
  return `${[
    `${name}: ${title}`,
    ...(page === undefined ? [] : [`  page      ${page}`]),
    ...steps,
    ...(last > 0
      ? [`  ${last === 1 ? "one more" : `${last} more`}  ${onStack(stack, `npm run -s hint -- ${name} --next`)}`]
      : []),
  ].join("\n")}\n`;
}
