import type { CriterionSpec } from "../define/cycle.ts";
import type { CompiledExpression } from "../define/expression.ts";
import type { Source } from "../define/source.ts";
import type { CriterionPlan, SourcePlan } from "./plan.ts";

/** Resolves the references of a cycle's criterion. */
export function planCriterion(
  spec: CriterionSpec | undefined,
  expression: CompiledExpression | undefined,
  resolve: (source: Source) => SourcePlan,
): CriterionPlan | undefined {
  if (spec === undefined) return undefined;
  if (spec.kind === "predicate") return { kind: "predicate", source: resolve(spec.from), test: spec.test };
  if (spec.kind === "criterion") {
    const sources = new Map([...spec.from].map(([criterion, from]) => [criterion, resolve(from)] as const));
    return { kind: "criterion", criterion: spec.criterion, sources };
  }
  const { reads, readsPrevious } = expression!;
  const sources = new Map([...reads, ...readsPrevious].map((reference) => [reference, resolve(reference)] as const));
  return { kind: "expression", text: spec.text, expression: expression!, sources };
}
