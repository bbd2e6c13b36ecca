import type { ExecuteOptions } from "@polyloom/core";
import { RecordingLogger } from "../../recording-logger.ts";
import { type Broken, broken } from "../sabotage.fixture.ts";

/** Everything but some keys. */
function without<T extends object>(from: T, ...keys: (keyof T)[]): T {
  return Object.fromEntries(Object.entries(from).filter(([key]) => !keys.includes(key as keyof T))) as T;
}

/** The same parameters for every node that has the port. */
function everywhere(
  options: ExecuteOptions,
  ids: Iterable<string>,
  has: (id: string, port: string) => boolean,
): ExecuteOptions {
  const ports = Object.entries(
    Object.assign({}, ...Object.values(options.parameters ?? {})) as Record<string, unknown>,
  );
  const parameters = Object.fromEntries(
    [...ids].map((id) => [id, Object.fromEntries(ports.filter(([port]) => has(id, port)))] as const),
  );
  return options.parameters === undefined
    ? options
    : { ...options, parameters: { ...parameters, ...options.parameters } };
}

let lastParameters: ExecuteOptions["parameters"];

/** Runtimes that do not do what they are told. */
export const options: readonly Broken[] = [
  broken("takes strict for warn", ["V2", "V3", "V4", "V7", "E4"], {
    made: (made) => (made.connectionValidation === "strict" ? { ...made, connectionValidation: "warn" } : made),
  }),
  broken("takes off for warn", ["V2"], {
    made: (made) => (made.connectionValidation === "off" ? { ...made, connectionValidation: "warn" } : made),
  }),
  broken("takes warn for off", ["V2", "V6", "V4", "O4"], {
    made: (made) => (made.connectionValidation === "warn" ? { ...made, connectionValidation: "off" } : made),
  }),
  broken("is strict unless told otherwise", ["V1"], { made: (made) => ({ connectionValidation: "strict", ...made }) }),
  broken("takes any mode", ["V1"], {
    made: (made) =>
      ["off", "strict"].includes(String(made.connectionValidation)) ? made : without(made, "connectionValidation"),
  }),
  broken("stops where it should go on", ["S3", "R2", "E2", "E6", "D3"], {
    made: (made) => without(made, "onFailure"),
    given: (given) => without(given, "onFailure"),
  }),
  broken("ignores the runtime's onFailure", ["E2"], { made: (made) => without(made, "onFailure") }),
  broken("tries once too often", ["E4"], {
    made: (made) => (made.retry ? { ...made, retry: { ...made.retry, attempts: made.retry.attempts + 1 } } : made),
  }),
  broken("ignores the runtime's policy of retries", ["E4"], { made: (made) => without(made, "retry") }),
  broken("ignores retryOn", ["E4"], {
    made: (made) => (made.retry ? { ...made, retry: without(made.retry, "retryOn") } : made),
  }),
  broken("ignores the runtime's timeout", ["K1"], { made: (made) => without(made, "timeoutMs") }),
  broken("ignores the run's timeout", ["K1", "K2", "K3"], { given: (given) => without(given, "timeoutMs") }),
  broken("ignores the runtime's timeout of nodes", ["K1"], { made: (made) => without(made, "nodeTimeoutMs") }),
  broken("waits for ever for a node that ignores its signal", ["K2"], {
    made: (made) => ({ ...made, graceMs: 3_600_000 }),
  }),
  broken("ignores the caller's signal", ["C5", "E1", "E4", "K1", "K2", "K3", "K5", "K4"], {
    given: (given) => without(given, "signal"),
  }),
  broken("ignores the limits of groups", ["S5"], { maxConcurrency: 3, made: (made) => without(made, "groupLimits") }),
  broken("ignores portable", ["D1", "D2", "D3"], { made: (made) => without(made, "portable") }),
  broken("ignores the caller's logger", ["V2", "V3", "E7", "O4"], {
    made: (made) => ({ ...made, logger: new RecordingLogger().logger }),
  }),
  broken("collects metrics unasked", ["R1", "V6", "O3"], { made: (made) => ({ ...made, collectMetrics: true }) }),
  broken("collects no metrics", ["R1", "V6", "O3"], { made: (made) => without(made, "collectMetrics") }),
  broken("has one id for all runs", ["S8"], { given: (given) => ({ runId: "run", ...given }) }),
  broken("ignores the caller's id of a run", ["S8"], { given: (given) => without(given, "runId") }),
  broken("ignores parameters", ["G6", "G9", "S6", "S7", "S8", "D2"], {
    given: (given) => without(given, "parameters"),
  }),
  broken("gives a parameter to every node that has the port", ["S7"], {
    given: (given, { graph: { nodes } }) =>
      everywhere(given, nodes.keys(), (id, port) => nodes.get(id)!.node.inputs.byName.has(port)),
  }),
  broken("passes over parameters for unknown nodes", ["S7"], {
    given: (given, { graph: { nodes } }) => {
      const known = Object.entries(given.parameters ?? {}).filter(([id]) => nodes.has(id.split("/")[0]!));
      return given.parameters === undefined ? given : { ...given, parameters: Object.fromEntries(known) };
    },
  }),
  broken("keeps parameters for the next run", ["S7"], {
    given: (given, { graph: { nodes } }) => {
      if (given.parameters !== undefined) lastParameters = given.parameters;
      const kept = Object.keys(lastParameters ?? {}).every((id) => nodes.get(id)?.node.inputs.byName.has("value"));
      return kept && nodes.size === 1 && lastParameters !== undefined
        ? { parameters: lastParameters, ...given }
        : given;
    },
  }),
];
