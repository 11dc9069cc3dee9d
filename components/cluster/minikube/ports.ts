import { createHash } from "node:crypto";
import { createServer } from "node:net";
import { MinikubeError } from "./errors";

/** Ports for a browser, by what answers there. */
export interface Published {
  readonly http: number;
  readonly https: number;
  readonly kiali: number;
}

/**
 * The search range for ports of this machine. It lies below the ephemeral ports of operating systems (from 32768 or
 * 49152) and below Kubernetes' node ports.
 */
const range = { from: 20_000, triples: 3_000 };

/**
 * Finds three free ports of this machine for a profile. The search starts at a hash of the profile's name, so that a
 * new cluster mostly gets the URLs of the last one.
 * @param taken ports of other profiles, which may be stopped now
 */
export async function freePorts(
  profile: string,
  taken: ReadonlySet<number>,
  isFree: (port: number) => Promise<boolean> = isUnused,
): Promise<Published> {
  const start = createHash("sha256").update(profile).digest().readUInt32BE() % range.triples;
  for (let step = 0; step < range.triples; step += 1) {
    const http = range.from + ((start + step) % range.triples) * 3;
    const triple = [http, http + 1, http + 2];
    if (triple.some((port) => taken.has(port))) continue;
    if ((await Promise.all(triple.map(isFree))).every(Boolean)) return { http, https: http + 1, kiali: http + 2 };
  }
  throw new MinikubeError(
    `None of this machine's ports from ${range.from} to ${range.from + 3 * range.triples - 1} is free.`,
  );
}

/**
 * Formats the values for `--ports`. They bind to 127.0.0.1: without an address, other machines could reach the ports.
 */
export function asFlags(ports: Published, nodePorts: Published): string[] {
  return (Object.keys(nodePorts) as (keyof Published)[]).map((key) => `127.0.0.1:${ports[key]}:${nodePorts[key]}`);
}

/** Returns the ports that a profile publishes by `--ports`. Undefined unless `asFlags` wrote them. */
export function publishedIn(flags: readonly string[], nodePorts: Published): Published | undefined {
  const portOf = (nodePort: number) =>
    Number(
      flags
        .map((flag) => flag.split(":"))
        .find((parts) => parts.at(-1) === String(nodePort))
        ?.at(-2),
    );
  const published = { http: portOf(nodePorts.http), https: portOf(nodePorts.https), kiali: portOf(nodePorts.kiali) };
  return Object.values(published).every((port) => port > 0) ? published : undefined;
}

/** Lists the ports of this machine that these flags take. */
export function portsIn(flags: readonly string[]): number[] {
  return flags.map((flag) => Number(flag.split(":").at(-2))).filter((port) => port > 0);
}

function isUnused(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}
