import type { z } from "zod";
import { isMap } from "../../../base/values";
import { choice, isNot, map, mapOf, withRule, type Immutable, type ReportProblem } from "../../config-schema";
import { policyKeys, reportWhatHttpRouteCannotSay, trafficPolicy, userName } from "../../mesh/traffic-policy";
import { reviews as versionsOfReviews } from "./app";

/** Service of bookinfo → how calls to it are treated. Calls to a service without an entry are not changed. */
export type BookinfoSettings = Immutable<z.infer<typeof bookinfo>>;
export type BookinfoService = keyof typeof services;
export type ReviewsPolicy = NonNullable<BookinfoSettings["reviews"]>;

const users = withRule(
  mapOf(
    choice("version of reviews", versionsOfReviews).describe("The version that answers this user."),
    "USER",
    isNot("a map of users to versions such as {jason: v2}"),
  ),
  (users, report) => {
    for (const user of Object.keys(users))
      if (!userName.pattern.test(user)) report([user], (at) => `${at.parent!.shownKey(user)} is not ${userName.valid}`);
  },
);

const services = {
  productpage: trafficPolicy.optional().describe("Calls to productpage."),
  details: trafficPolicy.optional().describe("Calls to details."),
  ratings: trafficPolicy.optional().describe("Calls to ratings."),
  reviews: map({
    ...policyKeys,
    users: users
      .optional()
      .describe(
        "User who is signed in at the product page (header `end-user`) → the version that user's calls go to, whatever the weights.",
      ),
  })
    .optional()
    .describe("Calls to reviews."),
};

/** `istio-lab:bookinfo`. */
export const bookinfo = map(services)
  .prefault({})
  .describe(
    "For lesson bookinfo: how calls to its services are treated, by timeouts, retries, faults and balancing. With gatewayApi only timeout and users.",
  );

/** Reports keys that routes of the Gateway API cannot express. */
export function reportForGatewayApi(bookinfo: unknown, report: ReportProblem): void {
  if (!isMap(bookinfo)) return;
  for (const service of Object.keys(services))
    reportWhatHttpRouteCannotSay(bookinfo[service], ["bookinfo", service], report);
}
