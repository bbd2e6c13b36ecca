import { formatDuration } from "./duration.ts";
import type { NodeRecord, NodeStatus, RunResult } from "./run-result.ts";
import { type Paint, plainText, shortened, type Style } from "./terminal-text.ts";
import { type Cell, type Column, tableWidth, textTable } from "./text-table.ts";

/** Most nodes that a table shows. */
const MOST_ROWS = 40;
const LONGEST_ID = 40;
/** Columns of a timeline, where there is room. */
const TIMELINE = { least: 8, most: 40 };

const STYLES: Readonly<Record<NodeStatus, Style>> = {
  pending: "dim",
  running: "blue",
  completed: "green",
  skipped: "dim",
  failed: "red",
  cancelled: "yellow",
};

/** What a table is made of: a result, or an error, which has no metrics. */
export type TableSource = Pick<RunResult, "nodes"> & Partial<Pick<RunResult, "metrics">>;

interface Row {
  readonly id: string;
  readonly record: NodeRecord;
  /** All activations where metrics were collected, else the last one; in milliseconds. */
  readonly timeMs: number | undefined;
  readonly count: number | undefined;
}

/** A line a node: status, attempts, and where they were measured activations, time, share of the run, and when it ran. */
export function nodeTable(result: TableSource, totalMs: number | undefined, width: number, paint: Paint): string[] {
  const all = rowsOf(result);
  if (all.length === 0) return [];
  const rows = mostTelling(all);
  const columns = columnsOf(result, totalMs);
  const cells = rows.map((row) => columns.map((column) => column.cell(row)));
  const timeline = totalMs === undefined ? undefined : timelineOf(totalMs, width - tableWidth(columns, cells) - 2);
  const lines =
    timeline === undefined
      ? textTable(columns, cells, paint)
      : textTable(
          [...columns, timeline],
          rows.map((row, at) => [...cells[at]!, timeline.cell(row)]),
          paint,
        );
  return all.length > rows.length ? [...lines, `and ${all.length - rows.length} more nodes`] : lines;
}

function rowsOf({ nodes, metrics }: TableSource): Row[] {
  const times = metrics?.nodeTimes;
  return inOrder(Object.keys(nodes)).map((id) => {
    const record = nodes[id]!;
    const measured = times !== undefined && Object.hasOwn(times, id) ? times[id] : undefined;
    return { id, record, timeMs: measured?.total ?? record.durationMs, count: measured?.count };
  });
}

/** Puts a workflow before the nodes inside it; the others stay in the order in which they were added. */
function inOrder(ids: readonly string[]): string[] {
  const known = new Set(ids);
  const ordered = new Set<string>();
  for (const id of ids) {
    for (let at = id.indexOf("/"); at > 0; at = id.indexOf("/", at + 1))
      if (known.has(id.slice(0, at))) ordered.add(id.slice(0, at));
    ordered.add(id);
  }
  return [...ordered];
}

/** Of many nodes those that failed, then those that took longest, in their order. */
function mostTelling(rows: readonly Row[]): readonly Row[] {
  if (rows.length <= MOST_ROWS) return rows;
  const weight = ({ record, timeMs }: Row): number => (record.status === "failed" ? Infinity : (timeMs ?? 0));
  const chosen = new Set(
    rows.toSorted((a, b) => (weight(a) === weight(b) ? 0 : weight(b) - weight(a))).slice(0, MOST_ROWS),
  );
  return rows.filter((row) => chosen.has(row));
}

interface NodeColumn extends Column {
  readonly cell: (row: Row) => Cell;
}

function columnsOf({ metrics }: TableSource, totalMs: number | undefined): NodeColumn[] {
  const columns: NodeColumn[] = [
    { head: "node", cell: ({ id }) => ({ text: shortened(plainText(id), LONGEST_ID) }) },
    { head: "status", cell: ({ record: { status } }) => ({ text: status, style: STYLES[status] }) },
  ];
  if (metrics !== undefined)
    columns.push({ head: "runs", align: "right", cell: ({ count }) => ({ text: String(count ?? "") }) });
  columns.push({ head: "attempts", align: "right", cell: ({ record }) => ({ text: String(record.attempts) }) });
  return totalMs === undefined ? columns : [...columns, ...timeColumns(totalMs)];
}

function timeColumns(totalMs: number): NodeColumn[] {
  const share = ({ timeMs }: Row): string =>
    timeMs === undefined || totalMs <= 0 ? "" : `${Math.round((timeMs / totalMs) * 100)} %`;
  return [
    {
      head: "time",
      align: "right",
      cell: ({ timeMs }) => ({ text: timeMs === undefined ? "" : formatDuration(timeMs) }),
    },
    { head: "share", align: "right", cell: (row) => ({ text: share(row) }) },
  ];
}

/** The last activation of each node as a bar over the time of the run; none where there is no room. */
function timelineOf(totalMs: number, space: number): NodeColumn | undefined {
  const room = Math.min(space - 2, TIMELINE.most);
  if (room < TIMELINE.least || totalMs <= 0) return undefined;
  const cell = ({ record: { startMs, durationMs, status } }: Row): Cell =>
    startMs === undefined || durationMs === undefined
      ? { text: "" }
      : { text: bar(startMs / totalMs, (startMs + durationMs) / totalMs, room), style: STYLES[status] };
  return { head: "timeline", cell };
}

function bar(start: number, end: number, room: number): string {
  const from = Math.min(Math.floor(start * room), room - 1);
  const to = Math.min(Math.max(Math.ceil(end * room), from + 1), room);
  return `│${" ".repeat(from)}${"█".repeat(to - from)}${" ".repeat(room - to)}│`;
}
