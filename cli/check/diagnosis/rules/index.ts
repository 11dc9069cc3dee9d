import type { Rule } from "../snapshot";
import {
  policyAction,
  policyOperation,
  policyRules,
  policySelector,
  policySource,
  serviceAccount,
} from "./authorization";
import { changedObjects } from "./changed";
import { chartObjectsChanged, chartObjectsMissing, controlPlane, kindsThere, releases, roots } from "./charts";
import { autoscaled, deadWebhooks, nodes, refusedPods } from "./cluster";
import { daemons, dns, suspectedDns } from "./dns";
import { fault } from "./fault";
import { foreignObjects, foreignPods } from "./foreign";
import { gatewayHosts, gatewayPorts, gatewaySelector, gatewayThere } from "./gateway";
import { missingObjects } from "./missing";
import { peerAuthentication } from "./peer-authentication";
import { nodePortMoved } from "./node-port";
import { reachingIn } from "./outside";
import { notReady, scaled } from "./pods";
import { portProtocol } from "./port-protocol";
import { foreignBinding, writeVerbs } from "./rights";
import { destinationHost, routeHosts } from "./route-host";
import { serviceSelector, targetPort } from "./service-selector";
import { injectionLabel, sidecars } from "./sidecars";
import { claimClass, claimEvents, claimProvisioner, defaultClass } from "./storage";
import { subsetDeclared } from "./subset-declared";
import { subsetLabels } from "./subset-labels";
import { telemetryThere, telemetryTracing } from "./telemetry";
import { tlsMode } from "./tls-mode";
import { weights } from "./weights";

/** Every known cause. Where two fit a failure equally well, the first one is reported. */
export const rules: readonly Rule[] = [
  // What everything stands on.
  controlPlane,
  kindsThere,
  chartObjectsMissing,
  roots,
  nodes,
  dns,
  daemons,
  releases,
  // What runs at all.
  autoscaled,
  refusedPods,
  scaled,
  injectionLabel,
  sidecars,
  serviceSelector,
  targetPort,
  portProtocol,
  nodePortMoved,
  // Who may call, and how.
  peerAuthentication,
  tlsMode,
  policyAction,
  policySelector,
  policyRules,
  policySource,
  policyOperation,
  serviceAccount,
  writeVerbs,
  foreignBinding,
  // What telemetry reports.
  telemetryThere,
  telemetryTracing,
  // Where requests go.
  gatewaySelector,
  gatewayThere,
  gatewayHosts,
  gatewayPorts,
  routeHosts,
  destinationHost,
  subsetDeclared,
  subsetLabels,
  weights,
  fault,
  claimClass,
  defaultClass,
  chartObjectsChanged,
  // What is missing, or additional.
  reachingIn,
  foreignPods,
  foreignObjects,
  missingObjects,
  // A pod that is not ready may be an effect of the causes above.
  notReady,
  claimProvisioner,
  claimEvents,
  deadWebhooks,
  changedObjects,
];

/** These look for what is right on some clusters. It is a cause only where a failure proves it. */
export const suspicions: readonly Rule[] = [suspectedDns];

/** Causes that are not the seat's own to change: a repair names them, each with its one command. */
export const othersRules: readonly Rule[] = [nodes, dns, daemons, reachingIn, deadWebhooks];
