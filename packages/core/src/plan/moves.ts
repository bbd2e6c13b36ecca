import type { CyclePlan, ReferencePlan, SourcePlan, Step } from "./plan.ts";

/** An input that reads a whole output port whose buffers may be moved. */
export interface Move {
  /** The port that reads. */
  readonly port: string;
  readonly source: ReferencePlan;
  /** Place of the output port in {@link MovesPlan.uses}. */
  readonly at: number;
}

/** Output ports whose buffers may be moved: how often each is read, and by whom. */
export interface MovesPlan {
  readonly uses: readonly number[];
  readonly byStep: ReadonlyMap<number, readonly Move[]>;
}

/**
 * Which output ports may be moved: declared so, and read by nothing but whole inputs of nodes outside of cycles that
 * run once. Whatever else reads one needs it to stay.
 */
export function movesOf(steps: readonly Step[], cycles: readonly CyclePlan[]): MovesPlan | undefined {
  if (!steps.some(({ definition }) => definition?.transfer !== undefined)) return undefined;
  const ports = new Map<string, (Omit<Move, "at"> & { readonly step: number })[]>();
  const kept = new Set<string>();
  const read = (source: SourcePlan | undefined): void => {
    for (const reference of referencesOf(source)) kept.add(keyOf(reference));
  };
  for (const step of steps)
    for (const { port, connection } of step.inputs)
      if (connection?.kind === "reference" && mayMove(connection, steps) && takesOnce(step)) {
        const key = keyOf(connection);
        ports.set(key, [...(ports.get(key) ?? []), { port: port.name, source: connection, step: step.index }]);
      } else read(connection);
  for (const cycle of cycles) for (const source of readOf(cycle)) read(source);
  return planOf([...ports].filter(([key]) => !kept.has(key)).map(([, uses]) => uses));
}

function planOf(ports: (readonly (Omit<Move, "at"> & { readonly step: number })[])[]): MovesPlan {
  const byStep = new Map<number, Move[]>();
  ports.forEach((uses, at) => {
    for (const { step, ...move } of uses) byStep.set(step, [...(byStep.get(step) ?? []), { ...move, at }]);
  });
  return { uses: ports.map(({ length }) => length), byStep };
}

function mayMove({ step, path }: ReferencePlan, steps: readonly Step[]): boolean {
  const { definition, kind, scope } = steps[step]!;
  return path.length === 1 && kind === "node" && scope < 0 && definition?.transfer?.includes(String(path[0])) === true;
}

/** A node that may be tried again needs its inputs again. */
function takesOnce({ kind, scope, definition }: Step): boolean {
  return kind === "node" && scope < 0 && definition?.retry === undefined && definition?.inline !== true;
}

function readOf({ feedback, criterion, condition }: CyclePlan): SourcePlan[] {
  const sources = feedback.map(({ source }) => source);
  if (condition) sources.push(condition.source);
  if (criterion?.kind === "predicate") sources.push(criterion.source);
  else if (criterion) sources.push(...criterion.sources.values());
  return sources;
}

function referencesOf(source: SourcePlan | undefined): readonly ReferencePlan[] {
  if (source === undefined || source.kind === "literal") return [];
  if (source.kind === "reference") return [source];
  return source.kind === "first" ? source.of : source.entries.flatMap(([, each]) => referencesOf(each));
}

function keyOf({ step, path }: ReferencePlan): string {
  return `${step} ${String(path[0])}`;
}
