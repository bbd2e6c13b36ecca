import { assertTransferable, formatPath, movableBuffers, type NodeReference } from "@polyloom/wire";
import type { Criterion } from "../define/criterion.ts";
import type { MapSettings } from "../define/graph.ts";
import { definedFunctionOf } from "../define/defined-function.ts";
import type { Outputs } from "../execute/inputs.ts";
import { readPath } from "../define/read-path.ts";
import type { Moves } from "../execute/moves.ts";
import type { Move } from "../plan/moves.ts";
import type { CriterionPlan, CyclePlan, InputPlan, Plan, ReferencePlan, SourcePlan, Step } from "../plan/plan.ts";
import type {
  PartCriterion,
  PartCriterionTree,
  PartCycle,
  PartInput,
  PartLiteral,
  PartSource,
  PartStep,
  PlanPart,
} from "./order.ts";

type Values = Record<string, unknown>;

/** What a part is cut out with: the values of a run. */
export interface PartValues {
  readonly outputs: Outputs;
  /** Values given at execution, by step. */
  readonly parameters: ReadonlyMap<number, Readonly<Values>> | undefined;
  /** Ports that move, where there are any. */
  readonly moves: Moves | undefined;
  /** Whether somebody outside of the part waits for a unit of it alone. */
  isUrgent(unit: number): boolean;
}

/** A part of a plan as data, and which units of the plan its own stand for. */
export interface CutPart {
  readonly part: PlanPart;
  /** The same as JSON. */
  readonly text: string;
  readonly references: readonly NodeReference[];
  /** The values that the part speaks of by their places. */
  readonly values: readonly unknown[];
  readonly steps: readonly number[];
  readonly cycles: readonly number[];
  /** Which slots of the plan its own stand for. */
  readonly slots: readonly number[];
}

/**
 * Cuts strands of units out of a plan, with the values that they read from before.
 * @throws PolyloomError `not_transferable` where a value cannot cross
 */
export function cutPart(plan: Plan, strands: readonly (readonly number[])[], values: PartValues): CutPart {
  return new Cutter(plan, strands, values).cut();
}

/** A step that ran before, and what is read of it. */
interface Given {
  readonly id: string;
  readonly place: number;
  readonly outputs: Map<string, number> | undefined;
}

class Cutter {
  readonly #plan: Plan;
  readonly #strands: readonly (readonly number[])[];
  readonly #values: PartValues;
  readonly #steps: number[] = [];
  readonly #cycles: number[] = [];
  readonly #localOf: Map<number, number> = new Map();
  readonly #references: Map<NodeReference, number> = new Map();
  readonly #found: NodeReference[] = [];
  readonly #given: Map<number, Given> = new Map();
  readonly #slots: Map<number, number> = new Map();
  readonly #table: unknown[] = [];

  constructor(plan: Plan, strands: readonly (readonly number[])[], values: PartValues) {
    this.#plan = plan;
    this.#strands = strands;
    this.#values = values;
    for (const unit of strands.flat()) this.#number(unit);
    this.#steps.forEach((step, local) => this.#localOf.set(step, local));
  }

  cut(): CutPart {
    const steps = this.#steps.map((step) => this.#step(this.#plan.steps[step]!));
    const cycles = this.#cycles.map((cycle) => this.#cycle(this.#plan.cycles[cycle]!));
    const given = [...this.#given.values()].map(({ id, outputs }) => ({
      id,
      ...(outputs && { outputs: [...outputs] }),
    }));
    this.#cycles.forEach((cycle, local) =>
      this.#localOf.set(this.#plan.steps.length + cycle, steps.length + given.length + local),
    );
    const next = this.#next(steps.length + given.length + cycles.length);
    const strands = this.#strands.map((strand) => strand.map((unit) => this.#localOf.get(unit)!));
    const moves = this.#moves(steps);
    const part = { steps, given, cycles, next, strands, slots: this.#slots.size, ...(moves && { moves }) };
    const units = { steps: this.#steps, cycles: this.#cycles, slots: [...this.#slots.keys()] };
    return { part, text: JSON.stringify(part), references: this.#found, values: this.#table, ...units };
  }

  #number(unit: number): void {
    const { steps, cycles } = this.#plan;
    if (unit < steps.length) return void this.#steps.push(unit);
    const cycle = cycles[unit - steps.length]!;
    this.#cycles.push(cycle.index);
    for (const inner of cycle.units) this.#number(inner);
  }

  #step({ id, definition, inputs, index, map, scope }: Step): PartStep {
    return {
      id,
      node: this.#reference(definition!.reference!),
      inputs: inputs.map((input) => this.#input(input, index)),
      ...(scope >= 0 && { scope: this.#cycles.indexOf(scope) }),
      ...(map && { map: mapSettings(map) }),
      ...(scope < 0 && this.#values.isUrgent(index) && { urgent: true }),
    };
  }

  #reference(reference: NodeReference): number {
    const known = this.#references.get(reference);
    if (known !== undefined) return known;
    this.#references.set(reference, this.#found.length);
    return this.#found.push(reference) - 1;
  }

  #function(call: object): number {
    return this.#reference(definedFunctionOf(call)!.reference!);
  }

  /** A parameter replaces the connection (S6). */
  #input({ port, connection, literal, slots }: InputPlan, step: number): PartInput {
    const given = this.#values.parameters?.get(step);
    const source: SourcePlan | undefined =
      given !== undefined && Object.hasOwn(given, port.name)
        ? { kind: "literal", value: given[port.name] }
        : connection;
    return {
      port: port.name,
      ...(source && { connection: this.#source(source) }),
      ...(literal && { literal: this.#literal(literal.value) }),
      ...(slots.length > 0 && { slots: slots.map((slot) => this.#slot(slot)) }),
    };
  }

  #literal(value: unknown): PartLiteral {
    assertTransferable(value, "literal");
    return { kind: "literal", at: this.#table.push(value) - 1 };
  }

  #slot(slot: number): number {
    const known = this.#slots.get(slot);
    if (known !== undefined) return known;
    this.#slots.set(slot, this.#slots.size);
    return this.#slots.size - 1;
  }

  #source(source: SourcePlan): PartSource {
    switch (source.kind) {
      case "reference":
        return this.#sourceReference(source);
      case "literal":
        return this.#literal(source.value);
      case "first":
        return { kind: "first", of: source.of.map((each) => this.#sourceReference(each)) };
      case "template":
        return { ...source, entries: source.entries.map(([key, each]) => [key, this.#source(each)] as const) };
    }
  }

  /** A value from before the batch is read here: its path becomes its name. */
  #sourceReference({ step, path }: ReferencePlan): ReferencePlan {
    const local = this.#localOf.get(step);
    if (local !== undefined) return { kind: "reference", step: local, path };
    const given = this.#givenOf(step);
    const name = formatPath(String(path[0]), path.slice(1));
    const value = readPath(this.#values.outputs[step], path);
    if (value !== undefined && given.outputs?.has(name) === false) {
      assertTransferable(value, `${given.id}.${name}`);
      given.outputs.set(name, this.#table.push(value) - 1);
    }
    return { kind: "reference", step: this.#steps.length + given.place, path: [name] };
  }

  #givenOf(step: number): Given {
    const known = this.#given.get(step);
    if (known !== undefined) return known;
    const outputs = this.#values.outputs[step] && new Map<string, number>();
    const given = { id: this.#plan.steps[step]!.id, place: this.#given.size, outputs };
    this.#given.set(step, given);
    return given;
  }

  #cycle({ name, parent, steps, units, ...rest }: CyclePlan): PartCycle {
    const { feedback, criterion, condition, maxIterations, onExhausted, historyWindow } = rest;
    return {
      name,
      parent: parent < 0 ? -1 : this.#cycles.indexOf(parent),
      steps: steps.map((step) => this.#localOf.get(step)!),
      // Those of nested cycles are known once all cycles are: the place adds them.
      units: units.filter((unit) => unit < this.#plan.steps.length).map((unit) => this.#localOf.get(unit)!),
      feedback: feedback.map(({ slot, source }) => ({ slot: this.#slot(slot), source: this.#source(source) })),
      ...(criterion && { criterion: this.#criterion(criterion) }),
      ...(condition && {
        condition: {
          source: this.#source(condition.source),
          inside: condition.inside,
          test: this.#function(condition.test),
        },
      }),
      ...(maxIterations < Infinity && { maxIterations }),
      onExhausted,
      historyWindow,
    };
  }

  #criterion(criterion: CriterionPlan): PartCriterion {
    if (criterion.kind === "predicate")
      return { kind: "predicate", source: this.#source(criterion.source), test: this.#function(criterion.test) };
    if (criterion.kind === "criterion")
      return { kind: "criterion", criterion: this.#tree(criterion.criterion, criterion.sources) };
    const { reads, readsPrevious } = criterion.expression;
    return {
      kind: "expression",
      text: criterion.text,
      reads: [...reads, ...readsPrevious].map((reference) => ({
        node: reference.node,
        port: String(reference.path[0]),
        source: this.#source(criterion.sources.get(reference)!),
      })),
    };
  }

  #tree(criterion: Criterion, sources: ReadonlyMap<Criterion, SourcePlan>): PartCriterionTree {
    if ("of" in criterion) return { kind: criterion.kind, of: criterion.of.map((each) => this.#tree(each, sources)) };
    const { ref: _, ...leaf } = criterion;
    return { leaf, source: this.#source(sources.get(criterion)!) };
  }

  #moves(steps: readonly PartStep[]): PlanPart["moves"] {
    const among = this.#values.moves?.among(this.#steps) ?? [];
    if (among.length === 0) return undefined;
    const places = [...new Set(among.map(([, { at }]) => at))];
    const uses = places.map((at) => among.filter(([, move]) => move.at === at).length);
    const byStep = Map.groupBy(among, ([reader]) => this.#localOf.get(reader)!);
    const local = (step: number, { port, at }: Move): Move => {
      const { connection } = steps[step]!.inputs.find((input) => input.port === port)!;
      return { port, source: connection as ReferencePlan, at: places.indexOf(at) };
    };
    return {
      uses,
      byStep: [...byStep].map(([step, each]) => [step, each.map(([, move]) => local(step, move))] as const),
    };
  }

  #next(count: number): number[][] {
    const { start, targets } = this.#plan.next;
    const next = Array.from({ length: count }, (): number[] => []);
    for (const [unit, local] of this.#localOf)
      for (let edge = start[unit]!; edge < start[unit + 1]!; edge++) {
        const target = this.#localOf.get(targets[edge]!);
        if (target !== undefined) next[local]!.push(target);
      }
    return next;
  }
}

/** Without its tables: schemas do not cross. */
function mapSettings({ each, chunkSize, chunkBy, concurrency }: MapSettings): MapSettings {
  return {
    each,
    ...(chunkSize === undefined ? {} : { chunkSize }),
    ...(chunkBy === undefined ? {} : { chunkBy }),
    ...(concurrency === undefined ? {} : { concurrency }),
  };
}

/** Buffers of what is given to the steps of a part for themselves. */
export function movedInto({ part: { steps, given, moves }, values }: CutPart): ArrayBuffer[] {
  const sources = (moves?.byStep ?? []).flatMap(([, each]) => each.map(({ source }) => source));
  return sources.flatMap(({ step, path }) => {
    const output = given[step - steps.length]?.outputs?.find(([port]) => port === path[0]);
    return output === undefined ? [] : movableBuffers(values[output[1]]);
  });
}
