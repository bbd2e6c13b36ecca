import { parseArgs } from "node:util";

/** What was asked for on the command line. */
export interface Arguments {
  /** Names of programs or rows; all where empty. */
  readonly only: readonly string[];
  readonly processes: number;
  readonly json: boolean;
  readonly peers: boolean;
  readonly check: boolean;
  /** What needs a container engine, in place of the rest. */
  readonly docker: boolean;
  readonly help: boolean;
}

/** What `--help` prints. */
export const USAGE = `npm run bench -- [options]

  --only <name>     measure this row or program only; may be repeated
  --processes <n>   fresh processes a figure (5)
  --json            print JSON in place of the table
  --check           exit with 1 when a target is missed
  --docker          measure what needs a container engine, in place of the rest
  --peers           measure other engines beside, which are installed into .cache/peers
`;

/**
 * Reads the command line; `known` names all programs and rows.
 * @throws TypeError for what is unknown or out of range
 */
export function readArguments(words: readonly string[], known: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...words],
    options: {
      only: { type: "string", multiple: true, default: [] },
      processes: { type: "string", default: "5" },
      json: { type: "boolean", default: false },
      peers: { type: "boolean", default: false },
      check: { type: "boolean", default: false },
      docker: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const processes = Number(values.processes);
  if (!Number.isInteger(processes) || processes < 1) throw new TypeError("--processes takes a whole number from 1");
  const unknown = values.only.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new TypeError(`--only knows ${known.join(", ")}; not ${unknown}`);
  return { ...values, processes };
}
