import { readFile } from "node:fs/promises";
import { defineNode, ifElse } from "@polyloom/core";
import { z } from "zod";

const Point = z.array(z.number());
const Points = z.array(Point);
const Labels = z.array(z.int());

// #region validate
const Flower = z.tuple([
  z.coerce.number().positive(),
  z.coerce.number().positive(),
  z.coerce.number().positive(),
  z.coerce.number().positive(),
  z.enum(["0", "1", "2"]),
]);

/** Reads one line: a flower leaves by two ports, a line that is none by the third. */
export const parseLine = defineNode({
  name: "parseLine",
  input: z.object({ line: z.string() }),
  output: z.object({
    point: Point.optional(),
    species: z.int().optional(),
    problem: z.string().optional(),
  }),
  run: ({ line }, { index = 0 }) => {
    const { data, error } = Flower.safeParse(line.split(","));
    if (!data) return { problem: `line ${index + 1}: ${line} (${error.issues[0]!.message})` };
    const [sepalLength, sepalWidth, petalLength, petalWidth, species] = data;
    return { point: [sepalLength, sepalWidth, petalLength, petalWidth], species: Number(species) };
  },
});
// #endregion validate

/** Reads the lines of a file that lies beside this module. */
export const readLines = defineNode({
  name: "readLines",
  input: z.object({ file: z.string() }),
  output: z.object({ lines: z.array(z.string()) }),
  run: async ({ file }, { signal }) => {
    const text = await readFile(new URL(file, import.meta.url), { encoding: "utf8", signal });
    return { lines: text.trim().split("\n") };
  },
});

/** Puts lists of lines one after another. */
export const concatenate = defineNode({
  name: "concatenate",
  input: z.object({ lists: z.array(z.array(z.string())) }),
  output: z.object({ lines: z.array(z.string()) }),
  run: ({ lists }) => ({ lines: lists.flat() }),
});

/** Closes the holes that the lines of the other kind left in the map's lists. */
export const sift = defineNode({
  name: "sift",
  input: z.object({
    points: z.array(Point.optional()),
    species: z.array(z.int().optional()),
    problems: z.array(z.string().optional()),
  }),
  output: z.object({ points: Points, species: Labels, problems: z.array(z.string()) }),
  run: ({ points, species, problems }) => ({
    points: points.filter((each) => each !== undefined),
    species: species.filter((each) => each !== undefined),
    problems: problems.filter((each) => each !== undefined),
  }),
});

// #region branch
/** Takes the way of `then` where there are bad lines. */
export const hasProblems = ifElse(z.array(z.string()), (problems) => problems.length > 0, { name: "hasProblems" });

/** Says which lines were left out. */
export const listProblems = defineNode({
  name: "listProblems",
  input: z.object({ problems: z.array(z.string()) }),
  output: z.object({ note: z.array(z.string()) }),
  run: ({ problems }) => ({ note: [`${problems.length} lines left out`, ...problems.map((each) => `  ${each}`)] }),
});

/** Says that no line was left out. */
export const noProblems = defineNode({
  name: "noProblems",
  input: z.object({ problems: z.array(z.string()) }),
  output: z.object({ note: z.array(z.string()) }),
  run: () => ({ note: ["no line left out"] }),
});
// #endregion branch

const Iteration = z.object({ iteration: z.int(), inertia: z.number(), shift: z.number() });

// #region state
/** Keeps a line for each iteration: the state of a node lasts as long as its cycle. */
export const keepJournal = defineNode({
  name: "keepJournal",
  input: z.object({ inertia: z.number(), shift: z.number() }),
  output: z.object({ journal: z.array(Iteration) }),
  run: ({ inertia, shift }, { iteration, state }) => {
    const before = z.array(Iteration).parse(state["journal"] ?? []);
    const journal = [...before, { iteration, inertia, shift }];
    state["journal"] = journal;
    return { journal };
  },
});
// #endregion state

/** Counts the flowers of each species (rows) in each cluster (columns). */
export const countBySpecies = defineNode({
  name: "countBySpecies",
  input: z.object({ labels: Labels, species: Labels }),
  output: z.object({ counts: Points, sizes: Labels }),
  run: ({ labels, species }) => {
    const count = (test: (row: number) => boolean): number => labels.filter((_, row) => test(row)).length;
    return {
      counts: [0, 1, 2].map((kind) => [0, 1, 2].map((k) => count((row) => species[row] === kind && labels[row] === k))),
      sizes: [0, 1, 2].map((k) => count((row) => labels[row] === k)),
    };
  },
});
