import type { Cycle, Flow, Goal, MapNode, Mode, Node, Port, Ref, Scenario, Source } from "./description.fixture.ts";
import { FORM_COUNT } from "./expression-form.fixture.ts";
import type { RawCycle, RawFlow, RawItem, RawNode, RawPort, RawScenario, RawSource } from "./raw-graph.fixture.ts";
import {
  behaviourOf,
  listOf,
  modeOf,
  parametersFor,
  type Readable,
  readableOf,
  refsOf,
  testOf,
} from "./raw-part.fixture.ts";

/** Turns any raw scenario into a valid one: numbers pick among the references that are there. */
export function resolveScenario({ flow: raw, parameters, goesOn, seed }: RawScenario): Scenario {
  const flow = new FlowResolver("root").flow(raw);
  const given = raw.inputs.map(({ mode, value }, i) => [`p${i}`, value, modeOf(mode, value)] as const);
  return {
    flow,
    input: Object.fromEntries(
      given.flatMap(([name, value, { kind }]) => (kind === "required" || value % 2 === 0 ? [[name, value]] : [])),
    ),
    parameters: parametersFor(flow, parameters),
    onFailure: goesOn ? "continue" : "stop",
    seed,
  };
}

class FlowResolver {
  readonly #name: string;
  readonly #readables: Readable[] = [];
  readonly #nodes: Node[] = [];
  readonly #cycles: Cycle[] = [];
  readonly #flows: Flow[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  flow(raw: RawFlow): Flow {
    const inputs = raw.inputs.map(({ mode, value }, i) => ({ name: `p${i}`, mode: modeOf(mode, value) }));
    if (inputs.length > 0) this.#readables.push({ id: null, numbers: inputs.map(({ name }) => [name]), lists: [] });
    for (const item of raw.items) this.#item(item);
    const outputs = raw.outputs.flatMap((source, i) => {
      const from = this.#source(source, "number", this.#readables);
      return from === undefined ? [] : [{ name: `o${i}`, from }];
    });
    return { name: this.#name, inputs, nodes: this.#nodes, cycles: this.#cycles, outputs };
  }

  #item(raw: RawItem): void {
    if (raw.kind === "cycle") return this.#cycle(raw);
    const node = this.#node(raw, `n${this.#nodes.length}`);
    this.#nodes.push(node);
    this.#readables.push(readableOf(node));
  }

  #node(raw: RawNode, id: string): Node {
    if (raw.type >= 12 && raw.flow !== undefined) return this.#sub(raw, raw.flow, id);
    if (raw.type === 10 || raw.type === 11) return this.#map(raw, id);
    if (raw.type >= 7 && raw.ports.length > 0) {
      const ports = [this.#port({ ...raw.ports[0]!, mode: 3 }, "value", "number")] as const;
      return { kind: "branch", id, ports, cases: raw.type === 9 ? 3 : 2 };
    }
    const numbers = raw.ports.map((port, i) => this.#port(port, "abc"[i]!, "number"));
    const lists = raw.list === undefined ? [] : [this.#port(raw.list, "xs", "list")];
    return { kind: "compute", id, ports: [...numbers, ...lists], behaviour: behaviourOf(raw) };
  }

  #map(raw: RawNode, id: string): MapNode {
    const { each, isDouble, chunkSize, chunkBy, concurrency } = raw.map;
    const lists = each.slice(0, isDouble ? 2 : 1).map((port, i) => this.#port({ ...port, mode: 3 }, "xy"[i]!, "list"));
    const shared = raw.ports.slice(0, 2).map((port, i) => this.#port(port, "kl"[i]!, "number"));
    return {
      kind: "map",
      id,
      ports: [
        ...lists.map((port) => ({ ...port, literal: port.from === undefined ? port.literal : undefined })),
        ...shared.map(onlyOne),
      ],
      each: lists.map(({ name }) => name),
      takesHoles: (raw.flags & 8) !== 0,
      chunkSize: chunkSize === 0 ? undefined : chunkSize,
      chunkBy: chunkBy === 1 ? "x" : undefined,
      concurrency: concurrency === 0 ? undefined : concurrency,
      behaviour: behaviourOf(raw),
    };
  }

  /** A workflow of its own, or once more one that stands here already. */
  #sub(raw: RawNode, inner: RawFlow, id: string): Node {
    const again = raw.salt % 4 === 3 ? this.#flows.at(-1) : undefined;
    const flow = again ?? new FlowResolver(`${this.#name}-${id}`).flow(inner);
    this.#flows.push(flow);
    const spare: RawPort = { mode: 3, wiring: 9, value: raw.salt, source: { how: 0, picks: [0, 0, 0, 0, 0, 0] } };
    const ports = flow.inputs.map(({ name, mode }, i) => ({
      ...this.#port(raw.ports[i] ?? spare, name, "number", mode),
      mode,
    }));
    return { kind: "sub", id, ports, flow };
  }

  #port(raw: RawPort, name: string, type: Port["type"], declared?: Mode): Port {
    const mode = declared ?? modeOf(raw.mode, type === "number" ? raw.value : listOf(raw.value));
    const literal = type === "number" ? (raw.value + 5) % 23 : listOf(raw.value + 3);
    const from = this.#source(raw.source, type, this.#readables);
    if (from === undefined || raw.wiring === 1) return { name, type, mode, literal, from: undefined };
    if (raw.wiring === 0 && mode.kind !== "required") return { name, type, mode, literal: undefined, from: undefined };
    const both = raw.wiring <= 3 && from.kind !== "list";
    return { name, type, mode, literal: both ? literal : undefined, from };
  }

  #source({ how, picks }: RawSource, type: Port["type"], among: readonly Readable[]): Source | undefined {
    const pick = (at: number): Ref | undefined => this.#ref(picks[at]!, picks[at + 1]!, type, among);
    const first = pick(0);
    if (type === "list" && how >= 7) {
      const inner = this.#ref(picks[2]!, picks[3]!, "number", among);
      return { kind: "list", items: inner === undefined ? [how, picks[4]!] : [picks[5]!, inner, how] };
    }
    if (first === undefined) return undefined;
    const more = [pick(2), pick(4)].filter((ref) => ref !== undefined);
    if (how >= 7) return { kind: "first", of: [first, ...more.slice(0, how - 6)] };
    return { kind: "ref", ref: first };
  }

  /** Small picks give what was added last. */
  #ref(node: number, path: number, type: Port["type"], among: readonly Readable[]): Ref | undefined {
    const pathsOf = (each: Readable): readonly Ref["path"][] => (type === "number" ? each.numbers : each.lists);
    const able = among.filter((each) => pathsOf(each).length > 0).toReversed();
    if (able.length === 0) return undefined;
    const found = able[node % able.length]!;
    return { node: found.id, path: pathsOf(found)[path % pathsOf(found).length]! };
  }

  #cycle(raw: RawCycle): void {
    const [firstNode, firstReadable, firstCycle] = [this.#nodes.length, this.#readables.length, this.#cycles.length];
    const before = [...this.#readables];
    for (const item of raw.items) this.#item(item);
    const inner = this.#cycles.slice(firstCycle);
    const block = this.#nodes.slice(firstNode);
    // A cycle around another holds a node beside it: equal bodies are refused (G4).
    if (inner.length > 0 && raw.items.every(({ kind }) => kind === "cycle")) return;
    const feedback = this.#feedback(raw, block, this.#readables.slice(firstReadable));
    if (feedback.length === 0) return;
    const includesAll = raw.isInclusive || inner.length > 0;
    const sources = new Set(feedback.flatMap(({ from }) => refsOf(from).map(({ node }) => node)));
    const inBody = this.#readables.slice(firstReadable).filter(({ id }) => includesAll || sources.has(id));
    this.#cycles.push({
      name: `c${this.#cycles.length}`,
      feedback,
      include: includesAll ? block.map(({ id }) => id) : [],
      maxIterations: raw.maxIterations,
      goal: this.#goal(raw, inBody),
      condition: this.#condition(raw, inBody, before),
      onExhausted: raw.failsWhenExhausted ? "fail" : "accept",
      historyWindow: raw.historyWindow,
    });
  }

  #feedback(raw: RawCycle, block: readonly Node[], readables: readonly Readable[]): Cycle["feedback"] {
    const found = new Map<string, Cycle["feedback"][number]>();
    for (const { source, target, port } of raw.feedback) {
      const places = block.flatMap((node) => node.ports.map((each) => ({ node, port: each })));
      const place = places.toReversed()[(target * 3 + port) % Math.max(places.length, 1)];
      if (place === undefined) continue;
      const ahead = this.#ahead(place.node.id, block);
      const from = this.#source(
        { ...source, how: place.port.type === "list" ? 0 : source.how },
        place.port.type,
        readables.filter(({ id }) => ahead.has(id!)),
      );
      if (from !== undefined && from.kind !== "list")
        found.set(`${place.node.id}.${place.port.name}`, { from, node: place.node.id, port: place.port.name });
    }
    return [...found.values()];
  }

  /** A node of the block and those that depend on it. */
  #ahead(id: string, block: readonly Node[]): ReadonlySet<string> {
    const found = new Set([id]);
    for (const node of block)
      if (node.ports.some(({ from }) => from !== undefined && refsOf(from).some((ref) => found.has(ref.node!))))
        found.add(node.id);
    return found;
  }

  #goal({ goal: { kind, source, test, form } }: RawCycle, inBody: readonly Readable[]): Goal | undefined {
    const from = this.#source(source, "number", inBody);
    if (kind <= 2 || from === undefined) return undefined;
    const ref = from.kind === "ref" ? from.ref : refsOf(from)[0]!;
    if (kind <= 4) return { kind: "predicate", from, test: testOf(test) };
    const patience = 1 + (source.picks[5]! % 3);
    if (kind <= 6 && ref.node !== null && ref.path.length === 1)
      return {
        kind: "expression",
        form: form % FORM_COUNT,
        node: ref.node,
        port: String(ref.path[0]),
        constant: test.rest,
      };
    const list = this.#ref(source.picks[2]!, 0, "list", inBody);
    const fixpoint = { kind: "fixpoint", ref: list ?? ref, patience } as const;
    const measure = { kind: "delta", ref, tolerance: 1 + test.rest, patience } as const;
    const plateau = {
      kind: "plateau",
      ref,
      tolerance: test.rest,
      patience,
      goal: form % 2 === 0 ? "min" : "max",
    } as const;
    if (kind === 7) return { kind: "measure", measure: form % 2 === 0 ? fixpoint : measure };
    return {
      kind: "measure",
      measure: kind === 8 ? plateau : { kind: form % 2 === 0 ? "any" : "all", of: [measure, plateau, fixpoint] },
    };
  }

  #condition({ condition }: RawCycle, inBody: readonly Readable[], before: readonly Readable[]): Cycle["condition"] {
    if (condition === undefined) return undefined;
    const from = this.#source(condition.source, "number", condition.isInside ? inBody : before);
    if (from === undefined) return undefined;
    const test = testOf(condition.test);
    return { from, test: test.kind === "rest" ? { ...test, modulus: 2 } : test };
  }
}

/** A port of a map takes a literal or a connection: `addMap` has one place for both. */
function onlyOne(port: Port): Port {
  return port.from === undefined ? port : { ...port, literal: undefined };
}
