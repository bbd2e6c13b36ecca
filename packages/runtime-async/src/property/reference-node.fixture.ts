import { behave, unfold } from "./behaviour.fixture.ts";
import type { Behaviour, MapNode, Node } from "./description.fixture.ts";
import type { Ending, Frame, Place } from "./reference-frame.fixture.ts";

interface Tried {
  readonly outputs?: Record<string, unknown>;
  readonly error?: Error;
  readonly attempts: number;
}

/** Runs the nodes of a flow, given the values of their inputs. */
export class NodeEvaluation {
  readonly #place: Place;

  /** Failures go into the books of the place. */
  constructor(place: Place) {
    this.#place = place;
  }

  /** One activation: of a map, all its items. */
  run(node: Exclude<Node, { kind: "sub" }>, values: Record<string, unknown>, frame: Frame): Ending {
    if (node.kind === "map") return this.#map(node, values, frame);
    if (node.kind === "branch") {
      const value = values[node.ports[0].name] as number;
      const names = node.cases === 2 ? ["then", "else"] : ["zero", "one", "default"];
      return { status: "completed", outputs: { [names[value % node.cases]!]: value }, attempts: 1 };
    }
    const inputs = node.ports.map(({ name }) => values[name]);
    const tried = this.#try(node.id, node.behaviour, inputs, frame);
    if (tried.outputs === undefined) return this.#fail(node.id, "node_failed", frame, tried.attempts, tried.error);
    return { status: "completed", outputs: { ...tried.outputs, ...unfold(tried.outputs) }, attempts: tried.attempts };
  }

  /** E4: attempts count from 1; C8: what a failed attempt changed in the state is undone. */
  #try(id: string, behaviour: Behaviour, inputs: unknown[], frame: Frame): Tried {
    const { states, iteration = 0 } = frame.innermost ?? {};
    const key = this.#place.prefix + id;
    for (let attempt = 1; ; attempt++) {
      const state = { ...states?.get(key) };
      try {
        const outputs = behave(behaviour, inputs, { attempt, iteration, state });
        states?.set(key, state);
        return { outputs, attempts: attempt };
      } catch (error) {
        if (attempt >= behaviour.attempts) return { error: error as Error, attempts: attempt };
      }
    }
  }

  #map(node: MapNode, values: Record<string, unknown>, frame: Frame): Ending {
    const lists = node.each.map((name) => values[name] as (number | undefined)[]);
    if (lists.some((list) => list.length !== lists[0]!.length))
      return this.#fail(node.id, "map_lengths_differ", frame, 1, undefined);
    const items = lists[0]!.map((_, index) => this.#item(node, values, index, frame));
    const errors = items.flatMap((item) => (item?.error === undefined ? [] : [item.error]));
    // CHOICE: a map that failed tells the attempts of the item that failed; one that completed tells 1.
    if (errors.length > 0)
      return this.#fail(node.id, "node_failed", frame, node.behaviour.attempts, errors[0], errors.length > 1);
    const port = (name: string): unknown[] => items.map((item) => item?.outputs?.[name]);
    return { status: "completed", outputs: { out: port("out"), maybe: port("maybe") }, attempts: 1 };
  }

  /** S9; CHOICE: an item without a value at a required port does not run, and leaves a hole in every list. */
  #item(node: MapNode, values: Record<string, unknown>, index: number, frame: Frame): Tried | undefined {
    const isEach = (name: string): boolean => node.each.includes(name);
    const inputs = node.ports.map(({ name }) => (isEach(name) ? (values[name] as unknown[])[index] : values[name]));
    const isHole = node.ports.some(({ name }, i) => isEach(name) && inputs[i] === undefined);
    if (isHole && !node.takesHoles) return undefined;
    return this.#try(`${node.id}[${index}]`, node.behaviour, inputs, frame);
  }

  #fail(
    id: string,
    code: string,
    frame: Frame,
    attempts: number,
    error: Error | undefined,
    isOneOfMany = false,
  ): Ending {
    const iteration = frame.innermost?.iteration;
    this.#place.books.failures.push({
      code,
      nodeId: this.#place.prefix + id,
      iteration,
      cause: error?.message,
      isOneOfMany,
    });
    return { status: "failed", outputs: undefined, attempts };
  }
}
