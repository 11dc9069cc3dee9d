import { readFileSync } from "node:fs";
import type { AddonName } from "../../addons/catalog";
import { SeatError } from "../../../base/seat-error";
import type * as embedded from "../../../embedded";
import { generationOf, neverUpdated, type GenerationInputs as Keepers } from "../generation-operations";
import type { DynamicOperations } from "../module-shim";

/** The operations of component.ts' dynamic resources on this machine's seats. */

export interface GenerationInputs extends Keepers {
  /** Name of the seat. */
  seat: string;
}

export interface PowerInputs {
  seat: string;
  /**
   * Id of the generation. In a preview it may be the engine's placeholder for an unknown value, which equals no id.
   */
  generation: string;
  /**
   * Addons whose images the seat needs. Missing in the state of a seat from before this key existed, which got every
   * addon's images.
   */
  addons?: readonly AddonName[];
}

export interface MachineInputs extends PowerInputs {
  addressRange?: string;
  /**
   * Only used when the seat is created: another number is not a change. Missing in the state of a seat from before this
   * key existed.
   */
  sidecars?: number;
}

export interface MachineState extends MachineInputs {
  address: string;
  /** Text of the kubeconfig file. */
  kubeconfig: string;
  kubernetesVersion: string;
}

/** The seats of this machine. */
export type Seats = Pick<
  typeof embedded,
  "createSeat" | "startSeat" | "completeSeat" | "lacksImages" | "deleteSeat" | "seatStatus"
>;

/** How a seat was lost, by the evidence that was found. A record that cannot be read is no evidence. */
const LOSS: Partial<Record<embedded.SeatState, string>> = {
  absent: "its folder is missing",
  dead: "its processes have ended",
};

/** Returns the folder of the seat with this name. */
export type FolderOf = (seat: string) => string;

export function generationOperations(seats: Seats, folderOf: FolderOf): DynamicOperations<GenerationInputs> {
  return generationOf({
    anchor: "seat",
    async loss(generation, { seat: name }) {
      const { state, seat } = await known(seats, folderOf(name));
      const foreign = seat !== undefined && seat.generation !== generation;
      if (!foreign && state !== "absent" && state !== "dead") return undefined;
      return `Seat ${name} is gone: ${foreign ? "another one has replaced it" : LOSS[state]}. It is recreated, with everything in it.`;
    },
  });
}

export function machineOperations(seats: Seats, folderOf: FolderOf): DynamicOperations<MachineInputs, MachineState> {
  return {
    async diff(_id, olds, news) {
      const changes = olds.generation !== news.generation;
      // Deletes the old seat before it creates the new one, because both have the same folder, address and name.
      return { changes, replaces: changes ? ["generation"] : [], deleteBeforeReplace: true };
    },

    async create(inputs) {
      const folder = folderOf(inputs.seat);
      const { state, seat } = await known(seats, folder);
      // Deletes what a killed run left half-made. A seat that was ready once holds data, dead or alive: createSeat
      // refuses one of another generation.
      if (state === "dead" && !seat!.made && !isOf(seat, inputs.generation))
        await seats.deleteSeat(folder, sayFindings, seat!.generation);
      const { generation, addressRange, sidecars, addons } = inputs;
      const made = await seats.createSeat(
        { name: inputs.seat, folder, generation, addressRange, sidecars, ...(addons && { addons }) },
        sayFindings,
      );
      return { id: made.name, outs: stateOf(inputs, made) };
    },

    async read(id, props) {
      const { state, seat } = await seats.seatStatus(folderOf(props.seat));
      // A seat whose state is unknown does not count as gone.
      if (state === "unknown") return { id, props };
      if (state === "absent" || !isOf(seat, props.generation)) return { id: "", props: {} };
      // A dead seat stays in the state: the rest of it still has to be deleted.
      return { id, props: state === "running" ? stateOf(props, seat!) : props };
    },

    update: neverUpdated,

    async delete(_id, props) {
      const folder = folderOf(props.seat);
      const { seat } = await known(seats, folder);
      if (isOf(seat, props.generation)) await seats.deleteSeat(folder, sayFindings, props.generation);
    },
  };
}

export function powerOperations(seats: Seats, folderOf: FolderOf): DynamicOperations<PowerInputs> {
  const isStopped = async ({ seat }: PowerInputs) => (await known(seats, folderOf(seat))).state === "stopped";
  /** Whether a living seat lacks images of an addon that it was created without. */
  const lacksImages = async (olds: PowerInputs, { seat: name, generation, addons = [] }: PowerInputs) => {
    const { state, seat } = await known(seats, folderOf(name));
    if ((state !== "running" && state !== "stopped") || !isOf(seat, generation) || addons.length === 0) return false;
    // A seat from before this key existed has some version of every addon's images, and keeps those.
    const had = olds.addons ?? addons;
    return seats.lacksImages(
      folderOf(name),
      addons,
      addons.filter((addon) => !had.includes(addon)),
    );
  };
  const start = async (inputs: PowerInputs) => {
    if (await isStopped(inputs)) await seats.startSeat(folderOf(inputs.seat), sayFindings);
    return inputs;
  };
  const bring = async (olds: PowerInputs, news: PowerInputs) => {
    if (await lacksImages(olds, news)) await seats.completeSeat(folderOf(news.seat), news.addons!, sayFindings);
  };
  return {
    diff: async (_id, olds, news) => ({
      changes: olds.generation !== news.generation || (await isStopped(news)) || (await lacksImages(olds, news)),
    }),
    create: async (inputs) => ({ id: inputs.seat, outs: await start(inputs) }),
    read: async (id, props) => ({ id, props }),
    update: async (_id, olds, news) => {
      await start(news);
      await bring(olds, news);
      return { outs: news };
    },
    delete: async () => {},
  };
}

function stateOf(
  inputs: MachineInputs,
  { address, kubeconfig, kubernetesVersion }: embedded.EmbeddedSeat,
): MachineState {
  return { ...inputs, address, kubeconfig: readFileSync(kubeconfig, "utf8"), kubernetesVersion };
}

/**
 * Returns a seat's status. @throws SeatError where its record cannot be read, since nothing can be concluded from
 * that
 */
async function known(seats: Seats, folder: string): Promise<embedded.SeatStatus> {
  const status = await seats.seatStatus(folder);
  if (status.problem !== undefined) throw new SeatError(status.problem);
  return status;
}

/** Whether `seat` is of this generation. A seat that is gone counts as such: it belongs to nobody else. */
function isOf(seat: embedded.EmbeddedSeat | undefined, generation: string): boolean {
  return seat === undefined || seat.generation === generation;
}

/** Pulumi shows what its dynamic plugin prints. */
function say(text: string): void {
  console.log(text);
}

/**
 * Reports only the findings of a seat's progress, which are notes without a count. The rest would be one line per
 * second.
 */
function sayFindings(_done: number, total: number, note?: string): void {
  if (total === 0 && note) say(note);
}
