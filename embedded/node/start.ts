import { onStack } from "../../base/advice";
import { narrowFolder } from "../../base/private-folder";
import type { ReportProgress } from "../../base/step";
import { waitForPods, waitForSystem } from "./addons";
import { chooseRange, endsOf } from "./address";
import { startServices, stopServices } from "./bring-up";
import { makeCgroups, removeCgroups } from "./cgroups";
import { SeatError } from "../../base/seat-error";
import { requireInotify } from "./inotify";
import { layout } from "./layout";
import { killNamespace, startNamespace } from "./namespace";
import { snapshotterFor, writeConfiguration } from "./node-files";
import type { NodePlan } from "./plan";
import { groupsOf, self } from "./processes";
import { readRecord, type SeatRecord, writeRecord } from "./record";
import { takenRanges } from "./reserved";
import { writeBootScripts } from "./scripts";
import { withAddresses, withSeat } from "./seat-lock";
import { requireShared, type Shared } from "./shared";
import { isRunning, type EmbeddedSeat, seatOf, stateOf } from "./status";

/** See startSeat. */
export function start(folder: string, report: ReportProgress): Promise<EmbeddedSeat> {
  return withSeat(folder, report, () => startLocked(folder, report));
}

/** Like start(), for callers that hold the seat's lock. */
export async function startLocked(folder: string, report: ReportProgress): Promise<EmbeddedSeat> {
  const at = layout(folder);
  const record = readRecord(at.record);
  if (!record) throw new SeatError(`${at.folder} has no seat. \`npm run embedded -- list\` shows all seats.`);
  if (!record.made)
    throw new SeatError(
      `The seat in ${at.folder} was never completed. \`${onStack(record.name, "npm run up")}\` recreates it.`,
    );
  narrowFolder(at.folder);
  if (stateOf(record) === "running") return seatOf(at.folder, record);
  const shared = requireShared(record.name, record);
  try {
    return await boot(folder, record, shared, report);
  } catch (error) {
    await killNamespace(folder);
    await removeCgroups(folder);
    throw error;
  }
}

async function boot(folder: string, record: SeatRecord, shared: Shared, report: ReportProgress): Promise<EmbeddedSeat> {
  const at = layout(folder);
  const since = new Date();
  const { name, addressRange } = record;
  const plan: NodePlan = {
    layout: at,
    name,
    address: endsOf(addressRange).node,
    snapshotter: snapshotterFor(at.folder),
    shared,
  };
  await killNamespace(folder); // what a killed start or stop left
  requireInotify(record.sidecars);
  await removeCgroups(folder);
  Object.assign(record, { phase: "namespace", maker: self() } satisfies Partial<SeatRecord>);
  writeRecord(at.record, record);
  await withAddresses(report, async () => {
    chooseRange(addressRange, await takenRanges(folder));
    writeConfiguration(plan);
    writeBootScripts({ layout: at, name, addressRange, cgroups: makeCgroups(folder), shared });
    record.init = await startNamespace(folder, addressRange);
  });
  report(1, 4, `namespaces, at ${plan.address}`);
  await startServices(plan);
  report(2, 4, "control plane");
  await waitForSystem(at.kubeconfig, since);
  report(3, 4, "DNS and storage work");
  const late = await waitForPods(at.kubeconfig, since);
  report(4, 4, late.length === 0 ? "all pods are ready again" : `not ready again yet: ${late.join(", ")}`);
  record.phase = "ready";
  delete record.maker;
  writeRecord(at.record, record);
  return seatOf(at.folder, record);
}

/** See stopSeat. */
export function stop(folder: string, report: ReportProgress): Promise<void> {
  return withSeat(folder, report, async () => {
    const at = layout(folder);
    const record = readRecord(at.record);
    if (!record) throw new SeatError(`${at.folder} has no seat. \`npm run embedded -- list\` shows all seats.`);
    if (!record.made)
      throw new SeatError(
        `The seat in ${at.folder} was never completed: there is nothing to keep. Delete it, or make it with \`${onStack(record.name, "npm run up")}\`.`,
      );
    // Write the phase first. Otherwise a stop that is killed halfway leaves half a seat that counts as running.
    writeRecord(at.record, { ...record, phase: "stopped" });
    const groups = groupsOf(at.folder);
    if (isRunning(record)) await stopServices(at);
    await killNamespace(folder);
    await removeCgroups(folder, groups);
  });
}
