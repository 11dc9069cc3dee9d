import * as fs from "node:fs";
import * as http from "node:http";
import { execaSync } from "execa";

/**
 * Measures what counting Istio's metrics costs the proxies of a running embedded seat. It compares rounds of requests
 * with and without the EnvoyFilter. Usage: `npx tsx bench/mesh-metrics.ts [rounds] [requests]`, as root on the
 * machine that runs the seat of stack `embedded`. The filter is in place at the end.
 */
const [rounds, requests] = [Number(process.argv[2] ?? 6), Number(process.argv[3] ?? 1500)];
const filter = ["envoyfilter", "mesh-metrics", "-n", "istio-system"];
const npm = (...args: string[]) => execaSync("npm", ["run", "-s", ...args]).stdout;
const kubectl = (...args: string[]) => npm("kubectl", "--", ...args);
const url = npm("pulumi", "--", "stack", "output", "GATEWAY_URL");
const apply = () => kubectl("apply", "--server-side", "--force-conflicts", "-f", "embedded/metrics/envoyfilter.yaml");

/**
 * Returns the proxies that a page passes: process → name and namespace of the pod. Pod names tell this seat from
 * others on the machine.
 */
function proxies(): Map<number, string> {
  const pods = ["default", "istio-ingress"].flatMap((namespace) =>
    kubectl("get", "pods", "-n", namespace, "-o", "name")
      .split("\n")
      .map((name) => `${name.slice("pod/".length)}.${namespace}`),
  );
  const found = fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && readOrEmpty(`/proc/${name}/comm`) === "envoy\n")
    .flatMap((pid): [number, string][] => {
      const environment = readOrEmpty(`/proc/${pid}/environ`).split("\0");
      const [name, namespace] = ["POD_NAME=", "POD_NAMESPACE="].map((key) =>
        environment.find((one) => one.startsWith(key))?.slice(key.length),
      );
      return pods.includes(`${name}.${namespace}`) ? [[Number(pid), `${name}.${namespace}`]] : [];
    });
  return new Map(found);
}

function readOrEmpty(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** Returns the total CPU time of the processes so far, in milliseconds; a kernel tick is 10 ms. */
function processorTime(pids: Iterable<number>): number {
  const ticks = [...pids].map((pid) => readOrEmpty(`/proc/${pid}/stat`).split(") ")[1]!.split(" "));
  return ticks.reduce((sum, fields) => sum + (Number(fields[11]) + Number(fields[12])) * 10, 0);
}

/** Returns the bytes that a proxy's allocator has handed out, averaged over the proxies. */
function memory(pods: readonly string[]): number {
  const bytes = pods.map((pod) => {
    const [name, namespace] = pod.split(".") as [string, string];
    return Number(
      /memory_allocated: (\d+)/.exec(
        kubectl(
          "exec",
          name,
          "-n",
          namespace,
          "-c",
          "istio-proxy",
          "--",
          "curl",
          "-s",
          "localhost:15000/stats?filter=server.memory_allocated",
        ),
      )?.[1],
    );
  });
  return bytes.reduce((sum, one) => sum + one, 0) / bytes.length;
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
// A request that is pending while a listener changes may get a 503.
const page = () =>
  new Promise<void>((resolve, reject) =>
    http
      .get(`${url}/productpage`, { agent }, (answer) =>
        answer
          .resume()
          .on("end", () =>
            answer.statusCode === 200 || answer.statusCode === 503
              ? resolve()
              : reject(new Error(`${answer.statusCode}`)),
          ),
      )
      .on("error", reject),
  );

async function pages(count: number): Promise<void> {
  let left = count;
  const one = async () => {
    while (left-- > 0) await page();
  };
  await Promise.all([one(), one(), one(), one()]);
}

async function main(): Promise<void> {
  const found = proxies();
  if (found.size === 0) throw new Error("No proxy of a seat runs here.");
  const measured: Record<string, { time: number[]; memory: number[] }> = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const state of ["with", "without"]) {
      if (state === "with") apply();
      else kubectl("delete", ...filter);
      // New listeners, and series that are counted for the first time, cost more than those that follow.
      await new Promise((wait) => setTimeout(wait, 6000));
      await pages(150);
      const before = processorTime(found.keys());
      await pages(requests);
      const results = (measured[state] ??= { time: [], memory: [] });
      results.time.push(((processorTime(found.keys()) - before) / requests) * 1000);
      if (round === rounds - 1) results.memory.push(memory([...found.values()]) / 2 ** 20);
      console.log(`round ${round + 1}, ${state}: ${results.time.at(-1)!.toFixed(0)} ms`);
    }
  }
  apply();
  const ratios = measured.with!.time.map((time, round) => time / measured.without!.time[round]!);
  console.log(
    `with / without, round by round: ${ratios.map((ratio) => ratio.toFixed(2)).join(" ")}, median ${median(ratios).toFixed(2)}`,
  );
  for (const [state, { time, memory }] of Object.entries(measured)) {
    console.log(
      `${state}: ${time.map((value) => value.toFixed(0)).join(" ")} ms of CPU for 1000 pages over ${found.size} proxies, median ${median(time).toFixed(0)}; memory of a proxy ${median(memory).toFixed(2)} MiB`,
    );
  }
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
