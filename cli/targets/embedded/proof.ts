import { isThere } from "../../../base/files";
import { seatFolder } from "../../../base/paths";
import { quote } from "../../../base/quote";
import {
  cgroupName,
  findSeatProcesses,
  hasLink,
  layout,
  leftCgroups,
  linkName,
  mountsIn,
  seatStatus,
} from "../../../embedded";
import { generationsOfState } from "../../stack/target-of-state";
import { query, type TargetProof } from "../proof";

/**
 * Asks for the remains of a seat on this machine. Its folder gives its name. The stack's generation is recorded,
 * because another generation in that folder is somebody else's.
 */
export const embeddedProof: TargetProof = {
  facts: async (_, before) => ({ generations: generationsOfState(before) }),
  queries: async ({ stack }, { generations }) => {
    const { folder } = layout(seatFolder(stack));
    if (process.platform !== "linux")
      return [
        await query("disk, processes, network", `ls -d ${quote(folder)}`, () =>
          Promise.reject(new Error("an embedded seat needs a Linux machine, and this is not one")),
        ),
      ];
    const own = (generations ?? []) as string[];
    const there = (await seatStatus(seatFolder(stack))).seat?.generation;
    if (own.length > 0 && there !== undefined && !own.includes(there))
      return [
        await query(
          `seat of generation ${own.join(", ")}; another one, ${there}, has replaced it and stays`,
          `grep generation ${layout(folder).record}`,
          () => [],
        ),
      ];
    const link = linkName(folder);
    return Promise.all([
      query("processes", `cat /sys/fs/cgroup{,/memory}/${cgroupName(folder)}/node/cgroup.procs`, () => {
        // Only root can read who owns them.
        if (process.getuid?.() !== 0) throw new Error("only root sees the processes of a seat");
        const { init, makers } = findSeatProcesses(folder);
        return [...init, ...makers].map(({ pid }) => `process ${pid}`);
      }),
      query("network", `ip link show ${link}`, () => (hasLink(folder) ? [link] : [])),
      query("control groups", `ls -d /sys/fs/cgroup{,/*}/${cgroupName(folder)}`, () => leftCgroups(folder)),
      query("mounts", `grep ${folder} /proc/mounts`, () => mountsIn(folder)),
      query("disk", `ls -d ${quote(folder)}`, () => (isThere(folder) ? [folder] : [])),
    ]);
  },
};
