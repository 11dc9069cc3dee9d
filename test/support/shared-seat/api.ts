import * as https from "node:https";
import { KubeConfig } from "@kubernetes/client-node";
import type { LiveObject } from "./snapshot";

/** A kind that can be listed, and its path. */
export interface ListedKind {
  /** kubectl's name of the kind: `deployments.apps`. */
  readonly name: string;
  readonly kind: string;
  readonly path: string;
}

interface Discovery {
  items: {
    metadata: { name?: string };
    versions: { version: string; resources: { resource: string; responseKind: { kind: string }; verbs: string[] }[] }[];
  }[];
}

/** A client with kept-alive connections. Starting kubectl for each look would take half a second. */
export class Api {
  private readonly agent: https.Agent;

  private constructor(
    private readonly server: string,
    tls: https.AgentOptions,
  ) {
    this.agent = new https.Agent({ ...tls, keepAlive: true, maxSockets: 6 });
  }

  static async of(kubeconfig: string): Promise<Api> {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    const options: https.RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    const { ca, cert, key } = options;
    return new Api(config.getCurrentCluster()!.server, { ca, cert, key });
  }

  /** Returns every kind that can be listed, in the version that the server prefers. */
  async kinds(): Promise<ListedKind[]> {
    const [core, groups] = await Promise.all(
      ["/api", "/apis"].map((path) =>
        this.get<Discovery>(path, "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"),
      ),
    );
    return [...core!.items, ...groups!.items].flatMap(({ metadata, versions: [preferred] }) =>
      preferred!.resources
        .filter(({ verbs }) => verbs.includes("list"))
        .map(({ resource, responseKind }) => {
          const group = metadata.name ?? "";
          return {
            name: group === "" ? resource : `${resource}.${group}`,
            kind: responseKind.kind,
            path: `${group === "" ? "/api" : `/apis/${group}`}/${preferred!.version}/${resource}`,
          };
        }),
    );
  }

  /** Returns the objects of these kinds in all namespaces. */
  async list(kinds: readonly ListedKind[]): Promise<LiveObject[]> {
    const lists = await Promise.all(
      kinds.map(async ({ kind, path }) =>
        (await this.get<{ items: LiveObject[] }>(path)).items.map((item) => ({ ...item, kind })),
      ),
    );
    return lists.flat();
  }

  close(): void {
    this.agent.destroy();
  }

  private get<T>(path: string, accept = "application/json"): Promise<T> {
    return new Promise((resolve, reject) => {
      const request = https.get(
        `${this.server}${path}`,
        { agent: this.agent, headers: { accept }, timeout: 30_000 },
        (response) => {
          const parts: Buffer[] = [];
          response.on("data", (part: Buffer) => parts.push(part));
          response.on("error", reject);
          response.on("end", () => {
            const text = Buffer.concat(parts).toString();
            if (response.statusCode !== 200)
              return reject(new Error(`GET ${path}: ${response.statusCode} ${text.slice(0, 300)}`));
            resolve(JSON.parse(text) as T);
          });
        },
      );
      request.on("timeout", () => request.destroy(new Error(`GET ${path}: no answer within 30 s`)));
      request.on("error", reject);
    });
  }
}
