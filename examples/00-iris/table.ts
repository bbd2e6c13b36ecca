import { styleText } from "node:util";

/** Rows under headings as aligned text: words to the left, numbers to the right. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, at) => Math.max(heading.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const isNumeric = headings.map((_, at) =>
    rows.every((row) => /^[\d.,\s]*( ms)?$|^not installed$/.test(row[at] ?? "")),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => (isNumeric[at] ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!)))
      .join("   ")
      .trimEnd();
  return [dim(line(headings)), ...rows.map(line)].map((each) => `  ${each}`).join("\n");
}

/** A heading; styled on a terminal, unless NO_COLOR is set. */
export function heading(text: string): string {
  return `\n${styleText("bold", text)}\n`;
}

/** What went well, in green on a terminal. */
export function good(text: string): string {
  return styleText("green", text);
}

/** What went wrong, in red on a terminal. */
export function bad(text: string): string {
  return styleText("red", text);
}

function dim(text: string): string {
  return styleText("dim", text);
}
