import type { SerializedError } from "@polyloom/wire";

/** How the function is found in its bundle: under its name among the containers of the module, or as an export. */
export type Pick =
  | { readonly kind: "registered"; readonly name: string }
  | { readonly kind: "export"; readonly name: string };

/** What the runner in a container gets to do. */
export interface Job {
  /** What marks a message in stdout; random, and new for each job. */
  readonly token: string;
  /** The bundle; undefined where it lies in the image. */
  readonly code?: string;
  readonly pick: Pick;
  /** Values that the function captured, by name. */
  readonly captured?: Readonly<Record<string, unknown>>;
  readonly args: readonly unknown[];
  /** The port that the function is to listen on. */
  readonly port?: number;
}

/** What the runner says in return, between the lines that the function writes. */
export type Message =
  | { readonly kind: "ready" }
  /** Something listens on the port, but for the container alone. */
  | { readonly kind: "loopback" }
  | { readonly kind: "result"; readonly value: unknown }
  | { readonly kind: "error"; readonly error: SerializedError }
  /** The function was not found in its bundle: its module threw, or went no further where it used a container. */
  | {
      readonly kind: "missing";
      readonly names: readonly string[];
      readonly halted: boolean;
      readonly thrown?: SerializedError;
    };

/** Where the bundle is in a container, really or as its module's URL says. */
export const FUNCTION_FILE = "/app/polyloom-function.mjs";

/** Where the runner and, in an image that holds all, its job lie. */
export const RUNNER_FOLDER = "/polyloom";

/** The job in an image that holds all of it. */
export const JOB_FILE: string = `${RUNNER_FOLDER}/job.bin`;

/** The property of the global object where a bundle's containers register. */
export const REGISTRY_KEY = "polyloom.containers";

/** The property of the global object with the values that a function captured. */
export const CAPTURED_KEY = "polyloom.captured";

/** The functions of a bundle by name, and who wants to know that no more will come. */
export interface FunctionRegistry {
  readonly functions: Map<string, ((...args: unknown[]) => unknown)[]>;
  /** Called where a module uses a container while it is evaluated: it goes no further then. */
  halt: () => void;
}
