import { isDeepStrictEqual } from "node:util";
import { holds } from "./behaviour.fixture.ts";
import type { Cycle, Measure, Ref, Source } from "./description.fixture.ts";
import { expressionHolds } from "./expression-form.fixture.ts";

type Reader<F> = (source: Source, frame: F) => unknown;

/** Asked after each iteration, in order: whether the cycle has converged (C3, C4). */
export function startGoal<F>(
  { goal, historyWindow }: Cycle,
  read: Reader<F>,
): (frame: F, iteration: number) => boolean {
  if (goal === undefined) return () => false;
  const readRef = (ref: Ref, frame: F): unknown => read({ kind: "ref", ref }, frame);
  if (goal.kind === "measure") return startMeasure(goal.measure, readRef);
  if (goal.kind === "expression") {
    let previous: number | undefined;
    return (frame, iteration) => {
      const value = readRef({ node: goal.node, path: [goal.port] }, frame) as number | undefined;
      const converged = expressionHolds(goal, { value, previous, iteration });
      previous = value;
      return converged;
    };
  }
  const history: number[] = [];
  return (frame) => {
    const value = read(goal.from, frame) as number | undefined;
    // CHOICE: an iteration whose value is dead leaves no trace: `previous` is the last value that was alive.
    if (value === undefined) return false;
    const converged = holds(goal.test, value, history.at(-1), history);
    history.push(value);
    if (history.length > historyWindow) history.shift();
    return converged;
  };
}

function startMeasure<F>(measure: Measure, read: (ref: Ref, frame: F) => unknown): (frame: F) => boolean {
  if ("of" in measure) {
    const parts = measure.of.map((part) => startMeasure(part, read));
    return (frame) => {
      const held = parts.map((part) => part(frame));
      return measure.kind === "any" ? held.some(Boolean) : held.every(Boolean);
    };
  }
  const seen: unknown[] = [];
  let inARow = 0;
  return (frame) => {
    const value = read(measure.ref, frame);
    const isMet = value !== undefined && meets(measure, value, seen);
    seen.push(value);
    inARow = isMet ? inARow + 1 : 0;
    return inARow >= measure.patience;
  };
}

/** CHOICE: after a dead value delta and fixpoint have nothing to compare with; plateau keeps its best. */
function meets(measure: Exclude<Measure, { kind: "any" | "all" }>, value: unknown, seen: readonly unknown[]): boolean {
  if (measure.kind === "plateau") {
    const earlier = seen.filter((each) => typeof each === "number");
    if (earlier.length === 0) return false;
    const gain =
      measure.goal === "min" ? Math.min(...earlier) - (value as number) : (value as number) - Math.max(...earlier);
    return gain <= measure.tolerance;
  }
  const previous = seen.at(-1);
  if (previous === undefined) return false;
  if (measure.kind === "fixpoint") return isDeepStrictEqual(value, previous);
  return Math.abs((value as number) - (previous as number)) < measure.tolerance;
}
