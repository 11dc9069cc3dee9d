import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { onStack } from "../../base/advice";

/**
 * The Gateway API's CRDs as a local chart, since no project publishes one. Its version contains a hash of the
 * content.
 */
const chart = ".lab/charts/gateway-api";

/**
 * Returns the chart's path, relative to the project.
 * @throws {pulumi.RunError} where the chart was not built. It prints without a stack trace.
 */
export function gatewayApiChart(project = process.cwd()): string {
  if (fs.existsSync(path.join(project, chart, "Chart.yaml"))) return chart;
  throw new pulumi.RunError(
    `istio-lab:gatewayApi: the Gateway API's definitions are not in ${chart}. \`${onStack(pulumi.getStack(), "npm run up")}\` makes them, and so does \`npm run embedded -- build\`.`,
  );
}
