import type { Criterion } from "../define/criterion.ts";
import type { CriterionSpec, CycleSpec } from "../define/cycle.ts";
import { definedFunctionOf } from "../define/defined-function.ts";
import { formatPlace } from "../define/place.ts";
import { type First, type Reference, referencesOf } from "../define/source.ts";
import type { CycleReport } from "./cycle-report.ts";
import { formatDuration } from "./duration.ts";

/** What ends a cycle, a line each: its limits, its criterion and its condition. */
export function limitLines(spec: CycleSpec): readonly string[] {
  const { maxIterations, timeoutMs, criterion, continueWhile, onExhausted } = spec;
  const lines: string[] = [];
  if (maxIterations !== undefined)
    lines.push(`max ${maxIterations} ${maxIterations === 1 ? "iteration" : "iterations"}`);
  if (criterion !== undefined) lines.push(`until ${criterionText(criterion)}`);
  if (continueWhile !== undefined) lines.push(`while ${predicateText(continueWhile.test, continueWhile.from)}`);
  if (timeoutMs !== undefined) lines.push(`max ${formatDuration(timeoutMs)}`);
  if (onExhausted === "fail") lines.push("fails when exhausted");
  return lines;
}

/** What became of a cycle, in a line: `4 iterations, converged, 12 ms`. */
export function cycleReportLine({ totalIterations, runs, reason, elapsedMs }: CycleReport): string {
  const iterations = `${totalIterations} ${totalIterations === 1 ? "iteration" : "iterations"}`;
  const often = runs > 1 ? ` in ${runs} runs` : "";
  return `${iterations}${often}, ${reason}, ${formatDuration(elapsedMs)}`;
}

function criterionText(spec: CriterionSpec): string {
  if (spec.kind === "expression") return spec.text;
  if (spec.kind === "predicate") return predicateText(spec.test, spec.from);
  return readyMadeText(spec.criterion, spec.from);
}

function predicateText(test: object, from: Reference | First): string {
  return `${definedFunctionOf(test)?.name ?? "predicate"}(${sourceText(from)})`;
}

function readyMadeText(criterion: Criterion, from: ReadonlyMap<Criterion, Reference | First>): string {
  if ("of" in criterion)
    return `${criterion.kind}(${criterion.of.map((part) => readyMadeText(part, from)).join(", ")})`;
  const source = from.get(criterion);
  const parts = [source === undefined ? "?" : sourceText(source)];
  if ("tolerance" in criterion) parts.push(`tolerance ${criterion.tolerance}`);
  if (criterion.patience > 1) parts.push(`patience ${criterion.patience}`);
  return `${criterion.kind}(${parts.join(", ")})`;
}

function sourceText(source: Reference | First): string {
  return referencesOf(source)
    .map(({ node, path }) => formatPlace(node ?? "input", path))
    .join(" or ");
}
