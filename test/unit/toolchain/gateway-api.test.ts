import { readFileSync } from "node:fs";
import * as path from "node:path";
import { describe, expect, it } from "vitest";
import { gatewayApiChart, gatewayApiKinds, gatewayApiModule } from "../../../embedded/toolchain/gateway-api";
import { pinned } from "../../../embedded/toolchain/modules";

describe("the chart of the Gateway API", () => {
  it("is of the release that the toolchain's go.mod names", () => {
    const source = readFileSync(path.join(__dirname, "../../../embedded/toolchain/gateway-api.ts"), "utf8");
    expect(`v${/version: "([^"]+)"/.exec(source)![1]}`).toBe(pinned("mesh", gatewayApiModule));
    expect(gatewayApiKinds).toBe("config/crd/standard");
  });

  it("refuses files that are changed, missing, or too many, by their names", () => {
    const refused = (kinds: Record<string, string>) => () => gatewayApiChart(new Map(Object.entries(kinds)));
    expect(refused({})).toThrow(/is not the one that is pinned: .*gateway\.networking\.k8s\.io_gateways\.yaml.*vap_safeupgrades\.yaml differ/);
    expect(refused({ "gateway.networking.k8s.io_gateways.yaml": "kind: other" })).toThrow("gateway.networking.k8s.io_gateways.yaml");
    expect(refused({ "surprise.yaml": "kind: other" })).toThrow("surprise.yaml");
  });
});
