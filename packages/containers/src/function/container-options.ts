import { PolyloomError } from "@polyloom/wire";

import type { ContainerEngine } from "../engine/container-engine.ts";
import type { OutputStream } from "../engine/output-demultiplexer.ts";
import type { ContainerLimits } from "../security/limits.ts";
import type { Mount } from "../security/mounts.ts";
import type { SecurityProfile } from "../security/secure-defaults.ts";
import type { ContainerProgress } from "./container-progress.ts";

/** What a function's image holds, and what its containers may do. */
export interface ContainerOptions {
  /** The image is `polyloom/<name>`; the function's own name unless set. Unique in its module. */
  readonly name?: string;
  /** Packages by name, with a version or without: then the lock file of the project says which. */
  readonly npm?: readonly string[];
  /** Debian packages; the base image needs a shell. */
  readonly apt?: readonly string[];
  /** Commands of the build, in their order; the base image needs a shell. */
  readonly runCommands?: readonly string[];
  /** Files and folders beside the function's module; they keep their relative paths in `/app`. */
  readonly copy?: readonly string[];
  /** Major or full version of Node; that of this process unless set. */
  readonly nodeVersion?: string;
  /** An image with Node in it; `node:<version>-slim`, or an image made of this Node, unless set. */
  readonly baseImage?: string;
  /** Whether a function may take plain values along that it closes over; false unless set. */
  readonly capture?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly limits?: ContainerLimits;
  readonly profile?: SecurityProfile;
  readonly mounts?: readonly Mount[];
  /** The largest result in bytes; 64 MiB unless set. */
  readonly maxResultBytes?: number;
  /** The engine; that of `DOCKER_HOST` or the default socket unless set. */
  readonly engine?: ContainerEngine;
  /** Gets what the function writes; this process's stdout and stderr unless set. */
  readonly onLog?: (stream: OutputStream, chunk: Uint8Array) => void;
  /** Gets what is found, built and warned about; lines on stderr unless set. */
  readonly onProgress?: (event: ContainerProgress) => void;
  /** Ends the run. */
  readonly signal?: AbortSignal;
}

/** Options that were checked. */
export interface CheckedOptions extends ContainerOptions {
  readonly name: string;
  /** The name as images have it: in lower case, words parted by hyphens. */
  readonly imageName: string;
  readonly npm: readonly string[];
  readonly apt: readonly string[];
  readonly runCommands: readonly string[];
  readonly copy: readonly string[];
}

const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/;
const NPM_PACKAGE = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*(?:@[0-9A-Za-z^~<>=.*+-]+)?$/;
const APT_PACKAGE = /^[a-z0-9][a-z0-9+.-]+(?:=[0-9A-Za-z.+:~-]+)?$/;
const NODE_VERSION = /^\d{2}(?:\.\d+){0,2}$/;
const IMAGE = /^[a-z0-9][a-z0-9._:/@-]*$/;

/** Options with their defaults; throws container_options_invalid, with the option and its value. */
export function checkOptions(options: ContainerOptions, functionName: string): CheckedOptions {
  const name = options.name ?? functionName;
  if (!NAME.test(name)) throw invalid("name", name, NAME_HINT);
  const { npm = [], apt = [], runCommands = [], copy = [] } = options;
  checkEach("npm", npm, NPM_PACKAGE, "a package's name, as sharp, @scope/name or sharp@1.2.3");
  checkEach("apt", apt, APT_PACKAGE, "a Debian package's name, as ffmpeg or ffmpeg=7:5.1");
  checkEach("runCommands", runCommands, /^[^\r\n\0]+$/, "one line");
  checkEach("copy", copy, /^[^\0]+$/, "a path");
  checkOne("nodeVersion", options.nodeVersion, NODE_VERSION, "a version, as 24 or 24.1.0");
  checkOne("baseImage", options.baseImage, IMAGE, "an image's name");
  return { ...options, name, imageName: imageNameOf(name), npm, apt, runCommands, copy };
}

const NAME_HINT = "letters, digits, - and _, a letter first; a function without a name needs the option `name`";

function imageNameOf(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1-$2").toLowerCase();
  return words.replace(/_+/g, "-").replace(/-{2,}/g, "-").replace(/-$/, "");
}

function checkEach(option: string, values: readonly string[], pattern: RegExp, expected: string): void {
  for (const value of values) checkOne(option, value, pattern, expected);
}

function checkOne(option: string, value: string | undefined, pattern: RegExp, expected: string): void {
  if (value !== undefined && !(typeof value === "string" && pattern.test(value)))
    throw invalid(option, value, expected);
}

function invalid(option: string, value: unknown, expected: string): PolyloomError {
  const message = `${option} has ${JSON.stringify(value)}; it takes ${expected}.`;
  return new PolyloomError("container_options_invalid", message, { details: { option, value, expected } });
}
