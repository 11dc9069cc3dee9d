import { secretsIn } from "../../stack/secret-values";
import type { Problems } from "./problems";

/**
 * Refuses secrets in config of the roster, which is a file that people mail around: a private key wherever it is, the text of a kubeconfig, and what is locked
 * for another stack. No message shows the value. Returns the paths.
 */
export function refuseSecrets(config: Readonly<Record<string, unknown>>, at: string, problems: Problems): string[] {
  const secrets = Object.entries(config).flatMap(([path, value]) => secretsIn(path, value));
  for (const path of secrets) problems.tell(at, secretRefusal(path, "a roster is no place for one"));
  return secrets;
}

/** What is said of a secret in plain text. @param why what the place is not for */
export function secretRefusal(path: string, why: string): string {
  const right = path === "existing" ? "existing.kubeconfig" : path;
  return (
    `istio-lab:${path}: is a secret, and ${why}. Set it on the seat's own stack, once \`class up\` has made that: ` +
    `npm run -s pulumi -- config set --secret --path istio-lab:${right} --stack SEAT < FILE`
  );
}
