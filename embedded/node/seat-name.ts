/** What may name a seat on this machine, in a sentence. */
export const SEAT_NAMES = "Such a name has lower-case letters, digits and dashes, 63 at most, and begins and ends with a letter or digit.";

/** Whether `name` is a DNS label (RFC 1123): a seat's node has the seat's name, and a node's name is a host name. */
export function isSeatName(name: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name);
}
