import type { Case } from "./case.ts";
import { dead } from "./cases/dead.ts";
import { graph } from "./cases/graph.ts";
import { graphCycles } from "./cases/graph-cycles.ts";
import { graphDocuments } from "./cases/graph-documents.ts";
import { inputs } from "./cases/inputs.ts";
import { maps } from "./cases/maps.ts";
import { results } from "./cases/results.ts";
import { scheduling } from "./cases/scheduling.ts";
import { slots } from "./cases/slots.ts";

const GRAPH = [...graph, ...graphCycles, ...graphDocuments];
const SCHEDULING = [...scheduling, ...dead, ...slots, ...inputs, ...maps];

/** Every case. */
export const CASES: readonly Case[] = [...GRAPH, ...SCHEDULING, ...results];
