export { isSeatName, SEAT_NAMES } from "../../base/names";
