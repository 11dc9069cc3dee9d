import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { onStack } from "../../base/advice";

/** The Gateway API's own kinds as a local chart; no project publishes one. Its version carries a hash of the content. */
const chart = ".lab/charts/gateway-api";

/**
 * Where the chart is, relative to the project.
 * @throws {pulumi.RunError} when it has not been made; it prints without a stack trace.
 */
export function gatewayApiChart(project = process.cwd()): string {
  if (fs.existsSync(path.join(project, chart, "Chart.yaml"))) return chart;
  throw new pulumi.RunError(
    `istio-lab:gatewayApi: the Gateway API's definitions are not in ${chart}. \`${onStack(pulumi.getStack(), "npm run up")}\` makes them, and so does \`npm run embedded -- build\`.`,
  );
}
