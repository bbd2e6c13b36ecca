export { serveActor } from "./serve/actor-server.ts";
export type { ActorServer } from "./serve/actor-server.ts";
export type { ActorOptions } from "./options.ts";
export type { HandlerMode } from "./handler/dialect.ts";
export type { Handler } from "./handler/answer.ts";
export type { Envelope, Route } from "./handler/envelope.ts";
export type { FailureKind } from "./handler/failure.ts";
export { ValidationError } from "./validation-error.ts";

export { connectActor } from "./call/actor-client.ts";
export type { ActorCallOptions, ActorClient, ActorClientOptions } from "./call/actor-client.ts";
