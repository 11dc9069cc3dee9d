import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { createSeat, deleteSeat, seatStatus } from "../../../../embedded/node/seat";
import type { Bag } from "../../../../embedded/provider/wire";
import type { Cloud } from "../cloud";
import { Balancer } from "./balancer";

/** Where a name leads whose machine is gone: nothing listens there. At Azure's address nobody would answer either, after a longer wait. */
const NOBODY = "127.0.0.9";

/**
 * The VMs. The control plane's is booted when its run command is made: that is where the real one starts k3s. A seat of this machine stands for it,
 * with the authorities and the name the command was given; the script itself is not run here. An agent is not booted: a seat has one node.
 */
export class Machines {
  private readonly balancers: Balancer[] = [];

  constructor(private readonly cloud: Cloud) {}

  /** As ServiceLB does, for every machine that runs. */
  balance(): void {
    for (const { seat } of Object.values(this.cloud.all())) if (seat !== undefined) this.startBalancer(seat);
  }

  async run(command: string, asked: Bag): Promise<void> {
    this.requireRunning(command);
    if (!asked.source?.script) throw new Error(`Code="InvalidParameter" Message="${command} has no script."`);
    const [open, secret] = [valuesOf(asked.parameters), valuesOf(asked.protectedParameters)];
    for (const text of Object.values(secret)) this.keepSecret(text);
    const vm = machineOf(command);
    this.requireNew(vm, command, asked);
    const fault = this.cloud.fault;
    if (fault !== undefined)
      throw new Error(`Code="VMExtensionProvisioningError" Message="${fault}" Target="${command}"`);
    if (secret.SERVER_CA_CERT !== undefined) await this.boot(vm, open.DNS_NAME!, secret);
    else this.requireJoins(vm, secret.JOIN_TOKEN ?? "");
  }

  /**
   * Azure's handler on the VM runs a body once. It keeps the last one's sequence number, which is another only for another body, before it runs the script
   * (checkAndSaveSeqNum in https://github.com/Azure/run-command-handler-linux). Here the body's digest stands for the number.
   */
  private requireNew(
    vm: string,
    command: string,
    { source, parameters, protectedParameters, timeoutInSeconds, asyncExecution }: Bag,
  ): void {
    const body = JSON.stringify([source, parameters, protectedParameters, timeoutInSeconds, asyncExecution]);
    const digest = createHash("sha256").update(body).digest("hex");
    const found = this.cloud.find(vm)!;
    if (found.processed?.[command] === digest)
      throw new Error(`the script configuration has already been processed, will not run again`);
    this.cloud.put(vm, { ...found, processed: { ...found.processed, [command]: digest } });
  }

  /** @throws when the machine of a run command is shut down: Azure's agent on it does what concerns run commands, deletes too. */
  requireRunning(command: string): void {
    const vm = this.cloud.find(machineOf(command));
    if (vm?.stopped)
      throw new Error(
        `Code="OperationNotAllowed" Message="Cannot modify extensions in the VM when the VM is not running." Target="${command}"`,
      );
  }

  /** Takes down what runs for the resource, and for those in it. */
  async remove(id: string): Promise<void> {
    for (const [other, { seat, outputs }] of Object.entries(this.cloud.all())) {
      if (other !== id && !other.startsWith(`${id}/`)) continue;
      const { fqdn } = (outputs.dnsSettings ?? {}) as { fqdn?: string };
      if (fqdn !== undefined) this.cloud.name(fqdn, undefined);
      if (seat === undefined) continue;
      this.cloud.name(this.nameOf(other)!, NOBODY);
      await deleteSeat(path.join(this.cloud.seats, seat));
    }
  }

  private async boot(id: string, dnsName: string, secret: Record<string, string>): Promise<void> {
    const vm = this.cloud.find(id)!;
    const real = this.nameOf(id);
    if (real !== dnsName)
      throw new Error(
        `The machine is told that its name is ${dnsName}; the public address of its interface is called ${real}.`,
      );
    const pem = (name: string) => Buffer.from(secret[name] ?? "", "base64").toString();
    const pair = (name: string) => ({ certificate: pem(`${name}_CERT`), key: pem(`${name}_KEY`) });
    const name = id.split("/").at(-1)!;
    const seat = await createSeat({
      name,
      folder: path.join(this.cloud.seats, name),
      generation: vm.outputs.vmId as string,
      authorities: { server: pair("SERVER_CA"), client: pair("CLIENT_CA") },
      apiNames: [dnsName],
    });
    this.cloud.put(id, { ...vm, seat: name });
    this.cloud.name(dnsName, seat.address);
    this.startBalancer(name);
  }

  /** The name of the public address on the machine's interface. */
  private nameOf(id: string): string | undefined {
    const named = Object.entries(this.cloud.all()).flatMap(([address, { outputs }]) => {
      const { fqdn } = (outputs.dnsSettings ?? {}) as { fqdn?: string };
      return fqdn === undefined ? [] : [{ address, fqdn }];
    });
    return named.find(({ address }) => this.cloud.usersOf(address).some((nic) => this.cloud.usersOf(nic).includes(id)))
      ?.fqdn;
  }

  /** What k3s would refuse: a token that names another authority than the server's. */
  private requireJoins(agent: string, token: string): void {
    const group = agent.split("/providers/")[0]!;
    const seats = Object.entries(this.cloud.all()).flatMap(([id, { seat }]) =>
      seat !== undefined && id.startsWith(`${group}/`) ? [seat] : [],
    );
    const authorities = seats.map((seat) => fs.readFileSync(path.join(this.cloud.seats, seat, "pki", "ca.crt")));
    const tokens = authorities.map(
      (file) => new RegExp(`^K10${createHash("sha256").update(file).digest("hex")}::node:.+$`),
    );
    if (tokens.some((right) => right.test(token))) return;
    throw new Error(`${agent} cannot join: its token does not name the authority of a server of ${group}.`);
  }

  private startBalancer(seat: string): void {
    const folder = path.join(this.cloud.seats, seat);
    const live = async () => {
      const { state, seat: found } = await seatStatus(folder);
      return state === "running" ? found : undefined;
    };
    this.balancers.push(new Balancer(live));
  }

  private keepSecret(text: string): void {
    this.cloud.keepSecret(text);
    const decoded = Buffer.from(text, "base64").toString();
    if (decoded.includes("PRIVATE KEY")) this.cloud.keepSecret(decoded);
  }
}

function machineOf(command: string): string {
  return command.replace(/\/runCommands\/[^/]+$/, "");
}

function valuesOf(parameters: { name: string; value: string }[] = []): Record<string, string> {
  return Object.fromEntries(parameters.map(({ name, value }) => [name, value]));
}
