import { defineNode, type NodeDefinition } from "@polyloom/core";
import { z } from "zod";

const value = z.number();

/** Adds what is there; logs and reports on its way. */
export const sum = defineNode({
  name: "sum",
  input: z.object({ values: z.array(value), more: value.optional() }),
  output: z.object({ value }),
  run: ({ values, more = 0 }, { progress, logger }) => {
    progress(values.length);
    logger.info({ values }, "adding");
    return { value: values.reduce((total, each) => total + each, more) };
  },
});

/** Gives nothing for odd numbers: what follows is skipped. */
export const half = defineNode({
  name: "half",
  input: z.object({ value }),
  output: z.object({ value: value.optional() }),
  run: async ({ value: given }) => (given % 2 === 0 ? { value: given / 2 } : {}),
});

/** Fails for numbers that 5 divides; the second attempt is kinder. */
export const fussy = defineNode({
  name: "fussy",
  input: z.object({ value }),
  output: z.object({ value }),
  retry: { attempts: 2 },
  run: ({ value: given }, { attempt }) => {
    if (given % 5 === 0 && given % (5 * attempt) === 0) throw new RangeError(`${given} at attempt ${attempt}`);
    return { value: given + attempt };
  },
});

/** Counts how often it ran in its cycle. */
export const count: NodeDefinition<{ value: number }, { value: number; times: number }> = defineNode({
  name: "count",
  input: z.object({ value }),
  output: z.object({ value, times: z.int() }),
  run: ({ value: given }, { state }) => {
    const times = Number(state["times"] ?? 0) + 1;
    state["times"] = times;
    return { value: given + times, times };
  },
});
