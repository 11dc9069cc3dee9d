import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { chromium } from "playwright-core";
import { afterAll, expect, it } from "vitest";
import { sharedSeat } from "../support/shared-seat";
import * as toolchain from "../toolchain/chromium";

/** What Kiali's pages show is in test/mesh/kiali. Here are the commands that open and photograph them, each of which takes a minute or more. */
const seat = sharedSeat();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-picture-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const anonymous = { title: "that anybody may look at", config: {}, dark: [] as string[] };
const withToken = {
  title: "that asks for a token, in dark colours",
  config: { kiali: { auth: "token" } },
  dark: ["--dark"],
};

it.for([anonymous, withToken])(
  "npm run picture photographs the graph of a Kiali $title",
  { timeout: 900_000 },
  async ({ config, dark }, context) => {
    const got = await toolchain.chromium();
    if ("lack" in got) return context.skip(got.lack);
    const file = path.join(folder, "kiali.png");
    const { all } = await seat.changed(config, () =>
      seat.lab.ok("picture", "--chromium", got.program, "--output", file, ...dark),
    );
    expect(all).toMatch(/\/kiali\.png: \d+ KB\.$/);
    const png = fs.readFileSync(file);
    expect([png.subarray(1, 4).toString(), png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual(["PNG", 1600, 1150]);
    expect(png.length).toBeLessThanOrEqual(200 * 1024);
  },
);

it("npm run open kiali leads to the graph, by the token that it prints", { timeout: 600_000 }, async (context) => {
  const got = await toolchain.chromium();
  if ("lack" in got) return context.skip(got.lack);
  await seat.changed(withToken.config, async () => {
    const open = seat.lab.start("open", "kiali");
    const browser = await chromium.launch({ executablePath: got.program });
    try {
      let printed = "";
      open.all!.on("data", (text: Buffer | string) => (printed += String(text)));
      await expect.poll(() => printed, { timeout: 60_000 }).toMatch(/http:\/\/localhost:\d+\/kiali\S*/);
      const page = await browser.newPage();
      await page.goto(/http:\/\/localhost:\d+\/kiali\S*/.exec(printed)![0]);
      await page.locator("#token").fill(/^ *(ey[\w-]+\.[\w-]+\.[\w-]+)$/m.exec(printed)![1]!);
      await page.getByRole("button", { name: "Log In" }).click();
      // The graph's own menu; without requests it is empty.
      await page.getByText("Versioned app graph").waitFor({ timeout: 60_000 });
      expect(new URL(page.url()).searchParams.get("namespaces")?.split(",")).toContain("temperature");
    } finally {
      await browser.close();
      process.kill(-open.pid!, "SIGINT");
      await open;
    }
  });
});
