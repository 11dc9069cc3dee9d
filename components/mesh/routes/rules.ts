import type { Fault } from "../traffic-policy";
import type { Destination } from "./plan";

/** One rule of a route; of all that match, the first counts. */
export interface Rule {
  /** Only requests on behalf of this signed-in user. */
  user?: string;
  fault?: Omit<Fault, "user">;
  to: readonly Share[];
}

/** A destination's part of the traffic; without a version it is the service as a whole. */
export interface Share {
  version?: string;
  weight: number;
}

/** productpage sets it from its sign-in, and the apps hand it on. */
export const userHeader = "end-user";

/**
 * What is asked of a route as rules, narrow ones first: a fault for one user, then users with a version of their own, then everybody by weight.
 * A user who is named twice has one rule, with both.
 */
export function rules(plan: Destination & { users?: Readonly<Record<string, string>> }): Rule[] {
  const { user: faultUser, ...fault } = plan.policy?.fault ?? {};
  const faulty = plan.policy?.fault === undefined ? {} : { fault };
  const versionOf = new Map(Object.entries(plan.users ?? {}));
  const users = new Set([...(faultUser === undefined ? [] : [faultUser]), ...versionOf.keys()]);
  const everybody = shares(plan);
  const ofUser = (user: string): Rule => {
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
 * One share per version that has a weight, in the order of the versions. A weight of 0 keeps its share, so that shifting 90:10 to 0:100 changes two
 * numbers and nothing else.
 */
function shares({ versions, weights }: Destination): Share[] {
  if (versions === undefined) return [{ weight: 100 }];
  const split = weights ?? { [versions[0]!]: 100 };
  return versions
    .filter((version) => Object.hasOwn(split, version))
    .map((version) => ({ version, weight: split[version]! }));
}
