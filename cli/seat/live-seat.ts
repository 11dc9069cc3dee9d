import * as http from "node:http";
import { Duplex, PassThrough, Writable } from "node:stream";
import { Exec, type KubeConfig, PortForward, type V1Status } from "@kubernetes/client-node";
import { type Api, ApiError, type KubeObject, unlessMissing } from "../../kube";
import { apiOf } from "./api";
import { getOver } from "./over-tunnel";
import {
  type Access,
  type Answer,
  type Executed,
  type HttpOptions,
  type PodSelector,
  type Seat,
  ServiceSilent,
  type Subject,
  USER_AGENT,
} from "./seat";

/** The longest time for a command in a container, or for a request that bypasses a proxy. */
const PATIENCE_MS = 60_000;

/** The seat behind a kubeconfig and a GATEWAY_URL. */
export class LiveSeat implements Seat {
  private readonly api: Api;

  constructor(
    private readonly kubeconfig: KubeConfig,
    readonly gatewayUrl: string,
  ) {
    this.api = apiOf(kubeconfig);
  }

  async list(apiPath: string, query: Record<string, string> = {}): Promise<KubeObject[]> {
    return unlessMissing(
      this.api.request<{ items: KubeObject[] }>("GET", apiPath, { query }).then(({ items }) => items),
      [],
    );
  }

  async get(apiPath: string): Promise<KubeObject | undefined> {
    return unlessMissing(this.api.request<KubeObject>("GET", apiPath), undefined);
  }

  async exec(namespace: string, pod: PodSelector, container: string, command: readonly string[]): Promise<Executed> {
    const name = await this.podName(namespace, pod);
    const stdout = new Collected();
    const stderr = new Collected();
    return new Promise((resolve, reject) => {
      const where = `${namespace}/${name} (${container})`;
      const clock = setTimeout(
        () => reject(new Error(`${command[0]} in ${where}: did not end within ${PATIENCE_MS / 1000} s`)),
        PATIENCE_MS,
      );
      const ended = (status: V1Status) => {
        clearTimeout(clock);
        const exitCode = exitCodeOf(status);
        if (exitCode === undefined) reject(new Error(`${command[0]} in ${where}: ${status.message ?? status.reason}`));
        else resolve({ stdout: stdout.text, stderr: stderr.text, exitCode });
      };
      new Exec(this.kubeconfig)
        .exec(namespace, name, container, [...command], stdout, stderr, null, false, ended)
        .then((socket) => socket.on("close", () => setImmediate(() => ended({ message: "the connection ended" }))))
        .catch((error: unknown) => ended({ message: messageOf(error) }));
    });
  }

  async logs(
    namespace: string,
    pod: PodSelector,
    container: string,
    options: { sinceSeconds?: number; tailLines?: number; timestamps?: boolean } = {},
  ) {
    const names =
      "name" in pod ? [pod.name] : (await this.pods(namespace, pod.labels)).map(({ metadata }) => metadata.name);
    const query = {
      container,
      sinceSeconds: options.sinceSeconds,
      tailLines: options.tailLines,
      ...(options.timestamps && { timestamps: "true" }),
    };
    const texts = await Promise.all(
      names.map((name) =>
        unlessMissing(this.api.text("GET", `/api/v1/namespaces/${namespace}/pods/${name}/log`, { query }), ""),
      ),
    );
    return names.flatMap((name, index) =>
      texts[index]!.split("\n")
        .filter(Boolean)
        .map((line) => ({ pod: name, line })),
    );
  }

  http(path: string, options: HttpOptions = {}): Promise<Answer> {
    return request(this.gatewayUrl + path, options);
  }

  url(url: string): Promise<Answer> {
    return request(url, {});
  }

  async fromWithin(namespace: string, pod: string, port: number, path: string): Promise<string> {
    const [input, output, refused] = [new PassThrough(), new PassThrough(), new Collected()];
    const socket = await new PortForward(this.kubeconfig)
      .portForward(namespace, pod, [port], output, refused, input)
      .catch((error: unknown) => {
        throw new Error(`${namespace}/${pod}: cannot reach port ${port}: ${messageOf(error)}`);
      });
    if (typeof socket === "function") throw new Error("unexpected: a restartable port-forward");
    socket.on("close", () => output.end());
    try {
      return await getOver(Duplex.from({ readable: output, writable: input }), path);
    } catch (error) {
      throw new Error(`${namespace}/${pod}: port ${port}: ${refused.text.trim() || messageOf(error)}`);
    } finally {
      socket.close();
    }
  }

  async fromService(
    namespace: string,
    service: string,
    port: number,
    path: string,
  ): Promise<Pick<Answer, "status" | "body">> {
    const { status, body } = await this.answerOfService(namespace, service, port, path);
    return { status, body };
  }

  async headFromService(
    namespace: string,
    service: string,
    port: number,
    path: string,
  ): Promise<Pick<Answer, "status" | "headers">> {
    const { status, headers } = await this.answerOfService(namespace, service, port, path);
    return { status, headers };
  }

  private async answerOfService(
    namespace: string,
    service: string,
    port: number,
    path: string,
  ): Promise<Pick<Answer, "status" | "headers" | "body">> {
    const { code, headers, text } = await this.api.answer(
      "GET",
      `/api/v1/namespaces/${namespace}/services/${service}:${port}/proxy${path}`,
    );
    const refusal = refusalIn(text);
    if (refusal === undefined) return { status: code, headers, body: text };
    if (code === 404) throw new ServiceSilent("missing", `there is no Service ${service} in namespace ${namespace}`);
    if (code === 502 || code === 503 || code === 504) throw new ServiceSilent("silent", refusal);
    throw new ApiError(code, refusal);
  }

  async may({ user, groups }: Subject, access: Access): Promise<boolean> {
    const { group, resource, subresource, namespace, verb } = access;
    const body = {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SubjectAccessReview",
      spec: {
        user,
        groups,
        resourceAttributes: {
          verb,
          group,
          resource,
          ...(subresource !== undefined && { subresource }),
          ...(namespace !== undefined && { namespace }),
        },
      },
    };
    const { status } = await this.api.request<{ status: { allowed: boolean } }>(
      "POST",
      "/apis/authorization.k8s.io/v1/subjectaccessreviews",
      { body },
    );
    return status.allowed;
  }

  private async podName(namespace: string, pod: PodSelector): Promise<string> {
    if ("name" in pod) return pod.name;
    const found = (await this.pods(namespace, pod.labels))[0];
    const labels = selectorOf(pod.labels);
    if (!found) throw new Error(`no pod with ${labels} runs in namespace ${namespace}`);
    return found.metadata.name;
  }

  /** Running pods with the labels, ready ones first. */
  private async pods(namespace: string, labels: Readonly<Record<string, string>>): Promise<KubeObject[]> {
    const all = await this.list(`/api/v1/namespaces/${namespace}/pods`, { labelSelector: selectorOf(labels) });
    const running = all.filter(({ metadata, status }) => status?.phase === "Running" && !metadata.deletionTimestamp);
    return running.sort((a, b) => Number(isReady(b)) - Number(isReady(a)));
  }
}

/** Sends one request on its own connection. The answer includes the connection's error. */
function request(
  url: string,
  { headers = {}, method = "GET", body, timeoutMilliseconds = 10_000 }: HttpOptions = {},
): Promise<Answer> {
  const started = Date.now();
  return new Promise((resolve) => {
    const failed = (error: string) =>
      resolve({ status: 0, headers: {}, body: "", error, milliseconds: Date.now() - started });
    const options = {
      method,
      headers: { "user-agent": USER_AGENT, ...headers },
      agent: false,
      timeout: timeoutMilliseconds,
    };
    const sent = http.request(url, options, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: text,
          milliseconds: Date.now() - started,
        }),
      );
      response.on("error", (error) => failed(error.message));
    });
    sent.on("timeout", () => sent.destroy(new Error(`no answer within ${timeoutMilliseconds / 1000} s`)));
    sent.on("error", (error) => failed(error.message));
    sent.end(body);
  });
}

/** Whether a pod's condition Ready is true. */
export function isReady(pod: KubeObject): boolean {
  const conditions = (pod.status?.conditions ?? []) as { type: string; status: string }[];
  return conditions.some(({ type, status }) => type === "Ready" && status === "True");
}

function selectorOf(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(",");
}

/** A command's exit code; undefined where it did not run. */
function exitCodeOf(status: V1Status): number | undefined {
  if (status.status === "Success") return 0;
  const code = status.details?.causes?.find(({ reason }) => reason === "ExitCode")?.message;
  return code === undefined ? undefined : Number(code);
}

/** The API server's own message, where the request did not reach the Service. */
function refusalIn(text: string): string | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    const { kind, apiVersion, message, status } = JSON.parse(text) as {
      kind?: string;
      apiVersion?: string;
      message?: string;
      status?: string;
    };
    return kind === "Status" && apiVersion === "v1" && status === "Failure"
      ? (message ?? "the API server did not get through")
      : undefined;
  } catch {
    return undefined;
  }
}

/** WebSocket libraries reject with events, not errors. */
function messageOf(error: unknown): string {
  return String((error as { message?: unknown } | undefined)?.message ?? error);
}

/** Collects what is written to it as text. */
class Collected extends Writable {
  private readonly chunks: Buffer[] = [];

  get text(): string {
    return Buffer.concat(this.chunks).toString("utf8");
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk);
    done();
  }
}
