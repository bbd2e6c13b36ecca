import type { Behaviour, Flow, Mode, Node, Port, Ref, Scenario, Source, Test, Value } from "./description.fixture.ts";
import type { RawNode, RawScenario, RawTest } from "./raw-graph.fixture.ts";

/** What can be read from a node, or from the flow's input (`id` is null). */
export interface Readable {
  readonly id: string | null;
  readonly numbers: readonly Ref["path"][];
  readonly lists: readonly Ref["path"][];
}

/** What others can read from a node. */
export function readableOf(node: Node): Readable {
  const { id } = node;
  if (node.kind === "branch")
    return {
      id,
      numbers: (node.cases === 2 ? ["then", "else"] : ["zero", "one", "default"]).map((name) => [name]),
      lists: [],
    };
  if (node.kind === "map")
    return {
      id,
      numbers: [
        ["out", 0],
        ["maybe", 1],
      ],
      lists: [["maybe"], ["out"]],
    };
  if (node.kind === "sub") return { id, numbers: node.flow.outputs.map(({ name }) => [name]), lists: [] };
  return { id, numbers: [["out"], ["maybe"], ["pair", "first"], ["pair", "second"], ["list", 1]], lists: [["list"]] };
}

/** What a computing node does. */
export function behaviourOf({ salt, flags, fault, attempts }: RawNode): Behaviour {
  return {
    salt,
    gap: salt % 3,
    isAsync: (flags & 1) !== 0,
    usesState: (flags & 6) === 6,
    usesIteration: (flags & 6) === 2,
    fault: fault === undefined ? undefined : { ...fault, rest: fault.rest % fault.modulus },
    attempts,
  };
}

/** A test whose rest can occur. */
export function testOf({ kind, modulus, rest }: RawTest): Test {
  if (kind === 15) return { kind: "throws", modulus: modulus + 3, rest: rest % (modulus + 3) };
  if (kind >= 13) return { kind: "history" };
  if (kind >= 10) return { kind: "previous" };
  return { kind: "rest", modulus: modulus + 2, rest: rest % (modulus + 2) };
}

/** Required twice as often as optional or with a default. */
export function modeOf(mode: number, value: Value): Mode {
  if (mode === 0) return { kind: "optional" };
  return mode === 1 ? { kind: "default", value } : { kind: "required" };
}

/** Short lists, some of them with a hole in second place. */
export function listOf(value: number): (number | undefined)[] {
  return Array.from({ length: value % 4 }, (_, i) => (i === 1 && value % 3 === 1 ? undefined : (value * (i + 1)) % 23));
}

/** Every reference of a source. */
export function refsOf(source: Source): readonly Ref[] {
  if (source.kind === "ref") return [source.ref];
  return source.kind === "first" ? source.of : source.items.filter((item) => typeof item !== "number");
}

/** Parameters for nodes that are there, workflows inside included. */
export function parametersFor(flow: Flow, raw: RawScenario["parameters"]): Scenario["parameters"] {
  const places = placesOf(flow, "").filter(({ ports }) => ports.length > 0);
  const found: Record<string, Record<string, Value>> = {};
  for (const { node, port, value } of raw) {
    const place = places[node % Math.max(places.length, 1)];
    if (place === undefined || node >= places.length) continue;
    const { name, type } = place.ports[port % place.ports.length]!;
    (found[place.id] ??= {})[name] = type === "number" ? value : listOf(value);
  }
  return found;
}

function placesOf(flow: Flow, prefix: string): { readonly id: string; readonly ports: readonly Port[] }[] {
  return flow.nodes.flatMap((node) => {
    const id = prefix + node.id;
    return [{ id, ports: node.ports }, ...(node.kind === "sub" ? placesOf(node.flow, `${id}/`) : [])];
  });
}
