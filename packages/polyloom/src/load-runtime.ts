import { PolyloomError, type RuntimeOptions, type RuntimePreference } from "@polyloom/core";
import type { BaseRuntime } from "@polyloom/core/runtime";
import type { AsyncRuntime, AsyncRuntimeOptions } from "@polyloom/runtime-async";
import type { CyclicRuntime, CyclicRuntimeOptions } from "@polyloom/runtime-cyclic";
import type { DockerRuntime, DockerRuntimeOptions } from "@polyloom/runtime-docker";
import type { LocalRuntime } from "@polyloom/runtime-local";
import type { ParallelRuntime, ParallelRuntimeOptions } from "@polyloom/runtime-parallel";
import type { TestingRuntime, TestingRuntimeOptions } from "@polyloom/runtime-testing";

/** The runtime that a name stands for. */
export interface RuntimeByName {
  readonly local: LocalRuntime;
  readonly async: AsyncRuntime;
  readonly testing: TestingRuntime;
  readonly parallel: ParallelRuntime;
  readonly cyclic: CyclicRuntime;
  readonly docker: DockerRuntime;
}

/** The options that the runtime of a name takes. */
export interface RuntimeOptionsByName {
  readonly local: RuntimeOptions;
  readonly async: AsyncRuntimeOptions;
  readonly testing: TestingRuntimeOptions;
  readonly parallel: ParallelRuntimeOptions;
  readonly cyclic: CyclicRuntimeOptions;
  readonly docker: DockerRuntimeOptions;
}

type Constructor = new (options: RuntimeOptions) => BaseRuntime;

interface Source {
  readonly package: string;
  readonly load: () => Promise<Constructor>;
}

/** Loaded when asked for. */
const SOURCES: Readonly<Record<RuntimePreference, Source>> = {
  local: {
    package: "@polyloom/runtime-local",
    load: async () => (await import("@polyloom/runtime-local")).LocalRuntime,
  },
  async: {
    package: "@polyloom/runtime-async",
    load: async () => (await import("@polyloom/runtime-async")).AsyncRuntime,
  },
  testing: {
    package: "@polyloom/runtime-testing",
    load: async () => (await import("@polyloom/runtime-testing")).TestingRuntime,
  },
  parallel: {
    package: "@polyloom/runtime-parallel",
    load: async () => (await import("@polyloom/runtime-parallel")).ParallelRuntime,
  },
  cyclic: {
    package: "@polyloom/runtime-cyclic",
    load: async () => (await import("@polyloom/runtime-cyclic")).CyclicRuntime,
  },
  docker: {
    package: "@polyloom/runtime-docker",
    load: async () => (await import("@polyloom/runtime-docker")).DockerRuntime,
  },
};

/**
 * Loads a runtime and makes one with these options; whoever asked for it closes it.
 * @throws PolyloomError `dependency_missing` with the package to install, `invalid_option`
 */
export async function loadRuntime<N extends RuntimePreference>(
  name: N,
  options: RuntimeOptionsByName[N] = {},
): Promise<RuntimeByName[N]> {
  const Runtime = await constructorOf(name, sourceOf(name));
  return new Runtime(options) as RuntimeByName[N];
}

function sourceOf(name: string): Source {
  if (Object.hasOwn(SOURCES, name)) return SOURCES[name as RuntimePreference];
  const known = Object.keys(SOURCES).join(", ");
  throw new PolyloomError("invalid_option", `there is no runtime "${String(name)}"; there are ${known}`, {
    details: { option: "runtime", expected: known },
  });
}

async function constructorOf(runtime: string, source: Source): Promise<Constructor> {
  try {
    return await source.load();
  } catch (cause) {
    if (!isAbsent(cause, source.package)) throw cause;
    throw new PolyloomError(
      "dependency_missing",
      `runtime "${runtime}" is in the package ${source.package}, which is not installed: npm install ${source.package}`,
      { cause, details: { runtime, package: source.package } },
    );
  }
}

/** A package that is there and lacks one of its own is a defect, and told as it is. */
function isAbsent(error: unknown, name: string): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === "ERR_MODULE_NOT_FOUND" && message.includes(`'${name}'`);
}
