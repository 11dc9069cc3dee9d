/** An object's metadata, with the fields that we read. */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  ownerReferences?: { kind: string; name: string; uid: string }[];
  managedFields?: {
    manager?: string;
    operation?: string;
    subresource?: string;
    time?: string;
    fieldsV1?: object;
  }[];
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the rest depends on the kind
  [field: string]: any;
}

/** A Kubernetes object in plain JSON. The items of a list lack apiVersion and kind. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
  [field: string]: any;
}

/** An object's type. */
export interface TypeMeta {
  apiVersion: string;
  kind: string;
}

/** An object with its type, as a manifest has it. */
export type WholeObject = KubeObject & TypeMeta;

/** Returns the API path of a version: `/api/v1`, `/apis/apps/v1`. */
export function versionPath(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/** Returns `shop/checkout`, or the name alone where there is no namespace. */
export function idOf({ namespace, name }: { readonly namespace?: string; readonly name?: string }): string {
  return [namespace, name].filter(Boolean).join("/");
}

/** Returns `Deployment default/reviews-v1`. */
export function titleOf({
  kind,
  metadata,
}: {
  readonly kind: string;
  readonly metadata: { readonly namespace?: string; readonly name?: string };
}): string {
  return `${kind} ${idOf(metadata)}`;
}
