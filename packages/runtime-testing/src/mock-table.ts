import { PolyloomError, type AnyHandle } from "@polyloom/core";
import type { Outcome, Task } from "@polyloom/core/runtime";
import { idOf, namesItems, type ResponseCall, Sequence } from "./response.ts";

/** Makes the answer to one call; run when the call's latency is over. */
export type Answer = () => Outcome | Promise<Outcome>;

/** All that was set for one node. */
export interface Mock {
  /** The node's id, with the path of the workflows around it. */
  readonly id: string;
  /** Whether the response was set by a handle that stands for whole lists, if the node is a map. */
  namedWhole: boolean;
  response: Response | undefined;
  error: { readonly thrown: unknown; left: number } | undefined;
  /** Virtual milliseconds. */
  latencyMs: number | undefined;
}

interface Response {
  readonly value: unknown;
  /** Calls it answered. */
  calls: number;
}

/** What was set for which node. */
export class MockTable {
  readonly #mocks: Map<string, Mock> = new Map();
  #default: Response | undefined;

  get size(): number {
    return this.#mocks.size;
  }

  values(): Iterable<Mock> {
    return this.#mocks.values();
  }

  /** Replaces the node's response, and an error that would never end. */
  respond(target: AnyHandle | string, value: unknown): void {
    requireAnswer(value);
    const mock = this.#mockOf(target);
    mock.response = { value, calls: 0 };
    mock.namedWhole = !namesItems(target);
    if (mock.error?.left === Infinity) mock.error = undefined;
  }

  respondByDefault(value: unknown): void {
    requireAnswer(value);
    this.#default = { value, calls: 0 };
  }

  fail(target: AnyHandle | string, thrown: unknown, times: number): void {
    if (times !== Infinity && !(Number.isInteger(times) && times > 0))
      throw new PolyloomError("invalid_option", `times has to be a whole number from 1, not ${String(times)}`);
    this.#mockOf(target).error = { thrown, left: times };
  }

  delay(target: AnyHandle | string, milliseconds: number): void {
    if (!(Number.isFinite(milliseconds) && milliseconds >= 0))
      throw new PolyloomError(
        "invalid_option",
        `a latency is a number of milliseconds from 0, not ${String(milliseconds)}`,
      );
    this.#mockOf(target).latencyMs = milliseconds;
  }

  latencyOf(id: string): number | undefined {
    return this.#mocks.get(id)?.latencyMs;
  }

  /** What was set for this node: errors while they last, then its response. Counts the call. */
  answer(task: Task, number: number): Answer | undefined {
    const mock = this.#mocks.get(task.nodeId);
    if (mock === undefined) return undefined;
    const { error, response } = mock;
    if (error === undefined || error.left === 0) return response && answerWith(response, task, number);
    error.left--;
    return () => ({ status: "failed", error: error.thrown });
  }

  /** What was set for every other node. */
  answerByDefault(task: Task, number: number): Answer | undefined {
    return this.#default && answerWith(this.#default, task, number);
  }

  clear(): void {
    this.#mocks.clear();
    this.#default = undefined;
  }

  #mockOf(target: AnyHandle | string): Mock {
    const id = idOf(target);
    const known = this.#mocks.get(id);
    const mock = known ?? { id, namedWhole: false, response: undefined, error: undefined, latencyMs: undefined };
    if (known === undefined) this.#mocks.set(id, mock);
    return mock;
  }
}

/** Runs a function as a node would be run: what it throws is a failed outcome, a plain value is not awaited. */
export function outcomeOf(run: () => unknown): Outcome | Promise<Outcome> {
  try {
    const output = run();
    if (!isThenable(output)) return { status: "completed", output };
    return Promise.resolve(output).then(
      (each): Outcome => ({ status: "completed", output: each }),
      (error: unknown): Outcome => ({ status: "failed", error }),
    );
  } catch (error) {
    return { status: "failed", error };
  }
}

function answerWith(response: Response, task: Task, number: number): Answer {
  const { value } = response;
  const turn = ++response.calls;
  if (value instanceof Sequence) return () => ({ status: "completed", output: value.at(turn) as unknown });
  if (typeof value !== "function") return () => ({ status: "completed", output: value });
  const { attempt, iteration, index, context } = task;
  const call: ResponseCall = { number, attempt, iteration, index, context };
  return () => outcomeOf(() => (value as (inputs: unknown, call: ResponseCall) => unknown)(task.input, call));
}

function requireAnswer(value: unknown): void {
  if (value !== undefined) return;
  throw new PolyloomError(
    "invalid_option",
    "a response is an object of outputs, a sequence(…) or a function, not undefined",
  );
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}
