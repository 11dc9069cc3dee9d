/**
 * What a seat is made of: the objects in the state, what each Helm release rendered, and who else may write to them.
 * Drift, diagnosis and repair ask this folder and nothing else what belongs to a seat, and as what.
 */
export { byWhom, compare, type Difference, differences, fieldsByHand, handOf, minuteOf } from "./compare";
export {
  type Entry,
  groupOf,
  type Inventory,
  type InventorySource,
  makerOf,
  type Owner,
  readInventory,
  type Release,
  unreadIn,
  within,
  withName,
} from "./inventory";
export { isClusters, isHand, isOwn, REPAIR } from "./managers";
