import * as fs from "node:fs";
import { leftCgroups } from "../../../embedded/node/cgroups";
import { cgroupName, layout, linkName } from "../../../embedded/node/layout";
import { mountsIn } from "../../../embedded/node/mounts";
import { hasLink } from "../../../embedded/node/namespace";
import { findSeatProcesses, SEAT_MARK } from "../../../embedded/node/processes";
import { seatFolder } from "../../../embedded/paths";
import { query } from "./proof";
import type { TargetProof } from "./target-proof";

/** A seat on this machine has a name that its folder gives it: nothing has to be noted. */
export const embeddedProof: TargetProof = {
  facts: async () => ({}),
  queries: async ({ stack }) => {
    const { folder } = layout(seatFolder(stack));
    const link = linkName(folder);
    return Promise.all([
      query("processes", `grep -l ${SEAT_MARK}=${folder} /proc/*/environ`, () => {
        const { init, makers } = findSeatProcesses(folder);
        return [...init, ...makers].map(({ pid }) => `process ${pid}`);
      }),
      query("network", `ip link show ${link}`, () => (hasLink(folder) ? [link] : [])),
      query("control groups", `ls -d /sys/fs/cgroup{,/*}/${cgroupName(folder)}`, () => leftCgroups(folder)),
      query("mounts", `grep ${folder} /proc/mounts`, () => mountsIn(folder)),
      query("disk", `ls -d ${folder}`, () => (fs.existsSync(folder) ? [folder] : [])),
    ]);
  },
};
