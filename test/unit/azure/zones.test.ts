import { WINDOWS_TO_IANA_MAP } from "windows-iana";
import { describe, expect, it } from "vitest";
import { ianaZone, knownZone, windowsZone } from "../../../components/cluster/azure/zones";

/** As `tzutil /l` has them: each form that Windows gives a name. */
const windowsNames = [
  "UTC",
  "UTC+12",
  "UTC-02",
  "W. Europe Standard Time",
  "GMT Standard Time",
  "Pacific Standard Time (Mexico)",
  "Central America Standard Time",
  "Kamchatka Standard Time 12",
  "E. Australia Standard Time",
  "Mid-Atlantic Standard Time",
];

describe("a time zone's name", () => {
  it("of Windows is taken, whichever of Unicode's table it is", () => {
    const all = [...new Set(WINDOWS_TO_IANA_MAP.map(({ windowsName }) => windowsName))];
    expect(all.length).toBeGreaterThan(100);
    expect(all.filter((name) => windowsZone(name) !== name)).toEqual([]);
  });

  it.each(windowsNames)("%s is Windows' own, and stays", (name) => expect(windowsZone(name)).toBe(name));

  it.each([
    "",
    "utc",
    "UTC+1",
    "UTC+123",
    "UTC+ab",
    "xUTC",
    "UTCx",
    "Utc Standard Time x",
    "w. Europe Standard Time",
    "Standard Time",
    "W. Europe Standard Time ",
    " W. Europe Standard Time",
    "W. Europe Standard Time ()",
    "W. Europe Standard Time (1)",
    "W. Europe Standard Time x",
    "W_Europe Standard Time",
    "Europe",
    "Europe/",
    "europe/berlin",
    "Europe/Agram",
    "W. Europe Daylight Time",
  ])("%j is none that Azure takes", (name) => expect(windowsZone(name)).toBeUndefined());

  it.each([
    ["Europe/Berlin", "W. Europe Standard Time"],
    ["America/New_York", "Eastern Standard Time"],
    ["America/Argentina/Buenos_Aires", "Argentina Standard Time"],
    ["Etc/GMT+2", "UTC-02"],
    ["Asia/Calcutta", "India Standard Time"],
    ["Asia/Kolkata", "India Standard Time"],
  ])("%s of IANA is %s of Windows", (iana, windows) => expect(windowsZone(iana)).toBe(windows));

  it("is read by clocks here by IANA's, of either", () => {
    expect([ianaZone("UTC"), ianaZone("W. Europe Standard Time"), ianaZone("America/New_York")]).toEqual([
      "UTC",
      "Europe/Berlin",
      "America/New_York",
    ]);
    expect([
      ianaZone("UTC+1"),
      ianaZone("Nowhere Standard Time"),
      ianaZone("Europe/Agram"),
      ianaZone("Berlin"),
    ]).toEqual([undefined, undefined, undefined, undefined]);
  });

  it("is known by the name that all its names stand for", () => {
    expect([knownZone("Europe/Berlin"), knownZone("Mars/Base"), knownZone("CET"), knownZone("+02:00")]).toEqual([
      "Europe/Berlin",
      undefined,
      undefined,
      undefined,
    ]);
    expect(knownZone("Asia/Kolkata")).toBe(knownZone("Asia/Calcutta"));
  });
});
