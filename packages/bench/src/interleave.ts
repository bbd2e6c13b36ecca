import { median } from "./median.ts";

/** How often {@link interleave} asks its subjects, after some rounds that do not count. */
export interface Rounds {
  readonly warmUp: number;
  readonly rounds: number;
}

/** Times subjects in turn, round after round; gives the median of each in milliseconds. */
export async function interleave<K extends string>(
  rounds: Rounds,
  subjects: Readonly<Record<K, () => unknown>>,
): Promise<Record<K, number>> {
  const timed = mapValues(subjects, (subject) => () => time(subject));
  return interleaveValues(rounds, timed);
}

/** Asks for numbers in turn, round after round, every second round backwards; gives the median of each. */
export async function interleaveValues<K extends string>(
  { warmUp, rounds }: Rounds,
  subjects: Readonly<Record<K, () => number | Promise<number>>>,
): Promise<Record<K, number>> {
  const names = Object.keys(subjects) as K[];
  const values = mapValues(subjects, () => [] as number[]);
  for (let round = 0; round < warmUp + rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const value = await subjects[name]();
      if (round >= warmUp) values[name].push(value);
    }
  }
  return mapValues(values, median);
}

async function time(subject: () => unknown): Promise<number> {
  const began = performance.now();
  const pending = subject();
  // A floor that is a plain loop does not pay for a promise.
  if (pending instanceof Promise) await pending;
  return performance.now() - began;
}

function mapValues<K extends string, T, U>(values: Readonly<Record<K, T>>, map: (value: T) => U): Record<K, U> {
  const entries = (Object.keys(values) as K[]).map((key) => [key, map(values[key])] as const);
  return Object.fromEntries(entries) as Record<K, U>;
}
