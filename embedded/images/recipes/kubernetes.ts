import { pinned } from "../../toolchain/modules";
import type { Recipe } from "../recipe";
import { base, file } from "../rootfs";
import { pauseImage, storageProvisionerImage } from "../../../versions";

/** The cluster's DNS server. */
export const COREDNS_IMAGE = `registry.k8s.io/coredns/coredns:${pinned("mesh", "github.com/coredns/coredns")}`;

export const kubernetesImages: Recipe[] = [
  {
    name: pauseImage,
    from: "apps/pause",
    standIn: "a program of this lab in place of Kubernetes' pause: reaps and waits",
    make: ({ app }) => ({
      files: [file("/pause", app("pause"))],
      start: { entrypoint: ["/pause"], user: "65535:65535" },
    }),
  },
  {
    name: COREDNS_IMAGE,
    from: "CoreDNS of that version, with the plugins a cluster's Corefile uses",
    make: ({ tool }) => ({
      files: [...base(), file("/coredns", tool("coredns"))],
      // Runs as root: upstream's nobody needs a file capability for port 53, and the pod drops all other capabilities
      // anyway.
      start: { entrypoint: ["/coredns"], ports: [53] },
    }),
  },
  {
    name: storageProvisionerImage,
    from: "sig-storage-lib-external-provisioner",
    standIn:
      "a provisioner of this lab on Kubernetes' own provisioner library, in place of minikube's: folders on the node",
    make: ({ tool }) => ({
      files: [...base(), file("/storage-provisioner", tool("storage-provisioner"))],
      start: { entrypoint: ["/storage-provisioner"] },
    }),
  },
];
