import { collectorImage as name } from "../../../versions";
import { collectorVersion } from "../../toolchain/modules";
import type { Recipe } from "../recipe";
import { base, file } from "../rootfs";

/** The program is at the path of upstream's image, where the Deployment of Istio's sample starts it. */
export const collectorImage: Recipe = {
  name,
  addon: "loki",
  from: `the OpenTelemetry Collector ${collectorVersion()}, with the components that Istio's sample configures and no others`,
  make: ({ tool }) => ({
    files: [
      ...base({ name: "collector", uid: 10001, gid: 10001, home: "/home/collector" }),
      file("/otelcol-contrib", tool("collector")),
    ],
    start: {
      entrypoint: ["/otelcol-contrib"],
      cmd: ["--config", "/etc/otelcol-contrib/config.yaml"],
      user: "10001",
      ports: [4317, 4318, 13133],
    },
  }),
};
