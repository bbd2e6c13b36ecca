import type { Cycle, Flow, Goal, Measure, Node, Port, Ref, Scenario, Source } from "./description.fixture.ts";

/** A scenario in a few readable lines, for the message of a failing property. */
export function sketch({ flow, input, parameters, onFailure, seed }: Scenario): string {
  const how = `input ${JSON.stringify(input)}, parameters ${JSON.stringify(parameters)}, ${onFailure}, seed ${seed}`;
  return [...flowLines(flow, ""), how].join("\n");
}

function flowLines(flow: Flow, indent: string): string[] {
  const inputs = flow.inputs.map(({ name, mode }) => `${name}:${mode.kind}`).join(" ");
  const outputs = flow.outputs.map(({ name, from }) => `${name}=${show(from)}`).join(" ");
  return [
    `${indent}flow ${flow.name} in(${inputs}) out(${outputs})`,
    ...flow.nodes.flatMap((node) => nodeLines(node, `${indent}  `)),
    ...flow.cycles.map((cycle) => `${indent}  ${cycleLine(cycle)}`),
  ];
}

function nodeLines(node: Node, indent: string): string[] {
  const ports = node.ports.map(portText).join(", ");
  if (node.kind === "sub") return [`${indent}${node.id} sub(${ports})`, ...flowLines(node.flow, `${indent}  `)];
  if (node.kind === "branch") return [`${indent}${node.id} branch${node.cases}(${ports})`];
  const { salt, gap, isAsync, usesState, usesIteration, fault, attempts } = node.behaviour;
  const marks = [
    isAsync && "async",
    usesState && "state",
    usesIteration && "iteration",
    attempts > 1 && `attempts ${attempts}`,
  ];
  const told = fault && `throws if %${fault.modulus}==${fault.rest} until attempt ${fault.until}`;
  const map =
    node.kind === "map" &&
    `holes ${node.takesHoles} chunk ${node.chunkSize} by ${node.chunkBy} at once ${node.concurrency}`;
  return [
    `${indent}${node.id} ${node.kind}(${ports}) ${[`+${salt} gap ${gap}`, ...marks, told, map].filter(Boolean).join("; ")}`,
  ];
}

function portText({ name, mode, literal, from }: Port): string {
  const sign = mode.kind === "required" ? "" : mode.kind === "optional" ? "?" : `=${JSON.stringify(mode.value)}`;
  const wires = [literal === undefined ? "" : JSON.stringify(literal), from === undefined ? "" : show(from)];
  return `${name}${sign}: ${wires.filter(Boolean).join(" or ")}`;
}

function cycleLine({
  name,
  feedback,
  include,
  maxIterations,
  goal,
  condition,
  onExhausted,
  historyWindow,
}: Cycle): string {
  const back = feedback.map(({ from, node, port }) => `${show(from)} -> ${node}.${port}`).join(", ");
  const more = [
    include.length > 0 && `include ${include.join(" ")}`,
    `max ${maxIterations} ${onExhausted}`,
    goal && `until ${goalText(goal)}`,
    condition && `while ${show(condition.from)} ${JSON.stringify(condition.test)}`,
    historyWindow > 1 && `history ${historyWindow}`,
  ];
  return `cycle ${name}: ${back}; ${more.filter(Boolean).join("; ")}`;
}

function goalText(goal: Goal): string {
  if (goal.kind === "predicate") return `${show(goal.from)} ${JSON.stringify(goal.test)}`;
  return goal.kind === "expression"
    ? `form ${goal.form} of ${goal.node}.${goal.port} with ${goal.constant}`
    : measureText(goal.measure);
}

function measureText(measure: Measure): string {
  if ("of" in measure) return `${measure.kind}(${measure.of.map(measureText).join(", ")})`;
  const { ref, ...rest } = measure;
  return `${JSON.stringify(rest)} of ${place(ref)}`;
}

function show(source: Source): string {
  if (source.kind === "ref") return place(source.ref);
  if (source.kind === "first") return `firstOf(${source.of.map(place).join(", ")})`;
  return `[${source.items.map((item) => (typeof item === "number" ? item : place(item))).join(", ")}]`;
}

function place({ node, path }: Ref): string {
  return [node ?? "input", ...path].join(".");
}
