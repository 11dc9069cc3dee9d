import { seatFolder } from "../../base/paths";
import { completeSeat, createSeat, deleteSeat, lacksImages, seatStatus, startSeat } from "../../embedded";
import { generationOperations, machineOperations, powerOperations } from "./embedded/operations";

const seats = { completeSeat, createSeat, deleteSeat, lacksImages, seatStatus, startSeat };

/** The operations that module-shim.ts loads in Pulumi's dynamic plugin. The program itself never loads them. */
export const generation = generationOperations(seats, seatFolder);
export const machine = machineOperations(seats, seatFolder);
export const power = powerOperations(seats, seatFolder);
