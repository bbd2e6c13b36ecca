import type { Cycle, Flow, Goal, Measure, Ref, Source } from "./description.fixture.ts";

/** The body of a cycle, by the words of G4. */
export function evaluateBody(flow: Flow, cycle: Cycle): ReadonlySet<string> {
  const targets = cycle.feedback.map(({ node }) => node);
  const sources = cycle.feedback.flatMap(({ from }) => nodesOf(from));
  const ahead = closure(targets, (id) => readersOf(flow, id));
  const read = cycle.goal === undefined ? [] : readBy(cycle.goal);
  const behind = closure([...sources, ...read.filter((id) => ahead.has(id))], (id) => readBySelf(flow, id));
  return new Set([...[...ahead].filter((id) => behind.has(id)), ...cycle.include]);
}

function closure(from: readonly string[], next: (id: string) => readonly string[]): Set<string> {
  const found = new Set(from);
  for (const id of found) for (const each of next(id)) found.add(each);
  return found;
}

function readersOf(flow: Flow, id: string): string[] {
  return flow.nodes.filter((node) => readBySelf(flow, node.id).includes(id)).map((node) => node.id);
}

function readBySelf(flow: Flow, id: string): string[] {
  return flow.nodes
    .find((node) => node.id === id)!
    .ports.flatMap(({ from }) => (from === undefined ? [] : nodesOf(from)));
}

function readBy(goal: Goal): string[] {
  if (goal.kind === "predicate") return nodesOf(goal.from);
  return goal.kind === "expression" ? [goal.node] : refsOfMeasure(goal.measure).flatMap(nodeOf);
}

function refsOfMeasure(measure: Measure): readonly Ref[] {
  return "of" in measure ? measure.of.flatMap(refsOfMeasure) : [measure.ref];
}

function nodesOf(source: Source): string[] {
  if (source.kind === "ref") return nodeOf(source.ref);
  if (source.kind === "first") return source.of.flatMap(nodeOf);
  return source.items.flatMap((item) => (typeof item === "number" ? [] : nodeOf(item)));
}

function nodeOf({ node }: Ref): string[] {
  return node === null ? [] : [node];
}
