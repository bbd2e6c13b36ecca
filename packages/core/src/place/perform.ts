import { assertTransferable, findNode, PolyloomError, serializeError } from "@polyloom/wire";
import type { NodeDefinition } from "../define/node.ts";
import { noObjectFailure } from "../execute/attempt-failure.ts";
import { invoke, type Outcome } from "../execute/task.ts";
import type { Order } from "./order.ts";
import { PlaceContext } from "./place-context.ts";
import type { End, Listener } from "./report.ts";

/** Finds the node of an order in this process, and makes one attempt at it; never rejects. */
export async function perform(order: Order, listener: Listener): Promise<End> {
  let node: NodeDefinition;
  try {
    node = (await findNode(order.node)) as NodeDefinition;
  } catch (error) {
    return refused(error);
  }
  return performNode(node, order, listener);
}

/** Makes one attempt at a node that was found already; a node that returns a plain value is not awaited. */
export function performNode(node: NodeDefinition, order: Order<unknown>, listener: Listener): End | Promise<End> {
  const context = new PlaceContext(order, listener);
  const outcome = invoke({ ...order.about, node, input: order.input, context });
  return "status" in outcome ? endOf(outcome, order, context) : outcome.then((each) => endOf(each, order, context));
}

/** The end of an order that the place could not carry out. */
export function refused(error: unknown): End {
  return { kind: "refused", error: serializeError(error) };
}

function endOf(outcome: Outcome, order: Order<unknown>, context: PlaceContext): End {
  context.close();
  if (outcome.status === "failed") return { kind: "threw", error: serializeError(outcome.error) };
  try {
    return completed(outcome.output, order, context);
  } catch (error) {
    return refused(error);
  }
}

function completed(
  output: unknown,
  { about: { nodeId }, state: before }: Order<unknown>,
  { state }: PlaceContext,
): End {
  if (typeof output === "function" || typeof output === "symbol")
    throw new PolyloomError("invalid_output", noObjectFailure(output, { nodeId }).message);
  assertTransferable(output, nodeId);
  if (before === undefined) return { kind: "completed", output };
  assertTransferable(state, `${nodeId}: state`);
  return { kind: "completed", output, state };
}
