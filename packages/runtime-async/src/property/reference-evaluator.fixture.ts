import type { Scenario } from "./description.fixture.ts";
import type { Expected } from "./expected.fixture.ts";
import { fallback, FlowEvaluation } from "./reference-flow.fixture.ts";
import { type Ending, Frame, type Outputs } from "./reference-frame.fixture.ts";

/*
 * The reference evaluator is written from the contract, without the engine: recursive, by demand, slow. Choices that
 * the contract leaves open, and that were taken from the engine, are marked CHOICE.
 */

/** What a run of the scenario has to give, if it goes on after failures. */
export function evaluate({ flow, input, parameters }: Scenario): Expected {
  const books = { parameters, failures: [], cycles: new Map() };
  const inputs = Object.fromEntries(flow.inputs.map(({ name, mode }) => [name, input[name] ?? fallback(mode)]));
  const frame = new Frame();
  const outputs = new FlowEvaluation({ flow, prefix: "", inputs, isDead: false, books }, frame).run();
  return {
    results: resultsOf(frame.endings),
    nodes: Object.fromEntries(
      [...frame.endings].map(([id, { status, attempts }]) => [
        id,
        { status, attempts: status === "skipped" ? 0 : attempts },
      ]),
    ),
    cycles: Object.fromEntries(books.cycles),
    outputs,
    failures: books.failures,
  };
}

/**
 * CHOICE: a node that failed in a later iteration is still shown with its outputs of the last completed one (R2), and
 * so is a workflow, if it gave any.
 */
function resultsOf(endings: ReadonlyMap<string, Ending>): Expected["results"] {
  const shown = [...endings].map(([id, ending]) => [id, shownOf(ending)] as const);
  return Object.fromEntries(shown.filter(([, outputs]) => outputs !== undefined)) as Expected["results"];
}

function shownOf({ status, isSub, outputs, shown }: Ending): Outputs | undefined {
  if (status !== "failed") return outputs;
  return isSub === true && Object.keys(shown ?? {}).length === 0 ? undefined : shown;
}
