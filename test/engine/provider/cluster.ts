import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { parse } from "yaml";
import { labRoot } from "../../../base/paths";
import { binary } from "../../../embedded/toolchain";
import { chartsStep } from "../../../embedded/toolchain/charts";
import { Gate } from "./gate";
import type { Json } from "./recording";
import { forgetCheckout, noteCheckout } from "../../support/made-checkouts";
import { waitingForSeat } from "../../support/seat-waits";
import { seats } from "../../support/seats";

/** The real cluster the recorded program runs on: a seat with Istio's definitions, behind a gate. */
export class ConformanceCluster {
  private constructor(
    private readonly kubectlBinary: string,
    private readonly ownKubeconfig: string,
    readonly gate: Gate,
    /** The kubeconfig the program is given; its server is the gate. */
    readonly kubeconfig: string,
    private readonly remove: () => Promise<void>,
  ) {}

  /** `$ISTIO_LAB_TEST_KUBECONFIG` names a cluster to use instead of a seat, for work on the provider alone. */
  static async create(): Promise<ConformanceCluster> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-provider-"));
    noteCheckout(folder);
    const seatFolder = path.join(folder, ".lab", "seats", "provider");
    const borrowed = process.env.ISTIO_LAB_TEST_KUBECONFIG;
    const seat = borrowed
      ? undefined
      : await waitingForSeat(() =>
          seats().createSeat({ name: "provider", folder: seatFolder, generation: "conformance" }),
        );
    const remove = async (): Promise<void> => {
      if (seat) await waitingForSeat(() => seats().deleteSeat(seatFolder));
      forgetCheckout(folder);
      fs.rmSync(folder, { recursive: true, force: true });
    };
    const own = borrowed ?? seat!.kubeconfig;
    const config = parse(fs.readFileSync(own, "utf8")) as Json;
    const cluster = config.clusters[0].cluster;
    const server = new URL(cluster.server);
    const gate = new Gate(server.hostname, Number(server.port || 443));
    cluster.server = `https://127.0.0.1:${await gate.open()}`;
    if (!cluster["insecure-skip-tls-verify"]) cluster["tls-server-name"] = server.hostname;
    const kubeconfig = path.join(folder, "kubeconfig");
    fs.writeFileSync(kubeconfig, JSON.stringify(config), { mode: 0o600 });
    const made = new ConformanceCluster(borrowed ? "kubectl" : binary("kubectl"), own, gate, kubeconfig, remove);
    await made.defineIstio();
    return made;
  }

  /** kubectl as somebody at the keyboard runs it, past the gate. */
  async kubectl(...args: string[]): Promise<string> {
    return (await execa(this.kubectlBinary, ["--kubeconfig", this.ownKubeconfig, ...args])).stdout;
  }

  /** `kubectl apply` of one object. */
  async apply(object: Json): Promise<void> {
    await execa(this.kubectlBinary, ["--kubeconfig", this.ownKubeconfig, "apply", "-f", "-"], {
      input: JSON.stringify(object),
    });
  }

  private async defineIstio(): Promise<void> {
    const step = chartsStep();
    if (!(await step.isDone())) await step.run(() => {}, new AbortController().signal);
    await this.kubectl(
      "apply",
      "--server-side",
      "-f",
      path.join(labRoot(), "charts", "base", "files", "crd-all.gen.yaml"),
    );
    await this.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s");
  }

  async delete(): Promise<void> {
    await this.gate.shut();
    await this.remove();
  }
}
