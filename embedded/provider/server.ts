import * as grpc from "@grpc/grpc-js";
import * as empty from "google-protobuf/google/protobuf/empty_pb";
import * as struct from "google-protobuf/google/protobuf/struct_pb";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as p from "@pulumi/pulumi/proto/provider_pb";
import { Autonaming } from "./autoname";
import { checkObject, Checked, diffConfig } from "./check";
import { Cluster } from "./cluster";
import { diffObject, DiffResult } from "./diff";
import { toGrpc } from "./errors";
import { Helm } from "./helm/cli";
import { createRelease, deleteRelease, diffRelease, readRelease, updateRelease } from "./helm/release";
import { checkRelease } from "./helm/values";
import { engineHost, Host } from "./host";
import { HELM_RELEASE, urnType } from "./kinds";
import { create, Operation, read, remove, Session, update } from "./objects";
import { readSettings, Settings } from "./settings";
import { pulumi } from "../../versions";
import { Bag } from "./wire";

export interface ServerOptions {
  /** The engine's address. Undefined if nobody receives messages. */
  engine?: string;
  helm: () => string;
  /** Called at the first Configure, with the provider's urn. */
  announce?: (host: Host, urn: string) => void;
}

type Handler<Q, R> = (request: Q) => Promise<R> | R;
const silent: Host = { log: () => undefined, status: () => undefined, flush: async () => undefined };
const bag = (s: struct.Struct | undefined): Bag => s?.toJavaScript() ?? {};
const toStruct = (b: Bag): struct.Struct => struct.Struct.fromJavaScript(JSON.parse(JSON.stringify(b)) as never);

/** Serves the provider protocol. Each call goes to the module that implements it. */
export class ProviderServer {
  private readonly cancel = new AbortController();
  private readonly host: Host;
  private settings: Settings = readSettings(new Map([["kubernetes:config:kubeconfig", "{}"]]));
  private cluster = new Cluster(this.settings.kubeconfig, this.cancel.signal);
  private helm: Helm;
  private announced = false;
  private running = 0;

  constructor(private readonly options: ServerOptions) {
    this.host = options.engine ? engineHost(options.engine) : silent;
    this.helm = new Helm(this.settings.kubeconfig, options.helm, this.cancel.signal);
  }

  /** Stops running operations. They end with an error that keeps what was done. */
  stop(): void {
    this.cancel.abort();
  }
  /** Whether an operation is running. */
  get busy(): boolean {
    return this.running > 0;
  }
  dispose(): void {
    this.helm.dispose();
  }

  private get session(): Session {
    const { settings, cluster, host } = this;
    return {
      settings,
      cluster,
      host,
      cancelled: this.cancel.signal,
      unreachable: async () => settings.kubeconfigError ?? cluster.unreachable(),
    };
  }

  checkConfig(q: p.CheckRequest): p.CheckResponse {
    return new p.CheckResponse().setInputs(q.getNews());
  }

  diffConfig(q: p.DiffRequest): p.DiffResponse {
    const d = diffConfig(bag(q.getOlds()), bag(q.getNews()));
    const answer = new p.DiffResponse().setChanges(changes(d.changes));
    return answer.setDiffsList(d.diffs).setReplacesList(d.replaces);
  }

  configure(q: p.ConfigureRequest): p.ConfigureResponse {
    this.settings = readSettings(new Map(q.getVariablesMap().getEntryList()));
    this.cluster = new Cluster(this.settings.kubeconfig, this.cancel.signal);
    this.helm.dispose();
    this.helm = new Helm(this.settings.kubeconfig, this.options.helm, this.cancel.signal);
    // Send the first request while the engine is still busy. Nobody waits for it here.
    if (!this.settings.kubeconfigError) void this.cluster.unreachable();
    if (!this.announced) this.options.announce?.(this.host, q.getUrn() ?? "");
    this.announced = true;
    return new p.ConfigureResponse()
      .setAcceptsecrets(true)
      .setSupportspreview(true)
      .setSupportsAutonamingConfiguration(true);
  }

  async check(q: p.CheckRequest): Promise<p.CheckResponse> {
    const common = {
      urn: q.getUrn(),
      olds: bag(q.getOlds()),
      news: bag(q.getNews()),
      randomSeed: q.getRandomseed_asU8(),
      defaultNamespace: this.settings.defaultNamespace,
    };
    const { session } = this;
    const namespaced = async (o: Parameters<Cluster["namespaced"]>[0]): Promise<boolean | undefined> =>
      (await session.unreachable()) ? undefined : session.cluster.namespaced(o);
    const checked: Checked = isRelease(q)
      ? await checkRelease({ ...common, chartVersion: (r) => this.helm.chartVersion(r) })
      : await checkObject({ ...common, autonaming: autonaming(q), namespaced });
    const failures = checked.failures.map((f) => new p.CheckFailure().setProperty(f.property).setReason(f.reason));
    return new p.CheckResponse().setInputs(toStruct(checked.inputs)).setFailuresList(failures);
  }

  diff(q: p.DiffRequest): p.DiffResponse {
    const [olds, news, ignoreChanges] = [bag(q.getOlds()), bag(q.getNews()), q.getIgnorechangesList()];
    const release = isRelease(q);
    const d: DiffResult & { diffs?: string[] } = release
      ? diffRelease(olds, news, ignoreChanges)
      : diffObject({ urn: q.getUrn(), olds, news, ignoreChanges, mutable: this.settings.mutable });
    const answer = new p.DiffResponse()
      .setChanges(changes(d.changes))
      .setReplacesList(d.replaces)
      .setDeletebeforereplace(d.deleteBeforeReplace);
    for (const [path, change] of Object.entries(d.detailed)) {
      answer
        .getDetaileddiffMap()
        .set(path, new p.PropertyDiff().setKind(p.PropertyDiff.Kind[change.kind]).setInputdiff(change.inputDiff));
    }
    return answer.setDiffsList(d.diffs ?? []).setHasdetaileddiff(!release || d.changes);
  }

  async create(q: p.CreateRequest): Promise<p.CreateResponse> {
    const op = operation(q, q.getPreview());
    const inputs = bag(q.getProperties());
    const made = isRelease(q)
      ? await createRelease(this.session, this.helm, op, inputs)
      : await create(this.session, op, inputs);
    return new p.CreateResponse().setId(made.id).setProperties(toStruct(made.properties));
  }

  async read(q: p.ReadRequest): Promise<p.ReadResponse> {
    const op = { urn: q.getUrn(), preview: false, timeout: 0 };
    const state = bag(q.getProperties());
    const found =
      isRelease(q) && !(await this.session.unreachable())
        ? await readRelease(this.session, q.getId(), state)
        : await read(this.session, op, q.getId(), state, bag(q.getInputs()));
    if (!found) return new p.ReadResponse();
    return new p.ReadResponse()
      .setId(found.id)
      .setProperties(toStruct(found.properties))
      .setInputs(toStruct(found.inputs));
  }

  async update(q: p.UpdateRequest): Promise<p.UpdateResponse> {
    const op = operation(q, q.getPreview());
    const [olds, news] = [bag(q.getOlds()), bag(q.getNews())];
    const state = isRelease(q)
      ? await updateRelease(this.session, this.helm, op, news)
      : await update(this.session, op, olds, news);
    return new p.UpdateResponse().setProperties(toStruct(state));
  }

  async delete(q: p.DeleteRequest): Promise<empty.Empty> {
    const state = bag(q.getProperties());
    if (isRelease(q)) await deleteRelease(this.session, this.helm, operation(q, false), state);
    else await remove(this.session, operation(q, false), q.getId(), state);
    return new empty.Empty();
  }

  /** Serves on a free loopback port and returns the port. */
  listen(): Promise<number> {
    const answer =
      <Q, R>(handle: Handler<Q, R>): grpc.handleUnaryCall<Q, R> =>
      (call, callback) => {
        this.running++;
        Promise.resolve()
          .then(() => handle(call.request))
          .finally(() => this.host.flush())
          .then(
            (result) => callback(null, result),
            (e: unknown) => callback(toGrpc(e)),
          )
          .finally(() => this.running--);
      };
    const server = new grpc.Server({
      "grpc.max_receive_message_length": 400 << 20,
      "grpc.max_send_message_length": 400 << 20,
    });
    server.addService(ResourceProviderService, {
      checkConfig: answer((q: p.CheckRequest) => this.checkConfig(q)),
      diffConfig: answer((q: p.DiffRequest) => this.diffConfig(q)),
      configure: answer((q: p.ConfigureRequest) => this.configure(q)),
      check: answer((q: p.CheckRequest) => this.check(q)),
      diff: answer((q: p.DiffRequest) => this.diff(q)),
      create: answer((q: p.CreateRequest) => this.create(q)),
      read: answer((q: p.ReadRequest) => this.read(q)),
      update: answer((q: p.UpdateRequest) => this.update(q)),
      delete: answer((q: p.DeleteRequest) => this.delete(q)),
      getPluginInfo: answer(() => new plugin.PluginInfo().setVersion(pulumi.kubernetes)),
      attach: answer(() => new empty.Empty()),
      cancel: answer(() => {
        this.stop();
        return new empty.Empty();
      }),
    });
    return new Promise((resolve, reject) =>
      server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (e, port) =>
        e ? reject(e) : resolve(port),
      ),
    );
  }
}

const changes = (some: boolean): p.DiffResponse.DiffChanges =>
  some ? p.DiffResponse.DiffChanges.DIFF_SOME : p.DiffResponse.DiffChanges.DIFF_NONE;
const isRelease = (q: { getUrn(): string }): boolean => urnType(q.getUrn()) === HELM_RELEASE;
const operation = (q: { getUrn(): string; getTimeout(): number }, preview: boolean): Operation => ({
  urn: q.getUrn(),
  preview,
  timeout: q.getTimeout(),
});

function autonaming(q: p.CheckRequest): Autonaming | undefined {
  const wish = q.getAutonaming();
  if (!wish) return undefined;
  const modes = ["propose", "enforce", "disable"] as const;
  return { proposedName: wish.getProposedName(), mode: modes[wish.getMode()] };
}
