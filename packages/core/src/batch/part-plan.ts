import type { Criterion, CyclePredicate } from "../define/criterion.ts";
import type { DefinedFunction } from "../define/defined-function.ts";
import { compileExpression } from "../define/expression.ts";
import type { NodeDefinition } from "../define/node.ts";
import type { Port } from "../define/schema.ts";
import type { Literal, Reference } from "../define/source.ts";
import type { Outputs } from "../execute/inputs.ts";
import { mapTables, NO_PORTS } from "../plan/build-plan.ts";
import type { CriterionPlan, CyclePlan, InputPlan, Plan, SourcePlan, Step } from "../plan/plan.ts";
import type {
  GivenStep,
  PartCriterion,
  PartCriterionTree,
  PartCycle,
  PartInput,
  PartLiteral,
  PartSource,
  PartStep,
  PlanPart,
} from "./order.ts";

/** Makes a part a plan again, with the values it speaks of, and the nodes and functions that were found for it. */
export class PartPlan {
  readonly plan: Plan;
  readonly #part: PlanPart;
  readonly #values: readonly unknown[];
  readonly #found: readonly unknown[];

  /** The units of the plan are those of the part's strands. */
  constructor(workflow: string, part: PlanPart, values: readonly unknown[], found: readonly unknown[]) {
    this.#part = part;
    this.#values = values;
    this.#found = found;
    this.plan = this.#planOf(workflow);
  }

  /** Outputs of the steps that were run before. */
  given(): Outputs {
    return this.#part.given.map(
      ({ outputs }) => outputs && Object.fromEntries(outputs.map(([port, at]) => [port, this.#values[at]])),
    );
  }

  #planOf(workflow: string): Plan {
    const own = this.#part.steps.map((step, index) => this.#step(step, index));
    const steps = [...own, ...this.#part.given.map((given, place) => givenStep(given, own.length + place))];
    const cycles = this.#part.cycles.map((cycle, index) => this.#cycle(cycle, index, steps.length));
    const next = adjacencyOf(this.#part.next);
    const waits = new Int32Array(this.#part.next.length);
    for (const target of next.targets) waits[target]!++;
    const { moves, slots, strands } = this.#part;
    return {
      // Nothing but its name is ever asked of it: the rest of the workflow is not here.
      workflow: { name: workflow } as Plan["workflow"],
      steps,
      cycles,
      units: strands.flat(),
      order: Int32Array.from(waits, (_, unit) =>
        unit < steps.length ? 2 * unit + 1 : 2 * cycles[unit - steps.length]!.steps[0]!,
      ),
      waits,
      next,
      moves: moves && { uses: moves.uses, byStep: new Map(moves.byStep) },
      slots,
      indexOf: new Map(own.map(({ id, index }) => [id, index])),
      subs: new Map(),
    };
  }

  #step({ id, node, inputs, scope = -1, map, indices }: PartStep, index: number): Step {
    const definition = this.#found[node] as NodeDefinition;
    const plans = inputs.map((input) => this.#input(input, definition));
    const step = { index, id, definition, scope, gates: NONE, inputs: plans };
    if (map === undefined) return { ...step, kind: "node", map: undefined, table: definition.inputs };
    const tables = mapTables(definition.inputs, map);
    const numbers = indices === undefined ? undefined : (this.#values[indices] as readonly number[]);
    return { ...step, kind: "map", table: tables.table, map: { ...tables.map, indices: numbers } };
  }

  #input({ port, connection, literal, slots = NONE }: PartInput, { inputs }: NodeDefinition): InputPlan {
    return {
      port: inputs.byName.get(port) as Port,
      connection: connection && this.#source(connection),
      literal: literal && this.#literal(literal),
      slots,
    };
  }

  #literal({ at }: PartLiteral): Literal {
    return { kind: "literal", value: this.#values[at] };
  }

  #source(source: PartSource): SourcePlan {
    if (source.kind === "literal") return this.#literal(source);
    if (source.kind !== "template") return source;
    return { ...source, entries: source.entries.map(([key, each]) => [key, this.#source(each)] as const) };
  }

  #cycle(cycle: PartCycle, index: number, steps: number): CyclePlan {
    const inner = this.#part.cycles.flatMap(({ parent }, at) => (parent === index ? [steps + at] : []));
    const { feedback, criterion, condition, maxIterations = Infinity } = cycle;
    return {
      ...cycle,
      index,
      units: [...cycle.units, ...inner],
      feedback: feedback.map(({ slot, source }) => ({ slot, source: this.#source(source) })),
      maxIterations,
      timeoutMs: undefined,
      criterion: criterion && this.#criterion(criterion),
      condition: condition && {
        source: this.#source(condition.source),
        inside: condition.inside,
        test: this.#function(condition.test),
      },
    };
  }

  #function(at: number): CyclePredicate<never> {
    return (this.#found[at] as DefinedFunction<CyclePredicate<never>>).call;
  }

  #criterion(criterion: PartCriterion): CriterionPlan {
    if (criterion.kind === "predicate")
      return { kind: "predicate", source: this.#source(criterion.source), test: this.#function(criterion.test) };
    if (criterion.kind === "expression") return this.#expression(criterion);
    const sources = new Map<Criterion, SourcePlan>();
    return { kind: "criterion", criterion: this.#tree(criterion.criterion, sources), sources };
  }

  #tree(tree: PartCriterionTree, sources: Map<Criterion, SourcePlan>): Criterion {
    if ("of" in tree) return { kind: tree.kind, of: tree.of.map((each) => this.#tree(each, sources)) };
    const leaf = { ...tree.leaf, ref: undefined };
    sources.set(leaf, this.#source(tree.source));
    return leaf;
  }

  /** Of the names in its scope it needs no more than those that it reads: they meant one thing among all of them. */
  #expression({ text, reads }: Extract<PartCriterion, { kind: "expression" }>): CriterionPlan {
    const ports = new Map<string, string[]>();
    for (const { node, port } of reads) ports.set(node!, [...(ports.get(node!) ?? []), port]);
    const expression = compileExpression(text, { ports });
    const compiled = [...expression.reads, ...expression.readsPrevious];
    const sources = new Map<Reference, SourcePlan>(
      compiled.map((reference, at) => [reference, this.#source(reads[at]!.source)]),
    );
    return { kind: "expression", text, expression, sources };
  }
}

const NONE: readonly number[] = [];

/** It never runs: its outputs are put in place before the start. */
function givenStep({ id }: GivenStep, index: number): Step {
  const nothing = { definition: undefined, map: undefined, inputs: [], gates: NONE };
  return { index, id, kind: "relay", table: NO_PORTS, scope: -1, ...nothing };
}

function adjacencyOf(next: PlanPart["next"]): Plan["next"] {
  const start = new Int32Array(next.length + 1);
  next.forEach((targets, unit) => (start[unit + 1] = start[unit]! + targets.length));
  return { start, targets: Int32Array.from(next.flat()) };
}
