import { expect, it } from "vitest";
import { everythingIn } from "../../../cli/drift/listed";
import { type Api, ApiError } from "../../../kube";

const resource = (name: string, more: object = {}) => ({
  name,
  kind: name,
  namespaced: true,
  verbs: ["list", "delete"],
  ...more,
});

/** An API server with these kinds, of which each namespace has one object. */
function server(resources: object[], list: (path: string) => object | Error): Api {
  const request = async (_: string, path: string) => {
    if (path === "/apis") return { groups: [] };
    const answer = list(path);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { request, answer: async () => ({ code: 200, text: JSON.stringify({ resources }) }) } as unknown as Api;
}

it("what a trainee may have made is asked for in each namespace; not what only happens, cannot be taken away, or is in none", async () => {
  const passing = ["events", "endpoints", "endpointslices", "leases"].map((name) => resource(name));
  const others = [
    resource("pods/status"),
    resource("nodes", { namespaced: false }),
    resource("bindings", { verbs: ["delete"] }),
    resource("componentstatuses", { verbs: ["list"] }),
  ];
  const api = server([...passing, ...others, resource("configmaps"), resource("secrets")], () => ({
    items: [{ metadata: { name: "a" } }],
  }));
  const { objects, notAsked } = await everythingIn(api, ["blog", "bookinfo"]);
  expect(objects.map(({ path }) => path)).toEqual(
    ["configmaps", "secrets"].flatMap((kind) =>
      ["blog", "bookinfo"].map((namespace) => `/api/v1/namespaces/${namespace}/${kind}/a`),
    ),
  );
  expect(notAsked).toEqual([]);
});

it.each([401, 403, 500, 503])(
  "what is answered with %i in one namespace is not known there, and is no empty list",
  async (code) => {
    const api = server([resource("configmaps")], (path) =>
      path.includes("/bookinfo/") ? new ApiError(code, `refused: ${code}`) : { items: null },
    );
    expect(await everythingIn(api, ["blog", "bookinfo"])).toEqual({
      objects: [],
      notAsked: [{ what: "configmaps in bookinfo", why: `refused: ${code}`, namespace: "bookinfo" }],
    });
  },
);

it("a defect, and a server that does not answer, are no list", async () => {
  await expect(
    everythingIn(
      server([resource("configmaps")], () => new TypeError("nothing is undefined")),
      ["blog"],
    ),
  ).rejects.toThrow("nothing is undefined");
});
