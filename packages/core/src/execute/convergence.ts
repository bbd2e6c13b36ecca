import { PolyloomError } from "@polyloom/wire";
import { type Criterion, type CriterionTest, type IterationInfo, startCriterion } from "../define/criterion.ts";
import type { ExpressionValues } from "../define/expression.ts";
import { kindOfAnswer } from "../define/boolean.ts";
import type { Reference } from "../define/source.ts";
import type { CriterionPlan, CyclePlan } from "../plan/plan.ts";
import { describeThrown } from "./failure.ts";
import { type Outputs, resolve } from "./inputs.ts";

/** What is known when an iteration is over. */
export interface IterationEnd {
  readonly outputs: Outputs;
  readonly iteration: number;
  readonly elapsedMs: number;
}

/** Asked once an iteration, in order, whether the cycle has converged. */
export type ConvergenceTest = (end: IterationEnd) => boolean;

/** Starts a cycle's criterion afresh; one that cannot be decided throws, and never counts as converged (C4). */
export function startConvergence(cycle: CyclePlan): ConvergenceTest {
  const { criterion } = cycle;
  if (criterion === undefined) return () => false;
  if (criterion.kind === "predicate") return predicateTest(criterion, cycle);
  if (criterion.kind === "expression") return expressionTest(criterion, cycle);
  return criterionTest(criterion.criterion, criterion.sources);
}

function predicateTest(
  { source, test }: Extract<CriterionPlan, { kind: "predicate" }>,
  cycle: CyclePlan,
): ConvergenceTest {
  const history: unknown[] = [];
  return (end) => {
    const value = resolve(source, end.outputs);
    if (value === undefined) return false;
    const converged = decide(cycle, end.iteration, "the predicate", test as Ask, value, new Info(end, history));
    if (history.length < cycle.historyWindow) history.push(value);
    else slide(history, value);
    return converged;
  };
}

type Ask = (value: unknown, info: unknown) => unknown;

/** What a predicate is told; the time is only looked at when it is asked for. */
class Info implements IterationInfo {
  readonly iteration: number;
  readonly history: readonly unknown[];
  readonly #end: IterationEnd;

  constructor(end: IterationEnd, history: readonly unknown[]) {
    this.#end = end;
    this.iteration = end.iteration;
    this.history = history;
  }

  get previous(): unknown {
    return this.history.at(-1);
  }

  get elapsedMs(): number {
    return this.#end.elapsedMs;
  }
}

/** Drops the oldest; a window of one, the common case, moves nothing. */
function slide(history: unknown[], value: unknown): void {
  for (let i = 1; i < history.length; i++) history[i - 1] = history[i];
  history[history.length - 1] = value;
}

function expressionTest(
  { text, expression, sources }: Extract<CriterionPlan, { kind: "expression" }>,
  cycle: CyclePlan,
): ConvergenceTest {
  const what = `expression "${text}"`;
  const evaluate = (values: unknown): unknown => orFalse(expression.evaluate(values as ExpressionValues));
  let previous = new Map<Reference, unknown>();
  return (end) => {
    const { outputs, iteration } = end;
    const read = (reference: Reference): unknown => resolve(sources.get(reference)!, outputs);
    const before = previous;
    const values = {
      iteration,
      read,
      readPrevious: (reference: Reference) => before.get(reference),
      get elapsedMs() {
        return end.elapsedMs;
      },
    };
    const converged = decide(cycle, iteration, what, evaluate, values);
    previous = new Map(expression.readsPrevious.map((reference) => [reference, read(reference)]));
    return converged;
  };
}

/** Only what is dead counts as not converged; `null` is an answer, and no boolean. */
function orFalse(answer: unknown): unknown {
  return answer === undefined ? false : answer;
}

function criterionTest(
  criterion: Criterion,
  sources: Extract<CriterionPlan, { kind: "criterion" }>["sources"],
): ConvergenceTest {
  if ("of" in criterion) {
    const parts = criterion.of.map((part) => criterionTest(part, sources));
    // Every part is asked each time: each counts its own patience.
    return (end) => {
      const held = parts.map((part) => part(end));
      return criterion.kind === "any" ? held.includes(true) : !held.includes(false);
    };
  }
  const test: CriterionTest = startCriterion(criterion);
  const source = sources.get(criterion)!;
  return ({ outputs }) => test(resolve(source, outputs));
}

/**
 * Asks a condition, which has to answer with a boolean.
 * @throws PolyloomError `expression_failed`, naming the cycle and the iteration
 */
export function decide(
  cycle: CyclePlan,
  iteration: number,
  what: string,
  ask: (value: unknown, info: unknown) => unknown,
  value: unknown,
  info?: unknown,
): boolean {
  let answer: unknown;
  try {
    answer = ask(value, info);
  } catch (cause) {
    throw undecided(cycle, iteration, what, `threw: ${describeThrown(cause)}`, cause);
  }
  if (typeof answer === "boolean") return answer;
  throw undecided(cycle, iteration, what, `gave ${kindOfAnswer(answer)}, not a boolean`, undefined);
}

function undecided(cycle: CyclePlan, iteration: number, what: string, problem: string, cause: unknown): PolyloomError {
  const known =
    cycle.criterion?.kind === "expression"
      ? [...new Set(cycle.criterion.expression.reads.map(({ node, path }) => `${node}.${path.join(".")}`))]
      : [];
  const names = known.length > 0 ? `; it reads ${known.join(", ")}` : "";
  const message = `cycle "${cycle.name}", iteration ${iteration}: ${what} ${problem}${names}`;
  return new PolyloomError("expression_failed", message, { cause, details: { cycle: cycle.name, iteration } });
}
