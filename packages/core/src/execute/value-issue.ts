import { formatPath, PolyloomError } from "@polyloom/wire";
import type * as z from "zod/v4/core";
import type { PathKey } from "../define/reference.ts";
import type { CheckCounts } from "../batch/report.ts";
import type { InputPlan, Plan, SourcePlan, Step } from "../plan/plan.ts";

/** A value that does not fit, or a key too many. */
export interface ValueIssue {
  readonly kind: "invalid" | "undeclared";
  readonly step: Step;
  readonly port: string;
  readonly side: "input" | "output";
  readonly path: readonly PropertyKey[];
  readonly expected: string;
  readonly found: string;
}

/** Where issues go: counted, logged, reported. */
export interface ValueIssues {
  checked(): void;
  /** The run is over: what comes now is not told. */
  close(): void;
  bypassed(): void;
  /** One of every few checks took so many milliseconds. */
  took(milliseconds: number): void;
  report(issue: ValueIssue): void;
  /** What was checked elsewhere. */
  counted(checks: CheckCounts): void;
  /** The error that a strict run fails with. */
  refusal(issue: ValueIssue): PolyloomError;
}

/** Reads a zod issue; only kinds of values are told, never a value (V3). */
export function describeIssue(
  issue: z.$ZodRawIssue,
  step: Step,
  port: string,
  side: "input" | "output",
  value: unknown,
): ValueIssue {
  const path = (issue.path ?? []) as PropertyKey[];
  const kind = issue.code === "unrecognized_keys" ? "undeclared" : "invalid";
  return { kind, step, port, side, path, expected: expectationOf(issue), found: kindOf(valueAt(value, path)) };
}

/** `orders.rows → clean.rows[3].price: expected number, found string` */
export function sentenceOf(issue: ValueIssue, plan: Plan): string {
  const { step, port, path, side } = issue;
  const place = formatPath(`${step.id}.${port}`, path as PathKey[]);
  const from =
    side === "input"
      ? sourceName(
          step.inputs.find((input) => input.port.name === port),
          plan,
        )
      : "";
  return `${from === "" ? "" : `${from} → `}${place}${side === "output" ? " (output)" : ""}: expected ${issue.expected}, found ${issue.found}`;
}

/** The error that a strict run fails with. */
export function refusalOf(issue: ValueIssue, plan: Plan): PolyloomError {
  const { port, path } = issue;
  const details = { port, path: formatPath("", path as PathKey[]), expected: issue.expected, found: issue.found };
  return new PolyloomError("connection_invalid", sentenceOf(issue, plan), { details });
}

/** Where an input's value comes from, as `node.port`; empty for parameters and literals. */
export function sourceName(input: InputPlan | undefined, { steps }: Plan): string {
  const name = (source: SourcePlan): string => {
    if (source.kind === "reference")
      return formatPath(`${steps[source.step]!.id}.${String(source.path[0])}`, source.path.slice(1));
    if (source.kind === "first") return source.of.map(name).join(" or ");
    return "";
  };
  return input?.connection === undefined ? "" : name(input.connection);
}

function expectationOf(issue: z.$ZodRawIssue): string {
  const { code, expected, format, minimum, maximum, message, keys } = issue as Record<string, unknown>;
  if (typeof message === "string") return message;
  if (typeof expected === "string") return expected;
  if (code === "invalid_format") return `a text of format ${String(format)}`;
  if (code === "too_small") return `at least ${String(minimum)}`;
  if (code === "too_big") return `at most ${String(maximum)}`;
  if (code === "unrecognized_keys")
    return `only declared keys, not ${(keys as string[]).map((key) => JSON.stringify(key)).join(", ")}`;
  if (code === "invalid_value") return "one of the declared values";
  if (code === "invalid_union") return "one of the declared alternatives";
  if (code === "not_multiple_of") return "a multiple of the declared step";
  return "a value that passes the schema's own check";
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (at === null || at === undefined ? undefined : (at as Record<PropertyKey, unknown>)[key]),
    value,
  );
}

/** The kind of a value, in a word. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value !== "object") return value === undefined ? "nothing" : typeof value;
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === "string" && name !== "" ? name : "object";
}
