/**
 * The node of this machine, and the only door to it. Nobody outside of `embedded/` imports a file below it.
 *
 * - It creates, starts, stops and deletes seats, and says what is left of one.
 * - It knows nothing of Pulumi's program, of lessons, or of a command line.
 * - A part is loaded when one of its functions is called for the first time. So a command, and Pulumi's program,
 *   load only what they use.
 */

const cgroups = () => require("./node/cgroups") as typeof import("./node/cgroups");
const entering = () => require("./node/enter") as typeof import("./node/enter");
const gatewayApi = () => require("./toolchain/gateway-api") as typeof import("./toolchain/gateway-api");
const images = () => require("./images") as typeof import("./images");
const inotify = () => require("./node/inotify") as typeof import("./node/inotify");
const layouts = () => require("./node/layout") as typeof import("./node/layout");
const machine = () => require("./node/machine") as typeof import("./node/machine");
const manifestFiles = () => require("./node/manifests") as typeof import("./node/manifests");
const namespace = () => require("./node/namespace") as typeof import("./node/namespace");
const normalizing = () => require("./provider/normalize") as typeof import("./provider/normalize");
const processes = () => require("./node/processes") as typeof import("./node/processes");
const recipes = () => require("./images/recipes") as typeof import("./images/recipes");
const records = () => require("./node/record") as typeof import("./node/record");
const seat = () => require("./node/seat") as typeof import("./node/seat");
const folders = () => require("./node/seat-folder") as typeof import("./node/seat-folder");
const shared = () => require("./node/shared") as typeof import("./node/shared");
const standIn = () => require("./provider/install") as typeof import("./provider/install");
const status = () => require("./node/status") as typeof import("./node/status");
const tables = () => require("./node/status-table") as typeof import("./node/status-table");
const toolchain = () => require("./toolchain") as typeof import("./toolchain");
const toolchainMachine = () => require("./toolchain/machine") as typeof import("./toolchain/machine");

type Of<T extends () => unknown> = ReturnType<T>;

// A seat's life.

export type { SeatSpec } from "./node/seat";
export type { EmbeddedSeat, SeatState, SeatStatus } from "./node/status";

export const createSeat: Of<typeof seat>["createSeat"] = (...args) => seat().createSeat(...args);
export const startSeat: Of<typeof seat>["startSeat"] = (...args) => seat().startSeat(...args);
export const completeSeat: Of<typeof seat>["completeSeat"] = (...args) => seat().completeSeat(...args);
export const lacksImages: Of<typeof seat>["lacksImages"] = (...args) => seat().lacksImages(...args);
export const stopSeat: Of<typeof seat>["stopSeat"] = (...args) => seat().stopSeat(...args);
export const deleteSeat: Of<typeof seat>["deleteSeat"] = (...args) => seat().deleteSeat(...args);
export const seatStatus: Of<typeof status>["seatStatus"] = (...args) => status().seatStatus(...args);
export const printSeats: Of<typeof tables>["printSeats"] = (...args) => tables().printSeats(...args);
export const printStatus: Of<typeof tables>["printStatus"] = (...args) => tables().printStatus(...args);

// Where a seat's things are, and what is left of them.

export type { SeatRecord } from "./node/record";

export const layout: Of<typeof layouts>["layout"] = (...args) => layouts().layout(...args);
export const cgroupName: Of<typeof layouts>["cgroupName"] = (...args) => layouts().cgroupName(...args);
export const linkName: Of<typeof layouts>["linkName"] = (...args) => layouts().linkName(...args);
export const readRecord: Of<typeof records>["readRecord"] = (...args) => records().readRecord(...args);
export const findSeatProcesses: Of<typeof processes>["findSeatProcesses"] = (...args) =>
  processes().findSeatProcesses(...args);
export const leftCgroups: Of<typeof cgroups>["leftCgroups"] = (...args) => cgroups().leftCgroups(...args);
export const hasLink: Of<typeof namespace>["hasLink"] = (...args) => namespace().hasLink(...args);
export const mountsIn: Of<typeof folders>["mountsIn"] = (...args) => folders().mountsIn(...args);

// Inside a seat.

/** What a node applies to its cluster before anybody uses it: DNS and storage, as YAML. */
export const systemManifests: Of<typeof manifestFiles>["manifests"] = () => manifestFiles().manifests();

export const openNamespaces: Of<typeof entering>["openNamespaces"] = (...args) => entering().openNamespaces(...args);
export const enter: Of<typeof entering>["enter"] = (...args) => entering().enter(...args);

// What this machine must have, and what a seat takes of it.

export const requireMachine: Of<typeof toolchainMachine>["requireMachine"] = (...args) =>
  toolchainMachine().requireMachine(...args);
export const requireDebian: Of<typeof toolchainMachine>["requireDebian"] = (...args) =>
  toolchainMachine().requireDebian(...args);
/** Bytes on the disk for a new seat. */
export const seatBytes = (): number => machine().NEEDED_BYTES;
/** How many inotify instances the proxies of all seats may hold, and hold. */
export const proxyInstances = (): { limit: number; taken: number } => ({
  limit: inotify().inotifyLimit(),
  taken: inotify().instancesOf(inotify().PROXY_USER),
});
export const instancesFor: Of<typeof inotify>["instancesFor"] = (...args) => inotify().instancesFor(...args);
export const raiseTo: Of<typeof inotify>["raiseTo"] = (...args) => inotify().raiseTo(...args);

// What seats are built from.

export type { Recipe } from "./images/recipe";

export const binary: Of<typeof toolchain>["binary"] = (...args) => toolchain().binary(...args);
export const toolchainTracks: Of<typeof toolchain>["toolchainTracks"] = (...args) =>
  toolchain().toolchainTracks(...args);
export const engineSteps: Of<typeof toolchain>["engineSteps"] = (...args) => toolchain().engineSteps(...args);
export const istioctlStep: Of<typeof toolchain>["istioctlStep"] = (...args) => toolchain().istioctlStep(...args);
export const chartsStep: Of<typeof toolchain>["chartsStep"] = (...args) => toolchain().chartsStep(...args);
export const imageSteps: Of<typeof images>["imageSteps"] = (...args) => images().imageSteps(...args);
export const sameStoreStep: Of<typeof images>["sameStoreStep"] = (...args) => images().sameStoreStep(...args);
export const knownAddons: Of<typeof shared>["knownAddons"] = (...args) => shared().knownAddons(...args);
/** How each image of a seat is made. */
export const imageRecipes = (): Of<typeof recipes>["recipes"] => recipes().recipes;
/** The Go module that has the Gateway API's kinds, and their folder in it. */
export const gatewayApiSource = (): { module: string; folder: string } => ({
  module: gatewayApi().gatewayApiModule,
  folder: gatewayApi().gatewayApiKinds,
});

// The stand-in for Pulumi's Kubernetes plugin.

export const providerInUse: Of<typeof standIn>["providerInUse"] = (...args) => standIn().providerInUse(...args);
export const installStandIn: Of<typeof standIn>["installStandIn"] = (...args) => standIn().installStandIn(...args);
export const canonicalQuantity = (quantity: string): unknown => normalizing().canonicalQuantity(quantity);
