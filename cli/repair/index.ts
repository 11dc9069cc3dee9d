/**
 * Repair: restores a seat as Pulumi and the charts made it. It first shows what it would restore, delete and restart.
 * `npm run repair`, `class repair` and `class reset` are this one implementation.
 */
export { engineOf } from "./engine";
export { type Engine, readRepair, repairSeat, type RepairWish } from "./repair";
export { type Plan, isEmpty, planOf } from "./plan";
export { doneText, emptyText, planLines, programLines } from "./plan-text";
