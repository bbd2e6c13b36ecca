import { defineNode } from "@polyloom/core";
import { z } from "zod";

// #region node
/** Fetches many URLs: a batch after the other, and within a batch at most `maxConcurrent` at once. */
export const batchApiClient = defineNode({
  name: "BatchAPIClient",
  input: z.object({
    urls: z.array(z.url()),
    batchSize: z.int().positive().default(10),
    maxConcurrent: z.int().positive().default(5),
  }),
  output: z.object({ answers: z.array(z.object({ status: z.int(), json: z.unknown() })) }),
  run: async ({ urls, batchSize, maxConcurrent }, { signal, progress }) => {
    const answers: Answer[] = [];
    for (let from = 0; from < urls.length; from += batchSize) {
      const batch = urls.slice(from, from + batchSize);
      answers.push(...(await fetchAll(batch, maxConcurrent, signal)));
      progress(answers.length, urls.length, "requests");
    }
    return { answers };
  },
});
// #endregion node

interface Answer {
  readonly status: number;
  readonly json: unknown;
}

/** Answers in the order of the URLs; as many lanes as requests at once, each takes the next URL when it is free. */
async function fetchAll(urls: readonly string[], lanes: number, signal: AbortSignal): Promise<Answer[]> {
  const answers: Answer[] = [];
  const rest = urls.entries();
  const lane = async (): Promise<void> => {
    for (const [index, url] of rest) {
      const response = await fetch(url, { signal });
      answers[index] = { status: response.status, json: await response.json() };
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return answers;
}
