import type { Figure } from "./figure.ts";
import type { PeerFigure } from "./peers.ts";

const HEAD = ["row", "polyloom", "floor", "unit", "ratio", "(least – most)", "target", ""];
const NUMBERS = new Set([1, 2, 4]);

/** The figures as a table of plain text, with a legend of what each row measures. */
export function renderTable(figures: readonly Figure[]): string {
  const legend = figures.map(({ name, title }) => [name, title]);
  return `${columns([HEAD, ...figures.map(cellsOf)], NUMBERS)}\n\n${columns(legend)}`;
}

/** Lines of cells, each column as wide as its widest cell, numbers to the right. */
function columns(lines: readonly (readonly string[])[], numbers: ReadonlySet<number> = new Set()): string {
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const pad = (cell: string, column: number): string =>
    numbers.has(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!);
  return lines.map((line) => line.map(pad).join("  ").trimEnd()).join("\n");
}

/** A number with three digits that count, or as many as it has before the point. */
export function digits(value: number): string {
  if (Math.abs(value) < 0.01) return value === 0 ? "0" : value.toFixed(3);
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function cellsOf(figure: Figure): string[] {
  const { name, ours, floor, ratio, unit, verdict, error } = figure;
  if (ours === undefined) return [name, "–", "–", unit, "–", "", targetText(figure), `${verdict}: ${error}`];
  const spread = ratio ? `(${digits(ratio.least)} – ${digits(ratio.largest)})` : "";
  const floorText = floor === undefined ? "–" : digits(floor);
  return [
    name,
    digits(ours),
    floorText,
    unit,
    ratio ? digits(ratio.median) : "–",
    spread,
    targetText(figure),
    verdictText(figure),
  ];
}

function targetText({ target, unit }: Figure): string {
  switch (target.kind) {
    case "ratio":
      return `≤ ${target.most} × floor`;
    case "excess":
      return `≤ floor + ${target.most} ${unit}`;
    case "value":
      return `≤ ${target.most} ${unit}`;
    case "reported":
      return "";
  }
}

function verdictText({ verdict, target, judged }: Figure): string {
  return target.kind === "excess" ? `${verdict} (${judged!.median >= 0 ? "+" : ""}${digits(judged!.median)})` : verdict;
}

/** What was measured of other engines: microseconds a node of two chains, and an iteration of a loop. */
export function renderPeers(figures: readonly PeerFigure[]): string {
  const head = ["engine", "version", "chain of 100", "chain of 1,000", "loop of 1,000", "µs a node or iteration"];
  const lines = figures.map(({ name, version, chain100, chain1000, loop, error = "" }) => {
    const cells = [chain100, chain1000, loop].map((value) => (value === undefined ? "–" : digits(value)));
    return [name, version, ...cells, error];
  });
  return columns([head, ...lines], new Set([2, 3, 4]));
}
