import type { Outcome, Task } from "@polyloom/core/runtime";
import type { UntypedInputs } from "./response.ts";

/** One call of a node: one attempt, of one item where the node is a map. */
export interface NodeCall<I = UntypedInputs, O = UntypedInputs> {
  /** Counts the calls of this node, from 1. */
  readonly number: number;
  readonly runId: string;
  /** The checked inputs; the very object that the node got. */
  readonly inputs: I;
  /** What the node returned, before it was checked; `undefined` when it failed or has not ended. */
  readonly outputs: O | undefined;
  /** What the node threw. */
  readonly error: unknown;
  readonly status: "running" | "completed" | "failed";
  readonly answeredBy: "mock" | "node" | "recording";
  readonly attempt: number;
  /** Iteration of the innermost cycle, from 1; 0 outside cycles. */
  readonly iteration: number;
  /** Position of a map's item, from 0; `undefined` outside maps. */
  readonly index: number | undefined;
  /** Virtual milliseconds after the run's start. */
  readonly startMs: number;
  /** The same for its end; `undefined` while it runs, or when nobody waited for it. */
  readonly endMs: number | undefined;
}

type OpenCall = { -readonly [K in keyof NodeCall]: NodeCall[K] };

/** Items of one map that have begun, in one iteration of one run. */
interface MapStart {
  readonly iteration: number;
  readonly begun: Set<number>;
}

interface NodeCalls {
  count: number;
  /** The newest of them, where the node stands in a cycle. */
  readonly kept: OpenCall[];
}

/** Starts that are kept; older ones go, so that a million iterations need bounded memory (C9). */
const MOST_STARTS = 100_000;

/** The calls of every node, in order. */
export class CallLog {
  readonly #window: number;
  readonly #nodes: Map<string, NodeCalls> = new Map();
  readonly #maps: Map<string, MapStart> = new Map();
  #order: string[] = [];

  /** Of a node in a cycle the newest `window` calls are kept. */
  constructor(window: number) {
    this.#window = window;
  }

  /** Ids by their starts: repeats in cycles, one entry for a map or for all attempts. */
  get order(): readonly string[] {
    return this.#order.slice(-MOST_STARTS);
  }

  of(id: string): readonly NodeCall[] {
    return [...(this.#nodes.get(id)?.kept ?? [])];
  }

  /** How many calls a node had so far. */
  count(id: string): number {
    return this.#nodes.get(id)?.count ?? 0;
  }

  begin(task: Task, answeredBy: NodeCall["answeredBy"], startMs: number): NodeCall {
    const { nodeId, runId, input, attempt, iteration, index } = task;
    if (this.#isStart(task)) this.#noteStart(nodeId);
    const calls = this.#callsOf(nodeId);
    const call: OpenCall = {
      number: ++calls.count,
      runId,
      inputs: input,
      outputs: undefined,
      error: undefined,
      status: "running",
      answeredBy,
      attempt,
      iteration,
      index,
      startMs,
      endMs: undefined,
    };
    calls.kept.push(call);
    if (iteration > 0 && calls.kept.length > this.#window) calls.kept.shift();
    return call;
  }

  end(call: NodeCall, outcome: Outcome, endMs: number): void {
    const open: OpenCall = call;
    open.endMs = endMs;
    open.status = outcome.status;
    if (outcome.status === "completed") open.outputs = outcome.output as UntypedInputs;
    else open.error = outcome.error;
  }

  clear(): void {
    this.#nodes.clear();
    this.#maps.clear();
    this.#order = [];
  }

  #noteStart(id: string): void {
    this.#order.push(id);
    if (this.#order.length >= 2 * MOST_STARTS) this.#order = this.#order.slice(-MOST_STARTS);
  }

  #callsOf(id: string): NodeCalls {
    const known = this.#nodes.get(id);
    if (known !== undefined) return known;
    const calls: NodeCalls = { count: 0, kept: [] };
    this.#nodes.set(id, calls);
    return calls;
  }

  /** A map starts with the first of its items; an item that begins twice belongs to another start. */
  #isStart({ runId, nodeId, attempt, iteration, index }: Task): boolean {
    if (attempt > 1) return false;
    if (index === undefined) return true;
    const key = `${nodeId} ${runId}`;
    const known = this.#maps.get(key);
    const isGoingOn = known?.iteration === iteration && !known.begun.has(index);
    if (isGoingOn) known.begun.add(index);
    else this.#maps.set(key, { iteration, begun: new Set([index]) });
    return !isGoingOn;
  }
}
