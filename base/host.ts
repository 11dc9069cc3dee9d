import { isIPv6 } from "node:net";

/** Writes a name or address as URLs do: an IPv6 address in brackets. */
export function hostInUrl(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}

/** Writes the host of a URL as sockets take it: an IPv6 address without brackets. */
export function hostForSocket(host: string): string {
  return host.replace(/^\[(.*)\]$/, "$1");
}
