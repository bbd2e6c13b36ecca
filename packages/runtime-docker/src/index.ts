export { DockerRuntime } from "./docker-runtime.ts";
export type { DockerRuntimeOptions } from "./docker-options.ts";
export { docker } from "./settings/docker-settings.ts";
export type { DockerSettings, Isolation, Volume } from "./settings/docker-settings.ts";
export { ContainerPool } from "./pool/container-pool.ts";
export type { PoolOptions } from "./pool/pool-options.ts";
export type { Transport } from "./pool/door.ts";
