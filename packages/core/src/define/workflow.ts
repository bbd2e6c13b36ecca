import { PolyloomError } from "@polyloom/wire";
import type { WorkflowDocument } from "../document/format.ts";
import type { NodeLibrary } from "../document/library.ts";
import { readDocument, type ReadWorkflow } from "../document/read.ts";
import { writeDocument } from "../document/write.ts";
import { z } from "zod";
import { CycleBuilder, type CycleSpec } from "./cycle.ts";
import type {
  Binding,
  Connection,
  MapSettings,
  NodeEntry,
  RuntimePreference,
  WorkflowGraph,
  WorkflowLike,
  WorkflowOptions,
} from "./graph.ts";
import { noteWorkflow } from "./graph.ts";
import { type AnyHandle, LazyHandle, type NodeHandle, nodeIdOf } from "./handle.ts";
import type { NodeDefinition, NodeTypes } from "./node.ts";
import { checkName, parsePlace } from "./place.ts";
import { checkShape, count } from "./shape.ts";
import { show } from "./show.ts";
import { type CovRef, type InRef, inTargetOf, outPorts, type OutPorts, type Wire, type Wires } from "./reference.ts";
import { portTable, type PortTable } from "./schema.ts";
import { type First, type Reference, toReference, toSource } from "./source.ts";

/** What `addNode` takes: a node, or a workflow with declared inputs and outputs. */
export interface NodeLike<I, O> extends NodeTypes<I, O> {
  readonly name: string;
  readonly kind: "node" | "workflow";
}

/** What `addMap` takes beside the node. */
export type MapSpec<I, E extends keyof I> = Omit<MapSettings, "each"> & {
  readonly each: { [K in E]: Wire<readonly Exclude<I[K], undefined>[]> };
} & ({} extends Omit<I, E> ? { readonly with?: Wires<Omit<I, E>> } : { readonly with: Wires<Omit<I, E>> });

type MapOut<O> = { [K in keyof O]-?: O[K][] };

const OPTIONS_SHAPE = {
  // Checked with their ports, with a code of their own.
  input: z.unknown(),
  output: z.unknown(),
  runtime: z.enum(
    ["local", "async", "parallel", "cyclic", "docker", "testing"],
    "has to be one of local, async, parallel, cyclic, docker, testing",
  ),
};
const EMPTY = z.object({});

/** A graph of typed nodes, connections and cycles; any runtime runs it. */
export class Workflow<WI = {}, WO = {}> implements WorkflowLike, NodeTypes<WI, WO> {
  declare readonly "~input"?: (input: WI) => void;
  declare readonly "~output"?: () => WO;
  readonly kind = "workflow";
  readonly name: string;
  readonly inputs: PortTable;
  readonly outputs: PortTable;
  readonly runtime: RuntimePreference | undefined;
  readonly input: OutPorts<WI>;
  readonly #nodes: Map<string, NodeEntry> = new Map();
  readonly #subflows: WorkflowLike[] = [];
  readonly #connections: Connection[] = [];
  readonly #cycles: CycleSpec[] = [];
  readonly #openCycles: Set<string> = new Set();
  readonly #cycleNames: Set<string> = new Set();
  #outputBindings: readonly Binding[] = [];
  #changes = 0;

  /**
   * Names the workflow, and says what goes in and comes out of it.
   * @throws PolyloomError `invalid_definition`, `invalid_schema` or `invalid_option`
   */
  constructor(name: string, options: WorkflowOptions<WI, WO> = {}) {
    if (typeof name !== "string" || name === "")
      throw new PolyloomError("invalid_definition", "a workflow needs a name: a text that is not empty");
    checkShape(OPTIONS_SHAPE, options, `workflow "${name}"`);
    this.name = name;
    this.runtime = options.runtime;
    this.inputs = portTable(options.input === undefined ? EMPTY : options.input, `input of workflow "${name}"`);
    this.outputs = portTable(options.output === undefined ? EMPTY : options.output, `output of workflow "${name}"`);
    this.input = outPorts(this, null) as OutPorts<WI>;
    noteWorkflow(this);
  }

  /** Everything that was said so far, for validation, plans and pictures. */
  get graph(): WorkflowGraph {
    return {
      nodes: this.#nodes,
      connections: this.#connections,
      cycles: this.#cycles,
      openCycles: this.#openCycles,
      outputs: this.#outputBindings,
    };
  }

  /** Grows with every change, those of sub-workflows included. */
  get version(): number {
    return this.#subflows.reduce((sum, flow) => sum + flow.version, this.#changes);
  }

  /**
   * Adds a node, or a workflow as one. With `inputs`, every required input is given here; without, `connect` follows.
   * @throws PolyloomError `invalid_node_id`, `duplicate_node`, `invalid_definition` or `foreign_reference`
   */
  addNode<I, O>(id: string, node: NodeLike<I, O>): NodeHandle<I, O>;
  addNode<I, O>(id: string, node: NodeLike<I, O>, inputs: Wires<NoInfer<I>>): NodeHandle<I, O>;
  addNode<I, O>(id: string, node: NodeLike<I, O>, inputs?: Wires<I>): NodeHandle<I, O> {
    return this.#add(id, node, this.#bindings(inputs ?? {}, id), undefined);
  }

  /**
   * Adds a node that runs once an item of the lists in `each`, and gives each output as a list (S9).
   * @throws PolyloomError as {@link addNode}, and `invalid_option`
   */
  addMap<I, O, E extends keyof I>(id: string, node: NodeLike<I, O>, spec: MapSpec<I, E>): NodeHandle<I, MapOut<O>> {
    checkShape(MAP_SHAPE, spec, `map "${checkName(id, "node")}"`);
    const each = this.#bindings(spec.each, id);
    const shared = this.#bindings(spec.with === undefined ? {} : spec.with, id);
    const ports = each.map(({ port }) => port);
    const twice = shared.find(({ port }) => ports.includes(port));
    if (twice !== undefined)
      throw new PolyloomError("conflicting_source", `map "${id}": "${twice.port}" is in each and in with; keep one`);
    return this.#add(id, node, [...each, ...shared], checkMap(spec, id, ports));
  }

  /** Joins an output to an input: by reference, by name (`"source.orders"`), or two nodes by equally named ports. */
  connect(from: string, to: string): this;
  connect(from: AnyHandle, to: AnyHandle): this;
  connect<T>(from: CovRef<T>, to: InRef<NoInfer<T>>): this;
  connect(from: unknown, to: unknown): this {
    this.#connections.push(this.#connectionOf(from, to));
    this.#changes++;
    return this;
  }

  /**
   * Begins a cycle; its `build()` adds it.
   * @throws PolyloomError `cycle_name_invalid` or `duplicate_cycle`
   */
  createCycle(name: string): CycleBuilder {
    checkName(name, "cycle");
    if (this.#cycleNames.has(name))
      throw new PolyloomError("duplicate_cycle", `workflow "${this.name}" has a cycle "${name}" already`);
    this.#cycleNames.add(name);
    this.#openCycles.add(name);
    this.#changes++;
    return new CycleBuilder(this, name, (spec) => {
      this.#openCycles.delete(name);
      this.#cycles.push(spec);
      this.#changes++;
    });
  }

  /** Says where the declared outputs come from. */
  setOutput(outputs: Wires<NoInfer<WO>>): this {
    this.#outputBindings = this.#bindings(outputs, "output");
    this.#changes++;
    return this;
  }

  /**
   * The graph as plain data, cycles included (G7).
   * @throws PolyloomError `not_serializable` with the place of what cannot be stored.
   */
  toJSON(): WorkflowDocument {
    return writeDocument(this);
  }

  /**
   * Reads a graph that {@link toJSON} wrote; `nodes` holds the definitions it names.
   * @throws PolyloomError `invalid_document` or `unknown_node`
   */
  static fromJSON(document: unknown, nodes: NodeLibrary): ReadWorkflow {
    return readDocument(document, nodes, (name, options) => new Workflow(name, options));
  }

  #add(id: string, node: { kind: string; name: string }, bindings: Binding[], map: MapSettings | undefined): never {
    checkName(id, "node");
    if (this.#nodes.has(id))
      throw new PolyloomError("duplicate_node", `workflow "${this.name}" has a node "${id}" already`, {
        details: { nodeId: id },
      });
    if (!isNode(node))
      throw new PolyloomError("invalid_definition", `node "${id}": give what defineNode made, or a Workflow`);
    if (node.kind === "workflow" && contains(node, this))
      throw new PolyloomError(
        "invalid_definition",
        `workflow "${this.name}" cannot be a node of itself, nor of a workflow inside it; repeat with a cycle`,
      );
    if (node.kind === "workflow") this.#subflows.push(node);
    this.#nodes.set(id, { id, node, bindings, map });
    this.#changes++;
    return new LazyHandle(this, id) as never;
  }

  #bindings(inputs: object, id: string): Binding[] {
    if (typeof inputs !== "object" || inputs === null || Array.isArray(inputs))
      throw new PolyloomError("invalid_definition", `node "${id}": inputs are an object, one key a port`);
    return Object.keys(inputs).map((port) => ({
      port,
      source: toSource((inputs as Record<string, unknown>)[port], this),
    }));
  }

  #connectionOf(from: unknown, to: unknown): Connection {
    const target = inTargetOf(to);
    if (target !== undefined && target.workflow !== this)
      throw new PolyloomError("foreign_reference", `"${target.node}.${target.port}" belongs to another workflow`);
    const [source, sink] = [idOf(from, this), idOf(to, this)];
    if (source !== undefined && sink !== undefined)
      return { from: { kind: "reference", node: source, path: [] }, node: sink, port: undefined };
    const place = target ?? placeNamed(to);
    return { from: this.#sourceOf(from), node: place.node, port: place.port };
  }

  #sourceOf(from: unknown): Reference | First {
    if (typeof from !== "string") return toReference(from, this, "connect");
    const { node, path } = parsePlace(from);
    return { kind: "reference", node, path };
  }
}

/** A node's id, where two nodes are joined by their equally named ports. */
function idOf(end: unknown, workflow: WorkflowLike): string | undefined {
  if (end instanceof LazyHandle) return nodeIdOf(end, workflow);
  return typeof end === "string" && end !== "" && !end.includes(".") ? end : undefined;
}

function placeNamed(to: unknown): { node: string; port: string } {
  if (typeof to !== "string")
    throw new PolyloomError("reference_misused", 'connect ends in an input: step.in.x, or "step.x" by name');
  const { node, path } = parsePlace(to);
  return { node, port: path.join(".") };
}

function contains(workflow: WorkflowLike, wanted: WorkflowLike): boolean {
  if (workflow === wanted) return true;
  return [...workflow.graph.nodes.values()].some(({ node }) => node.kind === "workflow" && contains(node, wanted));
}

function isNode(node: unknown): node is NodeDefinition | WorkflowLike {
  const { kind, inputs, outputs, run } = (node ?? {}) as Partial<
    Omit<WorkflowLike, "kind"> & Omit<NodeDefinition, "kind">
  > & {
    kind?: unknown;
  };
  const isComplete = Array.isArray(inputs?.ports) && Array.isArray(outputs?.ports);
  return isComplete && (kind === "workflow" || (kind === "node" && typeof run === "function"));
}

const MAP_SHAPE = {
  // Read as inputs are, with their codes.
  each: z.unknown(),
  with: z.unknown(),
  chunkSize: count,
  chunkBy: z.string("has to be a text"),
  concurrency: count,
};

function checkMap(
  { chunkSize, chunkBy, concurrency }: Omit<MapSettings, "each">,
  id: string,
  each: readonly string[],
): MapSettings {
  if (each.length === 0) throw new PolyloomError("invalid_option", `map "${id}": each names at least one port`);
  if (chunkBy !== undefined && !each.includes(chunkBy.split(".")[0]!))
    throw new PolyloomError(
      "invalid_option",
      `map "${id}": chunkBy names a port of each (${each.join(", ")}), or a field of its items as "port.field", not ${show(chunkBy)}`,
    );
  return {
    each,
    ...(chunkSize === undefined ? {} : { chunkSize }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(chunkBy === undefined ? {} : { chunkBy }),
  };
}
