// A program in which one package is not installed: prints what asking for it comes to.
import { registerHooks } from "node:module";
import { hasCode } from "@polyloom/core";
import { loadRuntime } from "./load-runtime.ts";

const ABSENT = "@polyloom/runtime-docker";

registerHooks({
  resolve: (specifier, context, next) => {
    if (specifier !== ABSENT) return next(specifier, context);
    throw Object.assign(new Error(`Cannot find package '${ABSENT}'`), { code: "ERR_MODULE_NOT_FOUND" });
  },
});

try {
  await loadRuntime("docker");
} catch (error) {
  if (!hasCode(error)) throw error;
  console.log(JSON.stringify({ code: error.code, message: error.message, details: error.details }));
}
