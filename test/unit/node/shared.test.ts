import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { requireShared } from "../../../embedded/node/shared";

describe("what a seat stands on, before it is started", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "shared-"));
  const before = process.env.ISTIO_LAB_CACHE;
  const inCache = (name: string) => path.join(folder, "cache", name);
  const programs = inCache("toolchain/mesh-0123456789abcdef/bin");
  const images = inCache("store/0123456789abcdef");
  beforeAll(() => {
    process.env.ISTIO_LAB_CACHE = inCache("");
    for (const [at, file] of [
      [programs, "kubelet"],
      [images, "store.json"],
    ] as const) {
      fs.mkdirSync(at, { recursive: true });
      fs.writeFileSync(path.join(at, file), "");
    }
  });
  afterAll(() => {
    if (before === undefined) delete process.env.ISTIO_LAB_CACHE;
    else process.env.ISTIO_LAB_CACHE = before;
    fs.rmSync(folder, { recursive: true });
  });

  it("is what its record names", () => expect(requireShared("a", { programs, images })).toEqual({ programs, images }));

  it("is nothing, where the seat has its own: one of an earlier version", () =>
    expect(requireShared("a", {})).toEqual({}));

  it("is in the cache of now where that was moved", () => {
    const moved = (file: string) => file.replace(inCache(""), "/where/it/was/before/");
    expect(requireShared("a", { programs: moved(programs), images: moved(images) })).toEqual({ programs, images });
  });

  it.each([
    ["programs", "toolchain/mesh-ffffffffffffffff/bin"],
    ["images", "store/ffffffffffffffff"],
  ] as const)("that is gone is one message, with the command that heals: %s", (part, gone) => {
    const message = new RegExp(
      `^The seat "a" uses the (programs|image store) ${inCache(gone)}, which no longer exists\\. Nothing has been started, and its data is kept\\. .*\`npm run embedded -- build\``,
    );
    expect(() => requireShared("a", { programs, images, [part]: inCache(gone) })).toThrow(message);
  });

  it.each([
    ["another folder of the machine", "/etc"],
    ["a folder of the seat, whose pods may write its record", "/work/.lab/seats/a/var"],
    ["a path that leads out of the cache", `${inCache("store")}/../store/x`],
  ])("is never %s", (_, named) => {
    const message = `The record of the seat "a" names ${JSON.stringify(named)} as its image store, which no cache has. Nothing has been started. If nobody needs the seat and its data, delete it: \`npm run embedded -- delete --seat a\`.`;
    expect(() => requireShared("a", { images: named })).toThrow(message);
  });

  it("is never behind a link", () => {
    const link = inCache("store/1111111111111111");
    fs.symlinkSync(images, link);
    expect(() => requireShared("a", { images: link })).toThrow(/which no longer exists/);
  });
});
