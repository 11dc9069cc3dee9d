import * as net from "node:net";

/** How many ports after the wanted one are tried. */
const TRIED = 50;

/** Listens on the wanted port of 127.0.0.1, or on the next free one. Only this machine can connect. */
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
