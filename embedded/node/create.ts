import * as fs from "node:fs";
import * as path from "node:path";
import { onStack } from "../../base/advice";
import { isThere, namesIn } from "../../base/files";
import { narrowFolder, privateFolder } from "../../base/private-folder";
import { images } from "../images";
import type { ImageArchive } from "../images/store";
import { makeLab } from "../../base/lab";
import { labRoot } from "../../base/paths";
import { binary } from "../toolchain";
import type { ReportProgress } from "../../base/step";
import { applyManifests, loadClient, waitForSystem } from "./addons";
import { chooseRange, endsOf } from "./address";
import { waitReady } from "./apiserver";
import { startServices } from "./bring-up";
import { makeCgroups, removeCgroups } from "./cgroups";
import { SeatError } from "../../base/seat-error";
import { importInto } from "./images-of-addons";
import { importImages } from "./import-images";
import { requireInotify } from "./inotify";
import { layout } from "./layout";
import { requireForSeat } from "./machine";
import { manifests } from "./manifests";
import { killNamespace, startNamespace } from "./namespace";
import { snapshotterFor, writeNodeFiles } from "./node-files";
import type { NodePlan } from "./plan";
import { findSeatProcesses, self, type ProcessId } from "./processes";
import { Progress } from "./progress";
import { clearableWithoutRecord, readRecord, type SeatRecord, writeRecord } from "./record";
import { removeEverything } from "./remove";
import { takenRanges } from "./reserved";
import { run } from "./run";
import { writeBootScripts } from "./scripts";
import type { SeatSpec } from "./seat";
import { isSeatName, SEAT_NAMES } from "../../base/names";
import { requireShared, shareable } from "./shared";
import { withAddresses, withSeat } from "./seat-lock";
import { startLocked } from "./start";
import { seatOf, stateOf, type EmbeddedSeat } from "./status";

/** See createSeat. */
export async function create(spec: SeatSpec, report: ReportProgress): Promise<EmbeddedSeat> {
  requireName(spec.name);
  await requireForSeat(spec.folder, spec.addons);
  return withSeat(spec.folder, report, async () => (await reuse(spec, report)) ?? (await make(spec, report)));
}

/**
 * Returns the existing seat, started if necessary. Returns undefined when a new seat is to be made. Then the folder
 * has been cleared for it.
 */
async function reuse(spec: SeatSpec, report: ReportProgress): Promise<EmbeddedSeat | undefined> {
  const at = layout(spec.folder);
  const record = readRecord(at.record);
  const found = await whatIsThere(spec, record);
  if (record?.made && record.generation !== spec.generation) throw new SeatError(anotherSeat(at.folder, record));
  if (found === "running" || found === "stopped" || found === "silent") {
    if (spec.addressRange && spec.addressRange !== record!.addressRange) {
      throw new SeatError(
        `The seat "${spec.name}" has the address range ${record!.addressRange}; only a new seat can have ${spec.addressRange}. Nothing has been changed. Keep its range, or use the other one for a seat with another name.`,
      );
    }
    if (found === "running") return completed(spec, record!, report);
    requireShared(spec.name, record!);
    report(
      0,
      0,
      found === "silent"
        ? "found a seat whose apiserver does not answer: it is restarted and keeps its data"
        : "found a stopped seat: it is started",
    );
    if (found === "silent") await killNamespace(spec.folder);
    return startLocked(spec.folder, report);
  }
  if (found) {
    report(0, 0, `found ${found}: it is recreated`);
    await removeEverything(spec.folder);
  }
  return undefined;
}

/**
 * `running`, `stopped` and `silent` (it lives but does not answer) are seats to keep. Any other text names what has
 * to be cleared first.
 */
async function whatIsThere(spec: SeatSpec, record: SeatRecord | undefined): Promise<string | undefined> {
  const at = layout(spec.folder);
  if (!record) {
    const isHalfMade = clearableWithoutRecord(at);
    const { init, makers } = findSeatProcesses(at.folder);
    if (init.length + makers.length > 0) return "a seat whose folder was removed while it ran";
    return isHalfMade ? "a half-made seat" : undefined;
  }
  if (!record.made) return `a half-made seat (it had reached: ${record.phase})`;
  const state = stateOf(record);
  if (state === "stopped") return "stopped";
  if (state === "dead") return "a dead seat (its processes were killed)";
  // The seat lives, but may not work. A supervised process that was just killed is back within seconds.
  return (await waitReady(at, endsOf(record.addressRange).node, 10_000)) ? "running" : "silent";
}

/** Imports the images that were built since the seat was made, and returns the seat. */
async function completed(spec: SeatSpec, record: SeatRecord, report: ReportProgress): Promise<EmbeddedSeat> {
  const at = layout(spec.folder);
  narrowFolder(at.folder);
  await importInto(at.folder, spec.addons, report);
  return seatOf(at.folder, record);
}

async function make(spec: SeatSpec, report: ReportProgress): Promise<EmbeddedSeat> {
  requireInotify(spec.sidecars);
  const at = layout(spec.folder);
  const all = images(spec.addons);
  const progress = new Progress(report, 5);
  if (at.folder.startsWith(path.join(layout(labRoot()).folder, path.sep))) makeLab();
  // Narrow the folder before anything is put there: any user of the machine could write to a volume within reach.
  const isNew = privateFolder(at.folder);
  try {
    const { plan, record, init } = await prepare(spec, all, report, progress);
    enter(record, "control plane");
    loadClient();
    await Promise.all([
      importImages(at, init, plan.snapshotter, all, progress),
      startServices(plan, async () => {
        await applyManifests(at.kubeconfig, manifests());
        progress.step("DNS and storage applied");
      }).then(() => progress.step("control plane")),
    ]);
    await waitForSystem(at.kubeconfig);
    progress.step("DNS and storage work");
    const { maker: _, ...rest } = record;
    const done: SeatRecord = { ...rest, phase: "ready", made: true };
    writeRecord(at.record, done);
    return seatOf(at.folder, done);
  } catch (error) {
    // Do not leave a failed seat running. Its folder stays, for its logs.
    await killNamespace(spec.folder);
    await removeCgroups(spec.folder);
    if (isNew && removeEmpty(at.folder)) throw error; // nothing was written yet
    const full = isFull(error)
      ? ` The disk of ${at.folder} is full. Make room, or set ISTIO_LAB_HOME to a folder on another disk.`
      : "";
    throw new SeatError(`${(error as Error).message}${full}\nThe logs are in ${at.logs}.`);
  }

  function enter(record: SeatRecord, phase: SeatRecord["phase"]): void {
    record.phase = phase;
    writeRecord(at.record, record);
  }
}

/** Does everything up to the first process. Holds the lock until the kernel shows the address range as used. */
function prepare(
  spec: SeatSpec,
  all: readonly ImageArchive[],
  report: ReportProgress,
  progress: Progress,
): Promise<{ plan: NodePlan; record: SeatRecord; init: ProcessId }> {
  const at = layout(spec.folder);
  return withAddresses(report, async () => {
    const snapshotter = snapshotterFor(at.folder);
    const [taken, version, { shared, findings }] = await Promise.all([
      takenRanges(spec.folder),
      kubernetesVersion(),
      shareable(at, snapshotter, all),
    ]);
    const addressRange = chooseRange(spec.addressRange, taken);
    for (const finding of findings) report(0, 0, finding);
    if (shared.images === undefined) progress.expect(all.length);
    const plan: NodePlan = { layout: at, name: spec.name, address: endsOf(addressRange).node, snapshotter, shared };
    const record: SeatRecord = {
      name: spec.name,
      generation: spec.generation,
      addressRange,
      kubernetesVersion: version,
      ...shared,
      ...(spec.sidecars !== undefined && { sidecars: spec.sidecars }),
      phase: "files",
      maker: self(),
    };
    writeRecord(at.record, record);
    await writeNodeFiles(plan, all, spec);
    writeBootScripts({ layout: at, name: spec.name, addressRange, cgroups: makeCgroups(spec.folder), shared });
    progress.step("keys and configuration");
    record.phase = "namespace";
    writeRecord(at.record, record);
    record.init = await startNamespace(spec.folder, addressRange);
    progress.step(`namespaces, at ${plan.address}`);
    return { plan, record, init: record.init };
  });
}

function isFull(error: unknown): boolean {
  return (
    (error as NodeJS.ErrnoException).code === "ENOSPC" || /no space left on device/i.test((error as Error).message)
  );
}

/** From the kubelet's own output, `Kubernetes v1.2.3`. */
async function kubernetesVersion(): Promise<string> {
  return (await run(binary("kubelet"), ["--version"])).trim().replace(/^Kubernetes v/, "");
}

/**
 * Removes the folder if it is empty. Never removes one that has content.
 *
 * @returns whether the folder was empty
 */
function removeEmpty(folder: string): boolean {
  if (namesIn(folder).length > 0) return false;
  if (isThere(folder)) fs.rmdirSync(folder);
  return true;
}

/** The message for another seat in this folder. That seat is somebody's work: it stays, and the message names it. */
function anotherSeat(folder: string, { name, generation }: SeatRecord): string {
  return (
    `${folder} holds a seat of another generation (${generation}), which this stack did not make. Nothing has been changed. The stack that made it may be in ` +
    `another Pulumi backend. Choose that backend by PULUMI_BACKEND_URL or pulumi login. \`npm run embedded -- status --seat ${name}\` shows the seat. ` +
    `Another seat needs its own name, such as \`${onStack(`${name}-2`, "npm run up")}\`.`
  );
}

function requireName(name: string): void {
  if (!isSeatName(name)) throw new SeatError(`"${name}" cannot name a seat. ${SEAT_NAMES}`);
}
