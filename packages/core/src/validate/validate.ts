import { requireWorkflow, type WorkflowLike } from "../define/graph.ts";
import type { Issue } from "./issue.ts";
import { didYouMean, listNames } from "../define/nearest.ts";
import { analyze, type Structure } from "./structure.ts";
import type { PortWiring } from "./wiring.ts";

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
  requireWorkflow(workflow);
  const structure = analyze(workflow);
  return [...structure.issues, ...checkSupplies(structure, supplies)];
}

/** Problems between a workflow and what one execution supplies: missing inputs (G6), unknown parameters (S7). */
export function checkSupplies(structure: Structure, { parameters, input = {} }: Supplies): Issue[] {
  const issues = gapsOf(structure).filter(({ id, port }) => id === undefined || !isGiven(parameters, id, port));
  return [
    ...issues.map(({ issue }) => issue),
    ...checkInput(structure, input),
    ...checkParameters(structure, parameters),
  ];
}

/** An input or output that nothing in the graph supplies; an input, by its node's id, may be a parameter's. */
interface Gap {
  readonly id: string | undefined;
  readonly port: string;
  readonly issue: Issue;
}

const GAPS = new WeakMap<Structure, readonly Gap[]>();

/** Looked for once: most workflows have none, and every run asks. */
function gapsOf(structure: Structure): readonly Gap[] {
  const known = GAPS.get(structure);
  if (known !== undefined) return known;
  let gaps: Gap[] = [];
  visit(structure, "", (at, prefix) => (gaps = gaps.concat(inputGaps(at, prefix), outputGaps(at, prefix))));
  GAPS.set(structure, gaps);
  return gaps;
}

function inputGaps({ entries, wirings }: Structure, prefix: string): Gap[] {
  return wirings.flatMap((ports, index) => {
    const id = prefix + entries[index]!.id;
    return ports.filter(isGap).map(({ port: { name }, feedback }) => ({
      id,
      port: name,
      issue: missing(`${id}.${name}`, feedback.length > 0),
    }));
  });
}

function outputGaps({ outputs }: Structure, prefix: string): Gap[] {
  return outputs.filter(isGap).map(({ port: { name } }) => ({
    id: undefined,
    port: name,
    issue: missingOutput(`${prefix}output.${name}`, name),
  }));
}

function isGap({ port, connection, literal }: PortWiring): boolean {
  return port.required && connection === undefined && literal === undefined;
}

function isGiven(parameters: unknown, id: string, port: string): boolean {
  const ports: unknown = isRecord(parameters) && Object.hasOwn(parameters, id) ? parameters[id] : undefined;
  return isRecord(ports) && Object.hasOwn(ports, port) && ports[port] !== undefined;
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

function checkParameters(structure: Structure, parameters: unknown): Issue[] {
  if (parameters === undefined) return [];
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
  const known = new Map<string, ReadonlySet<string>>();
  visit(structure, "", ({ entries }, prefix) => {
    for (const { id, node } of entries) known.set(prefix + id, new Set(node.inputs.byName.keys()));
  });
  return Object.entries(parameters).flatMap(([id, ports]) => {
    const names = known.get(id);
    if (!isRecord(ports)) return [noPorts(structure, id, names)];
    if (names === undefined) return [unknownParameter(`parameters.${id}`, id, known.keys())];
    return Object.keys(ports)
      .filter((port) => !names.has(port))
      .map((port) => unknownParameter(`parameters.${id}.${port}`, port, names));
  });
}

/** A value stands where its node's ports should: `{ n: 5 }` names no port, and may have been meant as the workflow's input. */
function noPorts({ workflow }: Structure, id: string, names: ReadonlySet<string> | undefined): Issue {
  const port = [...(names ?? [])][0] ?? "port";
  const isInput = names === undefined && workflow.inputs.byName.has(id);
  return {
    code: "unknown_parameter",
    severity: "error",
    place: `parameters.${id}`,
    message: `"parameters.${id}" has to be an object of values by port: parameters are { nodeId: { port: value } }`,
    expected: "an object",
    remedy: isInput ? `"${id}" is a declared input: pass { input: { ${id}: … } }` : `pass { ${id}: { ${port}: … } }`,
  };
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
