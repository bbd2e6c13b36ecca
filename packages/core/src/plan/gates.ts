import type { InputPlan, Step, SubPlan } from "./plan.ts";

/**
 * A workflow whose required input may turn out dead is skipped as a whole, like a node (S3): each of its steps then
 * waits for that input. `goesOn` says that a run continues after failures. Where no input can die nothing waits, and scheduling looks through the workflow (G9).
 */
export function addGates(
  steps: readonly { -readonly [K in keyof Step]: Step[K] }[],
  subs: ReadonlyMap<string, SubPlan>,
  goesOn: boolean,
): void {
  if (subs.size === 0) return;
  const mayDie = goesOn ? hasConnection : deadness(steps);
  for (const { inputs, from, to } of subs.values()) {
    const relays = [...inputs.values()];
    const gates = relays.filter((relay) => isGate(steps[relay]!.inputs[0]!, mayDie));
    if (gates.length === 0) continue;
    for (let index = from; index < to; index++) {
      const step = steps[index]!;
      if (!relays.includes(index)) step.gates = [...step.gates, ...gates];
    }
  }
}

/** In a run that goes on after failures, whatever is connected may die. */
function hasConnection({ connection }: InputPlan): boolean {
  return connection !== undefined && connection.kind !== "literal";
}

function isGate(input: InputPlan, mayDie: (input: InputPlan) => boolean): boolean {
  return input.port.required && input.literal === undefined && mayDie(input);
}

/** Whether an input may turn out dead in a run without failures: judged from the graph alone, and rather too often. */
function deadness(steps: readonly Step[]): (input: InputPlan) => boolean {
  const dies = Uint8Array.from(steps, (step) => (step.scope >= 0 ? 1 : 0));
  const mayDie = ({ connection }: InputPlan): boolean => {
    if (connection === undefined || connection.kind === "literal") return false;
    if (connection.kind !== "reference") return true;
    const { definition, inputs } = steps[connection.step]!;
    const port = definition ? definition.outputs.byName.get(String(connection.path[0])) : inputs[0]?.port;
    return connection.path.length > 1 || port?.required !== true || dies[connection.step] === 1;
  };
  const dying = (step: Step): boolean =>
    step.inputs.some((input) => input.port.required && input.literal === undefined && mayDie(input));
  // Nodes mostly stand behind what they read, so that a second pass rarely finds anything.
  for (let found = true; found;) {
    found = false;
    for (const step of steps)
      if (dies[step.index] === 0 && dying(step)) {
        dies[step.index] = 1;
        found = true;
      }
  }
  return mayDie;
}
