import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Writable } from "node:stream";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { ask } from "./ask";
import { app, built, buildTime, withoutApps } from "./built";
import { killAll, start } from "./process";
import { needs, withoutRoot } from "../../support/needs";

beforeAll(built, buildTime);
afterEach(killAll);

describe("every app", needs(withoutApps), () => {
  it.each([
    ["details", "istio/examples-bookinfo-details-v1", {}],
    ["ratings", "istio/examples-bookinfo-ratings-v1", {}],
    ["reviews", "istio/examples-bookinfo-reviews-v3", { SERVICE_VERSION: "v3" }],
    ["productpage", "istio/examples-bookinfo-productpage-v1", {}],
  ])("%s says that it is a stand-in and stops on SIGTERM", async (name, image, env) => {
    const running = await start(app(name), env);
    expect(running.log[0]).toContain(`istio-lab stand-in for ${image}, listening on`);
    const held = await fetch(`${running.url}/health`); // a kept connection must not hold it up
    expect(held.status).toBe(200);
    const { code } = await running.stop();
    expect(code).toBe(0);
  });

  it("ends with a reason when its address is taken", async () => {
    const first = await start(app("details"));
    const second = spawn(app("details"), ["-listen", new URL(first.url).host], { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    second.stdout.on("data", (bytes) => (said += bytes));
    const [code] = await once(second, "close");
    expect(code).toBe(1);
    expect(said).toContain("address already in use");
  });
});

describe("http-echo", needs(withoutApps), () => {
  it("answers its text on every path, with upstream's headers and log line", async () => {
    const echo = await start(app("http-echo"), {}, ["-text=Hello from backend service"]);
    const { status, body, type, headers } = await ask(`${echo.url}/any/path`, {
      headers: { "user-agent": "someone/1" },
    });
    expect([status, body, type]).toEqual([200, "Hello from backend service\n", "text/plain; charset=utf-8"]);
    expect([headers.get("x-app-name"), headers.get("x-app-version")]).toEqual(["http-echo", "1.0.0"]);
    expect((await ask(`${echo.url}/health`)).body).toBe('{"status":"ok"}\n');
    const host = new URL(echo.url).host;
    const line =
      /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d (\S+) 127\.0\.0\.1:\d+ "GET \/any\/path HTTP\/1\.1" 200 27 "someone\/1" \S+$/;
    expect(echo.log.flatMap((l) => line.exec(l)?.[1] ?? [])).toEqual([host]);
    expect(echo.log[0]).toContain("istio-lab stand-in for hashicorp/http-echo:1.0.0");
    expect(echo.log.filter((l) => l.includes("/health"))).toEqual([]);
    expect(await echo.stop()).toMatchObject({ code: 0 });
  });

  it("takes the text from ECHO_TEXT and another status", async () => {
    const echo = await start(app("http-echo"), { ECHO_TEXT: "from the environment" }, ["-status-code", "503"]);
    expect(await ask(echo.url)).toMatchObject({ status: 503, body: "from the environment\n" });
  });

  it.each([
    [[], "no text"],
    [["-text=a", "b"], 'unexpected argument "b"'],
    [["-text=a", "-status-code=99"], "200 to 599"],
  ])("refuses %j with 127", async (args, reason) => {
    const child = spawn(app("http-echo"), args, { env: {}, stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (bytes) => (said += bytes));
    const [code] = await once(child, "close");
    expect(code).toBe(127);
    expect(said).toContain(reason);
  });
});

describe("pause", needs(withoutApps), () => {
  const childrenOf = (pid: number) =>
    (readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").match(/\d+/g) ?? []).map(Number);
  const isPause = (pid: number) => readFileSync(`/proc/${pid}/comm`, "utf8") === "pause\n";
  /** A shell becomes pause, and leaves it a child that ends when the fourth of these streams does. */
  const stdio: StdioOptions = ["ignore", "ignore", "ignore", "pipe"];
  const becomesPause = (child: string) => `${child} exec ${app("pause")} 3<&-`;
  const patience = { timeout: 20_000, interval: 10 };

  /** pause listens to signals before it collects what has ended: then it has taken the child. */
  async function endChildOf(pid: number, shell: ChildProcess): Promise<void> {
    await vi.waitFor(() => expect([isPause(pid), childrenOf(pid).length]).toEqual([true, 1]), patience);
    (shell.stdio[3] as Writable).destroy();
    await vi.waitFor(() => expect(childrenOf(pid)).toEqual([]), patience);
  }

  it("ends with 0 on SIGTERM", async () => {
    const child = spawn("sh", ["-c", becomesPause("cat <&3 &")], { stdio });
    await endChildOf(child.pid!, child);
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it("reaps orphans as process 1 of its namespace", needs(withoutRoot), async () => {
    // The subshell ends at once; what it leaves behind becomes a child of process 1, which by then is pause.
    const outer = spawn("unshare", ["--pid", "--fork", "--kill-child", "sh", "-c", becomesPause("(cat <&3 &);")], {
      stdio,
    });
    const first = await vi.waitFor(() => {
      const [pid] = childrenOf(outer.pid!);
      expect(isPause(pid!)).toBe(true);
      return pid!;
    }, patience);
    await endChildOf(first, outer);
    outer.kill("SIGKILL");
    await once(outer, "exit");
  });
});
