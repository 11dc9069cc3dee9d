/**
 * Variables by which programs learn of a proxy. Go, curl and Python read both spellings; gRPC for Node reads only the
 * small one.
 */
const PROXIES = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "GRPC_PROXY"].flatMap((name) => [name, name.toLowerCase()]);
const EXCEPTIONS = ["NO_PROXY", "no_proxy"] as const;

/** This machine itself: here the engine, its plugins and the language host talk to each other. */
const LOOPBACK = ["localhost", "127.0.0.1", "127.0.0.0/8", "::1"];
/**
 * Private space (RFC 1918), where seats on this machine and in its network are. A range only matches an address, so a
 * mirror with a name is still reached through the proxy, and so is a cluster with a public address.
 */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

type Environment = Record<string, string | undefined>;

/**
 * Extends NO_PROXY for all child processes where a proxy is set, so that neither this machine nor a seat in private
 * space is asked through it. Returns a sentence that says so. Undefined where nothing had to be added.
 */
export function bypassProxy(env: Environment): string | undefined {
  const proxy = PROXIES.find((name) => env[name]);
  if (proxy === undefined) return undefined;
  const own = [...new Set(EXCEPTIONS.flatMap((name) => (env[name] ?? "").split(",")).map((host) => host.trim()))];
  // A lone asterisk excepts every host.
  const missing = own.includes("*") ? [] : [...LOOPBACK, ...PRIVATE].filter((host) => !own.includes(host));
  const wanted = own.includes("*") ? "*" : [...own, ...missing].filter((host) => host !== "").join(",");
  for (const name of EXCEPTIONS) env[name] = wanted;
  return missing.length === 0
    ? undefined
    : `${proxy} is set. Programs that are started here get NO_PROXY with this machine and private addresses: ${missing.join(",")}`;
}
