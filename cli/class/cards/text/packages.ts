/** A font package of npm's @fontsource, pinned: https://www.npmjs.com/org/fontsource. Each brings a font in slices, with the characters of each slice. */
export interface FontPackage {
  readonly name: string;
  readonly family: string;
  /** Names that it may help with. */
  readonly writes: RegExp;
  readonly integrity: string;
  /** Of the download; what is kept of it is a tenth. */
  readonly megabytes: number;
}

export const FONT_VERSION = "5.3.0";

/** Chinese characters stand in all three of the first: what else is in the name tells which forms it wants. Licence of all: OFL-1.1. */
export const packages: readonly FontPackage[] = [
  {
    name: "noto-sans-jp",
    family: "Noto Sans JP",
    writes: /[\p{Script=Hiragana}\p{Script=Katakana}]/u,
    integrity: "sha512-OZbBzZ8LrFRs2RFT2Cc0HUV2C2ZeSfyEXhDJWR0EZuZaraJfRubpvrFmUnCljuBDEkw8Vn6CE/+nf9dj9b+0lg==",
    megabytes: 79,
  },
  {
    name: "noto-sans-kr",
    family: "Noto Sans KR",
    writes: /\p{Script=Hangul}/u,
    integrity: "sha512-/JnpTjaCOXW7xUoqOyCVYSr05VOkDy5Yla9O+WAEiS7u+yYLsmHoqj6v1W0bf91G8G3XA2+NnRS3CX2Tf/FVZg==",
    megabytes: 50,
  },
  {
    name: "noto-sans-sc",
    family: "Noto Sans SC",
    writes: /\p{Script=Han}/u,
    integrity: "sha512-HeqIlGm0+ohOKxZLuHj1qW6r6avHH0OWdKERAcSDI0RQ+MXrteuLKA+M+5eOA8rYy0MFvOR5AT0fQo2rUkye0Q==",
    megabytes: 73,
  },
  {
    name: "noto-sans-devanagari",
    family: "Noto Sans Devanagari",
    writes: /\p{Script=Devanagari}/u,
    integrity: "sha512-7khYmipS/5KAUUmrO1DKir8yL8XI00d0+ZE9BqbS8XF1jzObv6CpPOk3UeYxF+Pvi8bx9bBvprBCOcbx/eQWTQ==",
    megabytes: 1.4,
  },
  {
    name: "noto-sans-thai",
    family: "Noto Sans Thai",
    writes: /\p{Script=Thai}/u,
    integrity: "sha512-ngqUyvDukkZUHypQbUJvUdAeYa2aYZsyeDTsdqMudf7GK2F2TK19OZ5kbo+37qsBtkNpmAMhEObQnWnzPqzKUw==",
    megabytes: 0.5,
  },
  {
    name: "noto-emoji",
    family: "Noto Emoji",
    writes: /\p{Extended_Pictographic}/u,
    integrity: "sha512-y/aOmKKsVYi91vu3jwcrcyFN6Q80YV8UG9U5KGbV+Fxmfxr2lzSRmDkGSLaTdHPjJI+niiknSFixL+x7ti6gNg==",
    megabytes: 11,
  },
];
