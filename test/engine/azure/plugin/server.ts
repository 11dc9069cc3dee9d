import * as grpc from "@grpc/grpc-js";
import * as empty from "google-protobuf/google/protobuf/empty_pb";
import * as struct from "google-protobuf/google/protobuf/struct_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as p from "@pulumi/pulumi/proto/provider_pb";
import { toGrpc } from "../../../../embedded/provider/errors";
import { urnType } from "../../../../embedded/provider/kinds";
import { UNKNOWN } from "../../../../base/pulumi-marks";
import { plain, type Bag } from "../../../../embedded/provider/wire";
import { inputProblems, outputNames } from "../../../support/azure-types";
import { detailedDiff } from "./diff";

/** A resource as it was made or found: its outputs, and for `read` the inputs that would make it as it is. */
export interface Found {
  outputs: Bag;
  inputs?: Bag;
}

/** What is different from one of the recording plugins to the next. Inputs come as they are on the wire, with marks of secrets. */
export interface Plugin {
  version: string;
  /** Whether a change of the input at this path (`osProfile.customData`, `zones[0]`) makes a new resource. */
  replaces(token: string, path: string): boolean;
  /** Whether the old resource goes before the new one comes. */
  deleteBeforeReplace: boolean;
  /** Outputs that a preview of an update still knows, besides the inputs. @default all */
  stableOutputs?: readonly string[];
  /** What is wrong with inputs that the SDK's types allow; they may hold unknowns. */
  problems?(token: string, inputs: Bag): string[];
  configure?(): void;
  create(token: string, inputs: Bag): Promise<Found & { id: string }>;
  /** undefined: it is gone. */
  read(token: string, id: string, state: Bag, inputs: Bag): Promise<Found | undefined>;
  update(token: string, id: string, state: Bag, inputs: Bag): Promise<Found>;
  delete(token: string, id: string, state: Bag): Promise<void>;
}

const bag = (s: struct.Struct | undefined): Bag => (s?.toJavaScript() ?? {}) as Bag;
const toStruct = (b: Bag): struct.Struct => struct.Struct.fromJavaScript(JSON.parse(JSON.stringify(b)) as never);

/** The provider protocol, as far as a program that makes resources needs it. @returns the port, on the loopback */
export function serve(plugin: Plugin): Promise<number> {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": 400 << 20,
    "grpc.max_send_message_length": 400 << 20,
  });
  server.addService(ResourceProviderService, {
    checkConfig: answer((q: p.CheckRequest) => new p.CheckResponse().setInputs(q.getNews())),
    diffConfig: answer(() => new p.DiffResponse().setChanges(p.DiffResponse.DiffChanges.DIFF_NONE)),
    configure: answer(() => {
      plugin.configure?.();
      return new p.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
    }),
    check: answer((q: p.CheckRequest) => check(plugin, q)),
    diff: answer((q: p.DiffRequest) => diff(plugin, q)),
    create: answer((q: p.CreateRequest) => create(plugin, q)),
    read: answer(async (q: p.ReadRequest) => {
      const found = await plugin.read(urnType(q.getUrn()), q.getId(), bag(q.getProperties()), bag(q.getInputs()));
      if (found === undefined) return new p.ReadResponse();
      return new p.ReadResponse()
        .setId(q.getId())
        .setProperties(toStruct(found.outputs))
        .setInputs(toStruct(found.inputs ?? bag(q.getInputs())));
    }),
    update: answer(async (q: p.UpdateRequest) => {
      const token = urnType(q.getUrn());
      const [olds, news] = [bag(q.getOlds()), bag(q.getNews())];
      const outputs = q.getPreview()
        ? { ...previewed(plugin, token, olds), ...news }
        : (await plugin.update(token, q.getId(), olds, news)).outputs;
      return new p.UpdateResponse().setProperties(toStruct(outputs));
    }),
    delete: answer(async (q: p.DeleteRequest) => {
      await plugin.delete(urnType(q.getUrn()), q.getId(), bag(q.getProperties()));
      return new empty.Empty();
    }),
    getPluginInfo: answer(() => new PluginInfo().setVersion(plugin.version)),
    attach: answer(() => new empty.Empty()),
    cancel: answer(() => new empty.Empty()),
  } as unknown as grpc.UntypedServiceImplementation);
  return new Promise((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (e, port) =>
      e ? reject(e) : resolve(port),
    ),
  );
}

function answer<Q, R>(handle: (request: Q) => Promise<R> | R): grpc.handleUnaryCall<Q, R> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => handle(call.request))
      .then(
        (result) => callback(null, result),
        (error: unknown) => callback(toGrpc(error)),
      );
  };
}

function check(plugin: Plugin, q: p.CheckRequest): p.CheckResponse {
  const token = urnType(q.getUrn());
  const inputs = bag(q.getNews());
  const problems = inputProblems(token, inputs);
  if (problems.length === 0) problems.push(...(plugin.problems?.(token, plain(inputs) as Bag) ?? []));
  return new p.CheckResponse()
    .setInputs(q.getNews())
    .setFailuresList(problems.map((problem) => new p.CheckFailure().setReason(problem)));
}

function diff(plugin: Plugin, q: p.DiffRequest): p.DiffResponse {
  const token = urnType(q.getUrn());
  const changes = detailedDiff(plain(bag(q.getOldInputs())) as Bag, plain(bag(q.getNews())) as Bag);
  const { ADD, UPDATE, DELETE, ADD_REPLACE, UPDATE_REPLACE, DELETE_REPLACE } = p.PropertyDiff.Kind;
  const kinds = {
    add: [ADD, ADD_REPLACE],
    update: [UPDATE, UPDATE_REPLACE],
    delete: [DELETE, DELETE_REPLACE],
  } as const;
  const ignored = q.getIgnorechangesList();
  const answer = new p.DiffResponse().setHasdetaileddiff(true);
  for (const { path, kind } of changes.filter(({ path }) => !ignored.includes(path))) {
    const replaces = plugin.replaces(token, path);
    if (replaces) answer.addReplaces(path);
    answer.addDiffs(path.split(/[.[]/)[0]!);
    answer
      .getDetaileddiffMap()
      .set(path, new p.PropertyDiff().setKind(kinds[kind][Number(replaces)]!).setInputdiff(true));
  }
  answer.setDeletebeforereplace(plugin.deleteBeforeReplace && answer.getReplacesList().length > 0);
  const { DIFF_SOME, DIFF_NONE } = p.DiffResponse.DiffChanges;
  return answer.setChanges(answer.getDiffsList().length > 0 ? DIFF_SOME : DIFF_NONE);
}

function previewed({ stableOutputs }: Plugin, token: string, olds: Bag): Bag {
  if (stableOutputs === undefined) return olds;
  return {
    ...unknown(outputNames(token)),
    ...Object.fromEntries(Object.entries(olds).filter(([name]) => stableOutputs.includes(name))),
  };
}

function unknown(names: readonly string[]): Bag {
  return Object.fromEntries(names.map((name) => [name, UNKNOWN]));
}

/** In preview every output that is no input is unknown, as both kinds of real plugins have it. */
async function create(plugin: Plugin, q: p.CreateRequest): Promise<p.CreateResponse> {
  const token = urnType(q.getUrn());
  const inputs = bag(q.getProperties());
  const names = outputNames(token);
  if (q.getPreview()) return new p.CreateResponse().setProperties(toStruct({ ...unknown(names), ...inputs }));
  const { id, outputs } = await plugin.create(token, inputs);
  const foreign = Object.keys(outputs).filter((name) => !names.includes(name));
  if (foreign.length > 0)
    throw new Error(`the stand-in computes outputs of ${token} that the SDK does not know: ${foreign.join(", ")}`);
  return new p.CreateResponse().setId(id).setProperties(toStruct(outputs));
}
