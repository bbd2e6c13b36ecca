import { existsSync, readFileSync } from "node:fs";

const DATA = new URL("../../../../../shared/data/known-answers/", import.meta.url);

/** Why the published answers cannot be tried here; empty where they can. */
export const ABSENT: string = existsSync(DATA) ? "" : "the published answers of ../shared/data are not there";

/** Reads a file of the published answers. */
export function readKnown(path: string): string {
  return readFileSync(new URL(path, DATA), "utf8");
}

/** The rows of a table of numbers, split at blanks or commas. */
export function readTable(path: string): number[][] {
  const lines = readKnown(path)
    .split("\n")
    .filter((line) => line.trim() !== "");
  return lines.map((line) =>
    line
      .trim()
      .split(/[\s,]+/)
      .map(Number),
  );
}

/** The published answers that are no graph algorithms. */
export interface KnownAnswers {
  readonly newtonSqrt2: {
    readonly x0: number;
    readonly iterates: readonly number[];
    readonly limit: number;
    readonly tol: number;
  };
  readonly jacobi3: {
    readonly A: readonly (readonly number[])[];
    readonly b: readonly number[];
    readonly x0: number[];
    readonly solution: readonly number[];
    readonly iter1: readonly number[];
    readonly "itersTo1e-9": number;
  };
  readonly kmeansIris: {
    readonly inertia: number;
    readonly sizes: readonly number[];
    readonly centroids: readonly (readonly number[])[];
    readonly tol: number;
  };
}

/** Reads the published answers that are no graph algorithms. */
export function readAnswers(): KnownAnswers {
  return JSON.parse(readKnown("expected.json")) as KnownAnswers;
}
