import type { Goal } from "./description.fixture.ts";

type Expression = Extract<Goal, { kind: "expression" }>;

/** What an expression may look at: numbers only, `undefined` where dead. */
export interface Sight {
  readonly value: number | undefined;
  readonly previous: number | undefined;
  readonly iteration: number;
}

interface Form {
  readonly text: (place: string, constant: number) => string;
  /** The same in TypeScript; a dead value that is looked at counts as not converged. */
  readonly holds: (sight: Sight, constant: number) => boolean;
}

const FORMS: readonly Form[] = [
  {
    text: (place, c) => `${place} % 5 == ${c % 5}`,
    holds: ({ value }, c) => value !== undefined && value % 5 === c % 5,
  },
  {
    text: (_place, c) => `iteration >= ${c}`,
    holds: ({ iteration }, c) => iteration >= c,
  },
  {
    text: (place, c) => `abs(${place} - previous.${place}) < ${c}`,
    holds: ({ value, previous }, c) => value !== undefined && previous !== undefined && Math.abs(value - previous) < c,
  },
  {
    text: (place, c) => `iteration > 1 && max(${place}, previous.${place}) > ${c} + 7`,
    holds: ({ value, previous, iteration }, c) =>
      iteration > 1 && value !== undefined && previous !== undefined && Math.max(value, previous) > c + 7,
  },
  {
    text: (place, c) => `!(${place} > ${c}) || iteration * 2 == 6`,
    holds: ({ value, iteration }, c) => value !== undefined && (!(value > c) || iteration * 2 === 6),
  },
];

/** How many forms there are. */
export const FORM_COUNT: number = FORMS.length;

/** The expression as a cycle takes it. */
export function expressionText({ form, node, port, constant }: Expression): string {
  return FORMS[form]!.text(`${node}.${port}`, constant);
}

/** Whether the expression holds. */
export function expressionHolds({ form, constant }: Expression, sight: Sight): boolean {
  return FORMS[form]!.holds(sight, constant);
}
