import { onStack } from "../../base/advice";
import { Api, ApiError, Unreachable, type Amount } from "../../kube";
import { capacity, namespaces, type Demand } from "../../components/cluster/existing/capacity";
import { distributionFinding } from "../../components/cluster/existing/distributions";
import { requirements, type Wanted } from "../../components/cluster/existing/rules";
import { storageClassFinding } from "../../components/cluster/existing/storage-class";
import { survey, type Survey } from "../../components/cluster/existing/survey";
import type { Finding } from "./finding";
import type { OwnSeat } from "./own-seat";

/** A cluster, and what is to be in it. */
export interface Asked extends Omit<Wanted, "ours" | "seat"> {
  /** A kubeconfig. */
  readonly kubeconfig: string;
  readonly stack: string;
  /** How a line names the cluster. */
  readonly cluster: string;
  readonly demand: Demand;
  /** What one of its nodes has at most. @default what the node says */
  readonly most?: Amount;
  readonly seat: OwnSeat;
  /** Who makes claims of storage that leave the class to the cluster. @default nobody */
  readonly claims?: readonly string[];
  /** The cluster is the stack's own making. @default false */
  readonly owned?: boolean;
  /** What to do where nobody answers. */
  readonly unreachable: string;
}

function anotherCluster(stack: string): string {
  const [down, up] = [onStack(stack, "npm run down"), onStack(stack, "npm run up")];
  return `Make a second seat in a stack of its own, or take this one down before: \`${down}\`, or where its cluster is no more \`${down} --cluster-is-gone\`. \`${up} --heal\` makes it anew in this one.`;
}

/** What a cluster says to a seat that is to be in it, or is: who is in its way, and whether it has room. Asks the cluster, and changes nothing. */
export async function clusterFindings(asked: Asked): Promise<Finding[]> {
  const name = "cluster";
  let seen: Survey;
  let storage: Finding[];
  try {
    const api = new Api(asked.kubeconfig);
    seen = await survey(api, asked.gatewayApi);
    storage = seen.missingRights.length > 0 ? [] : await storageClassFinding(api, asked.claims ?? []);
  } catch (error) {
    if (error instanceof Unreachable)
      return [{ name, status: "refused", seen: `${asked.cluster}: ${error.message}`, todo: asked.unreachable }];
    if (error instanceof ApiError)
      return [
        {
          name,
          status: "refused",
          seen: `${asked.cluster}: it answers ${error.code}, ${error.message}`,
          todo: "Are the kubeconfig's credentials still good?",
        },
      ];
    throw error;
  }
  const known = seen.uid !== "" && asked.seat.cluster !== undefined;
  // A guard that was killed has left its mark, and no word of it in the state.
  const marked = asked.seat.seat !== undefined && seen.marker?.seat === asked.seat.seat;
  const ours = asked.owned === true || (known ? seen.uid === asked.seat.cluster : marked);
  if (known && !ours)
    return [
      {
        name,
        status: "refused",
        seen: `${asked.cluster}: another one than the seat of this stack is in`,
        todo: anotherCluster(asked.stack),
      },
    ];
  const own = ours ? asked.seat.namespaces : [];
  const rest =
    seen.missingRights.length > 0
      ? []
      : [...namespaces(seen, asked.demand.namespaces, own), capacity(seen, asked.demand, own, asked.most)];
  const whose = asked.owned === true || seen.missingRights.length > 0 ? [] : [distributionFinding(seen, asked)];
  return [
    { name, status: "ok", seen: `${asked.cluster}${ours ? ", with this stack's seat" : ""}` },
    ...whose,
    ...requirements(seen, { ...asked, ours, seat: asked.seat.seat }),
    ...storage,
    ...rest,
  ];
}
