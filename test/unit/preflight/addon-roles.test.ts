import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addonRoleFindings, addonRoles } from "../../../cli/preflight/addon-roles";
import { ownSeat } from "../../../cli/preflight/own-seat";
import { addonNames } from "../../../components/addons/catalog";
import { Api } from "../../../kube";
import { config, runProgram } from "../components/program";
import { emptyCluster, paths, type ApiServer } from "../existing/api-server";

let server: ApiServer;
beforeEach(async () => void (server = await emptyCluster("cluster-1")));
afterEach(() => server.stop());

const findings = (own: readonly string[] = []) =>
  addonRoleFindings(new Api(server.kubeconfig), ["kiali", "prometheus", "grafana"], own);

it("are the cluster-wide roles that the program makes, whatever addon is chosen", async () => {
  const chosen = (left: string) => addonNames.filter((name) => name !== left);
  for (const left of ["jaeger", "zipkin"]) {
    const { resources } = await runProgram(config({ addons: chosen(left) }));
    const made = resources.filter(({ type }) => /:ClusterRole(Binding)?$/.test(type));
    expect(made.map(({ type, inputs }) => `${type.split(":").at(-1)}/${inputs.metadata.name}`).sort()).toEqual(
      Object.values(addonRoles)
        .flatMap((name) => [`ClusterRole/${name}`, `ClusterRoleBinding/${name}`])
        .sort(),
    );
  }
});

describe("roles of the addons that an earlier installation left", () => {
  it("refuse the seat, with the command that takes them away", async () => {
    server.add(paths.roles, { metadata: { name: "kiali" } }, { metadata: { name: "admin" } });
    server.add(paths.bindings, { metadata: { name: "kiali" } });
    expect(await findings()).toEqual([
      {
        name: "addons' roles",
        status: "refused",
        seen: "ClusterRole kiali, ClusterRoleBinding kiali: these exist, and this stack did not make them",
        todo: "An earlier installation left them, or uses them. If nobody uses them: `kubectl delete clusterrole/kiali clusterrolebinding/kiali`. Otherwise remove kiali from istio-lab:addons.",
      },
    ]);
  });

  it("are no obstacle where the state has them, and nothing is said of a cluster without any", async () => {
    expect(await findings()).toEqual([]);
    server.add(paths.roles, { metadata: { name: "kiali" } });
    const role = {
      urn: "u",
      type: "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
      inputs: { metadata: { name: "kiali" } },
    };
    const { roles } = ownSeat({ resources: [role] });
    expect(roles).toEqual(["ClusterRole/kiali"]);
    expect(await findings(roles)).toEqual([]);
  });

  it("are an error where the API server does not say", async () => {
    server.answers[`${paths.roles}/kiali`] = 500;
    await expect(findings()).rejects.toThrow("not you");
  });
});
