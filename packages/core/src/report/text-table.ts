import { columnsOf, type Paint, type Style } from "./terminal-text.ts";

/** One cell; its style does not count for the width. */
export interface Cell {
  readonly text: string;
  readonly style?: Style;
}

/** One column: its head, and on which side its texts stand. */
export interface Column {
  readonly head: string;
  readonly align?: "left" | "right";
}

/** Writes a table, two spaces between its columns, heads first. */
export function textTable(columns: readonly Column[], rows: readonly (readonly Cell[])[], paint: Paint): string[] {
  const widths = widthsOf(columns, rows);
  const head = columns.map(({ head: text }): Cell => ({ text, style: "dim" }));
  return [head, ...rows].map((row) => rowLine(columns, row, widths, paint));
}

/** How many characters wide a table is. */
export function tableWidth(columns: readonly Column[], rows: readonly (readonly Cell[])[]): number {
  return widthsOf(columns, rows).reduce((sum, width) => sum + width + 2, -2);
}

function widthsOf(columns: readonly Column[], rows: readonly (readonly Cell[])[]): number[] {
  return columns.map(({ head }, at) => Math.max(columnsOf(head), ...rows.map((row) => columnsOf(row[at]!.text))));
}

function rowLine(columns: readonly Column[], row: readonly Cell[], widths: readonly number[], paint: Paint): string {
  const cells = row.map(({ text, style }, at) => {
    const gap = " ".repeat(widths[at]! - columnsOf(text));
    const painted = style === undefined || text === "" ? text : paint(text, style);
    return columns[at]!.align === "right" ? gap + painted : painted + gap;
  });
  return cells.join("  ").trimEnd();
}
