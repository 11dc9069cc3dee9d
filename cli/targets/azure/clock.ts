import type { Finding } from "../../preflight/finding";

/** Seconds that nobody notices: a list's answer is on the way for some, and its clock shows whole ones. */
const NOTICED = 180;

/**
 * Whether this machine's clock is right enough for certificates, which are valid from the moment that their maker's clock shows.
 * @param asked where somebody was asked for the time: `ahead` is by how many seconds this machine is before it
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
      ? ["ahead of", "the VM does not take the certificates made here until then"]
      : ["behind", "this machine does not take the VM's certificates until then"];
  return [
    {
      name,
      status: "notice",
      seen: `this machine's is ${Math.round(off / 60)} minutes ${how} Microsoft's: ${why}`,
      todo: "set it by the network's time, such as with: timedatectl set-ntp true",
    },
  ];
}
