import { createHash } from "node:crypto";
import { createServer } from "node:net";
import { MinikubeError } from "./errors";

/** The ports a browser uses, by what answers there. */
export interface Published {
  readonly http: number;
  readonly https: number;
  readonly kiali: number;
}

/** Ports of this machine are looked for here: below those that systems give out by themselves (32768, 49152), and below Kubernetes' node ports. */
const range = { from: 20_000, triples: 3_000 };

/**
 * Three free ports of this machine for a profile. Its name says where the search begins, so that a cluster made anew has mostly the URLs of the last one;
 * `taken` are those of other profiles, which may be stopped now.
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

/** What `--ports` says. Only this machine may reach them: without an address it would be every machine around. */
export function asFlags(ports: Published, nodePorts: Published): string[] {
  return (Object.keys(nodePorts) as (keyof Published)[]).map((key) => `127.0.0.1:${ports[key]}:${nodePorts[key]}`);
}

/** The ports that a profile's `--ports` publish, undefined unless they are those of `asFlags`. */
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

/** Every port of this machine that the flags take. */
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
