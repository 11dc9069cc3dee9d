/**
 * Colours by their purpose. Text has a contrast of at least 4.5 to its background in both schemes (WCAG 2, AA);
 * test/unit/topology checks it.
 */
export interface Palette {
  page: string;
  panel: string;
  card: string;
  line: string;
  text: string;
  muted: string;
  /** Measured calls. */
  flow: string;
  /** Calls that were not measured. */
  quiet: string;
  gateway: string;
  onGateway: string;
  bar: string;
  track: string;
  good: string;
  onGood: string;
  careful: string;
  onCareful: string;
  bad: string;
}

export const light: Palette = {
  page: "#ffffff",
  panel: "#f3f6f9",
  card: "#ffffff",
  line: "#c3ccd6",
  text: "#1a2129",
  muted: "#55606c",
  flow: "#0b63ce",
  quiet: "#6b7785",
  gateway: "#0b4a9e",
  onGateway: "#ffffff",
  bar: "#a9d3f5",
  track: "#e3e9ef",
  good: "#d6f3de",
  onGood: "#0f5a2b",
  careful: "#ffe9bd",
  onCareful: "#6b4400",
  bad: "#b3261e",
};

export const dark: Palette = {
  page: "#0d1117",
  panel: "#161d26",
  card: "#212b37",
  line: "#445263",
  text: "#eef3f8",
  muted: "#a9b6c4",
  flow: "#63acff",
  quiet: "#8d9bab",
  gateway: "#2b6fca",
  onGateway: "#ffffff",
  bar: "#1f5c93",
  track: "#303c4a",
  good: "#143a24",
  onGood: "#8fe3a8",
  careful: "#463305",
  onCareful: "#ffd479",
  bad: "#ff9a90",
};

/** Returns the CSS classes of the picture in one scheme's colours. */
export function rules(palette: Palette): string {
  const fills: [string, keyof Palette][] = [
    ["page", "page"],
    ["text", "text"],
    ["muted", "muted"],
    ["flowing", "flow"],
    ["resting", "quiet"],
    ["gate", "gateway"],
    ["on-gate", "onGateway"],
    ["bar", "bar"],
    ["track", "track"],
    ["good", "good"],
    ["on-good", "onGood"],
    ["careful", "careful"],
    ["on-careful", "onCareful"],
    ["bad", "bad"],
  ];
  const strokes: [string, keyof Palette][] = [
    ["measured", "flow"],
    ["routed", "quiet"],
    ["written", "quiet"],
    ["stroke-good", "onGood"],
    ["stroke-careful", "onCareful"],
    ["stroke-muted", "muted"],
    ["stroke-bad", "bad"],
  ];
  return [
    ...fills.map(([name, colour]) => `.${name}{fill:${palette[colour]}}`),
    ...strokes.map(([name, colour]) => `.${name}{fill:none;stroke:${palette[colour]}}`),
    `.panel{fill:${palette.panel};stroke:${palette.line}}`,
    `.card{fill:${palette.card};stroke:${palette.line}}`,
    `.guest{fill:${palette.panel};stroke:${palette.quiet};stroke-dasharray:4 3}`,
    // The panel's colour around a text hides the line behind it.
    `.halo{stroke:${palette.panel};stroke-width:4px;stroke-linejoin:round;paint-order:stroke}`,
  ].join("");
}
