import type { Case } from "./case.ts";
import { convergence } from "./cases/convergence.ts";
import { cycleEnds } from "./cases/cycle-ends.ts";
import { cycles } from "./cases/cycles.ts";
import { dead } from "./cases/dead.ts";
import { graph } from "./cases/graph.ts";
import { graphCycles } from "./cases/graph-cycles.ts";
import { graphDocuments } from "./cases/graph-documents.ts";
import { inputs } from "./cases/inputs.ts";
import { maps } from "./cases/maps.ts";
import { results } from "./cases/results.ts";
import { scheduling } from "./cases/scheduling.ts";
import { slots } from "./cases/slots.ts";
import { retries } from "./cases/retries.ts";
import { errors } from "./cases/errors.ts";
import { validation } from "./cases/validation.ts";
import { validationKeys } from "./cases/validation-keys.ts";

const GRAPH = [...graph, ...graphCycles, ...graphDocuments];
const SCHEDULING = [...scheduling, ...dead, ...slots, ...inputs, ...maps];
const CYCLES = [...cycles, ...convergence, ...cycleEnds];
const VALIDATION = [...validation, ...validationKeys];

/** Every case. */
export const CASES: readonly Case[] = [
  ...GRAPH,
  ...SCHEDULING,
  ...results,
  ...CYCLES,
  ...VALIDATION,
  ...errors,
  ...retries,
];
