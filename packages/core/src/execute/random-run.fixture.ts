import { z } from "zod";
import type { NodeHandle } from "../define/handle.ts";
import { defineNode, type NodeContext, type NodeDefinition } from "../define/node.ts";
import { Workflow } from "../define/workflow.ts";
import type { RunEvent } from "../observe/event.ts";
import type { ManualClock } from "./manual-clock.fixture.ts";

/** Numbers from 0 to 1 that one seed gives again (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A number that may come from two sides. */
type Sum = NodeDefinition<{ a: number; b?: number | undefined }, { x: number }>;
type SumHandle = NodeHandle<{ a: number; b?: number | undefined }, { x: number }>;

/** A workflow that a seed describes: nested cycles and workflows, limits, retries, groups, asynchronous schemas. */
export class RandomFlow {
  readonly flow: Workflow;
  /** Timers that nodes and schemas wait for: they are theirs, not the run's. */
  waiting = 0;
  readonly #random: () => number;
  readonly #clock: ManualClock;
  #count = 0;

  constructor(seed: number, clock: ManualClock) {
    this.#random = randomOf(seed);
    this.#clock = clock;
    this.flow = this.#workflow(`flow${seed}`, 0);
  }

  #workflow(name: string, depth: number): Workflow {
    const flow = new Workflow(name);
    const known: SumHandle[] = [];
    for (let i = this.#upTo(4); i >= 0; i--) {
      if (this.#chance(0.4) && depth < 3) this.#addCycle(flow, known, depth);
      else if (this.#chance(0.2) && depth < 2) flow.addNode(`sub${this.#count++}`, this.#workflow("sub", depth + 1));
      else known.push(this.#addNode(flow, known));
    }
    return flow;
  }

  #addNode(flow: Workflow, known: readonly SumHandle[], first?: SumHandle): SumHandle {
    const a = first ?? this.#pick(known);
    const b = this.#chance(0.3) ? this.#pick(known) : undefined;
    return flow.addNode(`n${this.#count++}`, this.#node(), {
      a: a === undefined ? this.#upTo(5) : a.out.x,
      ...(b === undefined || b === a ? {} : { b: b.out.x }),
    });
  }

  /** A chain of a few nodes, perhaps with another cycle inside. */
  #addCycle(flow: Workflow, known: SumHandle[], depth: number): void {
    const first = this.#addNode(flow, known);
    const body = [first];
    for (let i = this.#upTo(2); i > 0; i--) body.push(this.#addNode(flow, [], body.at(-1)));
    const last = body.at(-1)!;
    const cycle = flow.createCycle(`cycle${this.#count++}`).connect(last.out.x, first.in.a);
    cycle.maxIterations(1 + this.#upTo(4));
    if (this.#chance(0.3)) cycle.timeout(1 + this.#upTo(60));
    if (this.#chance(0.3)) cycle.convergeWhen(last.out.x, (x) => x % 3 === 0);
    if (this.#chance(0.2)) cycle.continueWhile(last.out.x, (x) => x % 5 !== 0);
    if (this.#chance(0.1)) cycle.onExhausted("fail");
    if (body.length > 1 && depth < 2 && this.#chance(0.4)) this.#nest(flow, body);
    cycle.build();
    known.push(last);
  }

  #nest(flow: Workflow, body: readonly SumHandle[]): void {
    const inner = body.at(-1)!;
    const cycle = flow.createCycle(`inner${this.#count++}`).connect(inner.out.x, inner.in.b);
    cycle.maxIterations(1 + this.#upTo(3));
    if (this.#chance(0.4)) cycle.timeout(1 + this.#upTo(30));
    cycle.build();
  }

  #node(): Sum {
    const behave = this.#behaviour();
    return defineNode({
      name: "sum",
      input: z.object({ a: this.#number(), b: z.number().optional() }),
      output: z.object({ x: this.#number() }),
      ...(this.#chance(0.3) ? { retry: { attempts: 1 + this.#upTo(3), delayMs: this.#upTo(10) } } : {}),
      ...(this.#chance(0.3) ? { timeoutMs: 1 + this.#upTo(25) } : {}),
      ...(this.#chance(0.3) ? { group: "few" } : {}),
      run: ({ a, b = 0 }, context) => {
        context.state["calls"] = ((context.state["calls"] as number | undefined) ?? 0) + 1;
        return behave(1 + a + b, context);
      },
    }) as Sum;
  }

  /** Most numbers are only checked; some take their time. */
  #number(): z.ZodType<number, number> {
    if (!this.#chance(0.15)) return z.number();
    const ms = this.#upTo(15);
    return z.number().refine(() => this.#wait(ms).then(() => true));
  }

  #behaviour(): (x: number, context: NodeContext) => { x: number } | Promise<{ x: number }> {
    const ms = this.#upTo(30);
    const fails = this.#chance(0.2) ? 1 + this.#upTo(2) : 0;
    const heeds = this.#chance(0.7);
    const answer = (x: number, { attempt, progress }: NodeContext): { x: number } => {
      progress(1, 2);
      if (attempt <= fails) throw new RangeError(`attempt ${attempt}`);
      return { x };
    };
    if (this.#chance(0.4)) return answer;
    return async (x, context) => {
      await this.#wait(ms, heeds ? context.signal : undefined);
      return answer(x, context);
    };
  }

  #wait(ms: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.waiting++;
    const over = (): void => {
      this.waiting--;
      signal?.removeEventListener("abort", stop);
      resolve();
    };
    const timer = this.#clock.set(over, ms);
    const stop = (): void => {
      this.#clock.clear(timer);
      this.waiting--;
      reject(signal!.reason as Error);
    };
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
    return promise;
  }

  #chance(share: number): boolean {
    return this.#random() < share;
  }

  #upTo(most: number): number {
    return Math.floor(this.#random() * (most + 1));
  }

  #pick<T>(list: readonly T[]): T | undefined {
    return list[this.#upTo(list.length)];
  }
}

const ENDS: ReadonlySet<string> = new Set(["node.completed", "node.failed", "node.cancelled"]);

/** What is wrong with the order of events of a run that is over (O1). */
export function illegalEvents(events: readonly RunEvent[]): string[] {
  const open = new Set<string>();
  const wrong: string[] = [];
  events.forEach((event, index) => {
    if (event.seq !== index + 1) wrong.push(`seq ${event.seq} at ${index}`);
    if ((event.type === "run.started") !== (index === 0)) wrong.push(`${event.type} at ${index}`);
    if ((event.type === "run.ended") !== (index === events.length - 1)) wrong.push(`${event.type} at ${index}`);
    if (!event.type.startsWith("node.") || !("nodeId" in event)) return;
    const id = event.nodeId!;
    const mustBeOpen = event.type !== "node.started" && event.type !== "node.skipped";
    if (open.has(id) !== mustBeOpen) wrong.push(`${event.type} of ${id}, seq ${event.seq}`);
    if (event.type === "node.started") open.add(id);
    if (ENDS.has(event.type)) open.delete(id);
  });
  return [...wrong, ...[...open].map((id) => `${id} has no end`)];
}
