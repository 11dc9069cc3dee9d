import * as net from "node:net";

/** Ports beyond the wanted one that are tried. */
const TRIED = 50;

/** Listens at the wanted port of 127.0.0.1, or at the next free one. Nobody but this machine can connect. */
export async function listen(server: net.Server, wanted: number): Promise<number> {
  for (let port = wanted; ; port += 1) {
    const error = await tried(server, port);
    if (error === undefined) return port;
    if (!["EADDRINUSE", "EACCES"].includes(error.code ?? "") || port >= wanted + TRIED) throw error;
  }
}

function tried(server: net.Server, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException) => resolve(error);
    server.once("error", failed);
    server.listen({ host: "127.0.0.1", port, exclusive: true }, () => {
      server.off("error", failed);
      resolve(undefined);
    });
  });
}
