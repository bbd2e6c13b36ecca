import { DEFINITION_CODES } from "./definition-codes.ts";
import { RUN_CODES } from "./run-codes.ts";

/** What a code means and what to do about it, a plain sentence each. */
export interface ErrorText {
  readonly cause: string;
  readonly remedy: string;
}

/** Every code that an error of Polyloom can carry. */
export type ErrorCode = keyof typeof DEFINITION_CODES | keyof typeof RUN_CODES;

/** The one table of codes, with a cause and a remedy for each. */
export const ERROR_CODES: Readonly<Record<ErrorCode, ErrorText>> = Object.freeze({
  ...DEFINITION_CODES,
  ...RUN_CODES,
});
