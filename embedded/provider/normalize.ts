import { WholeObject } from "../../kube";
import { isBuiltIn } from "./kinds";
import { isMap } from "../../base/values";
import { Bag, clone, hasUnknown, Json } from "./wire";

/** Fields that only the server writes. */
const readOnly = [
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "uid",
];

/**
 * Writes the inputs as the API server would, so that two spellings of the same value are no difference. A Secret's
 * stringData moves into data, and quantities become canonical. Custom resources stay as they are, because the server
 * keeps their spelling.
 */
export function normalize(inputs: WholeObject): WholeObject {
  const o = clone(inputs);
  if (!hasUnknown(o) && isBuiltIn(o.apiVersion ?? "")) {
    if (o.kind === "Secret" && isMap(o.stringData)) {
      o.data = { ...o.data };
      for (const [key, text] of Object.entries(o.stringData))
        o.data[key] = Buffer.from(String(text)).toString("base64");
      delete o.stringData;
    }
    quantities(o);
  }
  for (const key of readOnly) delete o.metadata?.[key];
  return o;
}

const quantityMaps = new Set(["limits", "requests", "hard", "capacity", "allocatable"]);
function quantities(v: Json, key = ""): void {
  if (Array.isArray(v)) return v.forEach((x) => quantities(x, key));
  if (!isMap(v)) return;
  for (const [k, x] of Object.entries(v)) {
    if (k === "sizeLimit" || (quantityMaps.has(key) && !isMap(x))) v[k] = canonicalQuantity(x);
    else quantities(x, k);
  }
}

const binary = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const decimal: Record<string, number> = { n: -9, u: -6, m: -3, "": 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
/** `0.5` → `500m`, `1000m` → `1`, `1024Mi` → `1Gi`: the canonical form of apimachinery's resource.Quantity. */
export function canonicalQuantity(v: Json): Json {
  const m = /^([+-]?\d+(?:\.\d*)?)([numkMGTPE]?|[KMGTPE]i)$/.exec(String(v).trim());
  if (!m) return v;
  const unit = m[2] ?? "";
  if (unit.endsWith("i")) {
    let at = binary.indexOf(unit);
    let n = Number(m[1]);
    if (n === 0) return "0";
    while (!Number.isInteger(n) && at > 0) [n, at] = [n * 1024, at - 1];
    while (n % 1024 === 0 && at < binary.length - 1) [n, at] = [n / 1024, at + 1];
    return `${Math.ceil(n)}${binary[at]}`;
  }
  let exponent = decimal[unit]!;
  let n = Number(m[1]);
  while (!Number.isInteger(n) && exponent > -9) [n, exponent] = [Number((n * 1000).toPrecision(15)), exponent - 3];
  n = Math.ceil(n);
  if (n === 0) return "0";
  while (n % 1000 === 0 && exponent < 18) [n, exponent] = [n / 1000, exponent + 3];
  return `${n}${Object.keys(decimal).find((k) => decimal[k] === exponent)}`;
}

/**
 * Cuts the live object to the shape of the inputs. What the cluster added (defaults, sidecars, status) is no
 * difference.
 */
export function prune(live: Bag, shape: Bag): Bag {
  const out: Bag = {};
  for (const [key, value] of Object.entries(live)) if (key in shape) out[key] = pruneValue(value, shape[key]);
  return out;
}
function pruneValue(live: Json, shape: Json): Json {
  if (isMap(live) && isMap(shape)) return prune(live, shape);
  if (Array.isArray(live) && Array.isArray(shape))
    return live.slice(0, shape.length).map((x, i) => pruneValue(x, shape[i]));
  return live;
}
