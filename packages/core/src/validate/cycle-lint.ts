import { type CycleSpec, referencesInCycle } from "../define/cycle.ts";
import { rootsOf } from "../define/expression.ts";
import { type First, type Reference, referencesOf, type Source } from "../define/source.ts";
import type { Draft } from "./draft.ts";
import type { IssueList } from "./issue.ts";
import type { CycleStructure, Structure } from "./structure.ts";

/** A cycle, and the structures of the workflows among its nodes. */
interface Looked {
  readonly draft: Draft;
  readonly cycle: CycleStructure;
  readonly subs: ReadonlyMap<number, Structure>;
}

/**
 * Warns of cycles that are legal and cannot have been meant. Only what the graph alone makes certain is told: what a
 * node does with its inputs, its state and the world outside is its own affair.
 */
export function lintCycles(
  draft: Draft,
  cycles: readonly CycleStructure[],
  subs: ReadonlyMap<number, Structure>,
  list: IssueList,
): void {
  for (const cycle of cycles) {
    const looked = { draft, cycle, subs };
    lintLimit(cycle, list);
    lintCriterion(looked, list);
    lintFeedback(looked, list);
  }
}

/** The first iteration reads no feedback, and with a maximum of one there is no second. */
function lintLimit({ spec }: CycleStructure, list: IssueList): void {
  if (spec.maxIterations !== 1) return;
  list.add({
    code: "cycle_single_iteration",
    severity: "warning",
    place: `cycle ${spec.name}`,
    message: `cycle "${spec.name}" never repeats: its maximum is one iteration`,
    expected: "a maximum of two iterations or more",
    found: "maxIterations(1)",
    remedy: "raise maxIterations, or remove the cycle: its nodes run once without it",
  });
}

function lintCriterion(looked: Looked, list: IssueList): void {
  const { spec } = looked.cycle;
  const found = constantIn(looked);
  if (found === undefined) return;
  list.add({
    code: "cycle_criterion_constant",
    severity: "warning",
    place: `cycle ${spec.name}`,
    message: `nothing that cycle "${spec.name}" repeats can change its criterion, which reads ${found}`,
    expected: "an output of a node in the body, or iteration or elapsedMs",
    found,
    remedy: "read an output of a node that the cycle repeats; .include(node) adds one to the body",
  });
}

/** What a criterion reads that cannot change while its cycle runs; `undefined` where that is not certain. */
function constantIn({ draft, cycle }: Looked): string | undefined {
  const { spec, expression } = cycle;
  const isOutside = (from: Reference | First): boolean =>
    referencesOf(from).every((each) => !isInside(draft, cycle, each));
  switch (spec.criterion?.kind) {
    case undefined:
      return undefined;
    case "expression":
      return expression !== undefined && readsNothing(expression, spec.criterion.text) ? "nothing" : undefined;
    case "predicate":
      // One that takes more is told the iteration and the time, which do change.
      return spec.criterion.test.length === 1 && isOutside(spec.criterion.from)
        ? textOf([spec.criterion.from])
        : undefined;
    case "criterion": {
      const constant = [...spec.criterion.from.values()].filter(isOutside);
      return constant.length === 0 ? undefined : textOf(constant);
    }
  }
}

function isInside({ indexOf }: Draft, { body }: CycleStructure, { node }: Reference): boolean {
  return node !== null && body.includes(indexOf.get(node) ?? -1);
}

function readsNothing({ reads, readsPrevious }: NonNullable<CycleStructure["expression"]>, text: string): boolean {
  if (reads.length > 0 || readsPrevious.length > 0) return false;
  const roots = rootsOf(text);
  return !roots.includes("iteration") && !roots.includes("elapsedMs");
}

function textOf(sources: readonly Source[]): string {
  const places = sources.flatMap(referencesOf).map(({ node, path }) => [node ?? "input", ...path].join("."));
  return `${[...new Set(places)].join(", ")} from outside its body`;
}

function lintFeedback({ draft, cycle, subs }: Looked, list: IssueList): void {
  for (const { node, port } of cycle.spec.feedback) {
    const sub = subs.get(draft.indexOf.get(node) ?? -1);
    if (sub !== undefined && !isRead(sub, port)) list.add(unread(cycle.spec, node, port, sub.workflow.name));
  }
}

/** Whether anything inside a workflow reads one of its declared inputs. */
function isRead(structure: Structure, port: string): boolean {
  const names = (source: Source | undefined): boolean =>
    source !== undefined && referencesOf(source).some(({ node, path }) => node === null && path[0] === port);
  const isWired = structure.wirings.some((ports, index) => {
    const sub = structure.subs.get(index);
    return ports.some(
      ({ port: { name }, connection }) => names(connection) && (sub === undefined || isRead(sub, name)),
    );
  });
  if (isWired || structure.outputs.some(({ connection }) => names(connection))) return true;
  return structure.cycles.some(({ spec }) => referencesInCycle(spec).some(names));
}

function unread({ name }: CycleSpec, node: string, port: string, workflow: string): Parameters<IssueList["add"]>[0] {
  return {
    code: "cycle_feedback_unread",
    severity: "warning",
    place: `cycle ${name}`,
    message: `cycle "${name}" feeds "${node}.${port}", which nothing inside workflow "${workflow}" reads`,
    expected: "an input that a node reads",
    found: `input "${port}", declared and not read`,
    remedy: `wire ${workflow}.input.${port} to the node that is meant to have it, or remove the feedback`,
  };
}
