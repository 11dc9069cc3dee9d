import type { Fault } from "../traffic-policy";
import type { Destination } from "./plan";

/** One rule of a route. Of all rules that match, the first counts. */
export interface RouteRule {
  /** Matches only requests on behalf of this signed-in user. */
  user?: string;
  fault?: Omit<Fault, "user">;
  to: readonly Share[];
}

/** A destination's share of the traffic. Without a version it is the service as a whole. */
export interface Share {
  version?: string;
  weight: number;
}

/** Header of the signed-in user. productpage sets it, and the apps pass it on. */
export const userHeader = "end-user";

/**
 * Converts a plan to rules, the narrow ones first: a fault for one user, then users with their own version, then
 * everybody by weight. A user with both gets one rule.
 */
export function rules(plan: Destination & { users?: Readonly<Record<string, string>> }): RouteRule[] {
  const { user: faultUser, ...fault } = plan.policy?.fault ?? {};
  const faulty = plan.policy?.fault === undefined ? {} : { fault };
  const versionOf = new Map(Object.entries(plan.users ?? {}));
  const users = new Set([...(faultUser === undefined ? [] : [faultUser]), ...versionOf.keys()]);
  const everybody = shares(plan);
  const ofUser = (user: string): RouteRule => {
    const version = versionOf.get(user);
    return {
      user,
      ...(faultUser === undefined || faultUser === user ? faulty : {}),
      to: version === undefined ? everybody : [{ version, weight: 100 }],
    };
  };
  return [...[...users].map(ofUser), { ...(faultUser === undefined ? faulty : {}), to: everybody }];
}

/**
 * Returns one share per version that has a weight, in the order of the versions. A weight of 0 keeps its share, so
 * that a shift from 90:10 to 0:100 only changes two numbers.
 */
function shares({ versions, weights }: Destination): Share[] {
  if (versions === undefined) return [{ weight: 100 }];
  const split = weights ?? { [versions[0]!]: 100 };
  return versions
    .filter((version) => Object.hasOwn(split, version))
    .map((version) => ({ version, weight: split[version]! }));
}
