import { onStack } from "../../base/advice";
import { Api, ApiError, Unreachable, type Amount } from "../../kube";
import { capacity, namespaces, type Demand } from "../../components/cluster/existing/capacity";
import { distributionFinding } from "../../components/cluster/existing/distributions";
import { requirements, type Wanted } from "../../components/cluster/existing/rules";
import { storageClassFinding } from "../../components/cluster/existing/storage-class";
import { survey, type Survey } from "../../components/cluster/existing/survey";
import type { AddonName } from "../../components/addons/catalog";
import { addonRoleFindings } from "./addon-roles";
import type { Finding } from "./finding";
import { injectedPodFinding } from "./injected-pod";
import type { OwnSeat } from "./own-seat";

/** A cluster, and what is to run in it. */
export interface AskedCluster extends Omit<Wanted, "ours" | "seat"> {
  /** The kubeconfig's text. */
  readonly kubeconfig: string;
  readonly stack: string;
  /** The cluster's name in messages. */
  readonly cluster: string;
  readonly demand: Demand;
  /** Upper limit of one node's size. @default what the node reports */
  readonly most?: Amount;
  readonly seat: OwnSeat;
  /** The seat's addons, whose roles nobody else may have made. @default none */
  readonly addons?: readonly AddonName[];
  /** A pod of a lesson after the injection, which is tried by dry run. @default none is tried */
  readonly pod?: object;
  /** Who claims storage without naming a storage class. @default nobody */
  readonly claims?: readonly string[];
  /** The stack has made the cluster. @default false */
  readonly owned?: boolean;
  /** The advice if nothing answers. */
  readonly unreachable: string;
}

function anotherCluster(stack: string): string {
  const [down, up] = [onStack(stack, "npm run down"), onStack(stack, "npm run up")];
  return `Make a second seat in its own stack, or take this one down first: \`${down}\`. If its cluster no longer exists: \`${down} --cluster-is-gone\`. \`${up} --heal\` recreates it in this one.`;
}

/** Checks a cluster for a seat that is in it or will be: conflicts with others, and room. Only reads. */
export async function clusterFindings(asked: AskedCluster): Promise<Finding[]> {
  const name = "cluster";
  let seen: Survey;
  let storage: Finding[];
  let roles: Finding[];
  const api = new Api(asked.kubeconfig);
  try {
    seen = await survey(api, asked.gatewayApi);
    const isReadable = seen.missingRights.length === 0;
    storage = isReadable ? await storageClassFinding(api, asked.claims ?? []) : [];
    roles = isReadable ? await addonRoleFindings(api, asked.addons ?? [], asked.seat.roles ?? []) : [];
  } catch (error) {
    if (error instanceof Unreachable)
      return [{ name, status: "refused", seen: `${asked.cluster}: ${error.message}`, todo: asked.unreachable }];
    if (error instanceof ApiError)
      return [
        {
          name,
          status: "refused",
          seen: `${asked.cluster}: it answered ${error.code}, ${error.message}`,
          todo: "Are the kubeconfig's credentials still good?",
        },
      ];
    throw error;
  }
  const known = seen.uid !== "" && asked.seat.cluster !== undefined;
  // If a guard was killed while it was made, its mark is on the cluster, but the state lacks it.
  const marked = asked.seat.seat !== undefined && seen.marker?.seat === asked.seat.seat;
  const ours = asked.owned === true || (known ? seen.uid === asked.seat.cluster : marked);
  if (known && !ours)
    return [
      {
        name,
        status: "refused",
        seen: `${asked.cluster}: this is not the cluster that has this stack's seat`,
        todo: anotherCluster(asked.stack),
      },
    ];
  const own = ours ? asked.seat.namespaces : [];
  const rest =
    seen.missingRights.length > 0
      ? []
      : [...namespaces(seen, asked.demand.namespaces, own), capacity(seen, asked.demand, own, asked.most)];
  const injected =
    seen.missingRights.length > 0 || asked.pod === undefined
      ? []
      : await injectedPodFinding(api, asked.pod, {
          wanted: asked.demand.namespaces,
          there: seen.namespaces,
          ours,
        }).catch(unanswered);
  const whose = asked.owned === true || seen.missingRights.length > 0 ? [] : [distributionFinding(seen, asked)];
  return [
    { name, status: "ok", seen: `${asked.cluster}${ours ? ", with this stack's seat" : ""}` },
    ...whose,
    ...requirements(seen, { ...asked, ours, seat: asked.seat.seat }),
    ...roles,
    ...storage,
    ...injected,
    ...rest,
  ];
}

/** The cluster answered a moment ago, and one question without an answer is no reason to refuse it. */
function unanswered(error: unknown): Finding[] {
  if (error instanceof Unreachable) return [{ name: "injected pod", status: "notice", seen: error.message }];
  throw error;
}
