import type { PolyloomError } from "@polyloom/wire";
import { type CompiledExpression, compileExpression } from "../define/expression.ts";
import { type CycleSpec, referencesInCycle } from "../define/cycle.ts";
import type { NodeEntry, WorkflowLike } from "../define/graph.ts";
import { type Reference, referencesOf } from "../define/source.ts";
import { contract, type Nesting } from "./contract.ts";
import type { Draft, Edges } from "./draft.ts";
import { findBodies } from "./cycle-body.ts";
import { lintCycles } from "./cycle-lint.ts";
import { isAcyclic } from "./acyclic.ts";
import { type Issue, IssueList } from "./issue.ts";
import { loopPath } from "./loop-path.ts";
import { checkReference, type PortWiring, wireOutputs, wirePorts } from "./wiring.ts";

/** A cycle in a workflow, with what belongs to it. */
export interface CycleStructure {
  readonly spec: CycleSpec;
  /** Node numbers, ascending, those of nested cycles included. */
  readonly body: readonly number[];
  /** References of its criterion or condition that lead outside the body. */
  readonly needs: readonly Reference[];
  readonly expression: CompiledExpression | undefined;
}

/** One workflow looked at as a graph: numbers for ids, wires by port, bodies of cycles. Sub-workflows are one node. */
export interface Structure {
  readonly workflow: WorkflowLike;
  readonly entries: readonly NodeEntry[];
  readonly indexOf: ReadonlyMap<string, number>;
  readonly wirings: readonly (readonly PortWiring[])[];
  readonly outputs: readonly PortWiring[];
  readonly cycles: readonly CycleStructure[];
  readonly nesting: Nesting;
  readonly subs: ReadonlyMap<number, Structure>;
  /** Problems of this workflow and of those inside it; parameters can still supply missing inputs. */
  readonly issues: readonly Issue[];
}

/** Looks at a workflow, and at every workflow inside it. */
export function analyze(workflow: WorkflowLike, prefix = "", above: readonly WorkflowLike[] = []): Structure {
  const list = new IssueList(prefix);
  const entries = [...workflow.graph.nodes.values()];
  const indexOf = new Map(entries.map(({ id }, index) => [id, index]));
  const draft = { workflow, entries, indexOf };
  const wirings = wirePorts(draft, list);
  const outputs = wireOutputs(draft, list);
  const edges = edgesOf(draft, wirings);
  const cycles = findCycles(draft, edges, list);
  checkLoops(draft, edges, cycles.nesting, list);
  const subs = analyzeSubs(draft, prefix, [...above, workflow], list);
  lintCycles(draft, cycles.cycles, subs, list);
  const inner = [...subs.values()].flatMap((sub) => sub.issues);
  return { ...draft, wirings, outputs, ...cycles, subs, issues: [...list.issues, ...inner] };
}

function edgesOf({ indexOf }: Draft, wirings: readonly (readonly PortWiring[])[]): Edges {
  const edges: Edges = { from: [], to: [] };
  const add = (reference: Reference, to: number | undefined): void => {
    const from = reference.node === null ? undefined : indexOf.get(reference.node);
    if (from === undefined || to === undefined) return;
    edges.from.push(from);
    edges.to.push(to);
  };
  wirings.forEach((ports, to) => {
    for (const { connection } of ports) if (connection) for (const each of referencesOf(connection)) add(each, to);
  });
  return edges;
}

function findCycles(draft: Draft, edges: Edges, list: IssueList): { cycles: CycleStructure[]; nesting: Nesting } {
  const { graph } = draft.workflow;
  for (const name of graph.openCycles)
    list.add({
      code: "cycle_unbuilt",
      place: `cycle ${name}`,
      message: `cycle "${name}" was begun and never built`,
      remedy: "end the chain with .build()",
    });
  const known = graph.cycles.filter((spec) => checkCycle(draft, spec, list));
  const { bodies, nesting } = findBodies(draft, edges, known, list);
  const cycles = known.map((spec, index) => ({
    spec,
    body: bodies[index]!,
    needs: needsOf(draft, spec, bodies[index]!),
    expression: compileCriterion(draft, spec, bodies[index]!, list),
  }));
  addNeeds(draft, cycles, edges);
  return { cycles, nesting };
}

/** What a cycle reads from outside its body, other than by its nodes' inputs. */
function needsOf({ indexOf }: Draft, spec: CycleSpec, body: readonly number[]): Reference[] {
  const inside = new Set(body);
  return referencesInCycle(spec).filter(
    ({ node }) => node !== null && indexOf.has(node) && !inside.has(indexOf.get(node)!),
  );
}

function addNeeds({ indexOf }: Draft, cycles: readonly CycleStructure[], edges: Edges): void {
  for (const { needs, body } of cycles)
    for (const { node } of needs) {
      edges.from.push(indexOf.get(node!)!);
      edges.to.push(body[0]!);
    }
}

function checkCycle(draft: Draft, spec: CycleSpec, list: IssueList): boolean {
  const place = `cycle ${spec.name}`;
  const before = list.issues.length;
  if (spec.feedback.length === 0)
    list.add({
      code: "cycle_empty",
      place,
      message: `cycle "${spec.name}" has no feedback`,
      remedy: "connect an output of its body back to an input",
    });
  if (spec.maxIterations === undefined && spec.timeoutMs === undefined && spec.criterion === undefined)
    list.add({
      code: "cycle_unbounded",
      place,
      message: `cycle "${spec.name}" could run for ever`,
      expected: "at least one of maxIterations, convergeWhen, timeout",
      remedy: "say when it ends, for instance .maxIterations(100)",
    });
  for (const reference of referencesInCycle(spec)) checkReference(draft, reference, place, list);
  // A feedback into an unknown node was told where its wires were gathered.
  return list.issues.length === before && spec.feedback.every(({ node }) => draft.indexOf.has(node));
}

function compileCriterion(
  draft: Draft,
  spec: CycleSpec,
  body: readonly number[],
  list: IssueList,
): CompiledExpression | undefined {
  if (spec.criterion?.kind !== "expression") return undefined;
  const ports = new Map(
    body.map((index) => [draft.entries[index]!.id, [...draft.entries[index]!.node.outputs.byName.keys()]] as const),
  );
  try {
    return compileExpression(spec.criterion.text, { ports });
  } catch (error) {
    const { code, message } = error as PolyloomError;
    list.add({
      code,
      place: `cycle ${spec.name}`,
      message,
      remedy: "write a comparison over the names above, for instance step.delta < 1e-9",
    });
    return undefined;
  }
}

function checkLoops(draft: Draft, edges: Edges, nesting: Nesting, list: IssueList): void {
  const units = contract(draft.entries.length, edges, nesting);
  if (isAcyclic(units)) return;
  const path = loopPath(units).map((unit) => nameOf(draft, unit));
  list.add({
    code: "unmarked_cycle",
    place: `workflow ${draft.workflow.name}`,
    message: `ordinary connections form a loop: ${path.join(" → ")}`,
    expected: "a loop only through createCycle",
    found: path.join(" → "),
    remedy: "make the wire that goes back a feedback: createCycle(name).connect(from, to)",
  });
}

function nameOf({ entries, workflow }: Draft, unit: number): string {
  return entries[unit]?.id ?? `cycle ${workflow.graph.cycles[unit - entries.length]?.name ?? "?"}`;
}

/** Deeper nesting would exhaust the stack. */
export const DEEPEST: number = 200;

function analyzeSubs(
  draft: Draft,
  prefix: string,
  above: readonly WorkflowLike[],
  list: IssueList,
): Map<number, Structure> {
  const subs = new Map<number, Structure>();
  draft.entries.forEach(({ id, node, map }, index) => {
    if (node.kind !== "workflow") return;
    if (map !== undefined)
      list.add({
        code: "unsupported",
        place: id,
        message: `map "${id}" runs a workflow for each item, which no runtime does yet`,
        remedy: "map a node, or map inside the workflow",
      });
    else if (above.includes(node))
      list.add({
        code: "invalid_definition",
        place: id,
        message: `workflow "${node.name}" contains itself`,
        remedy: "a workflow cannot be a node of itself; repeat with a cycle",
      });
    else if (above.length > DEEPEST)
      list.add({
        code: "invalid_definition",
        place: id,
        message: `workflows are nested more than ${DEEPEST} deep`,
        remedy: "flatten them, or repeat with a cycle",
      });
    else subs.set(index, analyze(node, `${prefix}${id}/`, above));
  });
  return subs;
}
