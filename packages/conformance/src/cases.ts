import type { Case } from "./case.ts";
import { cancellation } from "./cases/cancellation.ts";
import { convergence } from "./cases/convergence.ts";
import { cycleEnds } from "./cases/cycle-ends.ts";
import { cycles } from "./cases/cycles.ts";
import { data } from "./cases/data.ts";
import { dead } from "./cases/dead.ts";
import { errors } from "./cases/errors.ts";
import { graph } from "./cases/graph.ts";
import { graphCycles } from "./cases/graph-cycles.ts";
import { graphDocuments } from "./cases/graph-documents.ts";
import { inputs } from "./cases/inputs.ts";
import { leaks } from "./cases/leaks.ts";
import { maps } from "./cases/maps.ts";
import { metrics } from "./cases/metrics.ts";
import { observation } from "./cases/observation.ts";
import { results } from "./cases/results.ts";
import { retries } from "./cases/retries.ts";
import { scheduling } from "./cases/scheduling.ts";
import { slots } from "./cases/slots.ts";
import { validation } from "./cases/validation.ts";
import { validationKeys } from "./cases/validation-keys.ts";

/** Every case. */
export const CASES: readonly Case[] = [
  [graph, graphCycles, graphDocuments],
  [scheduling, dead, slots, inputs, maps, results],
  [cycles, convergence, cycleEnds],
  [validation, validationKeys, errors, retries],
  [cancellation, leaks, data, observation, metrics],
].flat(2);
