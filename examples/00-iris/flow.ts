import { firstOf, Workflow } from "@polyloom/core";
import { z } from "zod";
import { lloyd } from "./lloyd.ts";
import * as nodes from "./nodes.ts";

const Points = z.array(z.array(z.number()));
const Labels = z.array(z.int());

/** Finds three kinds of iris in a table of measurements, and compares them with the species. */
export const iris = new Workflow("iris", {
  input: z.object({ table: z.string(), late: z.string() }),
  output: z.object({
    inertia: z.number(),
    sizes: Labels,
    counts: Points,
    journal: z.array(z.object({ iteration: z.int(), inertia: z.number(), shift: z.number() })),
    note: z.array(z.string()),
  }),
});

// #region flow
const table = iris.addNode("table", nodes.readLines, { file: iris.input.table });
const late = iris.addNode("late", nodes.readLines, { file: iris.input.late });
const both = iris.addNode("both", nodes.concatenate, { lists: [table.out.lines, late.out.lines] });

const parsed = iris.addMap("parsed", nodes.parseLine, { each: { line: both.out.lines }, chunkSize: 25 });
const clean = iris.addNode("clean", nodes.sift, {
  points: parsed.out.point,
  species: parsed.out.species,
  problems: parsed.out.problem,
});

const check = iris.addNode("check", nodes.hasProblems, { value: clean.out.problems });
const bad = iris.addNode("bad", nodes.listProblems, { problems: check.out.then });
const good = iris.addNode("good", nodes.noProblems, { problems: check.out.else });

const step = iris.addNode("step", lloyd, {
  points: clean.out.points,
  centroids: [clean.out.points.at(0), clean.out.points.at(50), clean.out.points.at(100)],
});
const kept = iris.addNode("kept", nodes.keepJournal, { inertia: step.out.inertia, shift: step.out.shift });
iris
  .createCycle("refine")
  .connect(step.out.centroids, step.in.centroids)
  .include(kept)
  .convergeWhen("step.shift == 0")
  .maxIterations(50)
  .build();

const report = iris.addNode("report", nodes.countBySpecies, { labels: step.out.labels, species: clean.out.species });
iris.setOutput({
  inertia: step.out.inertia,
  sizes: report.out.sizes,
  counts: report.out.counts,
  journal: kept.out.journal,
  note: firstOf(bad.out.note, good.out.note),
});
// #endregion flow
