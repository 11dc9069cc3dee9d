import { withoutUnset, type Given } from "../../given";
import { endUser, policyKeys, readTrafficPolicy, type RouteApi, type TrafficPolicy } from "../../mesh/traffic-policy";
import { reviews as versionsOfReviews } from "./app";

/** Service of bookinfo → how calls to it are treated. A service without an entry is called as it is. */
export type BookinfoSettings = Readonly<Partial<Record<Exclude<BookinfoService, "reviews">, TrafficPolicy> & { reviews: ReviewsPolicy }>>;

export type BookinfoService = (typeof services)[number];

export interface ReviewsPolicy extends TrafficPolicy {
  /** User who is signed in at the product page (header `end-user`) → the version that user's calls go to, whatever the weights. @default none */
  readonly users?: Readonly<Record<string, string>>;
}

const services = ["productpage", "details", "ratings", "reviews"] as const;

/** Reads `istio-lab:bookinfo`. */
export function readBookinfo(given: Given, api: RouteApi): BookinfoSettings {
  const { reviews, ...others } = given.fields(services);
  const policies = Object.entries(others).map(([service, policy]) => [service, policy.isSet ? readTrafficPolicy(policy.fields(policyKeys), api) : undefined]);
  return withoutUnset({ ...Object.fromEntries(policies), reviews: reviews.isSet ? readReviews(reviews, api) : undefined });
}

function readReviews(given: Given, api: RouteApi): ReviewsPolicy {
  const { users, ...policy } = given.fields([...policyKeys, "users"]);
  return { ...readTrafficPolicy(policy, api), ...(users.isSet && { users: readUsers(users) }) };
}

function readUsers(given: Given): Record<string, string> {
  return given.entries("a map of users to versions such as {jason: v2}", (user, version) => {
    if (!endUser.pattern.test(user)) version.refuse(() => `${given.shownKey(user)} is not ${endUser.valid}`);
    return version.choice("version of reviews", versionsOfReviews) ?? "";
  });
}
