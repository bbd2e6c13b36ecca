import { ValidationError } from "@polyloom/actor";

interface Payload {
  readonly text?: string;
}

/** Gives one result for one payload. */
export function process(payload: Payload): object {
  if (payload.text === undefined) throw new ValidationError("Missing required field: text");
  return { processed_text: payload.text.toUpperCase(), model: "my-model-v1" };
}
