import type { Cycle, Flow, Node, Port, Ref, Scenario, Source } from "./description.fixture.ts";
import type { Expected } from "./expected.fixture.ts";
import { leavesOf } from "./leaf-wiring.fixture.ts";

/** Smallest share of random scenarios that has to have each feature, in percent. */
export const LEAST: Readonly<Record<string, number>> = {
  branch: 30,
  "optional port": 30,
  "literal beside a connection": 30,
  template: 5,
  firstOf: 30,
  "skipped node": 20,
  map: 15,
  "map with a hole": 2,
  "map of nothing": 5,
  "map in chunks": 10,
  cycle: 30,
  "nested cycles": 4,
  "cycle inside a sub-workflow": 5,
  "sub-workflow inside a cycle": 5,
  "feedback on a connection": 10,
  "feedback on a literal": 10,
  "feedback on a default": 3,
  "feedback that may be dead": 10,
  "ended by convergence": 10,
  "ended by its maximum": 15,
  "ended by its condition": 3,
  "no iteration": 2,
  predicate: 5,
  expression: 5,
  criterion: 5,
  "sub-workflow": 15,
  "nested sub-workflow": 4,
  "sub-workflow used twice": 1,
  "skipped sub-workflow": 1,
  state: 10,
  parameters: 20,
  "one failure": 5,
  "several failures": 2,
  "failure in stop mode": 5,
  "failure in continue mode": 5,
  "failed cycle": 3,
  "retry that succeeds": 2,
};

/** The features of a scenario. */
export function featuresOf({ flow, onFailure, parameters }: Scenario, expected: Expected): string[] {
  const flows = flowsIn(flow);
  const nodes = flows.flatMap((each) => each.nodes);
  const cycles = flows.flatMap((each) => each.cycles.map((cycle) => ({ cycle, nodes: each.nodes })));
  const found: Readonly<Record<string, boolean>> = {
    ...ofNodes(nodes),
    ...ofCycles(cycles),
    ...ofShape(flow),
    ...ofOutcome(expected),
    "sub-workflow used twice": new Set(flows).size < flows.length,
    "nested sub-workflow": flow.nodes.some((node) => node.kind === "sub" && flowsIn(node.flow).length > 1),
    parameters: Object.keys(parameters).length > 0,
    "failure in stop mode": expected.failures.length > 0 && onFailure === "stop",
    "failure in continue mode": expected.failures.length > 0 && onFailure === "continue",
  };
  return Object.keys(found).filter((name) => found[name]);
}

function ofNodes(nodes: readonly Node[]): Record<string, boolean> {
  const ports = nodes.flatMap((node) => node.ports);
  const sources = ports.flatMap(({ from }) => (from === undefined ? [] : [from]));
  const maps = nodes.filter((node) => node.kind === "map");
  return {
    branch: nodes.some(({ kind }) => kind === "branch"),
    map: maps.length > 0,
    "map in chunks": maps.some(({ chunkSize, chunkBy }) => chunkSize !== undefined || chunkBy !== undefined),
    "sub-workflow": nodes.some(({ kind }) => kind === "sub"),
    "optional port": ports.some(({ mode }) => mode.kind === "optional"),
    "literal beside a connection": ports.some(({ literal, from }) => literal !== undefined && from !== undefined),
    template: sources.some(({ kind }) => kind === "list"),
    firstOf: sources.some(({ kind }) => kind === "first"),
    state: nodes.some((node) => "behaviour" in node && node.behaviour.usesState),
  };
}

function ofCycles(cycles: readonly { cycle: Cycle; nodes: readonly Node[] }[]): Record<string, boolean> {
  const goals = cycles.map(({ cycle }) => cycle.goal?.kind);
  const feedback = cycles.flatMap(({ cycle, nodes }) =>
    cycle.feedback.map(({ from, node, port }) => ({ from, port: portOf(nodes, node, port) })),
  );
  return {
    cycle: cycles.length > 0,
    predicate: goals.includes("predicate"),
    expression: goals.includes("expression"),
    criterion: goals.includes("measure"),
    "feedback on a connection": feedback.some(({ port }) => port.from !== undefined),
    "feedback on a literal": feedback.some(({ port }) => port.literal !== undefined),
    "feedback on a default": feedback.some(({ port }) => port.mode.kind === "default"),
    "feedback that may be dead": feedback.some(({ from }) => refsOf(from).some(mayBeDead)),
  };
}

function ofShape(flow: Flow): Record<string, boolean> {
  const leaves = [...leavesOf(flow).values()];
  const depth = (name: string): number => name.split("/").length;
  return {
    "nested cycles": leaves.some(({ cycles }) => cycles.length > 1),
    "cycle inside a sub-workflow": leaves.some(({ cycles }) => cycles.some((name) => name.includes("/"))),
    "sub-workflow inside a cycle": leaves.some(({ id, cycles }) => cycles.some((name) => depth(name) < depth(id))),
  };
}

function ofOutcome({ nodes, results, cycles, failures }: Expected): Record<string, boolean> {
  const reasons = Object.values(cycles).map(({ reason }) => reason);
  const statuses = Object.entries(nodes);
  const lists = Object.values(results).flatMap(({ out }) => (Array.isArray(out) ? [out as unknown[]] : []));
  const isSub = (id: string): boolean => statuses.some(([other]) => other.startsWith(`${id}/`));
  return {
    "skipped node": statuses.some(([, { status }]) => status === "skipped"),
    "skipped sub-workflow": statuses.some(([id, { status }]) => status === "skipped" && isSub(id)),
    "map with a hole": lists.some((list) => list.includes(undefined)),
    "map of nothing": lists.some((list) => list.length === 0),
    "ended by convergence": reasons.includes("converged"),
    "ended by its maximum": reasons.includes("max_iterations"),
    "ended by its condition": reasons.includes("condition"),
    "failed cycle": reasons.includes("failed"),
    "no iteration": Object.values(cycles).some(({ iterations }) => iterations === 0),
    "one failure": failures.length === 1,
    "several failures": failures.length > 1,
    "retry that succeeds": statuses.some(([, { status, attempts }]) => status === "completed" && attempts > 1),
  };
}

function flowsIn(flow: Flow): Flow[] {
  return [flow, ...flow.nodes.flatMap((node) => (node.kind === "sub" ? flowsIn(node.flow) : []))];
}

function portOf(nodes: readonly Node[], id: string, port: string): Port {
  return nodes.find((node) => node.id === id)!.ports.find(({ name }) => name === port)!;
}

const SURE: ReadonlySet<unknown> = new Set(["out", "pair", "list"]);

function mayBeDead({ path }: Ref): boolean {
  return !SURE.has(path[0]) || path.includes("second") || typeof path[1] === "number";
}

function refsOf(source: Source): readonly Ref[] {
  if (source.kind === "ref") return [source.ref];
  return source.kind === "first" ? source.of : source.items.filter((item) => typeof item !== "number");
}
