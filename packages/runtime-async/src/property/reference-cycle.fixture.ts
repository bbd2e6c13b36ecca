import { holds } from "./behaviour.fixture.ts";
import type { Cycle, Flow, Ref, Source, Test } from "./description.fixture.ts";
import { type CycleState, type Ending, Frame, type Place, SKIPPED } from "./reference-frame.fixture.ts";
import { startGoal } from "./reference-goal.fixture.ts";

/** What a cycle asks of its flow. */
export interface FlowView {
  readonly place: Place;
  /** Evaluates a node in a frame, unless that is done. */
  demand(id: string, frame: Frame): Ending;
  /** The value of a source, as a frame sees it. */
  read(source: Source, frame: Frame): unknown;
}

/** How a run of a cycle went. */
interface Course {
  /** The last completed iteration. */
  readonly committed?: Frame | undefined;
  /** The iteration that was not completed. */
  readonly last?: Frame | undefined;
  readonly iterations: number;
  readonly reason: string;
}

/** Repeats a body from the cycle's start to its end (C1 to C13). */
export class CycleEvaluation {
  readonly #flow: FlowView;

  /** Bodies are evaluated by the flow. */
  constructor(flow: FlowView) {
    this.#flow = flow;
  }

  /** One run of the cycle, noted in the frame around it. */
  repeat(cycle: Cycle, body: ReadonlySet<string>, around: Frame): void {
    const state: CycleState = { cycle, body, states: new Map(), fed: new Map(), had: new Map(), iteration: 0 };
    const { committed, last, iterations, reason } = this.#iterate(state, around);
    this.#count(cycle, iterations, reason);
    for (const [id, ending] of this.#left(body, committed, last, reason)) around.endings.set(id, ending);
  }

  #iterate(state: CycleState, around: Frame): Course {
    const { cycle, body } = state;
    const isConverged = startGoal(cycle, (source, frame: Frame) => this.#flow.read(source, frame));
    const mayGoOn = this.#condition(state, around);
    let committed: Frame | undefined;
    let last: Frame | undefined;
    let iterations = 0;
    let asked = 0;
    try {
      for (;;) {
        asked = iterations + 1;
        if (!mayGoOn(asked, committed)) return { committed, last: undefined, iterations, reason: "condition" };
        if (committed !== undefined) this.#feed(state, committed);
        state.iteration = asked;
        last = new Frame(around, state);
        for (const id of body) this.#flow.demand(id, last);
        if (last.hasFailed) return { committed, last, iterations, reason: "failed" };
        if (!last.hasCompleted) return { committed, last, iterations, reason: "condition" };
        committed = last;
        iterations++;
        if (isConverged(last, iterations)) return { committed, iterations, reason: "converged" };
        if (iterations >= cycle.maxIterations)
          return { committed, iterations, reason: this.#exhausted(state, iterations, around) };
      }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#undecided(error, asked, around);
      return { committed, last: undefined, iterations, reason: "failed" };
    }
  }

  /** C6: asked before each iteration; what the body gives is asked from the second on. */
  #condition({ cycle, body }: CycleState, around: Frame): (iteration: number, committed: Frame | undefined) => boolean {
    const { condition } = cycle;
    if (condition === undefined) return () => true;
    const isInside = refsOf(condition.from).some(({ node }) => node !== null && body.has(node));
    const history: number[] = [];
    return (iteration, committed) => {
      if (iteration === 1 && isInside) return true;
      const value = this.#flow.read(condition.from, committed ?? around) as number | undefined;
      // CHOICE: a dead value says no.
      if (value === undefined) return false;
      const answer = decide(condition.test, value, history);
      history.push(value);
      if (history.length > cycle.historyWindow) history.shift();
      return answer;
    };
  }

  #feed({ cycle, fed, had }: CycleState, committed: Frame): void {
    const next = cycle.feedback.map(({ from, node, port }) => {
      const key = `${node}.${port}`;
      // CHOICE: once a feedback gave a value, that is what the input "had", whatever an inner cycle put there since.
      return [key, this.#flow.read(from, committed) ?? fed.get(key) ?? had.get(key)] as const;
    });
    for (const [key, value] of next) fed.set(key, value);
  }

  /** C5: CHOICE: the values of an exhausted cycle go on downstream although it counts as an error. */
  #exhausted({ cycle }: CycleState, iterations: number, around: Frame): string {
    if (cycle.onExhausted === "fail") {
      this.#flow.place.books.failures.push({
        code: "cycle_exhausted",
        nodeId: undefined,
        iteration: iterations,
        cause: undefined,
        isOneOfMany: false,
      });
      around.fail();
    }
    return "max_iterations";
  }

  /** C4: a criterion that throws fails its cycle, and never counts as converged. */
  #undecided(error: Error, iteration: number, around: Frame): void {
    this.#flow.place.books.failures.push({
      code: "expression_failed",
      nodeId: undefined,
      iteration,
      cause: error.message,
      isOneOfMany: false,
    });
    around.fail();
  }

  #count(cycle: Cycle, iterations: number, reason: string): void {
    const name = this.#flow.place.prefix + cycle.name;
    const before = this.#flow.place.books.cycles.get(name);
    this.#flow.place.books.cycles.set(name, {
      iterations,
      converged: reason === "converged",
      reason,
      runs: (before?.runs ?? 0) + 1,
      totalIterations: (before?.totalIterations ?? 0) + iterations,
    });
  }

  /** R2, C2: the last completed iteration; without one the body is skipped. A node that failed stays failed. */
  #left(
    body: ReadonlySet<string>,
    committed: Frame | undefined,
    last: Frame | undefined,
    reason: string,
  ): Map<string, Ending> {
    const left = new Map<string, Ending>(
      committed?.endings ?? allOf(this.#flow.place, body).map((id) => [id, SKIPPED]),
    );
    if (reason !== "failed") return left;
    for (const [id, ending] of last?.endings ?? []) {
      const outputs = committed?.endings.get(id)?.outputs;
      if (ending.status !== "failed") continue;
      // CHOICE: what a workflow gave in the last completed iteration stays, though a node in it failed since.
      left.set(id, { ...ending, outputs: ending.isSub === true ? outputs : undefined, shown: outputs });
    }
    return left;
  }
}

/** Ids of everything in a body, with all that lies inside its workflows. */
function allOf(
  { flow, prefix }: { readonly flow: Flow; readonly prefix: string },
  body: ReadonlySet<string>,
): string[] {
  return flow.nodes.flatMap((node) => {
    if (!body.has(node.id)) return [];
    if (node.kind !== "sub") return [prefix + node.id];
    const inner = { flow: node.flow, prefix: `${prefix}${node.id}/` };
    return [prefix + node.id, ...allOf(inner, new Set(node.flow.nodes.map(({ id }) => id)))];
  });
}

function refsOf(source: Source): readonly Ref[] {
  if (source.kind === "ref") return [source.ref];
  return source.kind === "first" ? source.of : source.items.filter((item) => typeof item !== "number");
}

function decide(test: Test, value: number, history: readonly number[]): boolean {
  return holds(test, value, history.at(-1), history);
}
