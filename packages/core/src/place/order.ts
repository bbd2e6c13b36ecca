import { assertTransferable, type NodeReference } from "@polyloom/wire";
import type { Task } from "../execute/task.ts";

/** What a task says of itself, apart from its node and its values. */
export type About = Pick<Task, "runId" | "workflow" | "nodeId" | "attempt" | "iteration" | "index">;

/** One attempt at one node as data, for a place that shares nothing with the run. */
export interface Order<Node = NodeReference> {
  /** How the place knows the node: by its reference, unless both sides agreed on something shorter. */
  readonly node: Node;
  readonly input: Task["input"];
  readonly about: About;
  /** What the node keeps from one iteration to the next (C8); none outside cycles. */
  readonly state?: Readonly<Record<string, unknown>>;
}

/**
 * A task as an order.
 * @throws PolyloomError `not_transferable` with the path, where the input or the state is no data (D1)
 */
export function orderFor<Node>({ input, context, ...task }: Task, node: Node): Order<Node> {
  const { runId, workflow, nodeId, attempt, iteration, index } = task;
  assertTransferable(input, nodeId);
  const about = { runId, workflow, nodeId, attempt, iteration, index };
  return iteration === 0 ? { node, input, about } : { node, input, about, state: stateOf(nodeId, context.state) };
}

function stateOf(nodeId: string, state: Record<string, unknown>): Record<string, unknown> {
  assertTransferable(state, `${nodeId}: state`);
  return state;
}
