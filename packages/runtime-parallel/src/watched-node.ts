import { AsyncLocalStorage } from "node:async_hooks";
import type { NodeContext, NodeDefinition } from "@polyloom/core";
import type { Whose } from "./message.ts";

/** One call of a node, which whatever it starts remembers. */
class Call {
  readonly #context: NodeContext;
  /** There while the node waits for something. */
  #throw: ((error: unknown) => void) | undefined;

  constructor(context: NodeContext) {
    this.#context = context;
  }

  get whose(): Whose {
    const { runId, nodeId } = this.#context;
    return { runId, nodeId };
  }

  /** Gives what the node gives; a promise fails early with what code beside it threw. */
  follow(output: unknown): unknown {
    if (!isThenable(output)) return output;
    const thrown = new Promise((_resolve, reject) => (this.#throw = reject));
    return Promise.race([output, thrown]).finally(() => (this.#throw = undefined));
  }

  /** Fails the node, if it still waits for something. */
  fail(error: unknown): boolean {
    this.#throw?.(error);
    return this.#throw !== undefined;
  }
}

const calls = new AsyncLocalStorage<Call>();

/** The same node, for a worker that has to know whose code threw what nobody caught. */
export function watched(node: NodeDefinition): NodeDefinition {
  const run = (input: never, context: NodeContext): unknown => {
    const call = new Call(context);
    return calls.run(call, () => call.follow(node.run(input, context)));
  };
  return { ...node, run };
}

/** Takes what nobody caught: says whose it was, unless its node waits for something, and now fails. */
export function takeUncaught(error: unknown): { readonly whose: Whose | undefined } | undefined {
  const call = calls.getStore();
  return call?.fail(error) === true ? undefined : { whose: call?.whose };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === "function";
}
