import { z } from "zod";

const Payload = z.object({ text: z.string().min(1) });
const DIMENSIONS = 4;

/** Made once, when the actor starts: the place for weights that take their time to load. */
export class Model {
  readonly #name = "letters-in-four-dimensions";

  /** What zod refuses is a validation_error. */
  process(payload: unknown): object {
    const tokens = Payload.parse(payload).text.toLowerCase().split(/\W+/).filter(Boolean);
    return { embeddings: tokens.map(embed), model: this.#name, tokens: tokens.length };
  }
}

/** Where the letters of a token lie, as shares that add up to 1. */
function embed(token: string): number[] {
  const counts = new Array<number>(DIMENSIONS).fill(0);
  for (const letter of token) counts[letter.charCodeAt(0) % DIMENSIONS]! += 1;
  return counts.map((count) => Math.round((count / token.length) * 100) / 100);
}
