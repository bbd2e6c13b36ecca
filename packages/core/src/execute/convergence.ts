import { PolyloomError } from "@polyloom/wire";
import { type Criterion, type CriterionMemory, type IterationInfo, startCriterion } from "../define/criterion.ts";
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

/** One run of a cycle's criterion. */
export interface Convergence {
  /** Asked once an iteration, in order, whether the cycle has converged. */
  holds(end: IterationEnd): boolean;
  /** What it goes by from one iteration to the next, as plain data: to go on from, with {@link startConvergence}. */
  memory(): unknown;
}

/**
 * Starts a cycle's criterion, afresh or from a memory; one that cannot be decided throws, and never counts as converged
 * (C4).
 */
export function startConvergence(cycle: CyclePlan, memory?: unknown): Convergence {
  const { criterion } = cycle;
  if (criterion === undefined) return { holds: () => false, memory: () => undefined };
  if (criterion.kind === "predicate") return predicateTest(criterion, cycle, memory as readonly unknown[] | undefined);
  if (criterion.kind === "expression")
    return expressionTest(criterion, cycle, memory as readonly unknown[] | undefined);
  return criterionTest(criterion.criterion, criterion.sources, memory);
}

function predicateTest(
  { source, test }: Extract<CriterionPlan, { kind: "predicate" }>,
  cycle: CyclePlan,
  memory: readonly unknown[] = [],
): Convergence {
  const history = [...memory];
  const holds = (end: IterationEnd): boolean => {
    const value = resolve(source, end.outputs);
    if (value === undefined) return false;
    const converged = decide(cycle, end.iteration, "the predicate", test as Ask, value, new Info(end, history));
    if (history.length < cycle.historyWindow) history.push(value);
    else slide(history, value);
    return converged;
  };
  return { holds, memory: () => [...history] };
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
  memory: readonly unknown[] = [],
): Convergence {
  const what = `expression "${text}"`;
  const evaluate = (values: unknown): unknown => orFalse(expression.evaluate(values as ExpressionValues));
  const { readsPrevious } = expression;
  let previous = new Map<Reference, unknown>(readsPrevious.map((reference, at) => [reference, memory[at]]));
  const holds = (end: IterationEnd): boolean => {
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
    previous = new Map(readsPrevious.map((reference) => [reference, read(reference)]));
    return converged;
  };
  return { holds, memory: () => readsPrevious.map((reference) => previous.get(reference)) };
}

/** Only what is dead counts as not converged; `null` is an answer, and no boolean. */
function orFalse(answer: unknown): unknown {
  return answer === undefined ? false : answer;
}

function criterionTest(
  criterion: Criterion,
  sources: Extract<CriterionPlan, { kind: "criterion" }>["sources"],
  memory: unknown,
): Convergence {
  if ("of" in criterion) return joinedTest(criterion, sources, memory as readonly unknown[] | undefined);
  const test = startCriterion(criterion, memory as CriterionMemory | undefined);
  const source = sources.get(criterion)!;
  return { holds: ({ outputs }) => test.holds(resolve(source, outputs)), memory: () => test.memory() };
}

function joinedTest(
  { kind, of }: Extract<Criterion, { kind: "any" | "all" }>,
  sources: Extract<CriterionPlan, { kind: "criterion" }>["sources"],
  memory: readonly unknown[] = [],
): Convergence {
  const parts = of.map((part, at) => criterionTest(part, sources, memory[at]));
  // Every part is asked each time: each counts its own patience.
  const holds = (end: IterationEnd): boolean => {
    const held = parts.map((part) => part.holds(end));
    return kind === "any" ? held.includes(true) : !held.includes(false);
  };
  return { holds, memory: () => parts.map((part) => part.memory()) };
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
