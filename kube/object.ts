/** What names an object and says who made it, as far as it is read here. */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  ownerReferences?: { kind: string; name: string; uid: string }[];
  managedFields?: { manager?: string; operation?: string; subresource?: string; fieldsV1?: object }[];
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the rest of an object has the shape of its kind
  [field: string]: any;
}

/** An object of Kubernetes in plain JSON. The items of a list have neither version nor kind: the list says them. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
  [field: string]: any;
}

/** What an object is. */
export interface TypeMeta {
  apiVersion: string;
  kind: string;
}

/** An object by itself, as a manifest writes it. */
export type WholeObject = KubeObject & TypeMeta;

/** Where the API server has the kinds of a version: `/api/v1`, `/apis/apps/v1`. */
export function versionPath(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/** `shop/checkout`, or the name alone of an object without a namespace. */
export function idOf({ namespace, name }: { readonly namespace?: string; readonly name?: string }): string {
  return [namespace, name].filter(Boolean).join("/");
}

/** `Deployment default/reviews-v1` */
export function titleOf({ kind, metadata }: { readonly kind: string; readonly metadata: { readonly namespace?: string; readonly name?: string } }): string {
  return `${kind} ${idOf(metadata)}`;
}
