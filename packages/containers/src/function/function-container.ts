import { PolyloomError } from "@polyloom/wire";

import { deploy, type DeployTarget } from "../deploy/deploy.ts";
import type { ContainerEngine } from "../engine/container-engine.ts";
import type { ContainerSpec } from "../engine/container-spec.ts";
import { FUNCTION_LABEL } from "../engine/owner.ts";
import { withBuildContext } from "./build-context.ts";
import { notFound, silentEnd, thrownError } from "./call-error.ts";
import { cleanUpImages } from "./clean-up.ts";
import { type CheckedOptions, checkOptions, type ContainerOptions } from "./container-options.ts";
import { type ContainerProgress, progressWriter } from "./container-progress.ts";
import { type ContainerServer, serverOf } from "./container-server.ts";
import { ensureNeeds, ensureWhole } from "./ensure-function-image.ts";
import type { FunctionReference } from "./function-reference.ts";
import { type FunctionSession, startSession } from "./function-session.ts";
import { assertPackagesInImage, hostPackages } from "./host-packages.ts";
import { type ImagePlan, planImage } from "./image-plan.ts";
import { imageJob, jobFor, type Portable, portable, wholeHash } from "./payload.ts";
import { portOf } from "./port.ts";
import { sharedEngine } from "./shared-engine.ts";

/** What a {@link FunctionContainer} is made of. */
export interface FunctionParts<Args extends readonly unknown[], Value> {
  readonly fn: ((...args: Args) => Value | Promise<Value>) | undefined;
  readonly reference: FunctionReference;
  readonly options: CheckedOptions;
}

/** What a server is told beside its argument. */
export interface ServeOptions {
  /** The longest wait for the port; 30,000 ms unless set. */
  readonly readyTimeoutMs?: number;
}

/** The first argument of a function that listens; without `port` a free one of this host is taken. */
export type ServeArgument<Args extends readonly unknown[]> = Args[0] extends { readonly port: number }
  ? Omit<Args[0], "port"> & { readonly port?: number }
  : Readonly<Record<string, unknown>>;

const DEFAULT_PORT = 8080;
const READY_TIMEOUT_MS = 30_000;

interface Prepared {
  readonly engine: ContainerEngine;
  readonly plan: ImagePlan;
  readonly made: Portable;
}

/** A function and the image that it runs in. */
export class FunctionContainer<Args extends readonly unknown[], Value> {
  readonly name: string;
  /** The function itself, to be called in this process; undefined where module and export were named. */
  readonly fn: ((...args: Args) => Value | Promise<Value>) | undefined;
  readonly #parts: FunctionParts<Args, Value>;
  readonly #report: (event: ContainerProgress) => void;

  constructor(parts: FunctionParts<Args, Value>) {
    this.name = parts.options.name;
    this.fn = parts.fn;
    this.#parts = parts;
    this.#report = parts.options.onProgress ?? progressWriter();
  }

  /** The same function with other options besides. */
  with(options: ContainerOptions): FunctionContainer<Args, Value> {
    const { name } = this.#parts.options;
    return new FunctionContainer({
      ...this.#parts,
      options: checkOptions({ ...this.#parts.options, ...options }, name),
    });
  }

  /**
   * Runs it in a container of its own, builds the image where it is not there, and gives back the value. Rejects with
   * what the function threw, or with a coded error for the image, the container or the engine.
   */
  async run(...args: Args): Promise<Value> {
    const session = await this.#start(args, portOf(args), portOf(args));
    const outcome = await session.outcome;
    this.#parts.options.signal?.throwIfAborted();
    if (outcome === undefined) throw await silentEnd(session.container);
    if (outcome.kind === "result") return outcome.value as Value;
    if (outcome.kind === "error") throw thrownError(outcome, session.container);
    throw await notFound(outcome, this.name, this.#parts.reference, this.fn as never);
  }

  /** Runs it as a server: `port` of its argument is mapped to this host. Resolves when something listens there. */
  async serve(argument?: ServeArgument<Args>, options: ServeOptions = {}): Promise<ContainerServer> {
    const wanted = portOf([argument]);
    const port = wanted ?? DEFAULT_PORT;
    const session = await this.#start([{ ...argument, port }], port, wanted);
    return await serverOf(session, port, options.readyTimeoutMs ?? READY_TIMEOUT_MS, this.#describeMissing());
  }

  /** Builds an image that holds the function with these arguments, for `docker run`; gives its tag. */
  async build(...args: Args): Promise<string> {
    const prepared = await this.#prepare();
    const { payload, tag } = this.#whole(prepared, args);
    await ensureWhole(prepared.engine, prepared.plan, payload, tag, this.#report);
    return tag;
  }

  /** Sends what `build` builds to a target over HTTP; resolves to the URL there. The last argument is the target. */
  async deploy(...args: readonly [...Args, DeployTarget]): Promise<string> {
    const target = args.at(-1) as DeployTarget;
    const own = args.slice(0, -1) as unknown as Args;
    if (portOf(own) === undefined) throw withoutPort(this.name);
    const prepared = await this.#prepare();
    const { payload } = this.#whole(prepared, own);
    const name = this.#parts.options.imageName;
    const { engine, plan } = prepared;
    return await withBuildContext(engine, plan, payload, (context) =>
      deploy(target, { name, context, ...(payload.port !== undefined && { port: payload.port }) }, this.#report),
    );
  }

  /** Removes its earlier images, and nothing of anybody else; gives their tags. */
  async cleanUp(): Promise<readonly string[]> {
    const { engine, plan } = await this.#prepare();
    return await cleanUpImages(engine, plan.repository, plan.tag);
  }

  async #prepare(): Promise<Prepared> {
    const { options, reference, fn } = this.#parts;
    const captured = options.capture === true ? fn : undefined;
    const [made, [engine, plan]] = await Promise.all([
      portable(reference, options.name, captured as never),
      (options.engine === undefined ? sharedEngine() : Promise.resolve(options.engine)).then(
        async (engine) => [engine, await planImage(engine, options, reference.file)] as const,
      ),
    ]);
    return { engine, plan, made };
  }

  async #start(
    args: readonly unknown[],
    port: number | undefined,
    hostPort: number | undefined,
  ): Promise<FunctionSession> {
    const { options } = this.#parts;
    const { engine, plan, made } = await this.#prepare();
    const job = jobFor(made, args, port);
    const mounts = [...(options.mounts ?? []), ...hostPackages(engine, made.packages, plan)];
    const built = await ensureNeeds(engine, plan, this.#report);
    const spec = { ...this.#spec(plan), mounts, ...portSpec(options, port, hostPort) };
    const session = await startSession(engine, spec, job, options);
    if (built) await cleanUpImages(engine, plan.repository, plan.tag);
    return session;
  }

  #spec(plan: ImagePlan): ContainerSpec {
    const { env, limits, profile, onLog = writeThrough } = this.#parts.options;
    return {
      image: plan.tag,
      labels: { [FUNCTION_LABEL]: plan.repository },
      onLog,
      ...(env !== undefined && { env }),
      ...(limits !== undefined && { limits }),
      ...(profile !== undefined && { profile }),
    };
  }

  #whole({ plan, made }: Prepared, args: Args): { payload: Parameters<typeof ensureWhole>[2]; tag: string } {
    assertPackagesInImage(made.packages, plan);
    const port = portOf(args);
    const job = imageJob(jobFor(made, args, port));
    const tag = `${plan.repository}:deploy-${wholeHash(plan.tag, made.code, job)}`;
    return { payload: { code: made.code, job, ...(port !== undefined && { port }) }, tag };
  }

  #describeMissing(): (message: Parameters<typeof notFound>[0]) => Promise<PolyloomError> {
    return (message) => notFound(message, this.name, this.#parts.reference, this.fn as never);
  }
}

function withoutPort(name: string): PolyloomError {
  const message = `${name}.deploy() needs an object with \`port\` as its first argument, which the function listens on.`;
  return new PolyloomError("container_options_invalid", message, { details: { option: "port" } });
}

function portSpec(
  options: CheckedOptions,
  containerPort: number | undefined,
  hostPort: number | undefined,
): Partial<ContainerSpec> {
  if (containerPort === undefined) return {};
  return {
    role: "serve",
    profile: { network: "bridge", ...options.profile },
    ports: [{ containerPort, ...(hostPort !== undefined && { hostPort }) }],
  };
}

function writeThrough(stream: "stdout" | "stderr", chunk: Uint8Array): void {
  process[stream].write(chunk);
}
