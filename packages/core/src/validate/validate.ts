import { PolyloomError } from "@polyloom/wire";
import type { WorkflowGraph, WorkflowLike } from "../define/graph.ts";
import type { Issue } from "./issue.ts";
import { didYouMean, listNames } from "../define/nearest.ts";
import { analyze, type Structure } from "./structure.ts";

/** Values given at execution: by node id, then by port. */
export type Parameters = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What one execution supplies. */
export interface Supplies {
  readonly parameters?: Parameters | undefined;
  readonly input?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Every problem of a workflow, in one go (G8); parameters and inputs that will be given count as given.
 * @throws PolyloomError `invalid_definition` for what is no workflow
 */
export function validate(workflow: WorkflowLike, supplies: Supplies = {}): readonly Issue[] {
  if (((workflow as WorkflowLike | null)?.graph as WorkflowGraph | undefined)?.nodes === undefined)
    throw new PolyloomError("invalid_definition", "validate takes a Workflow");
  const structure = analyze(workflow);
  return [...structure.issues, ...checkSupplies(structure, supplies)];
}

/** Problems between a workflow and what one execution supplies: missing inputs (G6), unknown parameters (S7). */
export function checkSupplies(structure: Structure, { parameters = {}, input = {} }: Supplies): Issue[] {
  const known = new Map<string, ReadonlySet<string>>();
  const issues: Issue[] = [];
  const given = (id: string, port: string): boolean =>
    isRecord(parameters) &&
    Object.hasOwn(parameters, id) &&
    isRecord(parameters[id]) &&
    Object.hasOwn(parameters[id], port) &&
    parameters[id][port] !== undefined;
  visit(structure, "", (at, prefix) => {
    at.entries.forEach((entry) => known.set(prefix + entry.id, new Set(entry.node.inputs.byName.keys())));
    at.wirings.forEach((wirings, index) => {
      const id = prefix + at.entries[index]!.id;
      for (const wiring of wirings)
        if (wiring.port.required && !wiring.connection && !wiring.literal && !given(id, wiring.port.name))
          issues.push(missing(`${id}.${wiring.port.name}`, wiring.feedback.length > 0));
    });
    for (const wiring of at.outputs)
      if (wiring.port.required && !wiring.connection && !wiring.literal)
        issues.push(missingOutput(`${prefix}output.${wiring.port.name}`, wiring.port.name));
  });
  return [...issues, ...checkInput(structure, input), ...checkParameters(parameters, known)];
}

function visit(structure: Structure, prefix: string, see: (structure: Structure, prefix: string) => void): void {
  see(structure, prefix);
  for (const [index, sub] of structure.subs) visit(sub, `${prefix}${structure.entries[index]!.id}/`, see);
}

function missing(place: string, fedBack: boolean): Issue {
  return {
    code: "missing_input",
    severity: "error",
    place,
    message: `"${place}" is required and nothing supplies it${fedBack ? " in the first iteration" : ""}`,
    expected: "a literal, a connection, a parameter or a default",
    found: fedBack ? "only a feedback, which counts from the second iteration on" : "nothing",
    remedy: "give it to addNode, connect it, or pass it in parameters",
  };
}

function missingOutput(place: string, port: string): Issue {
  return {
    code: "missing_input",
    severity: "error",
    place,
    message: `the declared output "${port}" comes from nowhere`,
    expected: "a reference or a value",
    found: "nothing",
    remedy: `name its source: setOutput({ ${port}: node.out.port })`,
  };
}

function checkInput({ workflow }: Structure, input: unknown): Issue[] {
  const place = "input";
  if (!isRecord(input))
    return [
      {
        code: "unknown_parameter",
        severity: "error",
        place,
        message: "input has to be an object, one key a declared input",
        remedy: "pass execute(flow, { input: { … } })",
      },
    ];
  const names = [...workflow.inputs.byName.keys()];
  const unknown = Object.keys(input).filter((key) => !workflow.inputs.byName.has(key));
  const absent = workflow.inputs.ports.filter(
    (port) => port.required && (!Object.hasOwn(input, port.name) || input[port.name] === undefined),
  );
  return [
    ...unknown.map((key) => unknownParameter(`input.${key}`, key, names)),
    ...absent.map(({ name }) => missing(`input.${name}`, false)),
  ];
}

function checkParameters(parameters: unknown, known: ReadonlyMap<string, ReadonlySet<string>>): Issue[] {
  if (!isRecord(parameters))
    return [
      {
        code: "unknown_parameter",
        severity: "error",
        place: "parameters",
        message: "parameters have to be an object: { nodeId: { port: value } }",
        remedy: "pass { nodeId: { port: value } }",
      },
    ];
  return Object.entries(parameters).flatMap(([id, ports]) => {
    const names = known.get(id);
    if (names === undefined) return [unknownParameter(`parameters.${id}`, id, known.keys())];
    if (!isRecord(ports)) return [unknownParameter(`parameters.${id}`, String(ports), names)];
    return Object.keys(ports)
      .filter((port) => !names.has(port))
      .map((port) => unknownParameter(`parameters.${id}.${port}`, port, names));
  });
}

function unknownParameter(place: string, found: string, known: Iterable<string>): Issue {
  const names = [...known];
  return {
    code: "unknown_parameter",
    severity: "error",
    place,
    message: `"${place}" names nothing that takes a value`,
    expected: `one of: ${listNames(names)}`,
    found,
    remedy: didYouMean(found, names) || "correct the name, or remove it",
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
