import { isMap } from "../../../components/given";
import type { Problems } from "./problems";

/**
 * Refuses secrets in config of the roster, which is a file that people mail around: a private key wherever it is, the text of a kubeconfig, and what is locked
 * for another stack. No message shows the value. Returns the paths.
 */
export function refuseSecrets(config: Readonly<Record<string, unknown>>, at: string, problems: Problems): string[] {
  const secrets = Object.entries(config).flatMap(([path, value]) => secretsIn(path, value));
  for (const path of secrets) {
    problems.tell(
      at,
      `istio-lab:${path}: is a secret, and a roster is no place for one. Set it on the seat's own stack, once \`class up\` has made that: ` +
        `npm run -s pulumi -- config set --secret --path istio-lab:${path} --stack SEAT`,
    );
  }
  return secrets;
}

function secretsIn(path: string, value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => secretsIn(`${path}[${index}]`, item));
  if (isMap(value)) return typeof value.secure === "string" ? [path] : Object.entries(value).flatMap(([key, inner]) => secretsIn(`${path}.${key}`, inner));
  const text = typeof value === "string" ? value : "";
  const isSecret = path === "blog.https.key" || (path === "existing.kubeconfig" && /\n|apiVersion/.test(text)) || /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text);
  return isSecret ? [path] : [];
}
