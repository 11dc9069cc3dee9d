import * as net from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { listen } from "../../../cli/open/forward";

function server(): net.Server {
  const made = net.createServer();
  onTestFinished(() => void made.close());
  return made;
}

/** A port that nobody has, and its neighbour neither, as far as this machine's ports allow. */
async function free(): Promise<number> {
  const probe = net.createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as net.AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

describe("the port of this machine", () => {
  it("is the wanted one, at 127.0.0.1 alone", async () => {
    const wanted = await free();
    const listening = server();
    expect(await listen(listening, wanted)).toBe(wanted);
    expect(listening.address()).toMatchObject({ address: "127.0.0.1", port: wanted });
  });

  it("is the next free one where somebody has it", async () => {
    const wanted = await free();
    await listen(server(), wanted);
    const listening = server();
    const port = await listen(listening, wanted);
    expect(port).toBeGreaterThan(wanted);
    expect((listening.address() as net.AddressInfo).port).toBe(port);
  });

  it.each([
    [50, 9050],
    [51, "EADDRINUSE"],
  ])("with %i ports taken is %s: as many are tried, and no more", async (taken, found) => {
    // Stands for a machine with so many ports taken.
    const tried: number[] = [];
    let failed: (error: Error) => void = () => undefined;
    const busy = {
      once: (_: string, heed: typeof failed) => (failed = heed),
      off: () => undefined,
      listen: ({ port }: { port: number }, done: () => void) => (
        tried.push(port),
        port < 9000 + taken
          ? failed(Object.assign(new Error("EADDRINUSE"), { code: port % 2 === 0 ? "EADDRINUSE" : "EACCES" }))
          : done()
      ),
    } as unknown as net.Server;
    if (typeof found === "number") expect(await listen(busy, 9000)).toBe(found);
    else await expect(listen(busy, 9000)).rejects.toThrow(found);
    expect(tried).toEqual(Array.from({ length: 51 }, (_, index) => 9000 + index));
  });

  it("gives up on any other trouble", async () => {
    await expect(listen(server(), 70_000)).rejects.toThrow(/port/i);
  });
});
