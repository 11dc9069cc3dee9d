import { emptyKubeconfig, kubeconfigFrom, type KubeConfig } from "../../kube";
import { Mutable } from "./replace-rules";

/** The provider's arguments that the stand-in supports. The environment variables are the official plugin's. */
export interface Settings {
  kubeconfig: KubeConfig;
  kubeconfigError?: string;
  defaultNamespace: string;
  enablePatchForce: boolean;
  upsertExistingObjects: boolean;
  deleteUnreachable: boolean;
  skipUpdateUnreachable: boolean;
  mutable: Mutable;
}

/** Reads `kubernetes:config:*`. An argument takes precedence over its environment variable. */
export function readSettings(variables: Map<string, string>): Settings {
  const get = (key: string): string | undefined => variables.get(`kubernetes:config:${key}`);
  const flag = (key: string, env: string): boolean => (get(key) ?? process.env[env]) === "true";
  let kubeconfig = emptyKubeconfig();
  let kubeconfigError: string | undefined;
  try {
    kubeconfig = kubeconfigFrom(get("kubeconfig"));
    const context = get("context");
    if (context) kubeconfig.setCurrentContext(context);
    if (!kubeconfig.getCurrentCluster()) throw new Error("no configuration has been provided");
  } catch (e) {
    kubeconfigError = `failed to parse kubeconfig data in \`kubernetes:config:kubeconfig\`- ${(e as Error).message}`;
  }
  return {
    kubeconfig,
    kubeconfigError,
    defaultNamespace:
      get("namespace") || kubeconfig.getContextObject(kubeconfig.getCurrentContext())?.namespace || "default",
    enablePatchForce: flag("enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE"),
    upsertExistingObjects: flag("upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS"),
    deleteUnreachable: flag("deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE"),
    skipUpdateUnreachable: flag("skipUpdateUnreachable", "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE"),
    mutable: {
      configMap: flag("enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"),
      secret: flag("enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE"),
    },
  };
}
