import type { Cycle, Node, Port, Ref, Source, Value } from "./description.fixture.ts";
import { evaluateBody } from "./reference-body.fixture.ts";
import { CycleEvaluation, type FlowView } from "./reference-cycle.fixture.ts";
import { type CycleState, type Ending, Frame, type Outputs, type Place, SKIPPED } from "./reference-frame.fixture.ts";
import { NodeEvaluation } from "./reference-node.fixture.ts";

/** One activation of a flow: of a whole workflow, or of one that is a node of another. */
export class FlowEvaluation implements FlowView {
  readonly place: Place;
  readonly #root: Frame;
  readonly #nodes: ReadonlyMap<string, Node>;
  readonly #bodies: ReadonlyMap<Cycle, ReadonlySet<string>>;
  readonly #node: NodeEvaluation;
  readonly #cycle: CycleEvaluation;

  /** The root frame is that of the flow itself, even where it stands inside a cycle of another. */
  constructor(place: Place, root: Frame) {
    this.place = place;
    this.#root = root;
    this.#nodes = new Map(place.flow.nodes.map((node) => [node.id, node]));
    this.#bodies = new Map(place.flow.cycles.map((cycle) => [cycle, evaluateBody(place.flow, cycle)]));
    this.#node = new NodeEvaluation(place);
    this.#cycle = new CycleEvaluation(this);
  }

  /** Evaluates every node, and gives the outputs. */
  run(): Outputs {
    for (const id of this.#nodes.keys()) this.demand(id, this.#root);
    const outputs = this.place.flow.outputs.map(({ name, from }) => [name, this.read(from, this.#root)] as const);
    return Object.fromEntries(outputs.filter(([, value]) => value !== undefined && !this.place.isDead));
  }

  /** How the node ended in the frame that it belongs to, which may be one around this one. */
  demand(id: string, from: Frame): Ending {
    const frame = this.#home(id, from);
    const known = frame.endings.get(this.place.prefix + id);
    if (known !== undefined) return known;
    const inner = this.#cycleWithin(frame, id);
    if (inner === undefined) this.#activate(this.#nodes.get(id)!, frame);
    else this.#cycle.repeat(inner, this.#bodies.get(inner)!, frame);
    return frame.endings.get(this.place.prefix + id)!;
  }

  read(source: Source, frame: Frame): unknown {
    if (source.kind === "ref") return this.#readRef(source.ref, frame);
    if (source.kind === "first")
      return source.of.map((ref) => this.#readRef(ref, frame)).find((value) => value !== undefined);
    const items = source.items.map((item) => (typeof item === "number" ? item : this.#readRef(item, frame)));
    return items.includes(undefined) ? undefined : items;
  }

  #home(id: string, from: Frame): Frame {
    return from === this.#root || from.state!.body.has(id) ? from : this.#home(id, from.parent!);
  }

  /** The largest cycle that holds the node and lies inside the frame's. */
  #cycleWithin(frame: Frame, id: string): Cycle | undefined {
    const within = frame === this.#root ? undefined : frame.state!;
    const holding = [...this.#bodies].filter(([cycle, body]) => {
      if (!body.has(id) || cycle === within?.cycle) return false;
      return within === undefined || (body.size < within.body.size && [...body].every((each) => within.body.has(each)));
    });
    return holding.toSorted(([, a], [, b]) => b.size - a.size)[0]?.[0];
  }

  #activate(node: Node, frame: Frame): void {
    const values = this.#inputs(node, frame);
    if (node.kind === "sub") return this.#enter(node, values, frame);
    const ending = values === undefined ? SKIPPED : this.#node.run(node, values, frame);
    frame.end(this.place.prefix + node.id, ending);
  }

  /** The values of all ports; `undefined` when a required one is dead (S3). */
  #inputs(node: Node, frame: Frame): Record<string, unknown> | undefined {
    const values: Record<string, unknown> = {};
    let isMissing = this.place.isDead;
    for (const port of node.ports) {
      const value = this.#input(node, port, frame);
      if (value !== undefined) values[port.name] = value;
      else if (isRequired(node, port)) isMissing = true;
    }
    return isMissing ? undefined : values;
  }

  /** S6: feedback from the second iteration on, innermost first; else parameter, connection, literal, default. */
  #input(node: Node, port: Port, frame: Frame): unknown {
    const key = `${node.id}.${port.name}`;
    const feeding = this.#statesFeeding(node.id, port.name, frame);
    const value =
      feeding.map(({ fed }) => fed.get(key)).find((each) => each !== undefined) ??
      this.place.books.parameters[this.place.prefix + node.id]?.[port.name] ??
      (port.from === undefined ? undefined : this.read(port.from, frame)) ??
      port.literal;
    // CHOICE: a default that stood in for a value is none that the input "had": a connection that comes alive wins.
    for (const { had } of feeding) had.set(key, value);
    return value ?? fallback(port.mode);
  }

  #statesFeeding(node: string, port: string, from: Frame): CycleState[] {
    return this.#statesAround(from).filter(({ cycle }) =>
      cycle.feedback.some((each) => each.node === node && each.port === port),
    );
  }

  /** States of this flow's cycles, innermost first. */
  #statesAround(from: Frame): CycleState[] {
    return from === this.#root ? [] : [from.state!, ...this.#statesAround(from.parent!)];
  }

  #readRef({ node, path }: Ref, frame: Frame): unknown {
    const from = node === null ? this.place.inputs : this.demand(node, frame).outputs;
    return path.reduce<unknown>((at, key) => (at as Record<string | number, unknown> | undefined)?.[key], from);
  }

  /** G9: a workflow as a node. */
  #enter(node: Extract<Node, { kind: "sub" }>, values: Record<string, unknown> | undefined, frame: Frame): void {
    const { prefix, books } = this.place;
    const inner = new Frame(frame);
    const isDead = values === undefined;
    const inputs = values ?? this.#liveInputs(node, frame);
    const place = { flow: node.flow, prefix: `${prefix}${node.id}/`, inputs, isDead, books };
    const outputs = new FlowEvaluation(place, inner).run();
    for (const [id, ending] of inner.endings) frame.endings.set(id, ending);
    frame.endings.set(prefix + node.id, endingOfSub(outputs, inner));
  }

  /** CHOICE: in a workflow that is skipped, conditions of its cycles still see the inputs that are alive. */
  #liveInputs(node: Node, frame: Frame): Record<string, unknown> {
    const entries = node.ports.map((port) => [port.name, this.#input(node, port, frame)] as const);
    return Object.fromEntries(entries);
  }
}

/**
 * CHOICE: a workflow is skipped if all its nodes were and nothing came out of it. One in which a node failed has
 * failed, and yet those of its outputs that have a value go on (G9).
 */
function endingOfSub(outputs: Outputs, inner: Frame): Ending {
  const statuses = [...inner.endings.values()].map(({ status }) => status);
  if (statuses.includes("failed")) return { status: "failed", outputs, attempts: 1, isSub: true };
  const gaveNothing = Object.keys(outputs).length === 0;
  if (gaveNothing && statuses.every((status) => status === "skipped")) return SKIPPED;
  return { status: "completed", outputs, attempts: 1, isSub: true };
}

/** CHOICE: a map needs its lists, whatever its node says of one item. */
function isRequired(node: Node, port: Port): boolean {
  return port.mode.kind === "required" || (node.kind === "map" && node.each.includes(port.name));
}

/** What a port takes when nothing supplies it. */
export function fallback(mode: Port["mode"]): Value | undefined {
  return mode.kind === "default" ? mode.value : undefined;
}
