// #region codec
import { assertTransferable, decode, deserializeError, encode, hasCode, serializeError } from "@polyloom/wire";

const bytes = encode({ when: new Date(0), sizes: new Map([["a", -0]]) });
console.log(decode(bytes));

const sent = encode(serializeError(new RangeError("too far", { cause: "the map" })));
const error = deserializeError(decode(sent) as ReturnType<typeof serializeError>) as Error;
console.log(error instanceof RangeError, error.message, error.cause);

try {
  assertTransferable({ rows: [1, { call: () => 2 }] }, "input");
} catch (refused) {
  if (hasCode(refused, "not_transferable")) console.log(refused.message);
}
// #endregion codec
