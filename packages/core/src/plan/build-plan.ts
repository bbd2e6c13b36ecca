import type { Reference, Source } from "../define/source.ts";
import type { MapSettings } from "../define/graph.ts";
import type { NodeDefinition } from "../define/node.ts";
import { pickPorts, type Port, portTable, type PortTable, singlePort } from "../define/schema.ts";
import { z } from "zod";
import { contract, type Nesting } from "../validate/contract.ts";
import type { CycleStructure, Structure } from "../validate/structure.ts";
import type { PortWiring } from "../validate/wiring.ts";
import { planCriterion } from "./criterion-plan.ts";
import { edgesOf, stepsOf, withoutRepeats } from "./edges.ts";
import { addGates } from "./gates.ts";
import { movesOf } from "./moves.ts";
import type { CyclePlan, InputPlan, MapPlan, Plan, ReferencePlan, SourcePlan, Step, SubPlan } from "./plan.ts";

/** Where the nodes of one workflow stand in the plan. */
interface Instance {
  readonly structure: Structure;
  readonly prefix: string;
  /** Cycle numbers by the place of the cycle in this workflow. */
  readonly cycles: number[];
  /** Step number of each node; of a workflow, its plan. */
  readonly places: (number | SubPlan)[];
  readonly sub: SubPlan & { inputs: Map<string, number>; outputs: Map<string, number>; to: number };
}

type MutableStep = { -readonly [K in keyof Step]: Step[K] };
type MutableCycle = { -readonly [K in keyof CyclePlan]: CyclePlan[K] } & { steps: number[]; units: number[] };

/** Flattens a valid workflow into a plan: sub-workflows dissolve into their nodes, with a relay for each port (G9). `goesOn`: after failures. */
export function buildPlan(structure: Structure, goesOn: boolean): Plan {
  return new PlanBuilder(goesOn).build(structure);
}

/** The table of a step without ports. */
export const NO_PORTS: PortTable = portTable(z.object({}), "no ports");
const NO_SLOTS: readonly number[] = [];
const NO_GATES: readonly number[] = [];

class PlanBuilder {
  readonly #steps: MutableStep[] = [];
  readonly #cycles: MutableCycle[] = [];
  readonly #parents: number[] = [];
  readonly #indexOf: Map<string, number> = new Map();
  readonly #subs: Map<string, SubPlan> = new Map();
  readonly #late: (() => void)[] = [];
  readonly #goesOn: boolean;
  #slots = 0;

  constructor(goesOn: boolean) {
    this.#goesOn = goesOn;
  }

  build(structure: Structure): Plan {
    const root = this.#place(structure, "", -1, structure.workflow.inputs.ports.map(rootInput));
    for (const resolve of this.#late) resolve();
    addGates(this.#steps, this.#subs, this.#goesOn);
    return { workflow: structure.workflow, subs: this.#subs.set("", root.sub), ...this.#arrays() };
  }

  #arrays(): Omit<Plan, "workflow" | "subs"> {
    const nesting: Nesting = {
      scopeOf: Int32Array.from(this.#steps, (step) => step.scope),
      parentOf: Int32Array.from(this.#parents),
    };
    const { count, edges } = contract(this.#steps.length, edgesOf(this.#steps, this.#cycles), nesting);
    const next = withoutRepeats(count, edges);
    const waits = new Int32Array(count);
    for (const unit of next.targets) waits[unit]!++;
    const units: number[] = [];
    for (const step of this.#steps) (this.#cycles[step.scope]?.units ?? units).push(step.index);
    for (const cycle of this.#cycles)
      (this.#cycles[cycle.parent]?.units ?? units).push(this.#steps.length + cycle.index);
    const order = new Int32Array(count);
    for (let unit = 0; unit < count; unit++) order[unit] = this.#orderOf(unit);
    return {
      steps: this.#steps,
      cycles: this.#cycles,
      units,
      order,
      waits,
      next,
      moves: movesOf(this.#steps, this.#cycles),
      slots: this.#slots,
      indexOf: this.#indexOf,
    };
  }

  /** A cycle stands just before its first step. */
  #orderOf(unit: number): number {
    return unit < this.#steps.length ? 2 * unit + 1 : 2 * this.#cycles[unit - this.#steps.length]!.steps[0]!;
  }

  /** Numbers the steps of one workflow in the order of definition: its inputs, its nodes, its outputs. */
  #place(
    structure: Structure,
    prefix: string,
    scope: number,
    inputs: readonly PortWiring[],
    outer?: Instance,
  ): Instance {
    const id = prefix.slice(0, -1);
    const sub = {
      id,
      inputs: new Map<string, number>(),
      outputs: new Map<string, number>(),
      from: this.#steps.length,
      to: 0,
    };
    const instance: Instance = { structure, prefix, cycles: [], places: [], sub };
    this.#placeCycles(instance, scope);
    const wired = new Map(inputs.map((wiring) => [wiring.port.name, wiring]));
    for (const port of structure.workflow.inputs.ports)
      sub.inputs.set(
        port.name,
        this.#relay(id === "" ? "input" : id, wired.get(port.name) ?? unwired(port), scope, outer),
      );
    structure.entries.forEach((_, node) => this.#placeNode(instance, node, scope));
    const outputs = new Map(structure.outputs.map((wiring) => [wiring.port.name, wiring]));
    for (const port of structure.workflow.outputs.ports)
      sub.outputs.set(
        port.name,
        this.#relay(id === "" ? "output" : id, outputs.get(port.name) ?? unwired(port), scope, instance),
      );
    sub.to = this.#steps.length;
    return instance;
  }

  #placeNode(instance: Instance, node: number, around: number): void {
    const { structure, prefix } = instance;
    const entry = structure.entries[node]!;
    const local = structure.nesting.scopeOf[node]!;
    const scope = local < 0 ? around : instance.cycles[local]!;
    const inner = structure.subs.get(node);
    if (inner !== undefined) {
      const { sub } = this.#place(inner, `${prefix}${entry.id}/`, scope, structure.wirings[node]!, instance);
      this.#subs.set(sub.id, sub);
      instance.places[node] = sub;
    } else
      instance.places[node] = this.#step(
        prefix + entry.id,
        structure.wirings[node]!,
        scope,
        instance,
        entry.node as NodeDefinition,
        entry.map,
      );
  }

  #step(
    id: string,
    wirings: readonly PortWiring[],
    scope: number,
    instance: Instance,
    definition: NodeDefinition,
    map: MapSettings | undefined,
  ): number {
    const step = this.#push(id, map ? "map" : "node", scope);
    step.definition = definition;
    if (map === undefined) step.table = definition.inputs;
    else Object.assign(step, mapTables(definition.inputs, map));
    this.#indexOf.set(id, step.index);
    this.#late.push(() => (step.inputs = wirings.map((wiring) => this.#input(wiring, instance))));
    return step.index;
  }

  #relay(id: string, wiring: PortWiring, scope: number, instance: Instance | undefined): number {
    const step = this.#push(id, "relay", scope);
    step.table = singlePort(wiring.port);
    this.#late.push(() => (step.inputs = [this.#input(wiring, instance)]));
    return step.index;
  }

  #push(id: string, kind: Step["kind"], scope: number): MutableStep {
    const step: MutableStep = {
      index: this.#steps.length,
      id,
      kind,
      definition: undefined,
      map: undefined,
      table: NO_PORTS,
      inputs: [],
      scope,
      gates: NO_GATES,
    };
    this.#steps.push(step);
    for (let cycle = scope; cycle >= 0; cycle = this.#parents[cycle]!) this.#cycles[cycle]!.steps.push(step.index);
    return step;
  }

  #input({ port, connection, literal, feedback }: PortWiring, instance: Instance | undefined): InputPlan {
    const source = connection && instance ? this.#source(connection, instance) : undefined;
    if (feedback.length === 0 || !instance) return { port, connection: source, literal, slots: NO_SLOTS };
    const slots = feedback.map(({ cycle, from }) => {
      const number = instance.cycles[instance.structure.cycles.findIndex(({ spec }) => spec.name === cycle)]!;
      const slot = this.#slots++;
      this.#cycles[number]!.feedback = [
        ...this.#cycles[number]!.feedback,
        { slot, source: this.#source(from, instance) },
      ];
      return { slot, size: this.#cycles[number]!.steps.length };
    });
    return {
      port,
      connection: source,
      literal,
      slots: slots.toSorted((a, b) => a.size - b.size).map(({ slot }) => slot),
    };
  }

  #source(source: Source, instance: Instance): SourcePlan {
    if (source.kind === "literal") return source;
    if (source.kind === "reference") return this.#reference(source, instance);
    if (source.kind === "first") return { kind: "first", of: source.of.map((each) => this.#reference(each, instance)) };
    return { ...source, entries: source.entries.map(([key, each]) => [key, this.#source(each, instance)] as const) };
  }

  #reference({ node, path }: Reference, { structure, places, sub }: Instance): ReferencePlan {
    const port = String(path[0]);
    if (node === null) return { kind: "reference", step: sub.inputs.get(port)!, path };
    const place = places[structure.indexOf.get(node)!]!;
    return { kind: "reference", step: typeof place === "number" ? place : place.outputs.get(port)!, path };
  }

  #placeCycles(instance: Instance, around: number): void {
    const { structure, prefix } = instance;
    const first = this.#cycles.length;
    structure.cycles.forEach((cycle, local) => {
      const index = first + local;
      const parent = structure.nesting.parentOf[local]!;
      instance.cycles.push(index);
      this.#parents.push(parent < 0 ? around : first + parent);
      this.#cycles.push(this.#cycle(cycle, index, prefix, instance));
    });
  }

  #cycle({ spec, expression }: CycleStructure, index: number, prefix: string, instance: Instance): MutableCycle {
    const cycle: MutableCycle = {
      index,
      name: prefix + spec.name,
      parent: this.#parents[index]!,
      steps: [],
      units: [],
      feedback: [],
      criterion: undefined,
      condition: undefined,
      maxIterations: spec.maxIterations ?? Infinity,
      timeoutMs: spec.timeoutMs,
      onExhausted: spec.onExhausted,
      historyWindow: spec.historyWindow,
    };
    this.#late.push(() => {
      cycle.criterion = planCriterion(spec.criterion, expression, (source) => this.#source(source, instance));
      if (spec.continueWhile === undefined) return;
      const source = this.#source(spec.continueWhile.from, instance);
      const body = new Set(cycle.steps);
      cycle.condition = {
        source,
        inside: stepsOf(source).some((step) => body.has(step)),
        test: spec.continueWhile.test,
      };
    });
    return cycle;
  }
}

/** The ports of a map: those that its items share, and those of which each takes one. */
export function mapTables(inputs: PortTable, map: MapSettings): { table: PortTable; map: MapPlan } {
  const shared = inputs.ports.map(({ name }) => name).filter((name) => !map.each.includes(name));
  return { table: pickPorts(inputs, shared), map: { ...map, table: pickPorts(inputs, map.each) } };
}

function rootInput(port: Port): PortWiring {
  return unwired(port);
}

function unwired(port: Port): PortWiring {
  return { port, connection: undefined, literal: undefined, feedback: [] };
}
