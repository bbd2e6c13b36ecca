/**
 * The answer of a predicate, which has to be a boolean: a promise, always truthy, would silently decide.
 * @throws TypeError that says what it gave
 */
export function requireBoolean(answer: unknown, what: string): boolean {
  if (typeof answer === "boolean") return answer;
  throw new TypeError(`${what} gave ${kindOfAnswer(answer)}, not a boolean`);
}

/** What was given instead of a boolean; of a promise nobody waits for a rejection is nobody's problem. */
export function kindOfAnswer(answer: unknown): string {
  if (answer instanceof Promise) {
    answer.catch(() => undefined);
    return "a Promise";
  }
  return answer === null ? "null" : typeof answer;
}
