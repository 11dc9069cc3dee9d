import * as z from "zod";
import { flag, isNot, map, text, withRule, type Immutable } from "../../config-schema";
import { certificateProblems } from "../../mesh/certificate-rules";

/** The blog's host name, as in the course. */
export const blogHost = "codewithmsmaxpro.me";

export type BlogSettings = Immutable<z.infer<typeof blog>>;

const pair = withRule(
  map({
    certificate: text(/^/, "a certificate in PEM").describe(`A certificate for ${blogHost}, with the chain below it.`),
    key: text(/^/, "its private key in PEM").describe("Its private key; set it with `--secret`."),
  }),
  (pair, report) => {
    if (typeof pair.certificate !== "string" || typeof pair.key !== "string") return;
    for (const { field, text, found = "" } of certificateProblems(pair, blogHost, new Date()))
      report([field], (at) => (at.isSecret ? text : text + found));
  },
);

/** The schema of `istio-lab:blog`. It may hold a private key, which no message shows. */
export const blog = map({
  replicasFollowWeights: flag()
    .default(false)
    .describe("Ten pods of my-blog are shared out by its weights (9:1 at 90:10); otherwise each version has one.")
    .meta({ concealed: false }),
  https: z
    .union([flag(), pair])
    .default(false)
    .meta({
      says: isNot("true, false, or a map with certificate and key"),
      valid: "true, false, or a map with certificate and key",
    })
    .describe(
      `Port 443 for ${blogHost}: shut, open with a certificate that the seat makes itself, or open with this one.`,
    ),
})
  .meta({ concealed: true })
  .prefault({})
  .describe("For lesson blog: how many pods it has, and whether it answers by HTTPS.");
