import { type Seat, USER_AGENT } from "../../seat/seat";
import type { CallerPod } from "./probe";

/** The answer that curl got in a pod; `status` 0 and `error` where there was none. */
export interface Curled {
  status: number;
  body: string;
  error?: string;
}

export interface CurlOptions {
  method?: string;
  headers?: Readonly<Record<string, string>>;
}

/** Sends one request with curl in a caller's pod. @throws where curl could not run */
export async function curl(
  seat: Seat,
  from: CallerPod,
  url: string,
  { method = "GET", headers = {} }: CurlOptions = {},
): Promise<Curled> {
  const own = Object.entries(headers).flatMap(([name, value]) => ["--header", `${name}: ${value}`]);
  const command = [
    "curl",
    "--silent",
    "--show-error",
    "--max-time",
    "8",
    "--user-agent",
    USER_AGENT,
    "--request",
    method,
    ...own,
    "--write-out",
    "\n%{http_code}",
    url,
  ];
  const run = await seat.exec(from.namespace, from.pod, from.container, command);
  const end = run.stdout.lastIndexOf("\n");
  const status = Number(run.stdout.slice(end + 1)) || 0;
  if (end < 0)
    throw new Error(`curl in ${from.namespace} did not run: ${run.stderr.trim() || `exit code ${run.exitCode}`}`);
  return {
    status,
    body: run.stdout.slice(0, end),
    ...(run.exitCode !== 0 && {
      error: run.stderr.trim().replace(/^curl: \(\d+\) /, "") || `curl's exit code ${run.exitCode}`,
    }),
  };
}

/** One answer of many requests, with its duration. */
export interface Timed {
  status: number;
  seconds: number;
}

export interface ManyOptions {
  requests: number;
  atATime: number;
  maxSeconds: number;
  headers: Readonly<Record<string, string>>;
}

/** Sends many requests to one address with one curl, at the same time. */
export async function curlMany(
  seat: Seat,
  from: CallerPod,
  url: string,
  { requests, atATime, maxSeconds, headers }: ManyOptions,
): Promise<Timed[]> {
  const own = Object.entries(headers).flatMap(([name, value]) => ["--header", `${name}: ${value}`]);
  const numbered = `${url}${url.includes("?") ? "&" : "?"}n=[1-${requests}]`;
  const command = [
    "curl",
    "--silent",
    "--parallel",
    "--parallel-max",
    String(atATime),
    "--max-time",
    String(maxSeconds),
    "--user-agent",
    USER_AGENT,
    ...own,
  ];
  const run = await seat.exec(from.namespace, from.pod, from.container, [
    ...command,
    "--output",
    "/dev/null",
    "--write-out",
    "%{http_code} %{time_total}\n",
    numbered,
  ]);
  const lines = run.stdout.split("\n").filter((line) => /^\d+ [\d.]+$/.test(line));
  if (lines.length === 0)
    throw new Error(`curl in ${from.namespace} did not run: ${run.stderr.trim() || `exit code ${run.exitCode}`}`);
  return lines.map((line) => {
    const [status, seconds] = line.split(" ").map(Number);
    return { status: status!, seconds: seconds! };
  });
}

/** The answer in words. */
export function answered({ status, error }: { status: number; error?: string }): string {
  return status > 0 ? String(status) : (error ?? "no answer");
}
