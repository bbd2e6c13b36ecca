import { defineFunction, defineNode, type NodeDefinition } from "@polyloom/core";
import { z } from "zod";

/** What every step of the random cycles takes and gives. */
export interface Ports {
  value: number;
  more?: number | undefined;
}

const input = z.object({ value: z.number(), more: z.number().optional() });
const value = z.number();

/** Adds its inputs and one. */
export const add = defineNode({
  name: "add",
  input,
  output: z.object({ value }),
  run: ({ value: given, more = 0 }) => ({ value: (given + more + 1) % 1000 }),
});

/** Adds how often it ran in its cycle. */
export const tallied = defineNode({
  name: "tallied",
  input,
  output: z.object({ value }),
  run: ({ value: given, more = 0 }, { state }) => {
    const times = Number(state["times"] ?? 0) + 1;
    state["times"] = times;
    return { value: (given + more + times) % 1000 };
  },
});

/** Gives nothing for odd numbers: what follows is skipped. */
export const half: NodeDefinition<Ports, { value?: number | undefined }> = defineNode({
  name: "half",
  input,
  output: z.object({ value: value.optional() }),
  run: async ({ value: given }) => (given % 2 === 0 ? { value: given / 2 } : {}),
});

/** Fails for numbers that 13 divides. */
export const fussy = defineNode({
  name: "fussy",
  input,
  output: z.object({ value }),
  run: ({ value: given, more = 0 }) => {
    if (given % 13 === 0) throw new RangeError(`13 divides ${given}`);
    return { value: given + (more % 7) };
  },
});

/** A predicate that looks at the value alone. */
export const isRound = defineFunction("isRound", (given: number) => given % 10 === 0);
/** One that looks back as far as its window goes. */
export const stands = defineFunction(
  "stands",
  (given: number, { history }: { readonly history: readonly number[] }) =>
    history.length > 1 && history.every((each) => Math.abs(each - given) < 5),
);
/** A condition that lets a cycle go on. */
export const isSmall = defineFunction("isSmall", (given: number) => given < 300);
