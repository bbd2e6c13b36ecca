import { defineNode, type NodeDefinition, type NodeSettings } from "@polyloom/core";
import type { z } from "zod";
import { connectActor } from "./call/actor-client.ts";

/** What {@link actorNode} takes: a node's settings, and where the actor listens. */
export interface ActorNodeSpec<In extends z.ZodObject, Out extends z.ZodObject> extends NodeSettings {
  /** Unique in its module. */
  readonly name: string;
  /** Path of the actor's socket. */
  readonly socketPath: string;
  /** The payload. */
  readonly input: In;
  /** The result; of an actor that fans out, one port `results` with the list. */
  readonly output: Out;
  /** `import.meta.url`, where the caller's module cannot be seen from the stack. */
  readonly module?: string;
}

/**
 * Defines a node that calls an actor, over a connection of its own that ends with the attempt. Values cross as JSON.
 * @throws PolyloomError as `defineNode` does; a call that fails throws what `ActorClient.call` throws
 */
export function actorNode<In extends z.ZodObject, Out extends z.ZodObject>(
  spec: ActorNodeSpec<In, Out>,
): NodeDefinition<z.input<In>, z.output<Out>> {
  const { socketPath, ...rest } = spec;
  return defineNode({
    ...rest,
    async run(input, { signal }): Promise<z.input<Out>> {
      await using client = await connectActor(socketPath);
      const result = await client.call(input, { signal });
      return (Array.isArray(result) ? { results: result } : result) as z.input<Out>;
    },
  });
}
