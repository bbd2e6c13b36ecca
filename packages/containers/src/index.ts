// The engine
export { ContainerEngine } from "./engine/container-engine.ts";
export type { EngineOptions, ImageFacts } from "./engine/container-engine.ts";
export type { EngineAddress } from "./engine/address.ts";
export type { EnforcedLimit, EngineFacts } from "./engine/facts.ts";

// One container
export { EngineContainer } from "./engine/engine-container.ts";
export type { ContainerSpec } from "./engine/container-spec.ts";
export type { ContainerEnd, EndReason } from "./engine/container-end.ts";
export { LogRing } from "./engine/log-ring.ts";
export type { LogRingSize } from "./engine/log-ring.ts";
export type { OutputStream } from "./engine/output-demultiplexer.ts";

// Whose it is
export { FUNCTION_LABEL, isGone, OWNER_LABEL, ownerOf, ROLE_LABEL } from "./engine/owner.ts";

// What it may do
export { secureDefaults, UNPRIVILEGED_USER } from "./security/secure-defaults.ts";
export type { HostSettings, PortMapping, SecurityProfile } from "./security/secure-defaults.ts";
export { DEFAULT_LIMITS, resolveLimits } from "./security/limits.ts";
export type { ContainerLimits, ResolvedLimits } from "./security/limits.ts";
export { engineMounts } from "./security/mounts.ts";
export type { Mount, ProtectedPaths } from "./security/mounts.ts";
export { byteSize } from "./security/byte-size.ts";
export type { ByteSize } from "./security/byte-size.ts";

// Images
export { APP_FOLDER, offlineBaseImage } from "./image/base-image.ts";
export { ensureImage } from "./image/ensure-image.ts";
export type { PullPolicy } from "./image/ensure-image.ts";
export type { ProgressEvent } from "./image/progress.ts";

// Functions in images
export { container } from "./container.ts";
export type { FunctionContainer, ServeArgument, ServeOptions } from "./function/function-container.ts";
export type { ContainerOptions } from "./function/container-options.ts";
export type { ContainerServer } from "./function/container-server.ts";
export { progressWriter } from "./function/container-progress.ts";
export type { ContainerProgress } from "./function/container-progress.ts";
export type { ExportReference } from "./function/function-reference.ts";

// Deployment
export { startDeployReceiver } from "./deploy/deploy-receiver.ts";
export type { DeployReceiver, ReceiverOptions } from "./deploy/deploy-receiver.ts";
export type { DeployEvent, DeployTarget } from "./deploy/deploy.ts";
