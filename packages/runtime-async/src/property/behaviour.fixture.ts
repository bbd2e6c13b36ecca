import type { Behaviour, Test } from "./description.fixture.ts";

/** What one attempt sees beside its input. */
export interface Attempt {
  readonly attempt: number;
  readonly iteration: number;
  readonly state: Record<string, unknown>;
}

const SIZE = 23;

/** What a computing node gives for its inputs, in the order of its ports: code of a user, not of the engine. */
export function behave(behaviour: Behaviour, inputs: readonly unknown[], seen: Attempt): Record<string, unknown> {
  const { salt, fault, gap } = behaviour;
  let total = salt + inputs.reduce<number>((sum, value, i) => sum + (i + 1) * weight(value), 0);
  if (behaviour.usesIteration) total += seen.iteration;
  if (behaviour.usesState) total += seen.state["count"] = ((seen.state["count"] as number | undefined) ?? 0) + 1;
  const out = total % SIZE;
  if (fault !== undefined && out % fault.modulus === fault.rest && seen.attempt < fault.until)
    throw new RangeError(`bad ${out}`);
  return { out, ...(out % 3 === gap ? {} : { maybe: (out + 1) % SIZE }) };
}

/** The further outputs of a node that is no map. */
export function unfold({ out }: Record<string, unknown>): Record<string, unknown> {
  const first = out as number;
  const list = Array.from({ length: first % 4 }, (_, i) => (first + i) % SIZE);
  return { list, pair: first % 2 === 0 ? { first } : { first, second: first + 1 } };
}

/** Whether a test of a cycle holds. */
export function holds(test: Test, value: number, previous: number | undefined, history: readonly number[]): boolean {
  switch (test.kind) {
    case "rest":
      return value % test.modulus === test.rest;
    case "previous":
      return value === previous;
    case "history":
      return history.length > 0 && history.every((earlier) => earlier >= value);
    case "throws":
      if (value % test.modulus === test.rest) throw new RangeError(`undecided ${value}`);
      return value % 2 === 0;
  }
}

function weight(value: unknown): number {
  if (value === undefined) return 7;
  if (typeof value === "number") return value;
  return (value as (number | undefined)[]).reduce<number>((sum, item, i) => sum + (item ?? 5) * (i + 1), 3);
}
