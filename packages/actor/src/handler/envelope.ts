/** What the sidecar sends and gets: a payload, and the way that it takes from actor to actor. */
export interface Envelope {
  readonly id?: string;
  readonly payload: unknown;
  readonly route: Route;
  readonly headers?: Readonly<Record<string, unknown>>;
}

/** The actors that an envelope passes, and the place of the one that has it; 0 unless given. */
export interface Route {
  readonly actors: readonly string[];
  readonly current?: number;
}

/** What is wrong with a message that should be an envelope; undefined where nothing is. */
export function readEnvelope(message: unknown): string | undefined {
  if (!isRecord(message)) return "An envelope has to be an object.";
  if (!("payload" in message)) return "Missing required field 'payload' in envelope.";
  return routeProblem(message) ?? fieldProblem(message);
}

/** What is wrong with a handler's envelopes, for the first that is not in order; undefined where all are. */
export function writeEnvelopes(outputs: readonly unknown[], input: Envelope): string | undefined {
  for (const [index, output] of outputs.entries()) {
    const problem = readEnvelope(output) ?? progressProblem((output as Envelope).route, input.route);
    if (problem !== undefined) return `Invalid output envelope[${index}/${outputs.length}]: ${problem}`;
  }
  return undefined;
}

/** An envelope for each payload, one actor further on the way; headers go with it, the id does not. */
export function advance(input: Envelope, payloads: readonly unknown[]): Envelope[] {
  const route = { ...input?.route, current: (input?.route?.current ?? 0) + 1 };
  const headers = input?.headers === undefined ? {} : { headers: input.headers };
  return payloads.map((payload) => ({ payload: payload ?? null, route, ...headers }));
}

function routeProblem({ route }: Readonly<Record<string, unknown>>): string | undefined {
  if (route === undefined) return "Missing required field 'route' in envelope.";
  if (!isRecord(route)) return "Field 'route' has to be an object.";
  const { actors, current = 0 } = route;
  if (!Array.isArray(actors) || actors.length === 0) return "Field 'route.actors' has to be a list that is not empty.";
  if (!Number.isInteger(current)) return "Field 'route.current' has to be a whole number.";
  const place = current as number;
  // One past the last actor: the way is done.
  if (place < 0 || place > actors.length) return `Field 'route.current' has to be from 0 to ${actors.length}.`;
  return undefined;
}

function fieldProblem({ headers, id }: Readonly<Record<string, unknown>>): string | undefined {
  if (headers !== undefined && !isRecord(headers)) return "Field 'headers' has to be an object.";
  if (id !== undefined && typeof id !== "string") return "Field 'id' has to be a text.";
  return undefined;
}

/** Actors behind and at the current place are settled; those ahead may be replaced. */
function progressProblem(output: Route, input: Route): string | undefined {
  const settled = input.actors.slice(0, (input.current ?? 0) + 1);
  const isKept = settled.every((actor, at) => output.actors[at] === actor);
  return isKept ? undefined : `The route has to begin with ${JSON.stringify(settled)}.`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
