import { createServer, type Http2Server, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { loadSync, type MethodDefinition, type ServiceDefinition } from "@grpc/proto-loader";

const folder = path.join(__dirname, "../../../embedded/images/apps/temperature/converter");

/** A file of the package that the two temperature apps share. */
export const source = (name: string) => path.join(folder, name);

/** The .proto, read at run time. */
export const definition = loadSync(source("converter.proto"), { enums: String });

export interface ConvertRequest {
  temperature: number;
  from: string;
  to: string;
}
export interface ConvertResponse {
  value: number;
  unit: string;
}

/** temperature.Converter/Convert as the .proto has it. */
export const convert = (definition["temperature.Converter"] as ServiceDefinition).Convert as MethodDefinition<
  ConvertRequest,
  ConvertResponse
>;

/** A temperature-service that answers what a test wants, speaks nothing but HTTP/2, and remembers what it was asked. */
export class FakeConverter {
  readonly asked: { headers: IncomingHttpHeaders; request: ConvertRequest }[] = [];
  /** A response, the status and message of a refusal, or no answer at all. */
  answer: ConvertResponse | { status: number; message: string } | "silence" = "silence";
  private readonly server: Http2Server = createServer();

  constructor() {
    this.server.on("sessionError", () => {});
    this.server.on("stream", (stream, headers) => {
      stream.on("error", () => {}); // a client that is stopped cuts its call off
      const parts: Buffer[] = [];
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("end", () => {
        this.asked.push({
          headers,
          request: convert.requestDeserialize(unframed(Buffer.concat(parts))) as ConvertRequest,
        });
        this.reply(stream);
      });
    });
  }

  /** Listens on loopback and returns the environment that makes temperature-api use it. */
  async environment(): Promise<Record<string, string>> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return { BACKEND: `127.0.0.1:${(this.server.address() as AddressInfo).port}` };
  }

  close(): void {
    this.server.close();
  }

  private reply(stream: ServerHttp2Stream): void {
    const { answer } = this;
    if (answer === "silence") return;
    const refused = "status" in answer;
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () =>
      stream.sendTrailers(
        refused ? { "grpc-status": answer.status, "grpc-message": answer.message } : { "grpc-status": 0 },
      ),
    );
    stream.end(refused ? undefined : framed(convert.responseSerialize(answer)));
  }
}

/** A message as gRPC sends it: a byte for "not compressed", its length, itself. */
export function framed(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

export function unframed(bytes: Buffer): Buffer {
  return bytes.subarray(5, 5 + bytes.readUInt32BE(1));
}
