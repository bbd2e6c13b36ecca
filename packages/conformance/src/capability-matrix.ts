import type { Capabilities } from "@polyloom/core/runtime";
import { type Clause, CLAUSES } from "./clause.ts";
import type { ClauseReport, ConformanceReport } from "./report.ts";

const HEAD = `# What each runtime keeps

Written by the conformance suite; never by hand. Each row of the second table is a clause of the [contract](contract.md). A clause is passed, or what needs it is refused up front with the code \`unsupported\`; the number is that of the cases tried.
`;

/** The manifest, a row each. */
const MANIFEST: Readonly<Record<string, (capabilities: Capabilities) => string>> = {
  "where nodes run": ({ place }) => place,
  "tasks at once": ({ maxConcurrency }) => (Number.isFinite(maxConcurrency) ? String(maxConcurrency) : "no limit"),
  "ends tasks by force": ({ preempts }) => yesNo(preempts),
  "isolates nodes": ({ isolates }) => yesNo(isolates),
  "virtual time": ({ virtualTime }) => yesNo(virtualTime),
  "bytes at once": ({ maxMessageBytes }) => (maxMessageBytes === undefined ? "no limit" : String(maxMessageBytes)),
  refuses: ({ unsupported }) => unsupported.join(", ") || "nothing",
};

/** The text of `docs/capability-matrix.md`: a table of manifests and a table of clauses, a column a report. */
export function capabilityMatrix(reports: readonly ConformanceReport[]): string {
  const names = reports.map(({ runtime }) => runtime);
  const manifest = Object.entries(MANIFEST).map(([title, read]) =>
    row([title, ...reports.map(({ capabilities }) => (capabilities ? read(capabilities) : ""))]),
  );
  const clauses = CLAUSES.map((clause) => row([clause, ...reports.map((report) => cell(clause, report))]));
  return [HEAD, ...table("manifest", names, manifest), "", ...table("clause", names, clauses), ""].join("\n");
}

function table(corner: string, names: readonly string[], rows: readonly string[]): string[] {
  return [row([corner, ...names]), row(["---", ...names.map(() => "---")]), ...rows];
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function cell(clause: Clause, { clauses }: ConformanceReport): string {
  const found = clauses[clause];
  return found === undefined ? "not run" : wordsOf(found);
}

function wordsOf({ verdict, cases }: ClauseReport): string {
  const count = cases.filter((each) => each.verdict === verdict).length;
  return count === cases.length ? `${verdict} (${count})` : `${verdict} (${count} of ${cases.length})`;
}

function yesNo(value: boolean): string {
  return value ? "yes" : "no";
}
