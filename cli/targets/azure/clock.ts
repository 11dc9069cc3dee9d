import type { Finding } from "../../preflight/finding";

/** Tolerated difference in seconds. The price list's answer takes time, and its clock shows whole seconds. */
const NOTICED = 180;

/**
 * Compares this machine's clock with Microsoft's. Certificates are valid only from the time on their maker's clock.
 * @param asked the answer of a time source, if one was asked; `ahead` is how many seconds this machine is ahead of it
 */
export function clockFinding(asked: { readonly ahead?: number } | undefined): Finding[] {
  if (asked === undefined) return [];
  const { ahead } = asked;
  const name = "clock";
  if (ahead === undefined)
    return [{ name, status: "notice", seen: "not compared: Microsoft's price list gave no time" }];
  const off = Math.abs(ahead);
  if (off <= NOTICED) return [{ name, status: "ok", seen: "this machine's and Microsoft's agree" }];
  const [how, why] =
    ahead > 0
      ? ["ahead of", "until the VM's clock has caught up, it rejects certificates that are made here"]
      : ["behind", "until this machine's clock has caught up, it rejects the VM's certificates"];
  return [
    {
      name,
      status: "notice",
      seen: `this machine's is ${Math.round(off / 60)} minutes ${how} Microsoft's: ${why}`,
      todo: "synchronize it with the network's time, for example: timedatectl set-ntp true",
    },
  ];
}
