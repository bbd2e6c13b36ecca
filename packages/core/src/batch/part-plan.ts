import type { Criterion, CyclePredicate } from "../define/criterion.ts";
import type { DefinedFunction } from "../define/defined-function.ts";
import { compileExpression } from "../define/expression.ts";
import type { NodeDefinition } from "../define/node.ts";
import type { Port } from "../define/schema.ts";
import type { Reference } from "../define/source.ts";
import { mapTables, NO_PORTS } from "../plan/build-plan.ts";
import type { CriterionPlan, CyclePlan, InputPlan, Plan, SourcePlan, Step } from "../plan/plan.ts";
import type { GivenStep, PartCriterion, PartCriterionTree, PartCycle, PartInput, PartStep, PlanPart } from "./order.ts";

/** What the references of a part were found to be. */
export type Found = readonly unknown[];

/** Makes a part a plan again, with the nodes and functions that were found for it; its units are those of its strands. */
export function planOfPart(
  workflow: string,
  part: PlanPart,
  strands: readonly (readonly number[])[],
  found: Found,
): Plan {
  const own = part.steps.map((step, index) => stepOf(step, index, found));
  const steps = [...own, ...part.given.map((given, place) => givenStep(given, own.length + place))];
  const cycles = part.cycles.map((cycle, index) => cycleOf(cycle, index, part, steps.length, found));
  const { next } = part;
  const count = steps.length + cycles.length;
  const waits = new Int32Array(count);
  for (const target of next.targets) waits[target]!++;
  return {
    // Nothing but its name is ever asked of it: the rest of the workflow is not here.
    workflow: { name: workflow } as Plan["workflow"],
    steps,
    cycles,
    units: strands.flat(),
    order: Int32Array.from({ length: count }, (_, unit) =>
      unit < steps.length ? 2 * unit + 1 : 2 * cycles[unit - steps.length]!.steps[0]!,
    ),
    waits,
    next,
    moves: part.moves,
    slots: part.slots,
    indexOf: new Map(own.map(({ id, index }) => [id, index])),
    subs: new Map(),
  };
}

function stepOf({ id, node, inputs, scope, map, indices }: PartStep, index: number, found: Found): Step {
  const definition = found[node] as NodeDefinition;
  const step = { index, id, definition, scope, gates: [], inputs: inputs.map((input) => inputOf(input, definition)) };
  if (map === undefined) return { ...step, kind: "node", map: undefined, table: definition.inputs };
  const tables = mapTables(definition.inputs, map);
  return { ...step, kind: "map", table: tables.table, map: { ...tables.map, indices } };
}

function inputOf({ port, connection, literal, slots }: PartInput, { inputs }: NodeDefinition): InputPlan {
  return { port: inputs.byName.get(port) as Port, connection, literal, slots };
}

/** It never runs: its outputs are put in place before the start. */
function givenStep({ id }: GivenStep, index: number): Step {
  return {
    index,
    id,
    kind: "relay",
    definition: undefined,
    map: undefined,
    table: NO_PORTS,
    inputs: [],
    scope: -1,
    gates: [],
  };
}

function cycleOf(cycle: PartCycle, index: number, part: PlanPart, steps: number, found: Found): CyclePlan {
  const inner = part.cycles.flatMap(({ parent }, at) => (parent === index ? [steps + at] : []));
  const { criterion, condition } = cycle;
  return {
    ...cycle,
    index,
    units: [...cycle.units, ...inner],
    timeoutMs: undefined,
    criterion: criterion && criterionOf(criterion, found),
    condition: condition && { ...condition, test: functionOf(found[condition.test]) },
  };
}

function functionOf(found: unknown): CyclePredicate<never> {
  return (found as DefinedFunction<CyclePredicate<never>>).call;
}

function criterionOf(criterion: PartCriterion, found: Found): CriterionPlan {
  if (criterion.kind === "predicate") return { ...criterion, test: functionOf(found[criterion.test]) };
  if (criterion.kind === "expression") return expressionOf(criterion);
  const sources = new Map<Criterion, SourcePlan>();
  return { kind: "criterion", criterion: treeOf(criterion.criterion, sources), sources };
}

function treeOf(tree: PartCriterionTree, sources: Map<Criterion, SourcePlan>): Criterion {
  if ("of" in tree) return { kind: tree.kind, of: tree.of.map((each) => treeOf(each, sources)) };
  const leaf = { ...tree.leaf, ref: undefined };
  sources.set(leaf, tree.source);
  return leaf;
}

/** Of the names in its scope it needs no more than those that it reads: they meant one thing among all of them. */
function expressionOf({ text, reads }: Extract<PartCriterion, { kind: "expression" }>): CriterionPlan {
  const ports = new Map<string, string[]>();
  for (const { node, port } of reads) ports.set(node!, [...(ports.get(node!) ?? []), port]);
  const expression = compileExpression(text, { ports });
  const compiled = [...expression.reads, ...expression.readsPrevious];
  const sources = new Map<Reference, SourcePlan>(compiled.map((reference, at) => [reference, reads[at]!.source]));
  return { kind: "expression", text, expression, sources };
}
