import {
  all,
  any,
  type Criterion,
  defineFunction,
  defineNode,
  delta,
  firstOf,
  fixpoint,
  ifElse,
  plateau,
  switchOn,
  Workflow,
} from "@polyloom/core";
import { z } from "zod";
import { behave, holds, unfold } from "./behaviour.fixture.ts";
import type {
  Behaviour,
  Cycle,
  Flow,
  Measure,
  Mode,
  Node,
  Port,
  Ref,
  Source,
  Test,
  Value,
} from "./description.fixture.ts";
import { expressionText } from "./expression-form.fixture.ts";
import type { SeededScheduler } from "./seeded-scheduler.fixture.ts";

type Handle = { readonly in: Record<string, never>; readonly out: Record<string, unknown> };
type Built = Workflow<never, Record<string, unknown>>;

/** A workflow, with all that its document names. */
export interface Building {
  readonly workflow: Built;
  readonly library: unknown[];
}

/** Builds the workflow of a description; asynchronous nodes settle when the scheduler says so. */
export function build(flow: Flow, scheduler: SeededScheduler): Building {
  const builder = new Builder(scheduler);
  return { workflow: builder.flow(flow), library: builder.library };
}

class Builder {
  readonly library: unknown[] = [];
  readonly #scheduler: SeededScheduler;
  readonly #flows: Map<Flow, Built> = new Map();
  #names = 0;

  constructor(scheduler: SeededScheduler) {
    this.#scheduler = scheduler;
  }

  /** One description used twice is one workflow used twice. */
  flow(flow: Flow): Built {
    const known = this.#flows.get(flow);
    if (known !== undefined) return known;
    const workflow = new Workflow(flow.name, {
      input: z.object(Object.fromEntries(flow.inputs.map(({ name, mode }) => [name, schemaOf("number", mode)]))),
      output: z.object(Object.fromEntries(flow.outputs.map(({ name }) => [name, z.number().optional()]))),
    }) as unknown as Built;
    const handles = new Map<string, Handle>();
    for (const node of flow.nodes) handles.set(node.id, this.#node(workflow, handles, node));
    for (const cycle of flow.cycles) this.#cycle(workflow, handles, cycle);
    workflow.setOutput(Object.fromEntries(flow.outputs.map(({ name, from }) => [name, wire(workflow, handles, from)])));
    this.#flows.set(flow, workflow);
    return workflow;
  }

  #node(workflow: Built, handles: ReadonlyMap<string, Handle>, node: Node): Handle {
    const early = (port: Port): boolean => port.literal === undefined || port.from === undefined;
    const entries = node.ports.flatMap((port): (readonly [string, unknown])[] => {
      if (!early(port)) return [[port.name, port.literal]];
      const value = port.from === undefined ? port.literal : wire(workflow, handles, port.from);
      return value === undefined ? [] : [[port.name, value]];
    });
    const handle = this.#add(workflow, node, Object.fromEntries(entries));
    for (const port of node.ports)
      if (!early(port)) workflow.connect(wire(workflow, handles, port.from!) as never, handle.in[port.name]!);
    return handle;
  }

  #add(workflow: Built, node: Node, inputs: Record<string, unknown>): Handle {
    if (node.kind === "sub") return workflow.addNode(node.id, this.flow(node.flow), inputs as never) as never;
    const definition = this.#definition(node);
    if (node.kind !== "map") return workflow.addNode(node.id, definition as never, inputs as never) as never;
    const pick = (names: readonly string[]): object =>
      Object.fromEntries(Object.entries(inputs).filter(([name]) => names.includes(name)));
    const shared = node.ports.map(({ name }) => name).filter((name) => !node.each.includes(name));
    const { chunkSize, chunkBy, concurrency } = node;
    return workflow.addMap(
      node.id,
      definition as never,
      {
        each: pick(node.each),
        with: pick(shared),
        ...(chunkSize === undefined ? {} : { chunkSize }),
        ...(chunkBy === undefined ? {} : { chunkBy }),
        ...(concurrency === undefined ? {} : { concurrency }),
      } as never,
    ) as never;
  }

  #definition(node: Exclude<Node, { kind: "sub" }>): unknown {
    const name = `f${this.#names++}`;
    const definition = node.kind === "branch" ? branch(name, node.cases) : this.#computing(name, node);
    this.library.push(definition);
    return definition;
  }

  #computing(name: string, node: Extract<Node, { behaviour: Behaviour }>): unknown {
    const { behaviour, ports } = node;
    const names = ports.map((port) => port.name);
    const isMap = node.kind === "map";
    const output = { out: z.number(), maybe: z.number().optional() };
    const pair = z.object({ first: z.number(), second: z.number().optional() });
    const rest = { list: z.array(z.number()), pair };
    return defineNode({
      name,
      ...(behaviour.attempts > 1 ? { retry: { attempts: behaviour.attempts, delayMs: 1 } } : {}),
      input: z.object(Object.fromEntries(ports.map((port) => [port.name, schemaInside(node, port)]))),
      output: z.object(isMap ? output : { ...output, ...rest }) as never,
      run: (input, context) => {
        const work = (): never => {
          const given = names.map((port) => (input as Record<string, unknown>)[port]);
          const values = behave(behaviour, given, context);
          return (isMap ? values : { ...values, ...unfold(values) }) as never;
        };
        return behaviour.isAsync ? this.#scheduler.later(work) : work();
      },
    });
  }

  #cycle(workflow: Built, handles: ReadonlyMap<string, Handle>, cycle: Cycle): void {
    const { goal, condition } = cycle;
    const builder = workflow.createCycle(cycle.name).maxIterations(cycle.maxIterations);
    for (const { from, node, port } of cycle.feedback)
      builder.connect(wire(workflow, handles, from) as never, handles.get(node)!.in[port]!);
    builder
      .include(...cycle.include)
      .onExhausted(cycle.onExhausted)
      .historyWindow(cycle.historyWindow);
    if (goal?.kind === "predicate")
      builder.convergeWhen(wire(workflow, handles, goal.from) as never, this.#test(goal.test));
    if (goal?.kind === "expression") builder.convergeWhen(expressionText(goal));
    if (goal?.kind === "measure") builder.convergeWhen(criterion(workflow, handles, goal.measure));
    if (condition) builder.continueWhile(wire(workflow, handles, condition.from) as never, this.#test(condition.test));
    builder.build();
  }

  #test(test: Test): never {
    const named = defineFunction(`t${this.#names++}`, (value: number, info: { previous: number; history: number[] }) =>
      holds(test, value, info.previous, info.history),
    );
    this.library.push(named);
    return named as never;
  }
}

function branch(name: string, cases: 2 | 3): unknown {
  const rest = (wanted: number) => (value: number) => value % cases === wanted;
  return cases === 2
    ? ifElse(z.number(), rest(0), { name })
    : switchOn(z.number(), { zero: rest(0), one: rest(1) }, { name });
}

/** Inside a map the ports of `each` take an item. */
function schemaInside(node: Node, port: Port): z.ZodType {
  if (node.kind !== "map" || !node.each.includes(port.name)) return schemaOf(port.type, port.mode);
  return node.takesHoles ? z.number().optional() : z.number();
}

function schemaOf(type: "number" | "list", mode: Mode): z.ZodType {
  const schema: z.ZodType = type === "number" ? z.number() : z.array(z.number().optional());
  if (mode.kind === "required") return schema;
  return mode.kind === "optional" ? schema.optional() : schema.default(mode.value as Value as never);
}

function wire(workflow: Built, handles: ReadonlyMap<string, Handle>, source: Source): unknown {
  if (source.kind === "ref") return reference(workflow, handles, source.ref);
  if (source.kind === "first")
    return firstOf(...(source.of.map((ref) => reference(workflow, handles, ref)) as never[]));
  return source.items.map((item) => (typeof item === "number" ? item : reference(workflow, handles, item)));
}

function reference(workflow: Built, handles: ReadonlyMap<string, Handle>, { node, path }: Ref): unknown {
  const ports = node === null ? workflow.input : handles.get(node)!.out;
  return path.reduce<unknown>(
    (at, key) =>
      typeof key === "number" ? (at as { at(index: number): unknown }).at(key) : (at as Record<string, unknown>)[key],
    ports,
  );
}

function criterion(workflow: Built, handles: ReadonlyMap<string, Handle>, measure: Measure): Criterion {
  if ("of" in measure) {
    const parts = measure.of.map((part) => criterion(workflow, handles, part));
    return measure.kind === "any" ? any(...parts) : all(...parts);
  }
  const ref = reference(workflow, handles, measure.ref) as never;
  if (measure.kind === "fixpoint") return fixpoint(ref, { patience: measure.patience });
  if (measure.kind === "delta") return delta(ref, measure.tolerance, { patience: measure.patience });
  return plateau(ref, { tolerance: measure.tolerance, patience: measure.patience, goal: measure.goal });
}
