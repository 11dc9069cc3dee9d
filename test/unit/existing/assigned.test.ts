import { rmSync } from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, expect, test } from "vitest";
import { ASSIGNED } from "../components/graph";
import { runProgram, valueOf } from "../components/program";
import { newHome, writeKubeconfig } from "./kubeconfig";

const home = newHome();
afterAll(() => rmSync(home, { recursive: true }));
const kubeconfig = writeKubeconfig(path.join(home, "config"), ["kind-lab"], { current: "kind-lab" });

test.each([
  ["an IPv4 address", [{ ip: "203.0.113.7" }], "http://203.0.113.7:80"],
  ["an IPv6 address, in brackets", [{ ip: "2001:db8::7" }], "http://[2001:db8::7]:80"],
  ["a name, as AWS does", [{ hostname: "lab.elb.example.com" }], "http://lab.elb.example.com:80"],
  ["nothing yet, as in a preview", [], "http://address-to-come:80"],
])("a load balancer that assigns %s", async (_, ingress, url) => {
  const { outputs } = await runProgram({
    target: "existing",
    lessons: [],
    addons: [],
    existing: {
      kubeconfig,
      serviceType: "LoadBalancer",
      serviceAnnotations: { [ASSIGNED]: JSON.stringify(ingress) },
    },
  });
  expect((await valueOf(pulumi.output(outputs.GATEWAY_URL))).value).toBe(url);
});
