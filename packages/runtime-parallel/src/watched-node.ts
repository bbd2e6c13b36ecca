import { AsyncLocalStorage } from "node:async_hooks";
import type { NodeContext, NodeDefinition } from "@polyloom/core";
import type { Whose } from "./message.ts";

/** One call of a node, which whatever it starts remembers. */
class Call {
  readonly #context: NodeContext;
  isOver = false;
  #throw: ((error: unknown) => void) | undefined;

  constructor(context: NodeContext) {
    this.#context = context;
  }

  get whose(): Whose {
    const { runId, nodeId } = this.#context;
    return { runId, nodeId };
  }

  /** Calls the node; its promise fails early with what code beside it throws. */
  of(run: () => unknown): unknown {
    let output: unknown;
    try {
      output = run();
    } finally {
      this.isOver = !isThenable(output);
    }
    if (this.isOver) return output;
    const thrown = new Promise((_resolve, reject) => (this.#throw = reject));
    return Promise.race([output, thrown]).finally(() => (this.isOver = true));
  }

  /** Fails the node, unless it is over. */
  fail(error: unknown): void {
    this.#throw?.(error);
  }
}

const calls = new AsyncLocalStorage<Call>();

/** The same node, for a worker that has to know whose code threw what nobody caught. */
export function watched(node: NodeDefinition): NodeDefinition {
  const run = (input: never, context: NodeContext): unknown => {
    const call = new Call(context);
    return calls.run(call, () => call.of(() => node.run(input, context)));
  };
  return { ...node, run };
}

/** Takes what nobody caught: says whose it was, unless its node is not over, and now fails. */
export function takeUncaught(error: unknown): { readonly whose: Whose | undefined } | undefined {
  const call = calls.getStore();
  if (call === undefined || call.isOver) return { whose: call?.whose };
  call.fail(error);
  return undefined;
}

/** Lets a node end the process while it runs, and not afterwards, when that would end another's. */
export function guardExit(): void {
  const exit = process.exit.bind(process);
  process.exit = (code) => {
    if (calls.getStore()?.isOver === true) throw new Error("process.exit() was called after the node's end");
    return exit(code);
  };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === "function";
}
