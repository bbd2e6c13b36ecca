import type { Cycle, Flow, Node, Ref, Source } from "./description.fixture.ts";
import { evaluateBody } from "./reference-body.fixture.ts";

/** A node that runs, as it stands when workflows inside workflows are looked through (G9). */
export interface Leaf {
  readonly id: string;
  readonly isMap: boolean;
  /** Ids of the nodes whose values its connections carry. */
  readonly sources: readonly string[];
  /** Names of the cycles around it, the outermost first. */
  readonly cycles: readonly string[];
}

type Inputs = ReadonlyMap<string, readonly string[]>;

/** All nodes of a flow that run, by full id. */
export function leavesOf(flow: Flow): ReadonlyMap<string, Leaf> {
  return new Map(new LeafReader(flow, "", new Map(), []).leaves().map((leaf) => [leaf.id, leaf]));
}

class LeafReader {
  readonly #flow: Flow;
  readonly #prefix: string;
  readonly #inputs: Inputs;
  readonly #around: readonly string[];
  readonly #bodies: readonly (readonly [Cycle, ReadonlySet<string>])[];

  constructor(flow: Flow, prefix: string, inputs: Inputs, around: readonly string[]) {
    this.#flow = flow;
    this.#prefix = prefix;
    this.#inputs = inputs;
    this.#around = around;
    const bodies = flow.cycles.map((cycle) => [cycle, evaluateBody(flow, cycle)] as const);
    this.#bodies = bodies.toSorted(([, a], [, b]) => b.size - a.size);
  }

  leaves(): Leaf[] {
    return this.#flow.nodes.flatMap((node) => (node.kind === "sub" ? this.#inside(node).leaves() : [this.#leaf(node)]));
  }

  /** The nodes behind an output of the flow. */
  output(name: string): readonly string[] {
    const output = this.#flow.outputs.find((each) => each.name === name);
    return output === undefined ? [] : this.#behind(output.from);
  }

  #leaf(node: Exclude<Node, { kind: "sub" }>): Leaf {
    const sources = node.ports.flatMap(({ from }) => (from === undefined ? [] : this.#behind(from)));
    return { id: this.#prefix + node.id, isMap: node.kind === "map", sources, cycles: this.#cyclesAround(node.id) };
  }

  #inside(node: Extract<Node, { kind: "sub" }>): LeafReader {
    const inputs = node.ports.map(({ name, from }) => [name, from === undefined ? [] : this.#behind(from)] as const);
    return new LeafReader(node.flow, `${this.#prefix}${node.id}/`, new Map(inputs), this.#cyclesAround(node.id));
  }

  #cyclesAround(id: string): string[] {
    const own = this.#bodies.flatMap(([{ name }, body]) => (body.has(id) ? [this.#prefix + name] : []));
    return [...this.#around, ...own];
  }

  #behind(source: Source): readonly string[] {
    return refsOf(source).flatMap((ref) => this.#behindRef(ref));
  }

  #behindRef({ node: id, path }: Ref): readonly string[] {
    if (id === null) return this.#inputs.get(String(path[0])) ?? [];
    const node = this.#flow.nodes.find((each) => each.id === id)!;
    return node.kind === "sub" ? this.#inside(node).output(String(path[0])) : [this.#prefix + id];
  }
}

function refsOf(source: Source): readonly Ref[] {
  if (source.kind === "ref") return [source.ref];
  return source.kind === "first" ? source.of : source.items.filter((item) => typeof item !== "number");
}
