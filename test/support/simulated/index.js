// A simulated seat: no cluster and no mesh, see README.md beside this file. JavaScript, so that nothing has to be compiled thirty times.
const pulumi = require("@pulumi/pulumi");

const seat = pulumi.getStack();
const config = new pulumi.Config("istio-lab");
const simulated = new pulumi.Config("simulated");

/** What pulumi.dynamic.Resource makes of a provider, without the compiler that writes the provider's code down. */
class Part extends pulumi.CustomResource {
  constructor(name, props, opts) {
    super("pulumi-nodejs:dynamic:Resource", name, { ...props, __provider: "exports.handler = () => require(process.cwd() + '/cloud.js');" }, opts);
  }
}

const group = new Part("group", { part: "group", seat });
const machine = new Part("machine", { part: "machine", seat, weights: JSON.stringify(config.getObject("canary") ?? {}), password: simulated.getSecret("password") ?? "" }, { dependsOn: group });

// Nothing would answer there. It is no URL, and so `up` waits for no answer.
exports.GATEWAY_URL = pulumi.interpolate`${machine.id}.simulated`;
exports.kubeconfig = pulumi.secret(`simulated-kubeconfig-of-${seat}-not-for-anybody`);
