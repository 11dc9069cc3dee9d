import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiError, type Api } from "../../../kube";
import { patchOf, takeAway, untilGone, type DeletionTarget } from "../../../cli/drift/put-back";

const { signal } = new AbortController();
const field = (path: string, before?: unknown) => ({ path, before, after: "x" });

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

describe("a field of a claim", () => {
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
  ])("of %s is only taken off, or the claim is made anew", (_, fields, patch) =>
    expect(patchOf({ fields })).toEqual(patch),
  );
});

describe("taking away", () => {
  afterEach(() => void vi.restoreAllMocks());
  const there = (uid: string | undefined) => ({ metadata: { ...(uid !== undefined && { uid }) } });

  it.each([409, 422])(
    "leaves an object alone that is another one by now, by the API server's answer %i",
    async (code) => {
      const { api } = server(() => new ApiError(code, "uid mismatch"));
      const going = { path: "/a", uid: "1" };
      await expect(takeAway(api, [going])).rejects.toThrow(
        "/a is no longer the object that was shown, and is kept (uid mismatch).",
      );
    },
  );

  it.each([401, 403, 500, 503])("does not take %i for gone, nor for another object", async (code) => {
    const { api } = server(() => new ApiError(code, `refused: ${code}`));
    for (const run of [takeAway(api, [{ path: "/a", uid: "1" }]), untilGone(api, [{ path: "/a", uid: "1" }], signal)])
      await expect(run).rejects.toThrow(new RegExp(`^refused: ${code}$`));
  });

  it("waits for what goes, until the last is gone or another one has its name", async () => {
    let looks = 0;
    const { api, asked } = server((method, path) =>
      method === "DELETE"
        ? {}
        : path === "/first"
          ? new ApiError(404, "gone")
          : there((looks += 1) < 2 ? "2" : "another"),
    );
    const going = [
      { path: "/first", uid: "1" },
      { path: "/second", uid: "2" },
    ];
    await takeAway(api, going);
    await untilGone(api, going, signal);
    expect(asked).toEqual([
      "DELETE /first",
      "DELETE /second",
      "GET /first",
      "GET /second",
      "GET /first",
      "GET /second",
    ]);
  });

  it.each<[string, DeletionTarget[], string]>([
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
      `Deleted, but still present after 60 s: ${name}. Something holds it; look at its metadata.finalizers.`,
    );
    expect(asked.filter((one) => one === `GET ${name}`)).toHaveLength(3);
  });
});
