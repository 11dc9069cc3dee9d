import { expect, it, vi } from "vitest";
import { backendOf, plainUrl } from "../../../../cli/class/run/backend";

const { asked } = vi.hoisted(() => ({ asked: [] as string[][] }));
vi.mock("../../../../cli/stack/workspace", () => ({
  pulumiOutput: async (_: unknown, args: string[]) => (
    asked.push(args),
    JSON.stringify({ user: "trainer", url: "postgres://lab:hunter2@db.example.org/state?sslmode=disable" })
  ),
}));

it.each([
  ["file:///backend?metadata=skip", "file:///backend"],
  ["azblob://state?storage_account=lab&sas_token=hunter2", "azblob://state"],
  ["postgres://lab:hunter2@db.example.org/state", "postgres://db.example.org/state"],
  ["https://token@app.pulumi.com/trainer", "https://app.pulumi.com/trainer"],
  ["file:///home/ada@work/state", "file:///home/ada@work/state"],
])("of %s what may be noted and printed is %s", (url, plain) => expect(plainUrl(url)).toBe(plain));

it("a workspace's backend is asked for once, and by what may be noted of it", async () => {
  const workspace = { env: {} };
  expect([await backendOf(workspace), await backendOf(workspace)]).toEqual([
    "postgres://db.example.org/state",
    "postgres://db.example.org/state",
  ]);
  expect(asked).toEqual([["whoami", "--json"]]);
  await backendOf({ env: {} });
  expect(asked).toHaveLength(2);
});
