import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiError, type Api } from "../../../../kube";
import type { Added, Changed } from "../../../../cli/class/drift/model";
import { byHand, patchOf, takeAway, untilGone, type Target } from "../../../../cli/class/drift/put-back";

const { signal } = new AbortController();
const changed = (more: Partial<Changed>): Changed => ({
  object: "ConfigMap blog/a",
  namespace: "blog",
  fields: [],
  uid: "u",
  beyond: "/a",
  ...more,
});
const field = (path: string, before?: unknown) => ({ path, before, after: "x" });
const added = (path: string, uid: string): Added => ({ object: path, namespace: "blog", path, uid });

/** An API server that answers each request so, and notes it. */
function server(answers: (method: string, path: string) => object | undefined): { api: Api; asked: string[] } {
  const asked: string[] = [];
  const request = async (method: string, path: string) => {
    asked.push(`${method} ${path}`);
    const answer = answers(method, path);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { api: { request } as unknown as Api, asked };
}

describe("what goes by hand", () => {
  it("is everything that was added, and what a trainee wrote into the program's own objects", () => {
    const both = [added("/one", "1"), added("/two", "2")];
    const label = changed({ beyond: "/label", fields: [field("metadata.labels.team")] });
    const spec = changed({ beyond: "/spec", fields: [field("spec.replicas")] });
    const other = changed({ beyond: "/other", uid: "o", fields: [field("data.key")] });
    expect(byHand({ added: both, changed: [label, spec, other] })).toEqual({
      added: [
        { path: "/one", uid: "1" },
        { path: "/two", uid: "2" },
      ],
      remade: [
        { path: "/spec", uid: "u" },
        { path: "/other", uid: "o" },
      ],
      stripped: [{ path: "/label", uid: "u", patch: { metadata: { labels: { team: null } } } }],
    });
  });

  it("is nothing of which `up` sees the difference itself, and nothing without a uid: nobody could tell that it is this very object", () => {
    const { uid: _, ...nameless } = changed({ fields: [field("spec.replicas")] });
    const { beyond: __, ...seen } = changed({ fields: [field("spec.replicas", 1)] });
    expect(byHand({ added: [], changed: [nameless, seen] })).toEqual({ added: [], remade: [], stripped: [] });
  });

  it.each<[string, ReturnType<typeof field>[], object | undefined]>([
    ["a label", [field("metadata.labels.team")], { metadata: { labels: { team: null } } }],
    ["an annotation", [field("metadata.annotations.note")], { metadata: { annotations: { note: null } } }],
    [
      "both, in quotes",
      [field('metadata.labels["a.b/c"]'), field('metadata.annotations["d.e/f"]'), field("metadata.labels.team")],
      { metadata: { labels: { "a.b/c": null, team: null }, annotations: { "d.e/f": null } } },
    ],
    [
      "beside what `up` puts back",
      [field("spec.replicas", 1), field("metadata.labels.team")],
      { metadata: { labels: { team: null } } },
    ],
    ["all labels, as one", [field("metadata.labels")], undefined],
    ["another field of the metadata", [field("metadata.finalizers")], undefined],
    ["a label and a field", [field("metadata.labels.team"), field("spec.replicas")], undefined],
    ["a label of the pods", [field("spec.template.metadata.labels.team")], undefined],
  ])("of %s is taken off by a patch, or is made anew", (_, fields, patch) =>
    expect(patchOf({ fields })).toEqual(patch),
  );
});

describe("taking away", () => {
  afterEach(() => void vi.restoreAllMocks());
  const none = { added: [], remade: [], stripped: [] };
  const there = (uid: string | undefined) => ({ metadata: { ...(uid !== undefined && { uid }) } });

  it.each([409, 422])(
    "leaves an object alone that is another one by now, by the API server's answer %i",
    async (code) => {
      const { api } = server(() => new ApiError(code, "uid mismatch"));
      const going = { path: "/a", uid: "1" };
      for (const one of [
        { ...none, added: [going] },
        { ...none, remade: [going] },
        { ...none, stripped: [{ ...going, patch: {} }] },
      ]) {
        await expect(takeAway(api, one, signal)).rejects.toThrow(
          "/a is not the object that was shown any more, and is left alone (uid mismatch).",
        );
      }
    },
  );

  it.each([401, 403, 500, 503])("does not take %i for gone, nor for another object", async (code) => {
    const { api } = server(() => new ApiError(code, `refused: ${code}`));
    for (const run of [
      takeAway(api, { ...none, added: [{ path: "/a", uid: "1" }] }, signal),
      untilGone(api, [{ path: "/a", uid: "1" }], signal),
    ])
      await expect(run).rejects.toThrow(new RegExp(`^refused: ${code}$`));
  });

  it("waits for what `up` is to make anew, until the last is gone or another one has its name", async () => {
    let looks = 0;
    const { api, asked } = server((method, path) =>
      method === "DELETE"
        ? {}
        : path === "/first"
          ? new ApiError(404, "gone")
          : there((looks += 1) < 2 ? "2" : "another"),
    );
    await takeAway(
      api,
      {
        ...none,
        remade: [
          { path: "/first", uid: "1" },
          { path: "/second", uid: "2" },
        ],
      },
      signal,
    );
    expect(asked).toEqual([
      "DELETE /first",
      "DELETE /second",
      "GET /first",
      "GET /second",
      "GET /first",
      "GET /second",
    ]);
  });

  it.each<[string, Target[], string]>([
    [
      "the second one",
      [
        { path: "/gone", uid: "1" },
        { path: "/held", uid: "2" },
      ],
      "/held",
    ],
    ["one whose uid nobody says", [{ path: "/nameless", uid: "3" }], "/nameless"],
  ])("gives up after a minute, with the name, where a finalizer holds %s", async (_, targets, name) => {
    let now = 0;
    vi.spyOn(Date, "now").mockImplementation(() => now);
    const { api, asked } = server((_method, path) => {
      if (path === name) now += 25_000;
      return path === "/gone" ? new ApiError(404, "gone") : there(path === "/held" ? "2" : undefined);
    });
    await expect(untilGone(api, targets, signal)).rejects.toThrow(
      `Deleted, and still there after 60 s: ${name}. Something holds it; look at its metadata.finalizers.`,
    );
    expect(asked.filter((one) => one === `GET ${name}`)).toHaveLength(3);
  });
});
