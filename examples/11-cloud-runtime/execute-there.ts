import type { ExecuteOptions, Workflow } from "@polyloom/core";
import { deserializeError, type SerializedError } from "@polyloom/wire";
import type { DocumentAnswer } from "./run-document.ts";

// #region there
/** Sends a whole workflow as JSON to a server that runs it. */
export async function executeThere<WI, WO>(
  url: string,
  workflow: Workflow<WI, WO>,
  { signal, ...options }: Pick<ExecuteOptions, "input" | "parameters" | "signal"> = {},
): Promise<DocumentAnswer> {
  const body = JSON.stringify({ document: workflow.toJSON(), ...options });
  const response = await fetch(new URL("/workflow", url), { method: "POST", body, signal: signal ?? null });
  const answer = (await response.json()) as DocumentAnswer | { readonly error: SerializedError };
  if ("error" in answer) throw deserializeError(answer.error);
  return answer;
}
// #endregion there
