import type { ErrorCode } from "@polyloom/wire";
import { formatPlace } from "../define/place.ts";
import type { Port, PortTable } from "../define/schema.ts";
import type { NodeEntry } from "../define/graph.ts";
import { type First, type Literal, type Reference, referencesOf, type Source } from "../define/source.ts";
import type { IssueList } from "./issue.ts";
import { didYouMean, listNames } from "../define/nearest.ts";
import type { Draft } from "./draft.ts";

/** A back edge into a port, with the cycle it belongs to (its place in the workflow's list). */
export interface FeedbackWiring {
  readonly cycle: string;
  readonly from: Reference | First;
}

/** All that can supply one input port. */
export interface PortWiring {
  readonly port: Port;
  readonly connection: Exclude<Source, Literal> | undefined;
  readonly literal: Literal | undefined;
  readonly feedback: readonly FeedbackWiring[];
}

const NO_FEEDBACK: readonly FeedbackWiring[] = [];

/** What supplies each input port of each node, in the order of the schema; reports what does not fit (G2, G3). */
export function wirePorts(draft: Draft, list: IssueList): PortWiring[][] {
  const wires = gather(draft, list);
  return draft.entries.map((entry, index) => portsOf(draft, entry, wires.get(index) ?? [], list));
}

/** What supplies each declared output of the workflow. */
export function wireOutputs(draft: Draft, list: IssueList): PortWiring[] {
  const { outputs, graph } = draft.workflow;
  const wires = graph.outputs.map(({ port, source }) => ({ port, source }) satisfies Wired);
  return wireTable(draft, "output", outputs.byName, outputs.ports, wires, list);
}

type Wired = { port: string; source: Source } | { port: string; feedback: FeedbackWiring };

/** Wires said by `connect` and by cycles, by the number of the node they end in. */
function gather(draft: Draft, list: IssueList): Map<number, Wired[]> {
  const wires = new Map<number, Wired[]>();
  const add = (id: string, place: string, wired: Wired[]): void => {
    const index = draft.indexOf.get(id);
    if (index === undefined) return unknownNode(draft, id, place, list);
    const known = wires.get(index);
    if (known) known.push(...wired);
    else wires.set(index, wired);
  };
  for (const { from, node, port } of draft.workflow.graph.connections) {
    if (!draft.indexOf.has(node) && port !== undefined)
      for (const reference of referencesOf(from))
        checkReference(draft, reference, `connection to ${node}.${port}`, list);
    if (port !== undefined) add(node, `connection to ${node}.${port}`, [{ port, source: from }]);
    else add(node, `connection to ${node}`, equallyNamed(draft, from as Reference, node, list));
  }
  for (const { name, feedback } of draft.workflow.graph.cycles)
    for (const { from, node, port } of feedback)
      add(node, `cycle ${name}`, [{ port, feedback: { cycle: name, from } }]);
  return wires;
}

function equallyNamed({ entries, indexOf }: Draft, from: Reference, to: string, list: IssueList): Wired[] {
  const source = entries[indexOf.get(from.node!) ?? -1]?.node;
  const sink = entries[indexOf.get(to) ?? -1]?.node;
  if (!source || !sink) {
    if (!source) list.add(unknownNodeIssue(list, from.node!, `connection to ${to}`, indexOf.keys()));
    return [];
  }
  const ports = source.outputs.ports.map(({ name }) => name).filter((name) => sink.inputs.byName.has(name));
  if (ports.length === 0)
    list.add({
      code: "unknown_port",
      place: `connection ${from.node} → ${to}`,
      message: `"${from.node}" (${listNames(source.outputs.byName.keys())}) and "${to}" (${listNames(sink.inputs.byName.keys())}) have no port of the same name`,
      remedy: `name the ports: connect("${from.node}.port", "${to}.port")`,
    });
  return ports.map((port) => ({ port, source: { kind: "reference", node: from.node, path: [port] } }));
}

function portsOf(draft: Draft, entry: NodeEntry, wires: readonly Wired[], list: IssueList): PortWiring[] {
  const { byName, ports } = portsTaken(entry);
  const all = wires.length === 0 ? entry.bindings : [...entry.bindings, ...wires];
  return wireTable(draft, entry.id, byName, ports, all, list);
}

/** A map needs its lists, whatever its node says about one item. */
function portsTaken({ node, map }: NodeEntry): Pick<PortTable, "byName" | "ports"> {
  if (map === undefined) return node.inputs;
  const ports = node.inputs.ports.map((port) => (map.each.includes(port.name) ? { ...port, required: true } : port));
  return { ports, byName: new Map(ports.map((port) => [port.name, port])) };
}

function wireTable(
  draft: Draft,
  id: string,
  byName: ReadonlyMap<string, Port>,
  ports: readonly Port[],
  wires: readonly Wired[],
  list: IssueList,
): PortWiring[] {
  const byPort = new Map<string, PortWiring>();
  for (const wire of wires) {
    const port = byName.get(wire.port);
    if (port === undefined) unknownTarget(draft, id, wire, byName.keys(), list);
    else byPort.set(wire.port, addWire(draft, id, byPort.get(wire.port) ?? emptyWiring(port), wire, list));
  }
  return ports.map((port) => byPort.get(port.name) ?? emptyWiring(port));
}

/** Both ends are told: what a wire reads may be misspelt as well (G8). */
function unknownTarget(draft: Draft, id: string, wire: Wired, known: Iterable<string>, list: IssueList): void {
  list.add(unknownPort(id, wire.port, known, "input"));
  if ("feedback" in wire) return;
  for (const reference of referencesOf(wire.source)) checkReference(draft, reference, `${id}.${wire.port}`, list);
}

function emptyWiring(port: Port): PortWiring {
  return { port, connection: undefined, literal: undefined, feedback: NO_FEEDBACK };
}

function addWire(draft: Draft, id: string, wiring: PortWiring, wire: Wired, list: IssueList): PortWiring {
  const place = `${id}.${wire.port}`;
  if ("feedback" in wire) {
    if (wiring.feedback.some(({ cycle }) => cycle === wire.feedback.cycle))
      list.add(conflict("conflicting_source", place, `cycle "${wire.feedback.cycle}" feeds "${place}" twice`));
    return { ...wiring, feedback: [...wiring.feedback, wire.feedback] };
  }
  if (wire.source.kind === "literal")
    return wire.source.value === undefined ? wiring : { ...wiring, literal: wire.source };
  for (const reference of referencesOf(wire.source)) checkReference(draft, reference, place, list);
  if (wiring.connection !== undefined) list.add(secondSource(place, wiring.connection, wire.source));
  return { ...wiring, connection: wire.source };
}

function secondSource(place: string, first: Source, second: Source): Parameters<IssueList["add"]>[0] {
  const [a, b] = [describe(first), describe(second)];
  return a === b
    ? conflict("duplicate_connection", place, `"${a}" is connected to "${place}" twice`)
    : conflict("conflicting_source", place, `"${place}" has two sources: "${a}" and "${b}"`);
}

function conflict(code: ErrorCode, place: string, message: string): Parameters<IssueList["add"]>[0] {
  return {
    code,
    place,
    message,
    expected: "one source",
    remedy: "remove one, or join exclusive branches with firstOf(a, b)",
  };
}

function describe(source: Source): string {
  return referencesOf(source)
    .map(({ node, path }) => formatPlace(node ?? "input", path))
    .join(", ");
}

/** Reports a reference to a node or a port that does not exist, with the nearest name that does. */
export function checkReference(
  { workflow, entries, indexOf }: Draft,
  { node, path }: Reference,
  place: string,
  list: IssueList,
): void {
  const entry = node === null ? undefined : entries[indexOf.get(node) ?? -1];
  if (node !== null && entry === undefined) return list.add(unknownNodeIssue(list, node, place, indexOf.keys()));
  const ports = entry ? entry.node.outputs.byName : workflow.inputs.byName;
  const port = String(path[0]);
  if (!ports.has(port)) list.add({ ...unknownPort(node ?? "input", port, ports.keys(), "output"), place });
}

function unknownNode({ indexOf }: Draft, id: string, place: string, list: IssueList): void {
  list.add(unknownNodeIssue(list, id, place, indexOf.keys()));
}

function unknownNodeIssue(
  list: IssueList,
  id: string,
  place: string,
  known: Iterable<string>,
): Parameters<IssueList["add"]>[0] {
  const names = list.isLong ? [] : [...known];
  return {
    code: "unknown_node",
    place,
    message: `there is no node "${id}"`,
    ...(list.isLong ? {} : { expected: `one of: ${listNames(names)}` }),
    found: id,
    remedy: didYouMean(id, names) || "add the node, or correct its id",
  };
}

function unknownPort(
  id: string,
  port: string,
  known: Iterable<string>,
  side: "input" | "output",
): Parameters<IssueList["add"]>[0] {
  const names = [...known];
  return {
    code: "unknown_port",
    place: `${id}.${port}`,
    message: `"${id}" has no ${side} "${port}"`,
    expected: `one of: ${listNames(names)}`,
    found: port,
    remedy: didYouMean(port, names) || `use one of its ${side}s, or declare the port in its schema`,
  };
}
