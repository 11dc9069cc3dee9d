import { machineOperations, powerOperations, type Seats } from "../../../components/cluster/embedded/operations";
import { touched, type Touched } from "../../support/previewed";
import type { Registered } from "./graph";

/**
 * What an engine would touch that has registered `before` and now gets `after`: each resource whose inputs are other ones, that is new, or gone.
 * Whether an update is a replacement the engine and the provider decide: that is asserted in the engine tier.
 */
export async function touchedBetween(before: readonly Registered[], after: readonly Registered[]): Promise<Touched[]> {
  const old = new Map(before.filter(({ custom }) => custom).map((resource) => [identity(resource), resource]));
  const lines: Touched[] = [];
  for (const resource of after.filter(({ custom }) => custom)) {
    const known = [
      identity(resource),
      ...resource.aliases.map((alias) => `${resource.type} ${alias.slice(alias.lastIndexOf("/") + 1)}`),
    ].find((name) => old.has(name));
    const was = known === undefined ? undefined : old.get(known)!;
    if (known !== undefined) old.delete(known);
    if (was === undefined) lines.push(line("create", resource));
    else if (sorted(was.inputs) !== sorted(resource.inputs) && (await isChange(was, resource)))
      lines.push(line("update", resource));
  }
  return [...lines, ...[...old.values()].map((resource) => line("delete", resource))].sort();
}

function line(op: string, { type, name, inputs }: Registered): Touched {
  return touched(op, type, name, inputs);
}

/** Of other inputs a dynamic resource of this program may say that they are no change. */
async function isChange(was: Registered, now: Registered): Promise<boolean> {
  const diff = diffs[now.type];
  return diff === undefined || (await diff("seat7", was.inputs as never, now.inputs as never)).changes === true;
}

/** A seat that runs and has the images of all addons, as one on the tests' image store. */
const seats = { seatStatus: async () => ({ state: "running" }), lacksImages: () => false } as unknown as Seats;

const diffs = {
  "pulumi-nodejs:dynamic/cluster:Machine": machineOperations(seats, () => "").diff,
  "pulumi-nodejs:dynamic/cluster:Power": powerOperations(seats, () => "").diff,
} as Readonly<Record<string, ReturnType<typeof powerOperations>["diff"] | undefined>>;

function identity({ type, name }: Registered): string {
  return `${type} ${name}`;
}

/** The order of keys is no difference. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}
