import { afterEach, beforeEach, expect, it } from "vitest";
import { storageFindings } from "../../../cli/preflight/storage";
import { parseConfig } from "../../../config";
import { emptyCluster, type ApiServer } from "../existing/api-server";

let server: ApiServer;
beforeEach(async () => void (server = await emptyCluster("cluster-1")));
afterEach(() => server.stop());

const CLAIM = "/api/v1/namespaces/istio-system/persistentvolumeclaims/prometheus";
const classPath = (name: string) => `/apis/storage.k8s.io/v1/storageclasses/${name}`;

/** The findings for a seat that has a claim of that size, and is to have another. */
async function findings(size: string | undefined, wanted: string, isThere = true) {
  const claim = (name: string) => ({
    urn: `urn:pulumi:seat2::istio-lab::kubernetes:core/v1:PersistentVolumeClaim::${name}`,
    type: "kubernetes:core/v1:PersistentVolumeClaim",
    inputs: { metadata: { name, namespace: "istio-system" }, spec: { resources: { requests: { storage: size } } } },
  });
  const context = {
    stack: "seat2",
    settings: parseConfig({ target: "embedded", storage: JSON.stringify({ prometheus: wanted }) }),
    workspace: { env: {} },
    state: { resources: size === undefined ? [] : [claim("prometheus"), claim("myclaim")], pending: 0 },
  };
  return storageFindings(context, async () => (isThere ? server.kubeconfig : undefined));
}

const keep =
  "Keep the size: `npm run -s pulumi -- config set --stack seat2 --path istio-lab:storage.prometheus 1Gi`. Or start with an empty claim: " +
  "remove prometheus from istio-lab:addons, run `npm run up -- --stack seat2`, and add it again.";

it("a claim that grows passes where its class allows it", async () => {
  server.answers[CLAIM] = { spec: { storageClassName: "fast" } };
  server.answers[classPath("fast")] = { allowVolumeExpansion: true };
  expect(await findings("1Gi", "2Gi")).toEqual([
    { name: "storage of prometheus", status: "ok", seen: "its claim grows from 1Gi to 2Gi, which class fast allows" },
  ]);
});

it.each([
  [{}, "class standard has no allowVolumeExpansion"],
  [{ allowVolumeExpansion: false }, "class standard has no allowVolumeExpansion"],
])("is refused before anything is touched where the class says %j", async (kind, why) => {
  server.answers[CLAIM] = { spec: { storageClassName: "standard" } };
  server.answers[classPath("standard")] = kind;
  expect(await findings("1Gi", "2Gi")).toEqual([
    {
      name: "storage of prometheus",
      status: "refused",
      seen: `its claim has 1Gi and cannot grow to 2Gi: ${why}`,
      todo: keep,
    },
  ]);
});

it("is refused where the claim has no class", async () => {
  server.answers[CLAIM] = { spec: {} };
  expect((await findings("1Gi", "2Gi"))[0]).toMatchObject({
    status: "refused",
    seen: expect.stringMatching(/no storage class$/),
  });
});

it("a smaller size is refused without asking the cluster", async () => {
  expect(await findings("1Gi", "512Mi", false)).toEqual([
    {
      name: "storage of prometheus",
      status: "refused",
      seen: "its claim has 1Gi, and a claim cannot shrink to 512Mi",
      todo: keep,
    },
  ]);
});

it("what cannot be asked is unknown, and refuses nothing", async () => {
  expect((await findings("1Gi", "2Gi", false))[0]).toMatchObject({
    status: "notice",
    seen: expect.stringMatching(/unknown whether its storage class allows that: the cluster cannot be asked$/),
  });
  server.answers[CLAIM] = 403;
  expect((await findings("1Gi", "2Gi"))[0]).toMatchObject({
    status: "notice",
    seen: expect.stringMatching(/unknown whether its storage class allows that: not you$/),
  });
});

it.each([
  ["the same size in another spelling", "1Gi", "1024Mi"],
  ["a first claim", undefined, "2Gi"],
])("%s is no change", async (_, size, wanted) => expect(await findings(size, wanted)).toEqual([]));
