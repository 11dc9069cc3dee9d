import { seatFolder } from "../../base/paths";
import * as seats from "../../embedded/node/seat";
import { generationOperations, machineOperations, powerOperations } from "./embedded/operations";

/** The operations that module-shim.ts loads in Pulumi's dynamic plugin. The program itself never loads them. */
export const generation = generationOperations(seats, seatFolder);
export const machine = machineOperations(seats, seatFolder);
export const power = powerOperations(seats, seatFolder);
