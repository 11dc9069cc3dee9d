import { tmpdir } from "node:os";
import { join } from "node:path";
import { announceOnce } from "./announce";
import { helmBinary } from "./helm/cli";
import { ProviderServer } from "./server";

/** Runs the plugin's process: prints its port, as every Pulumi plugin does, and serves until it is told to stop. */
async function main(): Promise<void> {
  const engine = process.argv.slice(2).find((a) => !a.startsWith("-"));
  const marks = join(process.env.ISTIO_LAB_PROVIDER_HOME ?? tmpdir(), "announced");
  const server = new ProviderServer({
    engine,
    helm: helmBinary,
    announce: (host, urn) => announceOnce(marks, host, urn),
  });
  process.on("exit", () => server.dispose());
  const parent = process.ppid;
  const end = (code: number): void => {
    server.stop();
    const deadline = Date.now() + 5_000;
    // Running operations end with an error. helm needs a moment to record that it was interrupted.
    const leave = (): void => void (!server.busy || Date.now() > deadline ? process.exit(code) : setTimeout(leave, 50));
    leave();
  };
  process.once("SIGINT", () => end(0));
  process.once("SIGTERM", () => end(0));
  // An engine that was killed cannot tell the plugin to stop.
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    end(1);
  }, 1_000);
  console.log(await server.listen());
}

main().catch((e: unknown) => {
  console.error(e);
  process.exit(1);
});
