/**
 * Repair: brings a seat back to what its makers made of it, the charts' objects included. It shows first what it would
 * put back, take away and restart. `npm run repair`, `class repair` and `class reset` are this one implementation.
 */
export { engineOf } from "./engine";
export { type Engine, readRepair, repairSeat, type RepairWish } from "./repair";
export { type Plan, isEmpty, planOf } from "./plan";
export { doneText, emptyText, planLines } from "./plan-text";
