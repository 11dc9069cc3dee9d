import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Api } from "../../../kube";
import { storageClassFinding } from "../../../components/cluster/existing/storage-class";
import { emptyCluster, type ApiServer } from "./api-server";

const CLASSES = "/apis/storage.k8s.io/v1/storageclasses";
let server: ApiServer;
beforeEach(async () => void (server = await emptyCluster("cluster-1")));
afterEach(() => server.stop());
const ask = (claims = ["admission/myclaim", "loki"]) => storageClassFinding(new Api(server.kubeconfig), claims);
const name = "default storage class";
const DEFAULT = "storageclass.kubernetes.io/is-default-class";

describe("the storage that claims leave to the cluster's choice", () => {
  it.each([DEFAULT, "storageclass.beta.kubernetes.io/is-default-class"])(
    "is there by the annotation %s that says true, of each such class",
    async (annotation) => {
      server.add(
        CLASSES,
        { metadata: { name: "slow", annotations: { [annotation]: "false" } } },
        { metadata: { name: "fast", annotations: { [annotation]: "true" } }, provisioner: "csi.example.org" },
        { metadata: { name: "second", annotations: { [annotation]: "true" } } },
      );
      expect(await ask()).toEqual([{ name, status: "ok", seen: "fast (csi.example.org), second (no provisioner)" }]);
    },
  );

  it("is missing where no class is the default, with the command that makes the first one so", async () => {
    server.add(
      CLASSES,
      { metadata: { name: "slow" } },
      { metadata: { name: "fast", annotations: { [DEFAULT]: "false" } } },
    );
    expect(await ask()).toEqual([
      {
        name,
        status: "notice",
        seen: "none, only slow, fast: the claims of admission/myclaim, loki stay Pending",
        todo: `kubectl annotate storageclass slow ${DEFAULT}=true`,
      },
    ]);
  });

  it("is missing where there is no class", async () => {
    expect(await ask()).toEqual([
      {
        name,
        status: "notice",
        seen: "none, and no other class: the claims of admission/myclaim, loki stay Pending",
        todo: "install a provisioner of storage",
      },
    ]);
  });

  it("is unknown to a user who may not list the classes: that is no missing class", async () => {
    server.answers[CLASSES] = 403;
    expect(await ask()).toEqual([
      { name, status: "notice", seen: "unknown: the kubeconfig's user may not list storage classes" },
    ]);
  });

  it.each([401, 404, 500, 503])("is an error where the API server answers %i", async (status) => {
    server.answers[CLASSES] = status;
    await expect(ask()).rejects.toThrow("not you");
  });

  it("is asked for by nobody where nothing claims any", async () => {
    server.answers[CLASSES] = 500;
    expect(await ask([])).toEqual([]);
  });
});
