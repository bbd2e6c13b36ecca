import { type NodeDefinition, PolyloomError, type WorkflowLike } from "@polyloom/core";

type Entry = WorkflowLike["graph"]["nodes"] extends ReadonlyMap<string, infer E> ? E : never;

/** Nodes that stand in for a workflow: none of them can run for real. */
const STAND_INS = new WeakSet<NodeDefinition>();

/** Whether a node stands in for a workflow. */
export function isStandIn(node: NodeDefinition): boolean {
  return STAND_INS.has(node);
}

/** Where an id such as `sub/step` leads, or `undefined`. */
export function findEntry(workflow: WorkflowLike, id: string): Entry | undefined {
  const [first, ...rest] = id.split("/");
  let entry = workflow.graph.nodes.get(first!);
  for (const part of rest) entry = entry?.node.kind === "workflow" ? entry.node.graph.nodes.get(part) : undefined;
  return entry;
}

/** The workflow with some of its sub-workflows, by id, replaced by one node each that has the same ports. */
export function substitute(workflow: WorkflowLike, ids: readonly string[]): WorkflowLike {
  const { graph } = workflow;
  const nodes = new Map(graph.nodes);
  for (const [id, entry] of nodes) {
    if (entry.node.kind !== "workflow") continue;
    const inner = ids.flatMap((each) => (each.startsWith(`${id}/`) ? [each.slice(id.length + 1)] : []));
    if (ids.includes(id)) nodes.set(id, { ...entry, node: standIn(entry.node) });
    else if (inner.length > 0) nodes.set(id, { ...entry, node: substitute(entry.node, inner) });
  }
  const { kind, name, inputs, outputs, runtime, version } = workflow;
  return { kind, name, inputs, outputs, runtime, version, graph: { ...graph, nodes } };
}

function standIn({ name, inputs, outputs }: WorkflowLike): NodeDefinition {
  const node: NodeDefinition = { kind: "node", name, inputs, outputs, reference: undefined, run: cannotRun };
  STAND_INS.add(node);
  return node;
}

function cannotRun(): never {
  throw new PolyloomError("internal", "a node that stands in for a workflow has nothing to run");
}
