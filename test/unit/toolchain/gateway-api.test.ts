import { describe, expect, it } from "vitest";
import { gatewayApiChart, gatewayApiKinds, gatewayApiModule } from "../../../embedded/toolchain/gateway-api";
import { pinned } from "../../../embedded/toolchain/modules";
import { gatewayApi } from "../../../versions";

describe("the chart of the Gateway API", () => {
  it("is of the release that the toolchain's go.mod names", () => {
    expect(`v${gatewayApi.version}`).toBe(pinned("mesh", gatewayApiModule));
    expect(gatewayApiKinds).toBe("config/crd/standard");
  });

  it("refuses files that are changed, missing, or too many, by their names", () => {
    const refused = (kinds: Record<string, string>) => () => gatewayApiChart(new Map(Object.entries(kinds)));
    expect(refused({})).toThrow(
      /is not the pinned one: .*gateway\.networking\.k8s\.io_gateways\.yaml.*vap_safeupgrades\.yaml differ/,
    );
    expect(refused({ "gateway.networking.k8s.io_gateways.yaml": "kind: other" })).toThrow(
      "gateway.networking.k8s.io_gateways.yaml",
    );
    expect(refused({ "surprise.yaml": "kind: other" })).toThrow("surprise.yaml");
  });
});
