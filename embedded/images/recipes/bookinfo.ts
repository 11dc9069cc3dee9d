import { bookinfo } from "../../../versions";
import type { LayerEntry } from "../oci/entry";
import type { Recipe } from "../recipe";
import { base, busybox, curl, file, type Account } from "../rootfs";

interface Variant {
  service: "productpage" | "details" | "ratings" | "reviews";
  version: string;
  /** The environment that upstream sets in the image of this version. */
  env?: string[];
  /** The user ID of upstream's image. @default 1000 */
  uid?: number;
  /** More system tools that people use inside the container. */
  tools?: () => LayerEntry[];
}

const variants: Variant[] = [
  { service: "productpage", version: "v1" },
  { service: "details", version: "v1" },
  // Istio's documentation calls productpage with curl in ratings, by `kubectl exec`.
  { service: "ratings", version: "v1", tools: curl },
  { service: "reviews", version: "v1", uid: 1001, env: ["ENABLE_RATINGS=false", "STAR_COLOR=black"] },
  { service: "reviews", version: "v2", uid: 1001, env: ["ENABLE_RATINGS=true", "STAR_COLOR=black"] },
  { service: "reviews", version: "v3", uid: 1001, env: ["ENABLE_RATINGS=true", "STAR_COLOR=red"] },
];

/** The images of Istio's bookinfo sample. Each has a shell, as upstream's have. */
export const bookinfoImages: Recipe[] = variants.map(
  ({ service, version, env = [], uid = 1000, tools = () => [] }) => ({
    name: `docker.io/istio/examples-bookinfo-${service}-${version}:${bookinfo}`,
    from: `apps/bookinfo/${service}`,
    standIn: `a program of this lab with ${service}'s port, paths, headers and answers; its own texts and look`,
    make: ({ app }) => ({
      files: [...base(account(uid)), ...busybox(), ...tools(), file(`/opt/microservices/${service}`, app(service))],
      start: {
        entrypoint: [`/opt/microservices/${service}`],
        env: [`SERVICE_VERSION=${version}`, ...env],
        user: String(uid),
        workingDir: "/opt/microservices",
        ports: [9080],
      },
    }),
  }),
);

function account(uid: number): Account {
  return { name: "bookinfo", uid, gid: uid, home: "/home/bookinfo" };
}
