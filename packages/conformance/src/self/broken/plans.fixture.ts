import type { CyclePlan, InputPlan, Plan, SourcePlan, Step } from "@polyloom/core/runtime";
import { edgesOf, levelsOf, withEdges } from "../edges.fixture.ts";
import { type Broken, broken } from "../sabotage.fixture.ts";

function cycles(plan: Plan, change: (cycle: CyclePlan) => Partial<CyclePlan>): Plan {
  return { ...plan, cycles: plan.cycles.map((cycle) => ({ ...cycle, ...change(cycle) })) };
}

function steps(plan: Plan, change: (step: Step) => Partial<Step>): Plan {
  return { ...plan, steps: plan.steps.map((step) => ({ ...step, ...change(step) })) };
}

function inputs(plan: Plan, change: (input: InputPlan) => Partial<InputPlan>): Plan {
  return steps(plan, (step) => ({ inputs: step.inputs.map((input) => ({ ...input, ...change(input) })) }));
}

function predicates(
  plan: Plan,
  change: (test: (value: never, info: never) => boolean) => (value: never, info: never) => boolean,
): Plan {
  return cycles(plan, ({ criterion }) => {
    if (criterion?.kind !== "predicate") return {};
    return { criterion: { ...criterion, test: change(criterion.test as never) as typeof criterion.test } };
  });
}

function reversed(source: SourcePlan | undefined): SourcePlan | undefined {
  return source?.kind === "first" ? { ...source, of: source.of.toReversed() } : source;
}

const REMEMBERED = new WeakMap<object, Plan>();

/** Runtimes that plan wrongly. */
export const plans: readonly Broken[] = [
  broken("starts a node before the last of its sources has ended", ["S1"], {
    plan: (plan) => {
      const edges = edgesOf(plan);
      const into = (unit: number): number => edges.filter(([, to]) => to === unit).length;
      const last = (unit: number): number => Math.max(...edges.filter(([, to]) => to === unit).map(([from]) => from));
      return withEdges(
        plan,
        edges.filter(([from, to]) => into(to) < 2 || from !== last(to)),
      );
    },
  }),
  broken("waits for a whole level before the next", ["G9", "S2"], {
    plan: (plan) => {
      const levels = levelsOf(plan);
      const pairs = plan.units.flatMap((from) => plan.units.map((to) => [from, to] as const));
      const barrier = pairs.filter(([from, to]) => levels.get(from)! + 1 === levels.get(to)!);
      const inside = edgesOf(plan).filter(([from]) => !levels.has(from));
      const between = edgesOf(plan).filter(
        ([from, to]) => levels.has(from) && levels.get(from)! + 1 !== levels.get(to)!,
      );
      return withEdges(plan, [...inside, ...between, ...barrier]);
    },
  }),
  broken("starts nodes level by level", ["G9", "S2"], {
    plan: (plan) => {
      const levels = levelsOf(plan);
      const order = plan.order.map((place, unit) => (levels.get(unit) ?? 0) * 10_000 + place);
      return { ...plan, order };
    },
  }),
  broken("starts ready nodes in reverse order", ["G9", "S2", "S4"], {
    plan: (plan) => ({ ...plan, order: plan.order.map((place) => -place) }),
  }),
  broken("takes the last of firstOf", ["G3", "S4"], {
    plan: (plan) => inputs(plan, ({ connection }) => ({ connection: reversed(connection) })),
  }),
  broken("has no fallback from a dead connection to a literal", ["S3"], {
    plan: (plan) => inputs(plan, ({ connection }) => (connection ? { literal: undefined } : {})),
  }),
  broken("prefers a literal to a connection", ["G2", "S6"], {
    plan: (plan) => inputs(plan, ({ literal }) => (literal ? { connection: undefined } : {})),
  }),
  broken("reads a path no deeper than its port", ["G2", "S3"], {
    plan: (plan) =>
      inputs(plan, ({ connection }) =>
        connection?.kind === "reference" ? { connection: { ...connection, path: connection.path.slice(0, 1) } } : {},
      ),
  }),
  broken("runs a workflow inside although a required input is dead", ["S3"], {
    plan: (plan) => steps(plan, () => ({ gates: [] })),
  }),
  broken("ignores a map's own limit", ["S5"], {
    maxConcurrency: 3,
    plan: (plan) => steps(plan, ({ map }) => (map ? { map: { ...map, concurrency: undefined as never } } : {})),
  }),
  broken("never forgets a plan", ["R3"], {
    plan: (plan) => {
      const known = REMEMBERED.get(plan.workflow);
      if (known === undefined) REMEMBERED.set(plan.workflow, plan);
      return known ?? plan;
    },
  }),
  broken("counts one iteration too few inside a cycle", ["S6", "C7"], {
    plan: (plan) =>
      cycles(plan, ({ parent, maxIterations }) => (parent < 0 ? {} : { maxIterations: maxIterations - 1 })),
  }),
  broken("counts one iteration too many where there is a criterion", ["C5"], {
    plan: (plan) =>
      cycles(plan, ({ criterion, maxIterations }) => (criterion ? { maxIterations: maxIterations + 1 } : {})),
  }),
  broken("asks a predicate one iteration early", ["C3", "C4"], {
    plan: (plan) =>
      predicates(
        plan,
        (test) => (value, info: { iteration: number }) =>
          test(value, { ...info, iteration: info.iteration + 1 } as never),
      ),
  }),
  broken("tells a predicate nothing of the past", ["C3"], {
    plan: (plan) =>
      predicates(plan, (test) => (value, info: object) => test(value, { ...info, previous: undefined } as never)),
  }),
  broken("takes a predicate that throws for convergence", ["C4"], {
    plan: (plan) =>
      predicates(plan, (test) => (value, info) => {
        try {
          return test(value, info);
        } catch {
          return true;
        }
      }),
  }),
  broken("takes what is true for a boolean", ["C4"], {
    plan: (plan) => predicates(plan, (test) => (value, info) => Boolean(test(value, info))),
  }),
  broken("takes an expression that gives no boolean for no convergence", ["C4"], {
    plan: (plan) =>
      cycles(plan, ({ criterion }) => {
        if (criterion?.kind !== "expression") return {};
        const { expression } = criterion;
        return {
          criterion: {
            ...criterion,
            expression: { ...expression, evaluate: (values) => expression.evaluate(values) === true },
          },
        };
      }),
  }),
  broken("keeps every value of a cycle's past", ["C9"], {
    plan: (plan) => cycles(plan, () => ({ historyWindow: Infinity })),
  }),
  broken("keeps no more than one value of a cycle's past", ["C3"], {
    plan: (plan) => cycles(plan, () => ({ historyWindow: 1 })),
  }),
  broken("carries only the first feedback of a cycle", ["C1"], {
    plan: (plan) => cycles(plan, ({ feedback }) => ({ feedback: feedback.slice(0, 1) })),
  }),
  broken("lets the outer feedback win", ["S6", "C7"], {
    plan: (plan) => inputs(plan, ({ slots }) => ({ slots: slots.toReversed() })),
  }),
  broken("ignores continueWhile", ["C6"], { plan: (plan) => cycles(plan, () => ({ condition: undefined })) }),
  broken("asks continueWhile about the body before the first iteration", ["C5", "C6"], {
    plan: (plan) => cycles(plan, ({ condition }) => ({ condition: condition && { ...condition, inside: false } })),
  }),
  broken("accepts a cycle that runs out", ["C5"], { plan: (plan) => cycles(plan, () => ({ onExhausted: "accept" })) }),
  broken("ignores a cycle's timeout", ["C10"], { plan: (plan) => cycles(plan, () => ({ timeoutMs: undefined })) }),
  broken("runs what follows a cycle before it is over", ["C2"], {
    plan: (plan) =>
      withEdges(
        plan,
        edgesOf(plan).filter(([from]) => from < plan.steps.length),
      ),
  }),
  broken("starts a cycle before what leads into it has ended", ["C11", "C6"], {
    plan: (plan) =>
      withEdges(
        plan,
        edgesOf(plan).filter(([, to]) => to < plan.steps.length),
      ),
  }),
  broken("runs one cycle after the other", ["C13"], {
    maxConcurrency: 3,
    plan: (plan) => {
      const own = plan.units.filter((unit) => unit >= plan.steps.length);
      return withEdges(plan, [...edgesOf(plan), ...own.slice(1).map((unit, i) => [own[i]!, unit] as const)]);
    },
  }),
  broken("runs a cycle without a limit once", ["G5"], {
    plan: (plan) => cycles(plan, ({ maxIterations }) => (maxIterations === Infinity ? { maxIterations: 1 } : {})),
  }),
  broken("takes every schema for a mere check", ["V5", "V7"], {
    plan: (plan) =>
      steps(plan, ({ table }) => ({
        table: { ...table, pure: true, ports: table.ports.map((port) => ({ ...port, pure: true })) },
      })),
  }),
];
