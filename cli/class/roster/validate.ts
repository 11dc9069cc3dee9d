import type { Roster } from "../model";
import { checkConfigs, checkFrom } from "./configs";
import { checkNames } from "./names";
import { Problems } from "./problems";
import { refuseSecrets } from "./secrets";
import { checkUnique } from "./unique";

/** What can be told only of the class as a whole, and of each seat's whole config. */
export function validate(roster: Roster, problems: Problems, configs: "valid" | "any" = "valid"): void {
  if (roster.seats.length === 0) problems.tell("", "has no seats; each is a line of the CSV, or an entry of `seats` in YAML");
  const secrets = [...refuseSecrets(roster.config, "", problems), ...roster.seats.flatMap(({ config, at }) => refuseSecrets(config, at, problems))];
  if (!checkFrom(roster, problems)) return;
  const judged = checkConfigs(roster, secrets, configs === "valid" ? problems : new Problems());
  checkNames(roster, (seat) => judged.find((one) => one.seat === seat)?.settings.target, problems);
  if (configs === "valid") checkUnique(judged, problems);
}
